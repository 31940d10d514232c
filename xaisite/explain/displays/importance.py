"""Importance of each feature for the whole model: unsigned bars, with a second series beside them where there is one.

Invariant: the largest is on top; error bars are standard errors.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from xaisite.explain.displays.canvas import bars_height, draw_bars, fold_names, house_style, make_figure
from xaisite.explain.displays.lettering import fold
from xaisite.explain.displays.wording import ranked
from xaisite.explain.libraries import load_library
from xaisite.explain.palette import ThemeName, find_theme

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from xaisite.explain.explanation import Explanation

MOST = 15


def _rank(e: Explanation) -> list[int]:
    return sorted(range(len(e.names)), key=lambda index: (-float(e.values[index]), index))


@house_style
def render_figure(e: Explanation, theme: ThemeName) -> Figure:
    """One panel, or two with the same order of features."""
    colours, order = find_theme(theme), _rank(e)[:MOST]
    second = e.extra.get("second")
    names = fold_names([e.names[index] for index in order])
    height = bars_height(names) + (0.85 if second is None else 1.05)
    figure, axes = make_figure(colours, height, ncols=1 if second is None else 2, sharey=second is not None)
    first = axes if second is None else axes[0]
    draw_bars(
        first, colours, names, e.values[order], signed=False, errors=None if e.errors is None else e.errors[order]
    )
    first.set_xlabel(fold(e.extra.get("unit", e.scale), 3.3 if second is None else 1.6, 3))
    if second is not None:
        draw_bars(
            axes[1],
            colours,
            names,
            np.asarray(second)[order],
            signed=False,
            errors=np.asarray(e.extra["second_errors"])[order],
        )
        axes[1].set_xlabel(fold(e.extra["second_unit"], 1.6, 3))
        for one in axes:
            one.xaxis.get_major_locator().set_params(nbins=3)
    return figure


def render_alt(e: Explanation) -> str:
    """Name the leading features, in both series."""
    order = _rank(e)
    most = ranked([e.names[i] for i in order], [e.values[i] for i in order], with_sign=False)
    text = f"Bars: {e.extra.get('unit', e.scale)} of {len(e.names)} features. Largest: {most}."
    if "second" in e.extra:
        other = np.asarray(e.extra["second"])
        again = sorted(range(len(e.names)), key=lambda index: (-float(other[index]), index))
        lead = ranked([e.names[i] for i in again], [other[i] for i in again], with_sign=False)
        text += f" Beside it {e.extra['second_unit']}, largest: {lead}."
    return text


def render_table(e: Explanation) -> pd.DataFrame:
    """One line per feature."""
    pandas, order = load_library("pandas"), _rank(e)
    columns = {"feature": [e.names[i] for i in order], e.extra.get("unit", e.scale): e.values[order]}
    if e.errors is not None:
        columns["standard error"] = e.errors[order]
    if "second" in e.extra:
        columns[e.extra["second_unit"]] = np.asarray(e.extra["second"])[order]
    frame: pd.DataFrame = pandas.DataFrame(columns)
    return frame
