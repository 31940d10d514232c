"""Rules: their conditions as text, their precision and coverage as bars.

Invariant: the order is the order of trying; precision is of fresh or held-out rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from xaisite.explain.displays.canvas import draw_legend, house_style, make_figure, shorten
from xaisite.explain.libraries import load_library
from xaisite.explain.palette import ThemeName, find_theme
from xaisite.explain.verdict import shown

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from xaisite.explain.explanation import Explanation


@house_style
def render_figure(e: Explanation, theme: ThemeName) -> Figure:
    """Two bars per rule: precision and coverage."""
    colours, rules = find_theme(theme), e.extra["rules"]
    figure, axes = make_figure(colours, 7.4, 1.3 + 0.62 * len(rules))
    places = np.arange(len(rules))[::-1]
    axes.barh(places + 0.19, [rule["precision"] for rule in rules], height=0.34, color=colours.plain, label="precision")
    axes.barh(places - 0.19, [rule["coverage"] for rule in rules], height=0.34, color=colours.second, label="coverage")
    axes.set_yticks(places, [f"{shorten(rule['if'], 52)}\n→ {rule['then']}" for rule in rules], fontsize=8.5)
    axes.set_xlim(0, 1)
    axes.grid(axis="x", color=colours.grid, linewidth=0.6)
    axes.set_axisbelow(True)
    draw_legend(axes, colours, loc="lower left", bbox_to_anchor=(0, 1.0), ncols=2)
    return figure


def render_alt(e: Explanation) -> str:
    """Name the rules, with their numbers."""
    rules = e.extra["rules"]
    said = [
        f"if {rule['if']} then {rule['then']} "
        f"(precision {shown(rule['precision'])}, coverage {shown(rule['coverage'])})"
        for rule in rules[:3]
    ]
    more = f"; {len(rules) - 3} more" if len(rules) > 3 else ""
    return f"{'Rule' if len(rules) == 1 else f'List of {len(rules)} rules'}: {'; '.join(said)}{more}."


def render_table(e: Explanation) -> pd.DataFrame:
    """One line per rule."""
    frame: pd.DataFrame = load_library("pandas").DataFrame(
        [(rule["if"], rule["then"], float(rule["precision"]), float(rule["coverage"])) for rule in e.extra["rules"]],
        columns=["if", "then", "precision", "coverage"],
    )
    return frame
