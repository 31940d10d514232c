"""Where a piece of text that a rule looks at stands in the file.

markdown-it's inline tokens have no positions, only the lines of their block. A `Place` maps an index into the text
being parsed to an offset in the file: line *k* of an inline token's content is a suffix of source line ``map[0] + k``.
Does not know tokens' meaning. Invariant: every span it returns lies inside the source.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable

from xaisite.core.record import record
from xaisite.core.source import Span


class Place:
    """Index in a text → offset in the file, piecewise; the pieces are found when first asked for."""

    __slots__ = ("_find", "_offsets", "_starts", "path")

    def __init__(self, path: str, find: Callable[[], tuple[list[int], list[int]]]) -> None:
        self.path = path
        self._find: Callable[[], tuple[list[int], list[int]]] | None = find
        self._starts: list[int] = []
        self._offsets: list[int] = []

    def offset(self, index: int) -> int:
        """Return the offset in the file of the character at ``index``."""
        if self._find is not None:
            self._starts, self._offsets = self._find()
            self._find = None
        piece = max(0, bisect_right(self._starts, index) - 1)
        return self._offsets[piece] + max(0, index - self._starts[piece])

    def span(self, start: int, end: int) -> Span:
        """Return the span of ``text[start:end]``."""
        first = self.offset(start)
        last = self.offset(end - 1) + 1 if end > start else first
        return Span(self.path, first, max(first, last))

    def inner(self, by: int) -> Place:
        """Return the place of the text that begins at index ``by`` of this one."""
        return Place(self.path, lambda: self._inner(by))

    def _inner(self, by: int) -> tuple[list[int], list[int]]:
        first = self.offset(by)
        starts, offsets = [0], [first]
        for start, offset in zip(self._starts, self._offsets, strict=True):
            if start > by:
                starts.append(start - by)
                offsets.append(offset)
        return starts, offsets


@record
class FixedPlace:
    """For text that stands nowhere in the file (a cell's output): every span is that of what produced it."""

    at: Span

    def offset(self, index: int) -> int:
        """Return the start of the producer, whatever ``index``."""
        return self.at.start if index >= 0 else 0

    def span(self, start: int, end: int) -> Span:
        """Return the producer's span."""
        assert start <= end
        return self.at

    def inner(self, by: int) -> FixedPlace:
        """Return the same place."""
        return self if by >= 0 else FixedPlace(self.at)


AnyPlace = Place | FixedPlace


def line_place(path: str, lines: list[str], offsets: list[int], content: str, *, from_left: int = 0) -> Place:
    """Return the place of ``content``, whose line *k* is a suffix of ``lines[k]``, a source line at ``offsets[k]``.

    With ``from_left`` the first line is looked for from that column on (headings), not from the right.
    """

    def find() -> tuple[list[int], list[int]]:
        starts: list[int] = []
        places: list[int] = []
        at = 0
        for k, line in enumerate(content.split("\n")):
            source_line = lines[k] if k < len(lines) else ""
            base = offsets[k] if k < len(offsets) else offsets[-1]
            skipped, column = _find_column(line, source_line, from_left if k == 0 else 0)
            starts.append(at + skipped if k else 0)
            places.append(base + column - (0 if k else min(skipped, column)))
            at += len(line) + 1
        return starts, places

    return Place(path, find)


def _find_column(line: str, source_line: str, from_left: int) -> tuple[int, int]:
    """Return how much of ``line`` to skip, and the column at which the rest stands."""
    if from_left:
        column = source_line.find(line, from_left)
        if column >= 0:
            return 0, column
    column = source_line.rfind(line)
    if column >= 0:
        return 0, column
    bare = line.lstrip()
    column = source_line.rfind(bare)
    if column >= 0:
        return len(line) - len(bare), column
    return 0, 0
