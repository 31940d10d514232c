"""A few named numbers: infidelity, sensitivity, shares.

Invariant: what is drawn is what the table holds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from xaisite.explain.displays.canvas import bars_height, draw_bars, fold_names, house_style, make_figure
from xaisite.explain.displays.lettering import fold
from xaisite.explain.displays.wording import enumerate_words
from xaisite.explain.libraries import load_library
from xaisite.explain.palette import ThemeName, find_theme
from xaisite.explain.verdict import shown

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from xaisite.explain.explanation import Explanation


@house_style
def render_figure(e: Explanation, theme: ThemeName) -> Figure:
    """Bars."""
    colours = find_theme(theme)
    names = fold_names(e.names)
    figure, axes = make_figure(colours, 0.85 + bars_height(names))
    values = np.nan_to_num(e.values.astype(float))
    draw_bars(
        axes, colours, names, values, signed=bool((values < 0).any()), errors=None if e.errors is None else e.errors
    )
    axes.set_xlabel(fold(e.scale, 3.3))
    return figure


def render_alt(e: Explanation) -> str:
    """All of them, spelled out."""
    said = enumerate_words([f"{name} {shown(float(value))}" for name, value in zip(e.names, e.values, strict=True)])
    return f"Bars of {e.scale}: {said}."


def render_table(e: Explanation) -> pd.DataFrame:
    """One line per number."""
    columns = {"what": list(e.names), e.scale or "value": e.values}
    if e.errors is not None:
        columns["spread"] = e.errors
    frame: pd.DataFrame = load_library("pandas").DataFrame(columns)
    return frame
