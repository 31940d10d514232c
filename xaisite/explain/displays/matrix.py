"""Numbers between pairs: interactions, H², agreement.

Invariant: signed numbers use the signed map with symmetric limits; unsigned ones run from the background colour.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from xaisite.explain.displays.canvas import WIDTH, draw_colour_bar, house_style, make_figure
from xaisite.explain.displays.lettering import fold, measure
from xaisite.explain.displays.wording import ranked
from xaisite.explain.libraries import load_library
from xaisite.explain.palette import ThemeName, find_theme, make_plain_map, make_signed_map
from xaisite.explain.verdict import shown

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from xaisite.explain.explanation import Explanation

MOST = 12


def matrix_of(e: Explanation) -> Any:
    """Return the matrix drawn: of one row, or the mean absolute one of several."""
    if e.values.ndim == 2:
        return e.values
    return e.values[0] if len(e.values) == 1 else np.abs(e.values).mean(axis=0)


@house_style
def render_figure(e: Explanation, theme: ThemeName) -> Figure:
    """Draw a coloured table with its numbers."""
    colours, whole = find_theme(theme), matrix_of(e)
    keep = np.sort(np.argsort(-np.abs(whole).sum(axis=0), kind="stable")[:MOST])
    values, names = whole[np.ix_(keep, keep)], [fold(e.names[i], 1.3, 2 if len(keep) < 9 else 1) for i in keep]
    signed = bool((values < 0).any())
    limit = max(float(np.abs(values).max()), 1e-12)
    longest = max(measure(line) for name in names for line in name.split("\n"))
    cells = min((WIDTH - longest - 0.4) / len(names), 1.0)
    figure, axes = make_figure(colours, cells * len(names) + longest + 1.0)
    image = axes.imshow(
        values,
        cmap=make_signed_map(colours) if signed else make_plain_map(colours),
        vmin=-limit if signed else 0,
        vmax=limit,
    )
    axes.set_xticks(range(len(names)), names, rotation=90)
    axes.set_yticks(range(len(names)), names)
    _write_numbers(axes, image, values, cells)
    draw_colour_bar(figure, image, axes, colours, e.extra.get("unit", e.scale))
    return figure


def _write_numbers(axes: Any, image: Any, values: Any, cell: float) -> None:
    """Each number in black or white, whichever its cell's colour carries better; none if one does not fit."""
    # What is left of rounding beside large numbers is zero.
    clean = np.where(np.abs(values) < 1e-9 * np.abs(values).max(), 0.0, values)
    if max(measure(shown(float(number))) for number in clean.ravel()) > 0.95 * cell:
        return
    for row in range(len(values)):
        for column in range(len(values)):
            red, green, blue, _ = image.cmap(image.norm(values[row, column]))
            ink = "#111111" if 0.299 * red + 0.587 * green + 0.114 * blue > 0.5 else "#ffffff"
            axes.text(column, row, shown(float(clean[row, column])), ha="center", va="center", color=ink)


def _pairs(e: Explanation) -> list[tuple[str, float]]:
    values = matrix_of(e)
    pairs = [
        (f"{e.names[i]} and {e.names[j]}", float(values[i, j]))
        for i in range(len(e.names))
        for j in range(i + 1, len(e.names))
    ]
    return sorted(pairs, key=lambda pair: -abs(pair[1]))


def render_alt(e: Explanation) -> str:
    """Name the largest pairs."""
    pairs = _pairs(e)
    most = ranked([name for name, _ in pairs], [value for _, value in pairs], with_sign=bool((e.values < 0).any()))
    return f"Matrix of {len(e.names)} by {len(e.names)}: {e.extra.get('unit', e.scale)}. Largest pairs: {most}."


def render_table(e: Explanation) -> pd.DataFrame:
    """One line per pair, and the diagonal where it means something."""
    values = matrix_of(e)
    rows = [(name, value) for name, value in _pairs(e)]
    if e.extra.get("diagonal"):
        rows += [(f"{name} alone", float(values[i, i])) for i, name in enumerate(e.names)]
    frame: pd.DataFrame = load_library("pandas").DataFrame(rows, columns=["pair", e.extra.get("unit", e.scale)])
    for title, other in e.extra.get("more", {}).items():
        beside = {
            f"{e.names[i]} and {e.names[j]}": float(other[i, j])
            for i in range(len(e.names))
            for j in range(i + 1, len(e.names))
        }
        frame[title] = [beside[name] for name in frame["pair"]]
    return frame
