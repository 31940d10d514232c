r"""Spans `[text]{.class}`, glossary terms `[term]{.term}`, MyST's roles, `\ref{eq-x}` and `\eqref{eq-x}`."""

from __future__ import annotations

import re

from markdown_it.helpers import parseLinkLabel
from markdown_it.rules_inline import StateInline

from xaisite.model.nodes import CrossRefItem
from xaisite.parse.attributes import read_attributes
from xaisite.parse.dispatch import InlineState
from xaisite.parse.found import found
from xaisite.parse.machine import Machine

_REF = re.compile(r"\\(?P<name>eqref|ref|autoref|cref)\{(?P<label>[\w:.-]{1,100})\}")
_ROLE = re.compile(r"\{(?P<role>[a-z][a-z:]*)\}`(?P<text>[^`]+)`")


def spans_plugin(md: Machine) -> None:
    """Register the rules."""
    md.inline.ruler.before("link", "bracketed_span", _span)
    md.inline.on("bracketed_span", "[")
    md.inline.ruler.before("escape", "tex_reference", _tex_reference)
    md.inline.on("tex_reference", "\\")
    md.inline.ruler.before("escape", "myst_role", _role)
    md.inline.on("myst_role", "{")


def _span(state: StateInline, silent: bool) -> bool:
    if not isinstance(state, InlineState) or state.last("]{") < state.pos:
        return False
    start, limit = state.pos, state.posMax
    end = parseLinkLabel(state, start)
    if end < 0 or not state.src.startswith("{", end + 1) or state.src.startswith(("{%", "{{"), end + 1):
        return False
    read = read_attributes(state.src, end + 1, state.place)
    if read is None or read[1] > limit:
        return False
    attributes, after = read
    if not silent:
        here = found(state.env)
        opening = state.push("span_open", "span", 1)
        opening.meta = {"attributes": attributes}
        if "term" in attributes.classes:
            term = attributes.values.get("term", state.src[start + 1 : end])
            opening.meta["term"] = here.add_term(term, state.place.span(start + 1, end))
        if attributes.id:
            here.add_id(attributes.id, attributes.span or here.whole)
        state.pos, state.posMax = start + 1, end
        state.md.inline.tokenize(state)
        state.pos, state.posMax = after, limit
        state.push("span_close", "span", -1).meta = opening.meta
    state.pos = after
    return True


def _tex_reference(state: StateInline, silent: bool) -> bool:
    if not isinstance(state, InlineState):
        return False
    match = _REF.match(state.src, state.pos, state.posMax)
    if match is None:
        return False
    if not silent:
        item = CrossRefItem(match["label"], state.place.span(match.start("label"), match.end("label")))
        form = {"eqref": "eqref", "ref": "number"}.get(match["name"], "full")
        span = state.place.span(match.start(), match.end())
        token = state.push("cross_reference", "", 0)
        token.meta = {"ordinal": found(state.env).add_cross_ref([item], span, form)}
    state.pos = match.end()
    return True


def _role(state: StateInline, silent: bool) -> bool:
    if not isinstance(state, InlineState) or state.last("}`") < state.pos:
        return False
    match = _ROLE.match(state.src, state.pos, state.posMax)
    if match is None or match["role"] not in ROLES:
        return False
    if not silent:
        ROLES[match["role"]](state, match)
    state.pos = match.end()
    return True


def _term(state: InlineState, match: re.Match[str]) -> None:
    opening = state.push("span_open", "span", 1)
    opening.meta = {
        "attributes": None,
        "term": found(state.env).add_term(match["text"], state.place.span(*match.span("text"))),
    }
    state.push("text", "", 0).content = match["text"]
    state.push("span_close", "span", -1).meta = opening.meta


def _cite(state: InlineState, match: re.Match[str], *, narrative: bool) -> None:
    from xaisite.model.nodes import CiteItem

    items: list[CiteItem] = []
    at = match.start("text")
    for part in re.split(r"([,;])", match["text"]):
        key = part.strip()
        if key and key not in ",;":
            low = at + part.index(key)
            items.append(CiteItem(key, state.place.span(low, low + len(key))))
        at += len(part)
    span = state.place.span(match.start(), match.end())
    token = state.push("citation", "", 0)
    token.meta = {"ordinal": found(state.env).add_cite(items, span, narrative=narrative)}


def _reference(state: InlineState, match: re.Match[str]) -> None:
    item = CrossRefItem(match["text"].strip(), state.place.span(*match.span("text")))
    form = "eqref" if match["role"] == "eq" else "full"
    token = state.push("cross_reference", "", 0)
    token.meta = {"ordinal": found(state.env).add_cross_ref([item], state.place.span(match.start(), match.end()), form)}


def _math(state: InlineState, match: re.Match[str]) -> None:
    span = state.place.span(*match.span("text"))
    token = state.push("math_inline", "math", 0)
    token.content = match["text"]
    token.meta = {"ordinal": found(state.env).add_formula(match["text"], span, display=False)}


ROLES = {
    "term": _term,
    "cite": lambda s, m: _cite(s, m, narrative=False),
    "cite:p": lambda s, m: _cite(s, m, narrative=False),
    "cite:t": lambda s, m: _cite(s, m, narrative=True),
    "eq": _reference,
    "numref": _reference,
    "math": _math,
}
