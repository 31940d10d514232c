"""Every figure can be read on a telephone: no letter below 9 px, no text cut off, no text over another."""

from __future__ import annotations

from functools import cache
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from explain_displays import make_all, make_deep, make_real
from matplotlib.backends.backend_agg import FigureCanvasAgg

try:
    import torch
except ModuleNotFoundError:
    torch = None

PHONE_PX = 328
SMALLEST_PX = 9
PAD_INCHES = 0.1  # what "tight" leaves on each side

SMALL, REAL = make_all(), make_real()
DEEP = make_deep() if torch is not None else {}


@cache
def find(name: str) -> Any:
    return SMALL[name] if name in SMALL else (REAL | DEEP)[name]()


def texts_of(figure: Any) -> list[tuple[str, float, Any]]:
    """What is written, its size in points, and where, in pixels at 72 per inch."""
    from matplotlib.axis import Axis
    from matplotlib.text import Text

    renderer = figure.canvas.get_renderer()
    ticks: set[int] = set()
    for axis in figure.findobj(Axis):
        every = {id(label) for tick in [*axis.get_major_ticks(), *axis.get_minor_ticks()] for label in _labels(tick)}
        shown = {id(label) for tick in axis._update_ticks() for label in _labels(tick)} if _is_shown(axis) else set()
        ticks |= every - shown
    return [
        (text.get_text(), text.get_fontsize(), text.get_window_extent(renderer))
        for text in figure.findobj(Text)
        if text.get_visible() and text.get_text().strip() and id(text) not in ticks and _is_shown(text)
    ]


def _labels(tick: Any) -> tuple[Any, Any]:
    return tick.label1, tick.label2


def _is_shown(artist: Any) -> bool:
    return artist.axes is None or artist.axes.get_visible()


def find_faults(figure: Any) -> list[str]:
    figure.set_dpi(72)
    FigureCanvasAgg(figure).draw()
    texts = texts_of(figure)
    assert texts
    width, height = figure.get_size_inches() * 72
    paper = figure.get_tightbbox(figure.canvas.get_renderer()).width + 2 * PAD_INCHES
    faults = [
        f"{said!r} is {size * PHONE_PX / (72 * paper):.2f} px"
        for said, size, _ in texts
        if size * PHONE_PX / (72 * paper) < SMALLEST_PX
    ]
    faults += [
        f"{said!r} is cut off: {box.extents.round()} of {width:.0f} × {height:.0f}"
        for said, _, box in texts
        if box.x0 < -0.5 or box.y0 < -0.5 or box.x1 > width + 0.5 or box.y1 > height + 0.5
    ]
    for (one, _, a), (other, _, b) in combinations(texts, 2):
        across, down = min(a.x1, b.x1) - max(a.x0, b.x0), min(a.y1, b.y1) - max(a.y0, b.y0)
        # Boxes hold room for accents and tails: touching is not overlapping.
        if across > 1 and down > 2.5:
            faults.append(f"{one!r} lies over {other!r} by {across:.0f} × {down:.0f}")
    return faults


EVERY = [
    *[pytest.param(name) for name in [*SMALL, *REAL]],
    *[pytest.param(name, marks=pytest.mark.deep) for name in DEEP],
]


@pytest.mark.parametrize("name", EVERY)
def test_text_can_be_read_on_a_telephone(name: str) -> None:
    one = find(name)
    assert not find_faults(one.figure("light"))
    if one.steps:
        assert not find_faults(one.steps_figure("light"))


def test_both_themes_are_drawn_alike() -> None:
    for one in SMALL.values():
        light, dark = one.figure("light"), one.figure("dark")
        assert tuple(light.get_size_inches()) == tuple(dark.get_size_inches())
        for figure in (light, dark):
            FigureCanvasAgg(figure).draw()
        sizes = [[(said, size) for said, size, _ in texts_of(figure)] for figure in (light, dark)]
        assert sizes[0] == sizes[1]


def test_the_faults_are_found() -> None:
    """The test of the test: a figure with every fault."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5.3, 2))
    axes = figure.add_axes((0.1, 0.2, 0.8, 0.7))
    axes.text(0.5, 0.5, "small", fontsize=8)
    axes.text(0.9, 0.8, "far beyond the edge", fontsize=11)
    axes.text(0.2, 0.2, "one over", fontsize=11)
    axes.text(0.22, 0.2, "the other", fontsize=11)
    said = " ".join(find_faults(figure))
    for word in ("'small' is 6", "edge' is cut off", "'one over' lies over"):
        assert word in said


def test_folded_text_is_within_its_width() -> None:
    from xaisite.explain.displays.lettering import fold, measure

    rng = np.random.default_rng(0)
    for _ in range(200):
        letters = "".join(rng.choice(list("iIlmW _/-äΩ…1234"), rng.integers(1, 60)))
        for lines in (1, 2, 3):
            rows = fold(letters, 0.9, lines).split("\n")
            assert len(rows) <= lines
            assert all(measure(row) <= 0.9 for row in rows), rows
            whole = "".join(rows)
            assert whole.endswith("…") or whole.replace(" ", "") == letters.replace(" ", "")
