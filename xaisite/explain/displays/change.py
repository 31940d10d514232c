"""Counterfactuals: what changes, in spreads of the background, from and to.

Invariant: only features that change are drawn; the prediction before and after is in the title.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from xaisite.explain.displays.canvas import bars_height, draw_bars, fold_with_value, house_style, make_figure
from xaisite.explain.displays.lettering import fold
from xaisite.explain.displays.wording import enumerate_words
from xaisite.explain.libraries import load_library
from xaisite.explain.palette import ThemeName, find_theme
from xaisite.explain.verdict import shown

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from xaisite.explain.explanation import Explanation


def _changed(e: Explanation) -> list[int]:
    sizes = np.abs(np.asarray(e.extra["scaled"]))
    return sorted((i for i in range(len(e.names)) if e.values[i] != 0), key=lambda i: (-float(sizes[i]), i))


def _step(e: Explanation, index: int) -> str:
    return f"{e.names[index]}: {e.extra['before'][index]} → {e.extra['after'][index]}"


@house_style
def render_figure(e: Explanation, theme: ThemeName) -> Figure:
    """Bars of change, labelled with both values."""
    colours, order = find_theme(theme), _changed(e)
    names = [fold_with_value(f"{e.names[i]}:", f"{e.extra['before'][i]} →\u00a0{e.extra['after'][i]}") for i in order]
    figure, axes = make_figure(colours, 1.4 + bars_height(names))
    draw_bars(axes, colours, names, np.asarray(e.extra["scaled"])[order])
    axes.set_xlabel(fold("change, in spreads over the background", 3.3))
    figure.suptitle(fold(f"{e.target}: {e.extra['from']} → {e.extra['to']}", 5.0), color=colours.text)
    return figure


def render_alt(e: Explanation) -> str:
    """Which features change, from and to."""
    steps = enumerate_words([_step(e, i) for i in _changed(e)]) or "nothing"
    return f"Bars: changing {steps} moves {e.target} from {e.extra['from']} to {e.extra['to']}."


def render_table(e: Explanation) -> pd.DataFrame:
    """One line per changed feature."""
    order = _changed(e)
    frame: pd.DataFrame = load_library("pandas").DataFrame(
        {
            "feature": [e.names[i] for i in order],
            "from": [e.extra["before"][i] for i in order],
            "to": [e.extra["after"][i] for i in order],
            "in spreads": [float(e.extra["scaled"][i]) for i in order],
        }
    )
    if len(order) == 0:
        frame.loc[0] = ["nothing", "–", "–", float(shown(0.0))]
    return frame
