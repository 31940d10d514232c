"""Texts: the words themselves, coloured by contribution.

Invariant: the text reads in its own order; colour is the sign and size of the contribution.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from xaisite.explain.displays.canvas import clear, house_style, make_figure
from xaisite.explain.displays.wording import ranked
from xaisite.explain.libraries import load_library
from xaisite.explain.palette import ThemeName, find_theme, make_signed_map

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from xaisite.explain.explanation import Explanation

WIDE = 74


def _lay_out(tokens: tuple[str, ...]) -> list[tuple[int, int, str]]:
    """Line, column and text of each token in fixed pitch."""
    line, column, places = 0, 0, []
    for token in tokens:
        word = token.strip() or " "
        if column and column + len(word) > WIDE:
            line, column = line + 1, 0
        places.append((line, column, word))
        column += len(word) + 1
    return places


@house_style
def render_figure(e: Explanation, theme: ThemeName) -> Figure:
    """Draw the words on coloured ground."""
    colours, values = find_theme(theme), e.values.ravel()
    places = _lay_out(e.names)
    lines = places[-1][0] + 1
    figure, axes = make_figure(colours, 7.0, 0.75 + 0.34 * lines)
    limit = max(float(np.abs(values).max()), 1e-12)
    ground = make_signed_map(colours)
    for (line, column, word), value in zip(places, values, strict=True):
        red, green, blue, _ = colour = ground(0.5 + value / limit / 2)
        ink = "#111111" if 0.299 * red + 0.587 * green + 0.114 * blue > 0.5 else "#ffffff"
        axes.text(
            column,
            -line,
            word,
            family="DejaVu Sans Mono",
            fontsize=9,
            color=ink,
            va="center",
            bbox={"facecolor": colour, "edgecolor": "none", "pad": 1.6},
        )
    axes.set_xlim(-0.5, WIDE + 1)
    axes.set_ylim(-lines + 0.4, 0.7)
    clear(axes)
    axes.set_title(f"{e.target}: orange raises, blue lowers ({e.scale})", loc="left", color=colours.text)
    return figure


def _order(e: Explanation) -> list[int]:
    values = e.values.ravel()
    return sorted(range(len(values)), key=lambda index: (-abs(float(values[index])), index))


def render_alt(e: Explanation) -> str:
    """Name the words that count most."""
    order, values = _order(e), e.values.ravel()
    most = ranked([f"“{e.names[i].strip()}”" for i in order], [values[i] for i in order], most=4)
    return f"Text of {len(e.names)} words coloured by their part in {e.target}. Strongest: {most}."


def render_table(e: Explanation) -> pd.DataFrame:
    """One line per word."""
    order, values = _order(e), e.values.ravel()
    columns = {"word": [e.names[i].strip() for i in order], "contribution": values[order]}
    if e.errors is not None:
        columns["standard error"] = e.errors.ravel()[order]
    frame: pd.DataFrame = load_library("pandas").DataFrame(columns)
    return frame
