"""Judging curves: deletion, insertion, cascades of randomisation.

Invariant: the explanation's own curves are coloured, random maps are a grey band.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from xaisite.explain.displays.canvas import draw_legend, house_style, make_figure
from xaisite.explain.displays.lettering import fold
from xaisite.explain.displays.wording import enumerate_words
from xaisite.explain.libraries import load_library
from xaisite.explain.palette import ThemeName, find_theme
from xaisite.explain.verdict import shown

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from xaisite.explain.explanation import Explanation


def _lines(e: Explanation) -> np.ndarray:
    return np.atleast_2d(e.values)


@house_style
def render_figure(e: Explanation, theme: ThemeName) -> Figure:
    """One line per series over a common axis."""
    colours = find_theme(theme)
    bands = e.extra.get("bands", ())
    figure, axes = make_figure(colours, 3.3 + 0.2 * (len(e.names) + len(bands)))
    across = np.asarray(e.extra["across"], dtype=float)
    marks, said = [], []
    for number, (name, line) in enumerate(zip(e.names, _lines(e), strict=True)):
        paint = colours.series[number % len(colours.series)]
        marks += axes.plot(
            across,
            line,
            color=paint,
            linewidth=2,
            marker="o" if len(across) < 12 else "",
            linestyle=("-", "--", ":", "-.")[number % 4],
        )
        said.append(name)
        for low, high in bands[number : number + 1]:
            marks.append(axes.fill_between(across, low, high, color=paint, alpha=0.16, linewidth=0))
            said.append(f"random maps, {name}")
    if "ticks" in e.extra:
        each = 4.2 / len(across)
        axes.set_xticks(across, [fold(str(tick), each, 3) for tick in e.extra["ticks"]])
    axes.set_xlabel(fold(e.extra["across_name"], 4.2))
    axes.set_ylabel(fold(e.scale, 2.6))
    axes.grid(color=colours.grid, linewidth=0.6)
    draw_legend(figure, colours, marks, said)
    return figure


def render_alt(e: Explanation) -> str:
    """Start, end and mean of each line."""
    said = [
        f"{name} from {shown(float(line[0]))} to {shown(float(line[-1]))}, mean {shown(float(line.mean()))}"
        for name, line in zip(e.names, _lines(e), strict=True)
    ]
    bands = [
        f"random maps with {name} between {shown(float(np.min(low)))} and {shown(float(np.max(high)))}"
        for name, (low, high) in zip(e.names, e.extra.get("bands", ()), strict=False)
    ]
    return f"Curves of {e.scale} over {e.extra['across_name']}: {enumerate_words([*said, *bands])}."


def render_table(e: Explanation) -> pd.DataFrame:
    """One line per point."""
    ticks = e.extra.get("ticks", e.extra["across"])
    columns = {str(e.extra["across_name"]): list(ticks)}
    columns.update({name: list(line) for name, line in zip(e.names, _lines(e), strict=True)})
    frame: pd.DataFrame = load_library("pandas").DataFrame(columns)
    return frame
