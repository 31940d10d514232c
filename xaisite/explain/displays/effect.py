"""The effect of one feature: a curve over its values, single curves behind it, the data under it.

Invariant: the marks at the bottom are the data; where there are few, the curve is a guess.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from xaisite.explain.displays.canvas import bars_height, draw_bars, fold_names, house_style, make_figure
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
    """Curve, or bars for categories."""
    colours, quantity = find_theme(theme), f"{e.extra['quantity']} ({e.scale})"
    if not e.extra["numeric"]:
        levels = fold_names([str(level) for level in e.extra["grid"]])
        figure, axes = make_figure(colours, 0.85 + bars_height(levels))
        draw_bars(axes, colours, levels, e.values, signed=False)
        axes.set_xlabel(fold(quantity, 3.3))
        axes.set_ylabel(fold(e.names[0], 1.5))
        return figure
    figure, axes = make_figure(colours, 3.6)
    axes.set_ylabel(fold(quantity, 3.0))
    axes.set_xlabel(fold(e.names[0], 4.2))
    axes.grid(color=colours.grid, linewidth=0.6)
    axes.set_axisbelow(True)
    _draw_curve(e, axes, theme)
    if e.method == "ale":
        axes.axhline(0, color=colours.text, linewidth=0.8)
    return figure


def _draw_curve(e: Explanation, axes: Any, theme: ThemeName) -> None:
    """Single curves, their mean, and the data below."""
    colours = find_theme(theme)
    grid = np.asarray(e.extra["grid"])
    for curve in e.extra.get("ice_drawn", ()):
        axes.plot(grid, curve, color=colours.second, linewidth=0.6, alpha=0.45)
    axes.plot(grid, e.values, color=colours.plain, linewidth=2.2, marker="o" if len(grid) <= 45 else "", markersize=3.2)
    inside = np.asarray(e.extra["rug"])
    inside = inside[(inside >= grid.min()) & (inside <= grid.max())]
    axes.plot(
        inside,
        np.full(len(inside), 0.015),
        "|",
        color=colours.text,
        markersize=6,
        alpha=0.5,
        transform=axes.get_xaxis_transform(),
    )


def render_alt(e: Explanation) -> str:
    """Where the curve starts, ends, peaks, and which way it goes."""
    grid, values = e.extra["grid"], e.values
    low, high = int(values.argmin()), int(values.argmax())
    what = f"{e.extra['quantity']} of {e.names[0]} on {e.target}"
    if not e.extra["numeric"]:
        return (
            f"Bars: {what}; highest for {grid[high]} ({shown(float(values[high]))}), "
            f"lowest for {grid[low]} ({shown(float(values[low]))})."
        )
    steps = np.diff(values)
    small = 1e-9 * max(float(np.ptp(values)), 1e-12)
    way = (
        "does not change"
        if np.ptp(values) < 1e-12
        else "rises throughout"
        if (steps >= -small).all()
        else "falls throughout"
        if (steps <= small).all()
        else "rises and falls"
    )
    return (
        f"Curve: {what} {way}, from {shown(float(values[0]))} at {shown(float(grid[0]))} to "
        f"{shown(float(values[-1]))} at {shown(float(grid[-1]))}; lowest {shown(float(values[low]))} at "
        f"{shown(float(grid[low]))}, highest {shown(float(values[high]))} at {shown(float(grid[high]))}."
    )


def render_table(e: Explanation) -> pd.DataFrame:
    """One line per grid point."""
    columns = {e.names[0]: list(e.extra["grid"]), str(e.extra["quantity"]): e.values}
    if "counts" in e.extra and len(e.extra["counts"]) == len(e.values):
        columns["rows"] = e.extra["counts"]
    frame: pd.DataFrame = load_library("pandas").DataFrame(columns)
    return frame
