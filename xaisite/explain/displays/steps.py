"""The visible steps of superpixel methods: a row of pictures for each.

Invariant: maps use the signed colours with one common scale within a step.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from xaisite.explain.displays.canvas import WIDTH, clear, house_style, paint, show_picture
from xaisite.explain.displays.lettering import LINE, count_lines, fold
from xaisite.explain.errors import ExplainError
from xaisite.explain.palette import ThemeName, find_theme, make_signed_map

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from xaisite.explain.explanation import Explanation, Step

ACROSS = 3
EACH = (WIDTH - 0.2) / ACROSS


@house_style
def render_steps(e: Explanation, theme: ThemeName) -> Figure:
    """All steps, one below the other, three pictures side by side."""
    if not e.steps:
        if "each" in e.extra and e.extra["each"][0].steps:
            raise ExplainError("Several images have each their own steps.", "take one image with .row(i).")
        raise ExplainError(f"{e.method} on this input shows no steps.", "use .figure(), or an image with segments.")
    from matplotlib.figure import Figure

    heights = [_height(step) for step in e.steps]
    figure = Figure(figsize=(WIDTH, sum(heights)), layout="constrained", facecolor=find_theme(theme).background)
    parts = figure.subfigures(len(e.steps), 1, height_ratios=heights, squeeze=False).ravel()
    for part, step in zip(parts, e.steps, strict=True):
        _draw_step(part, step, theme)
    return figure


def _labels(step: Step) -> list[str]:
    given = [*step.labels, *[""] * len(step.pictures)][: len(step.pictures)]
    return [fold(label, EACH - 0.1, 3) for label in given]


def _title(step: Step) -> str:
    return fold(step.title, WIDTH - 0.2)


def _height(step: Step) -> float:
    """Return inches: a title, and for each row of pictures a square and its labels."""
    down = -(-len(step.pictures) // ACROSS)
    words = max((count_lines(label) for label in _labels(step)), default=0)
    return 0.35 + LINE * count_lines(_title(step)) + down * (EACH + 0.05 + LINE * words)


def _draw_step(part: Any, step: Step, theme: ThemeName) -> None:
    colours = find_theme(theme)
    part.set_facecolor(colours.background)
    part.suptitle(_title(step), x=0.02, ha="left", color=colours.text)
    down = -(-len(step.pictures) // ACROSS)
    limit = max((float(np.abs(picture).max()) for picture in step.pictures if _is_map(picture)), default=1.0)
    panels = part.subplots(down, ACROSS, squeeze=False).ravel()
    for axes, picture, label in zip(panels, step.pictures, _labels(step), strict=False):
        paint(axes, colours)
        clear(axes)
        if _is_map(picture):
            axes.imshow(picture, cmap=make_signed_map(colours), vmin=-limit, vmax=limit, interpolation="nearest")
        else:
            show_picture(axes, picture)
        axes.set_xlabel(label)
        axes.set_anchor("N")
    for axes in panels[len(step.pictures) :]:
        axes.set_visible(False)


def _is_map(picture: Any) -> bool:
    return bool(np.asarray(picture).ndim == 2)
