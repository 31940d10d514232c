"""CommonMark itself: the library's rules, told at which characters to be tried, and one rule for paragraphs.

The library looks for a setext underline and for the end of a paragraph in two loops over the same lines; here in one.
"""

from __future__ import annotations

from markdown_it.rules_block import StateBlock

from xaisite.parse.machine import Machine

INLINE = {
    "newline": "\n", "escape": "\\", "backticks": "`", "strikethrough": "~", "emphasis": "*_", "link": "[",
    "image": "!", "autolink": "<", "html_inline": "<", "entity": "&",
}  # fmt: skip
BLOCK = {
    "code": None, "fence": "`~", "blockquote": ">", "hr": "*-_", "list": "*-+0123456789", "reference": "[",
    "html_block": "<", "heading": "#", "paragraph": None,
}  # fmt: skip


def commonmark_plugin(md: Machine) -> None:
    """Register the library's rules."""
    for name, chars in INLINE.items():
        md.inline.on(name, chars)
    md.inline.ruler.enable("strikethrough")
    md.inline.ruler2.enable("strikethrough")
    md.block.ruler.disable("lheading")
    md.block.ruler.at("paragraph", paragraph)
    for block, first in BLOCK.items():
        md.block.on(block, first)


def paragraph(state: StateBlock, start: int, _end: int, silent: bool) -> bool:
    """Make a paragraph, or a heading when the lines end in an underline."""
    if silent:
        return False
    end = state.lineMax
    parent = state.parentType
    state.parentType = "paragraph"
    line = start + 1
    level = 0
    may_be_heading = not state.is_code_block(start)
    while line < end and not state.isEmpty(line):
        indent = state.sCount[line] - state.blkIndent
        if indent > 3:
            line += 1
            continue
        if indent >= 0 and may_be_heading and (level := _underline(state, line)):
            break
        if state.sCount[line] >= 0 and state.md.block.ends_paragraph(state, line, end):  # type: ignore[attr-defined]
            break
        line += 1
    _push(state, start, line, level)
    state.parentType = parent
    return True


def _underline(state: StateBlock, line: int) -> int:
    first = state.bMarks[line] + state.tShift[line]
    marker = state.src[first]
    if marker not in "-=":
        return 0
    text = state.src[first : state.eMarks[line]].rstrip(" \t")
    return (1 if marker == "=" else 2) if text.count(marker) == len(text) else 0


def _push(state: StateBlock, start: int, line: int, level: int) -> None:
    content = state.getLines(start, line, state.blkIndent, False).strip(" \t\n\r\f\v")
    state.line = line + 1 if level else line
    kind, tag = ("heading", f"h{level}") if level else ("paragraph", "p")
    token = state.push(f"{kind}_open", tag, 1)
    token.map = [start, state.line]
    token.markup = "=-"[level - 1] if level else ""
    inline = state.push("inline", "", 0)
    inline.content = content
    inline.map = [start, line]
    inline.children = []
    state.push(f"{kind}_close", tag, -1).markup = token.markup
