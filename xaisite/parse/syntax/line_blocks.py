"""Pandoc's line blocks: lines that begin with `| ` keep their ends and their indentation (verse, addresses).

A line with a second `|` is none: it is meant as a table, and where no table came of it, that is said.
"""

from __future__ import annotations

import re

from markdown_it.rules_block import StateBlock

from xaisite.parse.found import found
from xaisite.parse.machine import Machine
from xaisite.parse.syntax.tables import is_delimiter_row

_LINE = re.compile(r"\|(?:[ \t](?P<indent>[ \t]*)(?P<text>(?:[^|\\]|\\.)*))?\Z")
_ROW = re.compile(r"\|(?:[^\\|]|\\.)+\|(?:[^\\]|\\.)*\Z")


def line_blocks_plugin(md: Machine) -> None:
    """Register the rule."""
    md.block.ruler.after("table", "line_block", _line_block)
    md.block.on("line_block", "|")


def _line_block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    if silent or state.is_code_block(start):
        return False
    pieces: list[tuple[str, list[str], int]] = []  # indentation, lines, number of the first
    line = start
    while line < end and not state.isEmpty(line) and state.sCount[line] >= state.blkIndent:
        text = _text(state, line)
        match = _LINE.match(text)
        if match is not None:
            pieces.append((match["indent"] or "", [match["text"] or ""], line))
        elif pieces and state.sCount[line] > state.blkIndent and not text.startswith("|"):
            pieces[-1][1].append(text)  # an indented line goes on
        else:
            _report_rows(state, start, end)
            return False
        line += 1
    opening = state.push("line_block_open", "div", 1)
    opening.attrs, opening.map = {"class": "line-block"}, [start, line]
    for indent, lines, first in pieces:
        _push_line(state, indent, lines, first, is_first=first == start)
    state.push("line_block_close", "div", -1)
    state.line = line
    return True


def _text(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]].rstrip()


def _push_line(state: StateBlock, indent: str, lines: list[str], first: int, *, is_first: bool) -> None:
    if not is_first:
        state.push("hardbreak", "br", 0)
    if indent:
        state.push("text", "", 0).content = "\u00a0" * len(indent)
    inline = state.push("inline", "", 0)
    inline.content = "\n".join(lines)
    inline.map = [first, first + len(lines)]
    inline.children = []


def _report_rows(state: StateBlock, start: int, end: int) -> None:
    """Say of lines that look like a table's, but have no line of dashes below the first, that they are text."""
    second = start + 1
    if second >= end or is_delimiter_row(_text(state, second)) or not _ROW.match(_text(state, start)):
        return
    if _ROW.match(_text(state, second)):
        columns = len(re.split(r"(?<!\\)\|", _text(state, start).strip("|")))
        found(state.env).warn(
            "md-table", "this is no table: the line of dashes below its first row is missing",
            found(state.env).lines_span(start, second), help=f"write {'|---' * columns}| below this row",
        )  # fmt: skip
