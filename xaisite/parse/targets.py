"""MyST's targets: `(name)=` on a line of its own names the heading below it, or the place."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

from markdown_it.token import Token

if TYPE_CHECKING:
    from xaisite.parse.walk import Walk

_TARGET = re.compile(r"\((?P<name>[A-Za-z][\w:.-]{0,100})\)=\s*\Z")


def take_target(walk: Walk, tokens: list[Token], at: int, out: list[Token]) -> bool:
    """Whether the paragraph at ``at`` is a target; a heading takes its name, anything else stands below an anchor."""
    inline = tokens[at + 1]
    match = _TARGET.match(inline.content) if inline.content.startswith("(") else None
    if match is None:
        return False
    here = walk.here
    name, span = match["name"], here.block_place(inline, inline.content).span(*match.span("name"))
    if at + 3 < len(tokens) and tokens[at + 3].type == "heading_open":
        here.target = (name, span)
        return True
    here.add_named(name, span)
    anchor = Token("html_block", "", 0, block=True)
    anchor.meta = {"pieces": [f'<div id="{escape(name)}"></div>\n']}
    out.append(anchor)
    return True
