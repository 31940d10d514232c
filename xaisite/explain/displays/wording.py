"""Words shared by the alternative texts.

What it does: lists, numbers and directions in plain English. It deliberately has no opinions.
Invariant: nothing is said that is not in the numbers passed in.
"""

from __future__ import annotations

from collections.abc import Sequence

from xaisite.explain.verdict import shown


def enumerate_words(words: Sequence[str]) -> str:
    """Return ``a, b and c``."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


def signed(number: float) -> str:
    """Return a number with its sign, with a true minus."""
    return f"+{shown(number)}" if number > 0 else shown(number).replace("-", "−", 1)


def ranked(names: Sequence[str], values: Sequence[float], *, most: int = 3, with_sign: bool = True) -> str:
    """Return the first ``most`` names with their numbers."""
    spell = signed if with_sign else shown
    return enumerate_words(
        [f"{name} ({spell(float(value))})" for name, value in list(zip(names, values, strict=True))[:most]]
    )
