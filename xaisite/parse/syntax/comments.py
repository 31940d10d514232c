"""Comments: `{% comment %}`, Nunjucks's `{# … #}`, kramdown's `{::comment}`, MyST's `% …` before a block.

What they hold is left out, as there. A line that begins with a percent sign could be prose, so leaving it out is told.
"""

from __future__ import annotations

import re

from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline

from xaisite.parse.found import found
from xaisite.parse.machine import Machine

COMMENT = re.compile(
    r"\{%-?\s*comment\s*-?%\}|\{#(?=[\s-])|\{::comment\}|\{::options[^{}\n]*/\}|\{(?:::|:/)nomarkdown\}|\{:/\}"
)
_END_LIQUID = re.compile(r"\{%-?\s*endcomment\s*-?%\}")
_LONGEST = 20_000  # characters: keeps hostile text linear


def comments_plugin(md: Machine) -> None:
    """Register the rules."""
    ends: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote", "list"]}
    md.block.ruler.before("fence", "comment_block", _block, ends)
    md.block.on("comment_block", "{")
    md.block.ruler.before("fence", "comment_line", _line)
    md.block.on("comment_line", "%")
    md.inline.ruler.before("liquid", "comment", _inline)
    md.inline.on("comment", "{")


def comment_end(text: str, opening: re.Match[str], limit: int | None = None) -> int:
    """Return the index after the comment that ``opening`` begins, or -1 when it is not closed."""
    low, high = opening.end(), min(len(text) if limit is None else limit, opening.end() + _LONGEST)
    if opening[0].startswith("{:"):
        if opening[0] != "{::comment}":
            return low
        ends = [at + len(mark) for mark in ("{:/comment}", "{:/}") if (at := text.find(mark, low, high)) >= 0]
        return min(ends, default=-1)
    if opening[0] == "{#":
        mark = text.find("#}", low, high)
        return mark + 2 if mark >= 0 else -1
    name = text.find("endcomment", low, high)
    end = _END_LIQUID.search(text, max(low, name - 20), high) if name >= 0 else None
    return end.end() if end else -1


def _block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    first = state.bMarks[start] + state.tShift[start]
    if state.is_code_block(start) or not state.src.startswith(("{%", "{#", "{:"), first) or found(state.env).is_raw:
        return False
    opening = COMMENT.match(state.src, first, state.eMarks[start])
    if opening is None:
        return False
    after = comment_end(state.src, opening, state.eMarks[end - 1])
    last = next((k for k in range(start, end) if state.eMarks[k] >= after), -1) if after >= 0 else -1
    if last < 0 or state.src[after : state.eMarks[last]].strip():
        return False
    if not silent:
        state.line = last + 1
    return True


def _line(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Leave out the lines of a comment of MyST, where no paragraph stands above them."""
    if silent or state.is_code_block(start):
        return False
    last = start
    while last < end and not state.isEmpty(last) and _is_comment(state, last):
        last += 1
    if last == start or (last < end and not state.isEmpty(last) and _goes_on(state, last)):
        return False
    found(state.env).tell_once(
        "migrant-comment", "%", "“%” begins a comment, as in MyST: this line is left out",
        found(state.env).lines_span(start, last), help="write \\% to show it, or <!-- … --> for a comment",
    )  # fmt: skip
    state.line = last
    return True


def _is_comment(state: StateBlock, line: int) -> bool:
    first = state.bMarks[line] + state.tShift[line]
    return state.src.startswith("%", first) and state.src[first + 1 : first + 2] in ("", " ", "\t", "\n", "%")


def _goes_on(state: StateBlock, line: int) -> bool:
    """Whether prose goes on here: then what begins with a percent sign is prose, too."""
    first = state.bMarks[line] + state.tShift[line]
    return state.src[first : first + 1].islower()


def _inline(state: StateInline, silent: bool) -> bool:  # noqa: ARG001 - the library's form of a rule
    if state.env.get("raw") or not state.src.startswith(("{%", "{#", "{:"), state.pos):
        return False
    opening = COMMENT.match(state.src, state.pos, state.posMax)
    after = comment_end(state.src, opening, state.posMax) if opening else -1
    if after < 0:
        return False
    state.pos = after
    return True
