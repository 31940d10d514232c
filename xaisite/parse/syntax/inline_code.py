"""Inline values: `` `{python} expr` ``. A mini-cell: prose sees the state after the last cell above it.

With results the value takes the place of the expression. Does not evaluate anything.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.backticks import backtick

from xaisite.parse.dispatch import InlineState
from xaisite.parse.found import Found, found
from xaisite.parse.machine import Machine, join_text
from xaisite.parse.place import FixedPlace
from xaisite.parse.syntax.liquid import code_without_raw
from xaisite.parse.values import VALUE, add_value, find_value

if TYPE_CHECKING:
    from markdown_it.token import Token


def inline_code_plugin(md: Machine) -> None:
    """Register the rule."""
    md.inline.ruler.before("backticks", "inline_value", _value)
    md.inline.on("inline_value", "`")
    md.inline.ruler.at("backticks", _code)


def _value(state: StateInline, silent: bool) -> bool:
    if not isinstance(state, InlineState) or not state.src.startswith("`{python", state.pos):
        return False
    match = VALUE.match(state.src, state.pos, state.posMax)
    here = found(state.env)
    if match is None or here.fixed is not None:
        return False
    if not silent:
        _push(state, here, add_value(here, state.env, match, state.place.span), match["code"])
    state.pos = match.end()
    return True


def _code(state: StateInline, silent: bool) -> bool:
    """Read a code span, with the place of its text."""
    start, count = state.pos, len(state.tokens)
    if not backtick(state, silent):
        return False
    for token in state.tokens[count:]:
        if token.type == "code_inline":
            inner = state.src.find(token.content, start + len(token.markup), state.pos) if token.content else -1
            token.meta = {"start": inner if inner >= 0 else start + len(token.markup)}
            if isinstance(state, InlineState):
                _look_at(state, token, start)
    return True


_FOREIGN = re.compile(r"\{(?P<lang>r|julia|ojs)\} \S|r [A-Za-z_.][\w.]*[$(\[]")


def _look_at(state: InlineState, token: Token, start: int) -> None:
    """Report an expression of R, which nobody evaluates here; leave out Jekyll's `raw` tags."""
    here = found(state.env)
    other = None if here.fixed else _FOREIGN.match(token.content)
    if other is not None:
        here.tell_once(
            "cell-foreign", "inline", f"“{other['lang'] or 'r'}” is shown, not run",
            state.place.span(start, state.pos), help="only `{python} …` is evaluated",
        )  # fmt: skip
    if "endraw" in token.content and not state.env.get("raw"):
        token.content = code_without_raw(here, token.content, lambda: state.place.span(start, state.pos))


def _push(state: InlineState, here: Found, index: int, code: str) -> None:
    result = find_value(here, index)
    token = state.push("inline_value", "code", 0)
    token.meta = {"index": index, "has_value": result is not None}
    token.content = result.text if result else code
    if result is not None and result.is_markdown:
        token.type = "inline_group"
        token.children = _markdown(state, here, result.text)


def _markdown(state: InlineState, here: Found, text: str) -> list[Token]:
    at = FixedPlace(here.inlines[-1].span)
    here.fixed, before = at, here.fixed
    children = state.md.inline.parse_at(text, state.md, state.env, [], at)  # type: ignore[attr-defined]
    here.fixed = before
    return join_text(children)
