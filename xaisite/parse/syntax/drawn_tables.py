"""Pandoc's grid and simple tables, which are drawn with dashes: shown as they are drawn, and reported.

A pipe table is `syntax.tables`; this only keeps the lines of the others apart, so that they can be read.
"""

from __future__ import annotations

import re

from markdown_it.rules_block import StateBlock

from xaisite.parse.found import found
from xaisite.parse.machine import Machine

_GRID = re.compile(r"\+(?:[-=:]{3,}\+)+[ \t]*\Z")
_SIMPLE = re.compile(r"[ \t]*-{2,}(?:[ \t]+-{2,})+[ \t]*\Z")


def drawn_tables_plugin(md: Machine) -> None:
    """Register the rule."""
    md.block.ruler.after("table", "drawn_table", _table)
    md.block.on("drawn_table", None)


def _table(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    if silent or start + 1 >= end:
        return False
    is_grid = state.src.startswith("+", state.bMarks[start] + state.tShift[start]) and _GRID.match(_line(state, start))
    if not is_grid and not _is_simple(state, start):
        return False
    line = start
    while line < end and not state.isEmpty(line) and state.sCount[line] >= state.blkIndent:
        if is_grid and _line(state, line)[:1] not in ("+", "|"):
            break
        line += 1
    token = state.push("fence", "code", 0)
    token.content = state.getLines(start, line, state.blkIndent, False).rstrip() + "\n"
    token.map = [start, line]
    token.meta = {"lang": "", "attributes": None}
    state.line = line
    found(state.env).tell_once(
        "migrant-table", "drawn table", "tables drawn with dashes are not read: this one is shown as it is drawn",
        found(state.env).lines_span(start, start + 1), help="write it with pipes: `| a | b |`, below it `|---|---|`",
    )  # fmt: skip
    return True


def _is_simple(state: StateBlock, start: int) -> bool:
    """Whether a line of words stands above a line of groups of dashes, and a row below it."""
    dashes = start + 1
    return (
        state.src.startswith("-", state.bMarks[dashes] + state.tShift[dashes])
        and _SIMPLE.match(_line(state, dashes)) is not None
        and len(_line(state, start).split()) > 1
        and dashes + 1 < state.lineMax
        and not state.isEmpty(dashes + 1)
    )


def _line(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]
