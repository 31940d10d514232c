"""What a build tells the preview."""

from __future__ import annotations

from collections.abc import Callable

from xaisite.core.diagnostic import Diagnostic
from xaisite.core.record import record
from xaisite.core.source import Source


def _no_source(_path: str) -> Source | None:
    return None


@record
class BuildOutcome:
    """One build: what was wrong, and which addresses of the output it changed."""

    diagnostics: tuple[Diagnostic, ...] = ()
    changed: frozenset[str] | None = frozenset()
    """None: unknown, so every open page is loaded again."""
    sources: Callable[[str], Source | None] = _no_source
    """For the excerpts in messages."""
    watch: frozenset[str] = frozenset()
    """Absolute paths of files outside the site's folder that the build read."""


Build = Callable[[], BuildOutcome]
