"""A data set, feature by feature: a histogram or bar chart each.

Invariant: every panel counts every row that is not missing; missing values are named in its title.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from xaisite.explain.displays.canvas import house_style, make_figure, shorten
from xaisite.explain.displays.wording import enumerate_words
from xaisite.explain.libraries import load_library
from xaisite.explain.palette import ThemeName, find_theme

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from xaisite.explain.explanation import Explanation

MOST = 24
ACROSS = 4


@house_style
def render_figure(e: Explanation, theme: ThemeName) -> Figure:
    """Small multiples, four across."""
    colours, columns = find_theme(theme), e.extra["columns"][:MOST]
    down = -(-len(columns) // ACROSS)
    across = min(ACROSS, len(columns))
    figure, axes = make_figure(colours, 2.05 * across + 0.3, 1.55 * down + 0.3, nrows=down, ncols=across, squeeze=False)
    for panel, column in zip(axes.ravel(), columns, strict=False):
        _draw_panel(panel, column, colours.plain, colours.series)
    for panel in axes.ravel()[len(columns) :]:
        panel.set_visible(False)
    groups = e.parameters.get("split by", ())
    if groups:
        from matplotlib.patches import Patch

        marks = [Patch(color=colours.series[i % len(colours.series)], label=str(name)) for i, name in enumerate(groups)]
        legend = figure.legend(handles=marks, loc="outside upper left", ncols=len(marks), frameon=False, fontsize=8)
        for text in legend.get_texts():
            text.set_color(colours.text)
    return figure


def _draw_panel(axes: Any, column: dict[str, Any], colour: str, series: tuple[str, ...]) -> None:
    groups = column.get("by_group") or [column["counts"]]
    bottom = np.zeros(len(column["counts"]))
    for number, counts in enumerate(groups):
        paint = colour if len(groups) == 1 else series[number % len(series)]
        heights = np.asarray(counts, dtype=float)
        if column["numeric"]:
            edges = np.asarray(column["edges"])
            axes.bar(edges[:-1], heights, width=np.diff(edges), align="edge", color=paint, bottom=bottom)
        else:
            axes.bar(range(len(heights)), heights, color=paint, bottom=bottom, width=0.7)
        bottom += heights
    if not column["numeric"]:
        axes.set_xticks(range(len(bottom)), [shorten(str(level), 9) for level in column["levels"]], rotation=30)
    missing = f" ({column['missing']} missing)" if column["missing"] else ""
    axes.set_title(f"{shorten(column['name'], 24)}{missing}", fontsize=8.5)
    axes.tick_params(labelsize=7)


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
