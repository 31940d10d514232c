"""Pipe tables (GFM), with the place of every cell, and captions: `: Caption {#tbl-x}` below or above.

The library's rule, but that it records where each cell's text stands. Alignment is a class, not an inline style.
"""

from __future__ import annotations

import re

from markdown_it.rules_block import StateBlock

from xaisite.core.record import record
from xaisite.parse.found import Found, found
from xaisite.parse.machine import Machine
from xaisite.parse.place import AnyPlace, Place

_DELIMITER = re.compile(r"[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*\Z")
_CUT_FORMULA = re.compile(r"(?<![\\$])\$(?=[^\s$])[^$|\n]*(?P<pipe>(?<!\\)\|)(?:[^$\n]*[^\s$|]|[^$|\n]+\|)\$(?!\d)")
_MAX_COMPLETED = 0x10000  # cells filled in for short rows, as in the library


@record
class _Cell:
    """The text of a cell (pipes unescaped) and the pieces it is made of: (index in it, index in the source)."""

    text: str
    pieces: tuple[tuple[int, int], ...]


def tables_plugin(md: Machine) -> None:
    """Register the rule."""
    md.block.ruler.at("table", _table, {"alt": ["paragraph", "reference"]})
    md.block.ruler.enable("table")
    md.block.on("table", None)


def _table(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    aligns = _aligns(state, start, end)
    if aligns is None:
        return False
    header = _row(state, start)
    if not header or len(header) != len(aligns):
        if not silent and header and not _report_pipe(state, start):
            _report_columns(state, start, len(header), len(aligns))
        return False
    if silent:
        return True
    parent = state.parentType
    state.parentType = "table"
    opening = state.push("table_open", "table", 1)
    state.push("thead_open", "thead", 1)
    _push_row(state, start, header, aligns, "th")
    state.push("thead_close", "thead", -1)
    line = _push_body(state, start + 2, end, aligns)
    state.push("table_close", "table", -1)
    opening.map = [start, line]
    state.parentType = parent
    state.line = line
    return True


def is_delimiter_row(text: str) -> bool:
    """Whether a line parts the head of a table from its body: dashes, colons and pipes."""
    return _DELIMITER.match(text) is not None


def _aligns(state: StateBlock, start: int, end: int) -> list[str] | None:
    if start + 2 > end:
        return None
    line = start + 1
    if state.sCount[line] < state.blkIndent:
        return None
    first, last = state.bMarks[line] + state.tShift[line], state.eMarks[line]
    if last - first < 2 or state.src[first] not in "|-:" or (state.src[first] == "-" and state.src[first + 1] in " \t"):
        return None
    if (
        state.is_code_block(line)
        or state.is_code_block(start)
        or "|" not in state.src[state.bMarks[start] : state.eMarks[start]]
    ):
        return None
    text = state.src[first:last]
    if not is_delimiter_row(text):
        return None
    columns = [c.strip() for c in text.strip().strip("|").split("|")]
    return [
        "center" if c[0] == ":" == c[-1] and len(c) > 1 else "right" if c[-1] == ":" else "left" if c[0] == ":" else ""
        for c in columns
    ]


def _row(state: StateBlock, line: int) -> list[_Cell]:
    """Return the cells of a line; an escaped pipe is a pipe of the cell's text."""
    first, last = state.bMarks[line] + state.tShift[line], state.eMarks[line]
    src = state.src
    while last > first and src[last - 1] in " \t":
        last -= 1
    cuts: list[list[tuple[int, int]]] = [[]]
    at = begin = first
    while at < last:
        char = src[at]
        if char == "\\" and at + 1 < last and src[at + 1] == "|":
            cuts[-1].append((begin, at))
            begin = at + 1
            at += 2
        elif char == "\\" and at + 1 < last:
            at += 2
        elif char == "|":
            cuts[-1].append((begin, at))
            cuts.append([])
            at += 1
            begin = at
        else:
            at += 1
    cuts[-1].append((begin, last))
    cells = [_cell(src, pieces) for pieces in cuts]
    if cells and not cells[0].text and cuts[0] == [(first, first)]:
        cells.pop(0)
    if cells and not cells[-1].text and cuts[-1][0][0] == last:
        cells.pop()
    return cells


def _cell(src: str, pieces: list[tuple[int, int]]) -> _Cell:
    (a, b), rest = pieces[0], pieces[1:]
    while a < b and src[a] in " \t":
        a += 1
    text = ""
    places: list[tuple[int, int]] = []
    for low, high in [(a, b), *rest]:
        places.append((len(text), low))
        text += src[low:high]
    return _Cell(text.rstrip(" \t"), tuple(places))


def _push_row(state: StateBlock, line: int, cells: list[_Cell], aligns: list[str], tag: str) -> None:
    here = found(state.env)
    state.push("tr_open", "tr", 1)
    for k, align in enumerate(aligns):
        token = state.push(f"{tag}_open", tag, 1)
        token.meta = {"align": align}
        inline = state.push("inline", "", 0)
        inline.map = [line, line + 1]
        inline.children = []
        if k < len(cells):
            inline.content = cells[k].text
            inline.meta = {"place": _place(here, cells[k])}
        state.push(f"{tag}_close", tag, -1)
    state.push("tr_close", "tr", -1)


def _place(here: Found, cell: _Cell) -> AnyPlace:
    if here.fixed is not None:
        return here.fixed
    starts = [index for index, _ in cell.pieces]
    offsets = [here.base + at for _, at in cell.pieces]
    return Place(here.source.path, lambda: (starts, offsets))


def _report_pipe(state: StateBlock, line: int) -> bool:
    """Say that a `|` inside a formula has cut a cell in two; return whether one has."""
    first, last = state.bMarks[line] + state.tShift[line], state.eMarks[line]
    match = _CUT_FORMULA.search(state.src, first, last) if "$" in state.src[first:last] else None
    if match is not None:
        here = found(state.env)
        here.error(
            "md-math-pipe", "this “|” ends the cell, in the middle of a formula",
            here.index_span(match.start("pipe"), match.end("pipe")), help="write \\vert (or \\mid) instead",
        )  # fmt: skip
    return match is not None


def _report_columns(state: StateBlock, start: int, header: int, dashes: int) -> None:
    """Say of lines meant as a table that they are text, since the line of dashes does not fit the first row."""
    here = found(state.env)
    line = start + 1
    first, last = state.bMarks[line] + state.tShift[line], state.eMarks[line]
    if "|" in state.src[first:last].strip().strip("|") or dashes == 1:
        here.warn(
            "md-table", f"this is no table: {header} columns above, {dashes} in this line",
            here.index_span(first, first + len(state.src[first:last].rstrip())),
            help=f"write {'|---' * header}|",
        )  # fmt: skip


def _report_row(state: StateBlock, cells: list[_Cell], count: int) -> None:
    """Say of a row with more cells than the table has columns that the rest is left out."""
    extra = [cell for cell in cells[count:] if cell.text]
    if not extra:
        return
    here = found(state.env)
    first = extra[0].pieces[0][1]
    here.warn(
        "md-table", f"this row has {len(cells)} cells, the table {count} columns: what stands here is left out",
        here.index_span(first, first + len(extra[0].text)), help="a “|” inside a cell is written \\|",
    )  # fmt: skip


def _push_body(state: StateBlock, line: int, end: int, aligns: list[str]) -> int:
    first = line
    completed = 0
    ends = state.md.block.ruler.getRules("blockquote")
    while line < end and not state.isEmpty(line) and state.sCount[line] >= state.blkIndent:
        if state.src.startswith(": ", state.bMarks[line] + state.tShift[line]):
            break  # the caption
        if state.is_code_block(line) or any(rule(state, line, end, True) for rule in ends):
            break
        cells = _row(state, line)
        if not _report_pipe(state, line):
            _report_row(state, cells, len(aligns))
        completed += len(aligns) - len(cells)
        if completed > _MAX_COMPLETED:
            break
        if line == first:
            state.push("tbody_open", "tbody", 1)
        _push_row(state, line, cells, aligns, "td")
        line += 1
    if line > first:
        state.push("tbody_close", "tbody", -1)
    return line
