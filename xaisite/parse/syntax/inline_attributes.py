"""Attributes right after emphasis or code: `*em*{.x}`, `` `code`{.python} ``, kramdown's `{: .x}`, Pandoc's `{=html}`.

Links, pictures and brackets read theirs themselves. Here a list is read where it stands and given to what is before it
once emphasis is known. Invariant: what belongs to nothing is text, as typed.
"""

from __future__ import annotations

import re

from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from xaisite.model.nodes import Attributes
from xaisite.parse.attributes import read_attributes
from xaisite.parse.dispatch import InlineState
from xaisite.parse.found import Found, found
from xaisite.parse.machine import Machine
from xaisite.parse.raw_html import read_html

RAW = re.compile(r"\{=(?P<format>[a-z][\w:+-]*)\}")
HTML = frozenset({"html", "html4", "html5"})
_CLOSED = {"em_close": "em_open", "strong_close": "strong_open", "s_close": "s_open"}


def inline_attributes_plugin(md: Machine) -> None:
    """Register the rules."""
    md.inline.ruler.before("escape", "inline_attributes", _read)
    md.inline.on("inline_attributes", "{")
    md.inline.ruler2.after("emphasis", "inline_attributes", _give)


def _read(state: StateInline, silent: bool) -> bool:
    start = state.pos
    if not isinstance(state, InlineState) or not start or state.src[start - 1] not in "*_~`":
        return False
    raw = RAW.match(state.src, start, state.posMax) if state.src[start - 1] == "`" else None
    read = None if raw else read_attributes(state.src, start, state.place)
    if raw is None and (read is None or read[1] > state.posMax):
        return False
    end = raw.end() if raw else read[1] if read else start
    if not silent:
        token = state.push("inline_attributes", "", 0)
        token.content = state.src[start:end]
        token.meta = {"raw": raw["format"]} if raw else {"attributes": read[0] if read else None}
    state.pos = end
    return True


def _give(state: StateInline) -> None:
    if not isinstance(state, InlineState) or not any(t.type == "inline_attributes" for t in state.tokens):
        return
    here = found(state.env)
    out: list[Token] = []
    for token in state.tokens:
        target = _target(out) if token.type == "inline_attributes" else None
        if token.type != "inline_attributes":
            out.append(token)
        elif target is None or not _apply(here, state, target, token):
            token.type, token.meta = "text", {}
            out.append(token)
    state.tokens[:] = [t for t in out if t.type != "dropped"]


def _target(out: list[Token]) -> Token | None:
    """Return the token that a list at the end of ``out`` belongs to."""
    at = len(out) - 1
    while at >= 0 and out[at].type == "text" and not out[at].content:
        at -= 1
    if at < 0 or out[at].type == "code_inline":
        return out[at] if at >= 0 else None
    opening = _CLOSED.get(out[at].type)
    depth = 0
    for token in reversed(out[: at + 1]) if opening else ():
        depth += (token.type == out[at].type) - (token.type == opening)
        if not depth:
            return token
    return None


def _apply(here: Found, state: InlineState, target: Token, token: Token) -> bool:
    if "raw" in token.meta:
        if target.type != "code_inline":
            return False
        _as_raw(here, state, target, token.meta["raw"])
        return True
    attributes: Attributes = token.meta["attributes"]
    if target.meta.get("attributes") is not None:
        return False
    target.meta = {**target.meta, "attributes": attributes}
    if attributes.id:
        here.add_id(attributes.id, attributes.span or here.whole)
    return True


def _as_raw(here: Found, state: InlineState, code: Token, format: str) -> None:
    """Make code of a format what it is: HTML is raw HTML, what is for other formats is left out, as in Pandoc."""
    if format not in HTML:
        code.type = "dropped"
    elif here.config.raw_html or here.fixed is not None:
        code.type = "html_inline"
        place = state.place.inner(code.meta.get("start", 0))
        code.meta = {"pieces": read_html(here, code.content, place)}
