"""How long a text is on paper, and how it is folded.

What it does: measures texts with the font they are drawn in and breaks them into lines. It deliberately has one size.
Invariant: no line of a folded text is wider than asked for; what is left out is marked with an ellipsis.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

TEXT = 11.0
LINE = 1.2 * TEXT / 72


@cache
def _font() -> tuple[Any, Any]:
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import TextToPath

    return TextToPath(), FontProperties(family="DejaVu Sans", size=TEXT)


def measure(text: str) -> float:
    """Return the width of one line in inches."""
    paths, font = _font()
    return float(paths.get_text_width_height_descent(text, font, ismath=False)[0]) / 72


def fold(text: str, inches: float, lines: int = 2) -> str:
    """Break a text into at most so many lines, at spaces, underscores and slashes if it can be.

    A no-break space holds its words together.
    """
    rows = [""]
    for piece in re.split(r"(?<=[ _/])", text):
        if rows[-1] and measure((rows[-1] + piece).rstrip()) > inches:
            rows.append("")
        rows[-1] += piece
        while measure(rows[-1].rstrip()) > inches:
            cut = _fitting(rows[-1], inches)
            rows[-1:] = [rows[-1][:cut], rows[-1][cut:]]
    rows = [row.rstrip() for row in rows]
    if len(rows) > lines:
        last = " ".join(rows[lines - 1 :])
        rows[lines - 1 :] = [f"{last[: _fitting(last, inches - measure('…'))].rstrip()}…"]
    return "\n".join(rows)


def _fitting(text: str, inches: float) -> int:
    """Return how many letters fit, at least one."""
    count = 1
    while count < len(text) and measure(text[: count + 1]) <= inches:
        count += 1
    return count


def count_lines(text: str) -> int:
    """Return how many lines a folded text has."""
    return text.count("\n") + 1
