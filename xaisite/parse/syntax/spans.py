r"""Spans `[text]{.class}`, glossary terms `[term]{.term}`, MyST's roles, `\ref{eq-x}` and `\eqref{eq-x}`."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape

from markdown_it.helpers import parseLinkLabel
from markdown_it.rules_inline import StateInline

from xaisite.model.nodes import CrossRefItem
from xaisite.parse.attributes import read_attributes, report_attributes
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
        if not silent:
            report_attributes(state, end + 1)
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
            here.add_named(attributes.id, attributes.span or here.whole)
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
    if match is None:
        return False
    if match["role"] not in ROLES:
        if not silent and not match["role"].startswith("python"):
            _report_role(state, match)
        return False
    if not silent:
        ROLES[match["role"]](state, match)
    state.pos = match.end()
    return True


def _report_role(state: InlineState, match: re.Match[str]) -> None:
    found(state.env).tell_once(
        "migrant-role", f"role:{match['role']}", f"the role “{match['role']}” is not known: it is shown as typed",
        state.place.span(match.start(), match.end()),
    )  # fmt: skip


def _element(state: InlineState, match: re.Match[str]) -> None:
    """`{sub}`2``: an element of HTML that is named like the role."""
    tag = _ELEMENTS[match["role"]]
    text = match["text"]
    meant = _ABBREVIATION.fullmatch(text) if tag == "abbr" else None
    title = f' title="{escape(meant["title"])}"' if meant else ""
    state.push("html_inline", "", 0).meta = {"pieces": [f"<{tag}{title}>"]}
    state.push("text", "", 0).content = meant["text"] if meant else text
    state.push("html_inline", "", 0).meta = {"pieces": [f"</{tag}>"]}


def _term(state: InlineState, match: re.Match[str]) -> None:
    """`{term}`word`` and `{term}`words <word>``."""
    named = _NAMED.fullmatch(match["text"])
    low, high = named.span("label") if named else (0, len(match["text"]))
    at = match.start("text")
    opening = state.push("span_open", "span", 1)
    opening.meta = {
        "attributes": None,
        "term": found(state.env).add_term(match["text"][low:high], state.place.span(at + low, at + high)),
    }
    state.push("text", "", 0).content = match["text"].partition("<")[0].strip() if named else match["text"]
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
    named = _NAMED.fullmatch(match["text"])
    group = named.span("label") if named else (0, len(match["text"]))
    at = match.start("text")
    label = match["text"][slice(*group)].strip()
    text = match["text"].partition("<")[0].strip() if named else ""
    item = CrossRefItem(label, state.place.span(at + group[0], at + group[1]), text=text)
    form = "eqref" if match["role"] == "eq" else "full"
    token = state.push("cross_reference", "", 0)
    token.meta = {"ordinal": found(state.env).add_cross_ref([item], state.place.span(match.start(), match.end()), form)}


def _document(state: InlineState, match: re.Match[str]) -> None:
    """`{doc}`path`` and `{doc}`text <path>``: a link to a page, its text the page's title; `{download}`."""
    named = _NAMED.fullmatch(match["text"])
    at, end = named.span("label") if named else (0, len(match["text"]))
    path = match["text"][at:end].strip()
    href = path if "." in path.rpartition("/")[2] else f"{path}.md"
    span = state.place.span(match.start("text") + at, match.start("text") + end)
    text = match["text"].partition("<")[0].strip() if named else ""
    opening = state.push("link_open", "a", 1)
    opening.attrs = {"href": href}
    is_titled = not text and match["role"] == "doc"
    ordinal = found(state.env).add_link(href, span, is_titled=is_titled)
    opening.meta = {"ordinal": ordinal, "attributes": None}
    name = state.push("page_title" if is_titled else "text", "", 0)
    name.content, name.meta = text or path, {"ordinal": ordinal}
    state.push("link_close", "a", -1)


def _math(state: InlineState, match: re.Match[str]) -> None:
    span = state.place.span(*match.span("text"))
    token = state.push("math_inline", "math", 0)
    token.content = match["text"]
    token.meta = {"ordinal": found(state.env).add_formula(match["text"], span, display=False)}


_NAMED = re.compile(r"[^<>]*<(?P<label>[^<>]+)>\s*")
_ABBREVIATION = re.compile(r"(?P<text>[^()]+?)\s*\((?P<title>[^()]+)\)")
_ELEMENTS = {
    "sub": "sub", "subscript": "sub", "sup": "sup", "superscript": "sup", "abbr": "abbr", "kbd": "kbd", "del": "s",
    "strike": "s", "u": "u", "underline": "u",
}  # fmt: skip
ROLES: dict[str, Callable[[InlineState, re.Match[str]], None]] = {
    **dict.fromkeys(_ELEMENTS, _element),
    "term": _term,
    "ref": _reference,
    "doc": _document,
    "download": _document,
    "prf:ref": _reference,
    "cite": lambda s, m: _cite(s, m, narrative=False),
    "cite:p": lambda s, m: _cite(s, m, narrative=False),
    "cite:t": lambda s, m: _cite(s, m, narrative=True),
    "cite:ps": lambda s, m: _cite(s, m, narrative=False),
    "cite:ts": lambda s, m: _cite(s, m, narrative=True),
    "eq": _reference,
    "numref": _reference,
    "math": _math,
}
