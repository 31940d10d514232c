"""A figure is laid out once, and all its encodings show the same area."""

from __future__ import annotations

import base64
import io
import re
import threading
from pathlib import Path

import pytest
from PIL import Image

from xaisite.session.figures import finish_figure, start_figure
from xaisite.session.media import Spool
from xaisite.session.recolor import recolor_figure
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


def colourful(layout: str | None = "constrained") -> object:
    """A figure of all the parts that are re-coloured, and of some that are not."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(5, 2.5), layout=layout)
    left.plot([0, 1, 3], "o-", color="k", label="ink")
    left.plot([3, 1, 0], color="#000001", label="on purpose")
    left.axhline(1, color="black")
    left.errorbar([0, 1], [1, 2], yerr=0.2, color="C1")
    left.vlines([0.2], 0, 1, color="k", alpha=0.5)
    left.scatter([0, 1, 2], [0, 0, 0], c=[0, 0, 1], cmap="gray")
    left.quiver([2], [2], [1], [1])
    left.grid(True)
    left.legend(title="lines")
    left.annotate("here", (1, 1), (1.5, 2), arrowprops={"arrowstyle": "->"}, bbox={"facecolor": "white"})
    right.bar([0, 1], [2, 3], edgecolor="black", hatch="/")
    right.barh([4], [1])  # its edge is black and transparent
    right.imshow([[0, 1], [1, 0]], extent=(2, 3, 0, 1), cmap="gray")
    right.set_title("$x^2$", color="0.3")
    figure.suptitle("Both")
    return figure


def plain(svg: str) -> str:
    """Return an SVG with its ids counted, and without saying that black is black."""
    names: dict[str, str] = {}
    counted = re.sub(r"\b[a-z]*[0-9a-f]{10}\b", lambda found: names.setdefault(found[0], f"id{len(names)}"), svg)
    return re.sub(r' style="fill: #000000"|(?<=style=")fill: #000000; ', "", counted)


def test_one_drawing_gives_what_a_light_and_a_dark_one_would(tmp_path: Path) -> None:
    record = finish_figure(start_figure(colourful(), Spool(str(tmp_path), Secrets({})), OPTIONS))
    for name in ("light", "dark"):
        figure = colourful()
        if name == "dark":
            recolor_figure(figure)
        options = {**OPTIONS, "dark": False}
        alone = finish_figure(start_figure(figure, Spool(str(tmp_path), Secrets({})), options))
        assert plain(read(tmp_path, record[name][0])) == plain(read(tmp_path, alone["light"][0])), name
    plt.close("all")


def test_black_lines_of_all_kinds_are_seen_on_a_dark_page(tmp_path: Path) -> None:
    figure, axes = plt.subplots()
    axes.errorbar([0, 1], [1, 2], yerr=0.2, color="k", label="all of it")
    axes.quiver([0], [1], [1], [1])
    axes.legend()
    record = finish_figure(start_figure(figure, Spool(str(tmp_path), Secrets({})), OPTIONS))
    plt.close(figure)
    assert "#000000" in read(tmp_path, record["light"][0])
    assert "#000000" not in read(tmp_path, record["dark"][0])


def test_text_in_pixels_is_dark_ink_too(tmp_path: Path) -> None:
    figure, axes = plt.subplots(figsize=(2, 2))
    axes.set_rasterized(True)
    record = finish_figure(start_figure(figure, Spool(str(tmp_path), Secrets({})), {**OPTIONS, "formats": ["svg"]}))
    plt.close(figure)
    pictures = []
    for name in ("light", "dark"):
        (found,) = re.findall(r"data:image/png;base64,([^\"]+)", read(tmp_path, record[name][0]))
        with Image.open(io.BytesIO(base64.b64decode(found))) as picture:
            pictures.append({color[:3] for _, color in picture.convert("RGBA").getcolors(99999) if color[3] == 255})
    assert (0, 0, 0) in pictures[0]
    assert (0, 0, 0) not in pictures[1]
    assert (0xE8, 0xE8, 0xEA) in pictures[1]


def test_the_figure_keeps_its_colours_where_no_fork_is_possible(tmp_path: Path) -> None:
    end = threading.Event()
    threading.Thread(target=end.wait, daemon=True).start()
    try:
        figure = colourful(layout=None)
        finish_figure(start_figure(figure, Spool(str(tmp_path), Secrets({})), OPTIONS))
    finally:
        end.set()
    figure.savefig(tmp_path / "after.png")
    colourful(layout=None).savefig(tmp_path / "new.png")
    plt.close("all")
    assert (tmp_path / "after.png").read_bytes() == (tmp_path / "new.png").read_bytes()


def corner(folder: Path, media: dict[str, object]) -> object:
    with Image.open(folder / str(media["digest"])) as picture:
        return picture.convert("RGB").getpixel((0, 0))


def read(folder: Path, media: dict[str, object]) -> str:
    found = next(path for path in folder.iterdir() if path.name.startswith(str(media["digest"])))
    return found.read_text()
