"""What a check found, in words an author can print.

What it does: holds one finding. It deliberately does not decide whether the build fails: a violated promise
is shown as a warning by whoever displays the explanation.
Invariant: ``text`` is a sentence about this explanation, true on its own.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from xaisite.explain.explanation import Array

Status = Literal["holds", "violated", "measured", "promises nothing"]


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """One finding of :meth:`Explanation.check`.

    Attributes
    ----------
    promise : str
        Short name of what was checked, such as ``"adds up"``.
    status : {"holds", "violated", "measured", "promises nothing"}
        ``"measured"`` is a number without a threshold.
    text : str
        The finding as a sentence.
    measured, tolerance : float or None
        The number found and the limit it was held against, in the units the text names.
    """

    promise: str
    status: Status
    text: str
    measured: float | None = None
    tolerance: float | None = None

    @property
    def is_violated(self) -> bool:
        """Whether the method broke its own promise."""
        return self.status == "violated"

    def __str__(self) -> str:
        return self.text


def shown(number: float) -> str:
    """Draw a number at the precision a reader needs: ``3e-07``, ``0.42``, ``1234``."""
    if math.isnan(number):
        return "undefined"
    if number == 0:
        return "0"
    size = abs(number)
    if size < 1e-3:
        return f"{number:.0e}"
    if size < 100:
        return f"{number:.3g}"
    return f"{number:.0f}"


def relative_gap(sums: Array, wanted: Array, *terms: Array) -> float:
    """Largest difference, relative to the largest number in play, terms that were summed among them.

    Small outputs are not excused, and terms that cancel to almost nothing are not blamed for their rounding.
    """
    scale = max(*(float(np.abs(one).max(initial=0.0)) for one in (sums, wanted, *terms)), 1e-12)
    return float(np.abs(sums - wanted).max(initial=0.0)) / scale


def at_most(promise: str, measured: float, limit: float, *, good: str, bad: str) -> Verdict:
    """Make the verdict of a promise that holds up to a limit."""
    return _judge(promise, measured, limit, holds=measured <= limit, text=(good, bad))


def at_least(promise: str, measured: float, limit: float, *, good: str, bad: str) -> Verdict:
    """Make the verdict of a promise that holds from a limit on."""
    return _judge(promise, measured, limit, holds=measured >= limit, text=(good, bad))


def _judge(promise: str, measured: float, limit: float, *, holds: bool, text: tuple[str, str]) -> Verdict:
    good, bad = text
    return Verdict(
        promise=promise,
        status="holds" if holds else "violated",
        text=good if holds else bad,
        measured=measured,
        tolerance=limit,
    )
