"""Emoji by name, `:rocket:`, as GitHub and Jekyll read them.

Only names between blanks or punctuation: `12:30:45`, `a:b:c` and addresses are text. A name that is not in our list is
shown as typed and reported, unless it begins its line, where other tools name fields so.
"""

from __future__ import annotations

import re

from markdown_it.rules_inline import StateInline

from xaisite.parse.dispatch import InlineState
from xaisite.parse.emoji_names import EMOJI
from xaisite.parse.found import found
from xaisite.parse.machine import Machine

_NAME = re.compile(r":(?P<name>[+-]1|100|[a-z][a-z0-9]*(?:[_-][a-z0-9]+)*):(?!\w)")
_BEFORE = " \t\n(*_~\"'“‘>,.;!?…–—|\u00a0"


def emoji_plugin(md: Machine) -> None:
    """Register the rule."""
    md.inline.ruler.before("escape", "emoji", _emoji)
    md.inline.on("emoji", ":")


def _emoji(state: StateInline, silent: bool) -> bool:
    at = state.pos
    if not isinstance(state, InlineState) or state.last(":") <= at or not _may_begin(state, at):
        return False
    match = _NAME.match(state.src, at, state.posMax)
    if match is None:
        return False
    sign = EMOJI.get(match["name"])
    if sign is None:
        if not silent and len(match["name"]) > 2 and at and state.src[at - 1] != "\n":
            _report(state, match)
        return False
    if not silent:
        state.push("text", "", 0).content = sign
    state.memo["emoji", match.end()] = True
    state.pos = match.end()
    return True


def _may_begin(state: InlineState, at: int) -> bool:
    """Whether a name may begin at ``at``: no word, number or colon stands before it, but another emoji may."""
    if not at or state.src[at - 1] in _BEFORE:
        return True
    return ("emoji", at) in state.memo


def _report(state: InlineState, match: re.Match[str]) -> None:
    found(state.env).tell_once(
        "migrant-emoji", f"emoji:{match['name']}", f"no emoji is called “{match['name']}” here: it is shown as typed",
        state.place.span(match.start(), match.end()), help="write the sign itself",
    )  # fmt: skip
