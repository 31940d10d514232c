"""Rules: their conditions as text, their precision and coverage as bars below it.

Invariant: the order is the order of trying; precision is of fresh or held-out rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from xaisite.explain.displays.canvas import WIDTH, house_style, make_page
from xaisite.explain.displays.lettering import LINE, count_lines, fold, measure
from xaisite.explain.libraries import load_library
from xaisite.explain.palette import Theme, ThemeName, find_theme
from xaisite.explain.verdict import shown

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from xaisite.explain.explanation import Explanation

EDGE = 0.1
BAR = 0.24
OTHERWISE = "otherwise"


def spell_condition(rule: Mapping[str, Any]) -> str:
    """Return the condition of a rule as a reader says it."""
    return OTHERWISE if rule["if"] == OTHERWISE else f"if {rule['if']}"


@house_style
def render_figure(e: Explanation, theme: ThemeName) -> Figure:
    """Each rule in words, above two bars: precision and coverage."""
    colours, rules = find_theme(theme), e.extra["rules"]
    said = [
        "\n".join([fold(spell_condition(rule), WIDTH - 2 * EDGE, 4), fold(f"→ {rule['then']}", WIDTH - 2 * EDGE, 1)])
        for rule in rules
    ]
    heights = [LINE * count_lines(text) + 2 * BAR + 0.3 for text in said]
    figure, axes = make_page(colours, sum(heights))
    top = 0.1
    for rule, text, height in zip(rules, said, heights, strict=True):
        axes.text(EDGE, top, text, color=colours.text, va="top")
        below = top + LINE * count_lines(text) + 0.05
        _draw_share(axes, colours, below, ("precision", colours.plain), float(rule["precision"]))
        _draw_share(axes, colours, below + BAR, ("coverage", colours.second), float(rule["coverage"]))
        top += height
    return figure


def _draw_share(axes: Axes, colours: Theme, top: float, series: tuple[str, str], share: float) -> None:
    """Draw a bar of which the full length is one, with its number behind it."""
    name, paint = series
    left, full = EDGE + measure("precision") + 0.1, WIDTH - 2.0
    axes.text(EDGE, top + BAR / 2, name, color=colours.muted, va="center")
    axes.barh([top + BAR / 2], [full], left=left, height=BAR * 0.62, color=colours.neutral)
    axes.barh([top + BAR / 2], [full * share], left=left, height=BAR * 0.62, color=paint)
    axes.text(left + full + 0.08, top + BAR / 2, shown(share), color=colours.text, va="center")


def render_alt(e: Explanation) -> str:
    """Name the rules, with their numbers."""
    rules = e.extra["rules"]
    said = [
        f"{spell_condition(rule)}{',' if rule['if'] == OTHERWISE else ' then'} {rule['then']} "
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
