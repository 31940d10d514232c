"""How many, in words: ``2 errors, 1 warning``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from xaisite.core.diagnostic import Diagnostic, Severity, sort_diagnostics


def summary_line(diagnostics: Iterable[Diagnostic]) -> str:
    """Return the counts by severity, worst first; empty when there is nothing to say."""
    counts = Counter(d.severity for d in sort_diagnostics(diagnostics))
    return ", ".join(count_of(counts[s], str(s)) for s in Severity if counts[s])


def count_of(number: int, noun: str) -> str:
    """Return ``1 page`` or ``3 pages``."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
