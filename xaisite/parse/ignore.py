"""`<!-- xaisite-ignore CODE -->` silences warnings of that code in the next block. Errors cannot be silenced."""

from __future__ import annotations

from collections.abc import Iterable

from xaisite.core.diagnostic import Diagnostic
from xaisite.core.source import Span


def drop_ignored(diagnostics: Iterable[Diagnostic], ignored: Iterable[tuple[str, Span]]) -> tuple[Diagnostic, ...]:
    """Return ``diagnostics`` without the warnings and notices that a comment silences."""
    silenced = tuple(ignored)
    return tuple(d for d in diagnostics if d.is_error or not _is_silenced(d, silenced))


def _is_silenced(d: Diagnostic, silenced: tuple[tuple[str, Span], ...]) -> bool:
    at = d.span
    return at is not None and any(
        code == d.code and at.path == block.path and block.start <= at.start <= block.end for code, block in silenced
    )
