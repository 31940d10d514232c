"""The visible steps of superpixel methods: a row of pictures for each.

Invariant: maps use the signed colours with one common scale within a step.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from xaisite.explain.displays.canvas import clear, house_style, make_figure, show_picture
from xaisite.explain.errors import ExplainError
from xaisite.explain.palette import ThemeName, find_theme, make_signed_map

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from xaisite.explain.explanation import Explanation, Step


@house_style
def render_steps(e: Explanation, theme: ThemeName) -> Figure:
    """All steps, one row each."""
    if not e.steps:
        raise ExplainError(f"{e.method} on this input shows no steps.", "use .figure(), or an image with segments.")
    colours = find_theme(theme)
    across = max(len(step.pictures) for step in e.steps)
    figure, axes = make_figure(
        colours, 1.45 * across + 0.5, 1.75 * len(e.steps), nrows=len(e.steps), ncols=across, squeeze=False
    )
    for row, step in zip(axes, e.steps, strict=True):
        _draw_step(row, step, theme)
    return figure


def _draw_step(row: Any, step: Step, theme: ThemeName) -> None:
    colours = find_theme(theme)
    limit = max((float(np.abs(picture).max()) for picture in step.pictures if _is_map(picture)), default=1.0)
    for place, axes in enumerate(row):
        clear(axes)
        if place >= len(step.pictures):
            axes.set_visible(False)
            continue
        picture = step.pictures[place]
        if _is_map(picture):
            axes.imshow(picture, cmap=make_signed_map(colours), vmin=-limit, vmax=limit, interpolation="nearest")
        else:
            show_picture(axes, picture)
        axes.set_xlabel(step.labels[place] if place < len(step.labels) else "", fontsize=7, color=colours.text)
    row[0].set_title(step.title, loc="left", fontsize=8.5, color=colours.text)


def _is_map(picture: Any) -> bool:
    return bool(np.asarray(picture).ndim == 2)
