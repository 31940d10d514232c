"""Where a diagnostic stands, as people and tools read it.

Does not read files: sources come through a function. Invariant: lines and columns start at 1, columns count code
points, the end is exclusive; without a span or a source there is no line rather than a made-up one.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable

from xaisite.core.record import record
from xaisite.core.source import Position, Source, Span

Sources = Callable[[str], Source | None]
"""Path relative to the site's root → its source, None when it cannot be read."""


@record
class Place:
    """A span with its numbers. ``path`` is relative to the current folder."""

    path: str
    start: Position | None
    end: Position | None

    @property
    def label(self) -> str:
        """``path:line:column``, or as much of it as is known."""
        return f"{self.path}:{self.start.line}:{self.start.column}" if self.start else self.path


def locate(span: Span | None, sources: Sources, prefix: str = "") -> Place | None:
    """Return the place of ``span``; ``prefix`` leads from the current folder to the site's root."""
    if span is None:
        return None
    path = posixpath.normpath(posixpath.join(prefix, span.path))
    source = sources(span.path)
    if source is None:
        return Place(path, None, None)
    first, last = clamp(span, source)
    return Place(path, source.position(first), source.position(last))


def clamp(span: Span, source: Source) -> tuple[int, int]:
    """Return start and end of ``span``, forced into ``source`` (the file may have changed since)."""
    size = len(source.text)
    first = max(0, min(span.start, size))
    return first, max(first, min(span.end, size))
