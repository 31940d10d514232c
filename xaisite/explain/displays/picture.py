"""Pictures made by ascent, with the activation's way up.

Invariant: the picture is shown as computed, within its stated range.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from xaisite.explain.displays.canvas import house_style, make_figure, paint, show_picture
from xaisite.explain.displays.lettering import fold
from xaisite.explain.libraries import load_library
from xaisite.explain.palette import ThemeName, find_theme
from xaisite.explain.verdict import shown

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from xaisite.explain.explanation import Explanation


@house_style
def render_figure(e: Explanation, theme: ThemeName) -> Figure:
    """Start, result, and the trace of the objective."""
    colours = find_theme(theme)
    figure, axes = make_figure(colours, 4.7, nrows=2, ncols=2, height_ratios=(2.6, 1.4), squeeze=False)
    below = axes[1, 0].get_gridspec()[1, :]
    for one in axes[1]:
        one.remove()
    axes = [*axes[0], figure.add_subplot(below)]
    paint(axes[2], colours)
    assert e.data is not None
    show_picture(axes[0], e.data)
    axes[0].set_title("start")
    show_picture(axes[1], e.values)
    axes[1].set_title(fold(e.target, 2.4))
    for one in axes[:2]:
        # A picture as bright as the page would not be seen without its edges.
        for spine in one.spines.values():
            spine.set_visible(True)
            spine.set_color(colours.muted)
    trace = np.asarray(e.extra["trace"])
    axes[2].plot(trace, color=colours.plain, linewidth=1.8)
    axes[2].set_xlabel("step")
    axes[2].set_ylabel("objective")
    axes[2].grid(color=colours.grid, linewidth=0.6)
    return figure


def render_alt(e: Explanation) -> str:
    """How far the objective rose and what the picture is like."""
    trace = np.asarray(e.extra["trace"])
    picture = e.values if e.values.ndim == 3 else e.values[None]
    contrast = float(picture.std())
    return (
        f"Start image, result for {e.target} ({picture.shape[1]} × {picture.shape[2]} pixels, contrast "
        f"{shown(contrast)}) and a curve of the objective, from {shown(float(trace[0]))} to "
        f"{shown(float(trace[-1]))} in {len(trace) - 1} steps."
    )


def render_table(e: Explanation) -> pd.DataFrame:
    """Give the trace at ten places."""
    trace = np.asarray(e.extra["trace"])
    steps = np.unique(np.linspace(0, len(trace) - 1, 10).astype(int))
    frame: pd.DataFrame = load_library("pandas").DataFrame({"step": steps, "objective": trace[steps]})
    return frame
