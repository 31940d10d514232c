"""Raw HTML inline, with places; blocks of it are read when the text around them is walked."""

from __future__ import annotations

import re

from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.html_inline import html_inline

from xaisite.parse.dispatch import InlineState
from xaisite.parse.found import found
from xaisite.parse.machine import Machine
from xaisite.parse.raw_html import read_html


def raw_html_plugin(md: Machine) -> None:
    """Register the rule."""
    md.inline.ruler.at("html_inline", _html_inline)
    md.block.ruler.before(
        "html_block", "markdown_html", _markdown_html, {"alt": ["paragraph", "reference", "blockquote"]}
    )
    md.block.on("markdown_html", "<")


_OPENS = re.compile(
    r"<(?P<name>[A-Za-z][\w-]*)(?=[^<>]*\smarkdown=[\"']?(?:1|block|span)\b)(?:\"[^\"]*\"|'[^']*'|[^<>\"'])*>[ \t]*\Z",
    re.IGNORECASE,
)
_CLOSES = re.compile(r"</(?P<name>[A-Za-z][\w-]*)\s*>[ \t]*\Z")


def _markdown_html(state: StateBlock, start: int, _end: int, silent: bool) -> bool:
    """Read kramdown's `<div markdown="1">` alone on its line, and its end: what is between is Markdown."""
    here = found(state.env)
    if state.is_code_block(start) or not here.config.raw_html:
        return False
    line = state.src[state.bMarks[start] + state.tShift[start] : state.eMarks[start]]
    opens = _OPENS.match(line) if "markdown" in line else None
    closes = _CLOSES.match(line) if opens is None and here.markdown_tags else None
    if opens is None and (closes is None or here.markdown_tags[-1] != closes["name"].lower()):
        return False
    if silent:
        return True
    if opens is not None:
        here.markdown_tags.append(opens["name"].lower())
    else:
        here.markdown_tags.pop()
    token = state.push("html_block", "", 0)
    token.map = [start, start + 1]
    token.content = line + "\n"
    state.line = start + 1
    return True


def _html_inline(state: StateInline, silent: bool) -> bool:
    if not isinstance(state, InlineState):
        return False
    start = state.pos
    if not html_inline(state, silent):
        return False
    if not silent:
        here = found(state.env)
        token = state.tokens[-1]
        if not here.config.raw_html and here.fixed is None:
            token.type = "text"
        else:
            token.meta = {"pieces": read_html(here, token.content, state.place.inner(start))}
    return True
