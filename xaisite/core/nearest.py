"""Did you mean …? The nearest known name to a misspelled one."""

from __future__ import annotations

from collections.abc import Iterable


def find_nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name most like ``name``, or None when nothing is near (case is ignored)."""
    from difflib import get_close_matches

    by_fold: dict[str, str] = {}
    for candidate in sorted(known):
        by_fold.setdefault(candidate.casefold(), candidate)
    close = get_close_matches(name.casefold(), by_fold, n=1, cutoff=0.6)
    return by_fold[close[0]] if close else None


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return ``did you mean “x”?`` or an empty string."""
    near = find_nearest(name, known)
    return f"did you mean “{near}”?" if near else ""
