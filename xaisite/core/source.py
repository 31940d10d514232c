"""Text an author wrote, and places in it.

Does not read files. Invariant: a span lies inside its source; offsets count code points, end is exclusive.
"""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property

from xaisite.core.record import record


@record
class Span:
    """A piece of a source: ``text[start:end]`` of the file at ``path`` (relative to the site's root, POSIX)."""

    path: str
    start: int
    end: int

    def __lt__(self, other: Span) -> bool:
        return (self.path, self.start, self.end) < (other.path, other.start, other.end)

    def shifted(self, by: int) -> Span:
        """Return the span moved ``by`` code points."""
        return Span(self.path, self.start + by, self.end + by)


@record
class Position:
    """A place as people read it: both numbers start at 1, columns count code points."""

    line: int
    column: int


@record
class Source:
    """A text file: ``path`` relative to the site's root; ``text`` decoded, lines ended by LF, no BOM."""

    path: str
    text: str

    def span(self, start: int, end: int | None = None) -> Span:
        """Return a span of this source, clamped into it (``end`` defaults to one character)."""
        size = len(self.text)
        first = max(0, min(start, size))
        last = first + 1 if end is None else end
        return Span(self.path, first, max(first, min(last, size)))

    @cached_property
    def line_starts(self) -> tuple[int, ...]:
        """Offset of the first character of each line."""
        return line_starts(self.text)

    def position(self, offset: int) -> Position:
        """Return the line and column of ``offset``."""
        line = bisect_right(self.line_starts, offset) - 1
        return Position(line + 1, offset - self.line_starts[line] + 1)

    def line(self, number: int) -> str:
        """Return the text of line ``number`` (from 1) without its line end."""
        start = self.line_starts[number - 1]
        end = self.text.find("\n", start)
        return self.text[start:] if end < 0 else self.text[start:end]


def line_starts(text: str) -> tuple[int, ...]:
    """Return the offset at which each line of ``text`` begins."""
    starts = [0]
    at = text.find("\n")
    while at >= 0:
        starts.append(at + 1)
        at = text.find("\n", at + 1)
    return tuple(starts)
