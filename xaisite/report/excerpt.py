"""The piece of a source that a message is about, with a caret under it.

Does not choose colours. Invariant: every caret stands under the character it means, whatever tabs, wide characters or
combining marks come before it; no line of the source is shown wider than ``WIDTH`` columns.
"""

from __future__ import annotations

from xaisite.core.record import record
from xaisite.core.source import Source, Span
from xaisite.report.located import clamp
from xaisite.report.style import BLUE, one_line, paint, shown

WIDTH = 100
_LEAD = 24
"""Columns kept before the caret of a line that is cut."""
_MAX_LINES = 5

_Row = tuple[str, str]
"""What stands in the gutter, and what stands right of it."""


@record
class Marker:
    """How a place is pointed at: the sign drawn under it, the words beside it, their colour."""

    sign: str
    label: str
    tint: str
    color: bool = False

    def draw(self, text: str) -> str:
        """Return ``text`` in the marker's colour."""
        return paint(text, self.tint, color=self.color)


@record
class _Cut:
    """A line as displayed: its text, and the columns of the marked part in it."""

    text: str
    start: int
    end: int


def render_excerpt(source: Source, span: Span, marker: Marker, *, gutter: int) -> list[str]:
    """Return the lines of the excerpt; ``gutter`` is the width of the widest line number in the message."""
    first, last = clamp(span, source)
    start, end = source.position(first), source.position(max(first, last - 1))
    if start.line == end.line:
        rows = _one_line(source.line(start.line), start.line, start.column - 1, marker, length=last - first)
    else:
        rows = _many_lines(source, first, max(first, last - 1), marker)
    return [_rail("", gutter, marker), *((_rail(n, gutter, marker) + text).rstrip() for n, text in rows)]


def gutter_of(source: Source, span: Span) -> int:
    """Return the digits that the largest line number of the excerpt takes."""
    first, last = clamp(span, source)
    return len(str(source.position(max(first, last - 1)).line))


def _rail(number: str, gutter: int, marker: Marker) -> str:
    bar = f"{'...':<{gutter + 3}}" if number == "..." else f" {number:>{gutter}} |"
    return paint(bar, BLUE, color=marker.color)


def _one_line(line: str, number: int, column: int, marker: Marker, *, length: int) -> list[_Row]:
    cut = _cut(line, column, column + max(1, length))
    carets = f"{marker.sign * max(1, cut.end - cut.start)} {one_line(marker.label)}".rstrip()
    return [(str(number), f" {cut.text}"), ("", f" {' ' * cut.start}{marker.draw(carets)}")]


def _many_lines(source: Source, first: int, last: int, marker: Marker) -> list[_Row]:
    """Draw a rail beside the marked lines, as rustc does; the middle of a long piece is left out."""
    start, end = source.position(first), source.position(last)
    rail = marker.draw("|")
    middle = [(str(n), f" {rail} {_cut(source.line(n), 0, 1).text}") for n in range(start.line + 1, end.line)]
    if len(middle) > _MAX_LINES - 2:
        middle = [middle[0], ("...", f" {rail}")]
    tail = _cut(source.line(end.line), end.column - 1, end.column)
    reach = f"|{'_' * (tail.start + 1)}{marker.sign} {one_line(marker.label)}".rstrip()
    return [
        *_opening(source.line(start.line), start.line, start.column - 1, marker),
        *middle,
        (str(end.line), f" {rail} {tail.text}"),
        ("", f" {marker.draw(reach)}"),
    ]


def _opening(line: str, number: int, column: int, marker: Marker) -> list[_Row]:
    head = _cut(line, column, column + 1)
    if not line[:column].strip():
        return [(str(number), f" {marker.draw('/')} {head.text}")]
    return [(str(number), f"   {head.text}"), ("", f" {marker.draw(' ' + '_' * (head.start + 1) + marker.sign)}")]


def _cut(line: str, start: int, end: int) -> _Cut:
    """Display a line, cut to ``WIDTH`` columns around the marked characters ``[start, end)``."""
    cells: list[str] = []
    edges = [0]
    for char in line:
        text, width = shown(char, edges[-1])
        cells.append(text)
        edges.append(edges[-1] + width)
    beyond = 1 if end > len(line) else 0  # a caret just after the end of the line
    first = edges[min(start, len(line))]
    last = max(first + 1, edges[min(end, len(line))] + beyond)
    if edges[-1] <= WIDTH:
        return _Cut("".join(cells), first, last)
    return _window(cells, edges, first, last)


def _window(cells: list[str], edges: list[int], first: int, last: int) -> _Cut:
    left = max(0, min(first - _LEAD, edges[-1] - WIDTH + 2))
    a = next(i for i, edge in enumerate(edges) if edge >= left)
    b = max(i for i, edge in enumerate(edges) if edge <= edges[a] + WIDTH - 2)
    before, after = "…" if a else "", "…" if b < len(cells) else ""
    shift = len(before) - edges[a]
    return _Cut(before + "".join(cells[a:b]) + after, first + shift, max(first + 1, min(last, edges[b])) + shift)
