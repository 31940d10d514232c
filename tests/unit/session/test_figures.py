"""A figure is laid out once, and all its encodings show the same area."""

from __future__ import annotations

import re
import threading
from pathlib import Path

import pytest
from PIL import Image

from xaisite.session.figures import finish_figure, start_figure
from xaisite.session.media import Spool
from xaisite.session.secrets import Secrets

plt = pytest.importorskip("matplotlib.pyplot")
OPTIONS = {"formats": ["svg", "png", "retina"], "dpi": 100, "dark": True}


@pytest.mark.parametrize("layout", [None, "tight", "constrained"])
def test_every_encoding_shows_the_same_area_and_the_figure_keeps_its_layout(tmp_path: Path, layout: str | None) -> None:
    figure, axes = plt.subplots(figsize=(4, 3), layout=layout)
    axes.plot([0, 1000], [0, 1])
    axes.set_ylabel("a label that needs\nmore than one line")
    axes.text(1.2, 0.5, "far outside", transform=axes.transAxes)
    engine = figure.get_layout_engine()
    record = finish_figure(start_figure(figure, Spool(str(tmp_path), Secrets({})), OPTIONS))
    (svg, png, retina), (dark,) = record["light"], record["dark"]
    assert (dark["width_px"], dark["height_px"]) == (svg["width_px"], svg["height_px"])
    for picture in (png, retina):
        assert picture["width_px"] == pytest.approx(svg["width_px"], abs=1.5)
        assert picture["height_px"] == pytest.approx(svg["height_px"], abs=1.5)
    boxes = [re.findall(r'viewBox="[^"]+"', read(tmp_path, media)) for media in (svg, dark)]
    assert boxes[0] == boxes[1] != []
    assert layout or svg["width_px"] > 4 * 96, "the text at the right is inside"
    assert figure.get_layout_engine() is engine
    plt.close(figure)


@pytest.mark.parametrize("threads", [0, 1])
def test_light_pictures_are_light_whether_a_fork_is_possible_or_not(tmp_path: Path, threads: int) -> None:
    end = threading.Event()
    for _ in range(threads):
        threading.Thread(target=end.wait, daemon=True).start()
    figure, axes = plt.subplots(figsize=(3, 2))
    axes.plot([0, 1])
    try:
        record = finish_figure(start_figure(figure, Spool(str(tmp_path), Secrets({})), OPTIONS, address="/a.png"))
    finally:
        end.set()
    plt.close(figure)
    pictures = [*record["light"][1:], record["addressed"][0][1]]
    assert [corner(tmp_path, media) for media in pictures] == [(255, 255, 255)] * 3
    assert "#16181d" in read(tmp_path, record["dark"][0])
    assert "#16181d" not in read(tmp_path, record["light"][0])


def corner(folder: Path, media: dict[str, object]) -> object:
    with Image.open(folder / str(media["digest"])) as picture:
        return picture.convert("RGB").getpixel((0, 0))


def read(folder: Path, media: dict[str, object]) -> str:
    found = next(path for path in folder.iterdir() if path.name.startswith(str(media["digest"])))
    return found.read_text()
