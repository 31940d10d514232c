"""Texts: the words themselves, coloured by contribution.

Invariant: the text reads in its own order; colour is the sign and size of the contribution.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from xaisite.explain.displays.canvas import WIDTH, house_style, make_page
from xaisite.explain.displays.lettering import LINE, count_lines, fold, measure
from xaisite.explain.displays.wording import ranked
from xaisite.explain.libraries import load_library
from xaisite.explain.palette import ThemeName, find_theme, make_signed_map

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from xaisite.explain.explanation import Explanation

SPACE = 0.12
PITCH = 0.31


def _lay_out(tokens: tuple[str, ...]) -> list[tuple[int, float, str]]:
    """Line, inches from the left and text of each token."""
    line, column, places = 0, SPACE, []
    for token in tokens:
        word = fold(token.strip() or " ", WIDTH - 2 * SPACE, 1)
        long = measure(word)
        if column > SPACE and column + long > WIDTH - SPACE:
            line, column = line + 1, SPACE
        places.append((line, column, word))
        column += long + SPACE
    return places


@house_style
def render_figure(e: Explanation, theme: ThemeName) -> Figure:
    """Draw the words on coloured ground."""
    colours, values = find_theme(theme), e.values.ravel()
    places = _lay_out(e.names)
    lines = places[-1][0] + 1
    title = fold(f"{e.target}: orange raises, blue lowers ({e.scale})", WIDTH - 2 * SPACE)
    top = 0.15 + LINE * count_lines(title) + PITCH / 2
    figure, axes = make_page(colours, top + PITCH * lines)
    axes.text(SPACE, 0.08, title, color=colours.text, va="top")
    limit = max(float(np.abs(values).max()), 1e-12)
    ground = make_signed_map(colours)
    for (line, column, word), value in zip(places, values, strict=True):
        red, green, blue, _ = colour = ground(0.5 + value / limit / 2)
        ink = "#111111" if 0.299 * red + 0.587 * green + 0.114 * blue > 0.5 else "#ffffff"
        axes.text(
            column,
            top + PITCH * line,
            word,
            color=ink,
            va="center",
            bbox={"facecolor": colour, "edgecolor": "none", "pad": 1.6},
        )
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
