"""`==marked==` text, as Pandoc, Obsidian and Eleventy's plugin read it: `<mark>`.

A mark opens before and closes behind a character that is no blank; `a==b` in prose is a comparison, not a mark.
"""

from __future__ import annotations

from typing import Literal

from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Delimiter
from markdown_it.token import Token

from xaisite.parse.machine import Machine

_MARK = "=="


def marked_plugin(md: Machine) -> None:
    """Register the rules."""
    md.inline.ruler.before("strikethrough", "marked", _delimiter)
    md.inline.on("marked", "=")
    md.inline.ruler2.after("strikethrough", "marked", _pair)


def _delimiter(state: StateInline, silent: bool) -> bool:
    start, src = state.pos, state.src
    if silent or not src.startswith(_MARK, start):
        return False
    end = start
    while end < state.posMax and src[end] == "=":
        end += 1
    before = src[start - 1] if start else " "
    after = src[end] if end < state.posMax else " "
    token = state.push("text", "", 0)
    token.content = src[start:end]
    if end - start == len(_MARK):
        opens = not after.isspace() and after not in ",.;:!?)]" and not _is_operand(before, ")]")
        closes = not before.isspace() and not _is_operand(after, "([")
        state.delimiters.append(Delimiter(ord("="), 0, len(state.tokens) - 1, -1, opens, closes))
    state.pos = end
    return True


def _is_operand(char: str, brackets: str) -> bool:
    """Whether ``char`` beside the mark makes it a comparison of code."""
    return (char.isascii() and (char.isalnum() or char == "_")) or char in brackets


def _pair(state: StateInline) -> None:
    inner = [meta["delimiters"] for meta in state.tokens_meta if meta and "delimiters" in meta]
    for delimiters in (state.delimiters, *inner):
        for opening in delimiters:
            if opening.marker == ord("=") and opening.end >= 0:
                _make_tag(state.tokens[opening.token], "mark_open", 1)
                _make_tag(state.tokens[delimiters[opening.end].token], "mark_close", -1)


def _make_tag(token: Token, kind: str, nesting: Literal[1, -1]) -> None:
    token.type, token.tag, token.nesting, token.content = kind, "mark", nesting, ""
