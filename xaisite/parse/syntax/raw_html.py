"""Raw HTML inline, with places; blocks of it are read when the text around them is walked."""

from __future__ import annotations

import re

from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.html_inline import html_inline

from xaisite.parse.dispatch import InlineState
from xaisite.parse.found import found
from xaisite.parse.machine import Machine
from xaisite.parse.raw_html import read_html
from xaisite.parse.videos import check_video_tag

_VIDEO = re.compile(r"<video\b", re.IGNORECASE)


def raw_html_plugin(md: Machine) -> None:
    """Register the rule."""
    md.inline.ruler.at("html_inline", _html_inline)


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
            if here.fixed is None and _VIDEO.match(token.content):  # what is in it are tokens of their own
                check_video_tag(here, state.src, token.content, state.pos, state.place.span(start, state.pos))
    return True
