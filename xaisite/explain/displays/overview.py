"""A data set, feature by feature: a histogram or bar chart each.

Invariant: every panel counts every row that is not missing; missing values are named in its title.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from xaisite.explain.displays.canvas import WIDTH, draw_legend, house_style, paint
from xaisite.explain.displays.lettering import LINE, count_lines, fold
from xaisite.explain.displays.wording import enumerate_words
from xaisite.explain.libraries import load_library
from xaisite.explain.palette import ThemeName, find_theme
from xaisite.explain.verdict import shown

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from xaisite.explain.explanation import Explanation

MOST = 24
ACROSS = 2
NAME = 1.15
TITLE = 1.75


@house_style
def render_figure(e: Explanation, theme: ThemeName) -> Figure:
    """Small multiples, two across."""
    from matplotlib.figure import Figure

    colours, columns = find_theme(theme), e.extra["columns"][:MOST]
    rows = [columns[at : at + ACROSS] for at in range(0, len(columns), ACROSS)]
    heights = [max(_height(column) for column in row) for row in rows]
    figure = Figure(figsize=(WIDTH, sum(heights) + 0.3), layout="constrained", facecolor=colours.background)
    # A figure for each row: room for the names of categories in one row is none lost in another.
    parts = figure.subfigures(len(rows), 1, height_ratios=heights, squeeze=False).ravel()
    for part, row in zip(parts, rows, strict=True):
        part.set_facecolor(colours.background)
        panels = part.subplots(1, min(ACROSS, len(columns)), squeeze=False).ravel()
        for panel, column in zip(panels, row, strict=False):
            paint(panel, colours)
            _draw_panel(panel, column, colours.plain, colours.series)
        for panel in panels[len(row) :]:
            panel.set_visible(False)
    groups = e.parameters.get("split by", ())
    if groups:
        from matplotlib.patches import Patch

        marks = [Patch(color=colours.series[i % len(colours.series)]) for i in range(len(groups))]
        draw_legend(figure, colours, marks, [str(name) for name in groups])
    return figure


def _draw_panel(axes: Any, column: dict[str, Any], colour: str, series: tuple[str, ...]) -> None:
    from matplotlib.ticker import MaxNLocator

    groups = column.get("by_group") or [column["counts"]]
    bottom = np.zeros(len(column["counts"]))
    for number, counts in enumerate(groups):
        paint = colour if len(groups) == 1 else series[number % len(series)]
        heights = np.asarray(counts, dtype=float)
        if column["numeric"]:
            edges = np.asarray(column["edges"])
            axes.bar(edges[:-1], heights, width=np.diff(edges), align="edge", color=paint, bottom=bottom)
        else:
            axes.barh(range(len(heights)), heights, color=paint, left=bottom, height=0.7)
        bottom += heights
    counts = axes.yaxis if column["numeric"] else axes.xaxis
    counts.set_major_locator(MaxNLocator(nbins=3, integer=True))
    if column["numeric"]:
        ends = column["edges"][0], column["edges"][-1]
        axes.set_xticks(ends, [shown(end) for end in ends])
        for label, side in zip(axes.get_xticklabels(), ("left", "right"), strict=True):
            label.set_horizontalalignment(side)
    else:
        axes.set_yticks(range(len(bottom)), [fold(str(level), NAME, 1) for level in column["levels"]])
        axes.set_ylim(len(bottom) - 0.5, -0.5)
    axes.set_title(_title(column))


def _title(column: dict[str, Any]) -> str:
    missing = f" ({column['missing']} missing)" if column["missing"] else ""
    return fold(f"{column['name']}{missing}", TITLE, 3)


def _height(column: dict[str, Any]) -> float:
    title = LINE * count_lines(_title(column))
    return title + (1.15 if column["numeric"] else 0.4 + 0.24 * len(column["levels"]))


def render_alt(e: Explanation) -> str:
    """Size of the data, kinds of features, missing values."""
    columns = e.extra["columns"]
    numeric = sum(column["numeric"] for column in columns)
    missing = [f"{column['name']} ({column['missing']})" for column in columns if column["missing"]]
    skewed = [column["name"] for column in columns if column["numeric"] and column["mostly"] > 0.8]
    size = f"Small charts of {len(columns)} features over {e.evidence['rows']} rows"
    said = [f"{size}: {numeric} numeric, {len(columns) - numeric} categorical."]
    said.append(f"Missing values: {enumerate_words(missing)}." if missing else "No values are missing.")
    if skewed:
        said.append(f"Four fifths of the rows share one bar in {enumerate_words(skewed[:4])}.")
    return " ".join(said)


def render_table(e: Explanation) -> pd.DataFrame:
    """One line per feature."""
    rows = [
        (
            column["name"],
            "number" if column["numeric"] else "category",
            column["missing"],
            column["distinct"],
            column["mean"],
            column["spread"],
            column["smallest"],
            column["median"],
            column["largest"],
        )
        for column in e.extra["columns"]
    ]
    frame: pd.DataFrame = load_library("pandas").DataFrame(
        rows,
        columns=[
            "feature",
            "kind",
            "missing",
            "distinct",
            "mean",
            "standard deviation",
            "smallest",
            "median",
            "largest",
        ],
    )
    return frame
