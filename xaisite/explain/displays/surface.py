"""The effect of two features together: a coloured surface, the data on it.

Invariant: interactions use the signed colours centred at zero; where there are no points, the surface is a guess.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from xaisite.explain.displays.canvas import draw_colour_bar, house_style, make_figure
from xaisite.explain.displays.lettering import fold
from xaisite.explain.libraries import load_library
from xaisite.explain.palette import ThemeName, find_theme, make_plain_map, make_signed_map
from xaisite.explain.verdict import shown

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from xaisite.explain.explanation import Explanation

LINES = 6
POINTS = 400


@house_style
def render_figure(e: Explanation, theme: ThemeName) -> Figure:
    """First feature across, second upwards."""
    colours, signed = find_theme(theme), bool(e.extra["signed"])
    figure, axes = make_figure(colours, 5.1)
    grids = [_places(e, axis) for axis in (0, 1)]
    limit = max(float(np.abs(e.values).max()), 1e-12)
    image = axes.pcolormesh(
        *grids,
        e.values.T,
        shading="nearest",
        cmap=make_signed_map(colours) if signed else make_plain_map(colours),
        vmin=-limit if signed else float(e.values.min()),
        vmax=limit if signed else float(e.values.max()),
        rasterized=True,
    )
    limits = axes.get_xlim(), axes.get_ylim()
    rug = np.asarray(e.extra["rug"])
    rug = rug[:: max(1, len(rug) // POINTS)]
    axes.plot(rug[:, 0], rug[:, 1], ".", color=colours.text, markersize=3, alpha=0.6)
    axes.set_xlim(limits[0])
    axes.set_ylim(limits[1])
    if not e.extra["numeric"][0]:
        each = 3.6 / len(grids[0])
        axes.set_xticks(grids[0], [fold(str(level), each, 3) for level in e.extra["grids"][0]])
    if not e.extra["numeric"][1]:
        axes.set_yticks(grids[1], [fold(str(level), 1.1) for level in e.extra["grids"][1]])
    axes.set_xlabel(fold(e.names[0], 4.2))
    axes.set_ylabel(fold(e.names[1], 3.2))
    draw_colour_bar(figure, image, axes, colours, f"{e.extra['quantity']} ({e.scale})")
    return figure


def _places(e: Explanation, axis: int) -> Any:
    grid = e.extra["grids"][axis]
    return np.asarray(grid, dtype=float) if e.extra["numeric"][axis] else np.arange(len(grid), dtype=float)


def _spell(e: Explanation, axis: int, index: int) -> str:
    value = e.extra["grids"][axis][index]
    return shown(float(value)) if e.extra["numeric"][axis] else str(value)


def _corner(e: Explanation, flat: int) -> str:
    first, second = np.unravel_index(flat, e.values.shape)
    return f"{e.names[0]} {_spell(e, 0, int(first))} and {e.names[1]} {_spell(e, 1, int(second))}"


def render_alt(e: Explanation) -> str:
    """Where the surface is lowest and highest."""
    low, high = int(e.values.argmin()), int(e.values.argmax())
    what = f"Coloured surface: {e.extra['quantity']} of {e.names[0]} and {e.names[1]} on {e.target}"
    if np.ptp(e.values) < 1e-12:
        return f"{what} is {shown(float(e.values.flat[0]))} everywhere."
    return (
        f"{what}; lowest {shown(float(e.values.flat[low]))} at {_corner(e, low)}, "
        f"highest {shown(float(e.values.flat[high]))} at {_corner(e, high)}."
    )


def render_table(e: Explanation) -> pd.DataFrame:
    """At most six lines and six columns of the surface, evenly picked."""
    picked = [np.unique(np.linspace(0, size - 1, LINES).round().astype(int)) for size in e.values.shape]
    columns: dict[str, Any] = {e.names[0]: [_spell(e, 0, int(row)) for row in picked[0]]}
    columns.update({f"{e.names[1]} {_spell(e, 1, int(at))}": e.values[picked[0], at] for at in picked[1]})
    frame: pd.DataFrame = load_library("pandas").DataFrame(columns)
    return frame
