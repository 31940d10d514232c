"""Distill's tags in prose: `<d-cite>`, `<d-footnote>` (Markdown inside), `<d-math>`, `<d-code>`; `<d-bibliography>`."""

from __future__ import annotations

import re

from markdown_it.rules_inline import StateInline

from xaisite.parse.dispatch import InlineState
from xaisite.parse.embeds import DISTILL, add_note, cite_items, distill_end
from xaisite.parse.found import found
from xaisite.parse.machine import Machine
from xaisite.parse.syntax.citations import add_citation

_BLOCK = re.compile(r"\bblock\b", re.IGNORECASE)


def distill_plugin(md: Machine) -> None:
    """Register the rule."""
    md.inline.ruler.before("html_inline", "distill", _distill)
    md.inline.on("distill", "<")


def _distill(state: StateInline, silent: bool) -> bool:
    src, start = state.src, state.pos
    if not isinstance(state, InlineState) or not src.startswith(("<d-", "<D-"), start) or state.last(">") < start:
        return False
    match = DISTILL.match(src, start, min(state.posMax, start + 20_000))
    if match is None:
        return False
    closing = f"</{match['name'].lower()}>"
    limit = state.posMax if state.last(closing) > start else start
    content_end, end = distill_end(src, match, limit)
    if not silent:
        if end == match.end() and not match["slash"] and match["name"].lower() != "d-cite":
            return False
        _push(state, match, content_end, end)
    state.pos = end
    return True


def _push(state: InlineState, match: re.Match[str], content_end: int, end: int) -> None:
    here = found(state.env)
    name = match["name"].lower()
    content = state.src[match.end() : content_end]
    if name == "d-cite":
        items = cite_items(here, match, state.place)
        if items:
            before = state.src[match.start() - 1] if match.start() else " "
            add_citation(state, items, match.start(), end, glued=not before.isspace() and before not in "([{—–/-\"'“‘")
    elif name == "d-footnote":
        note = add_note(here, content, state.place.inner(match.end()), state.place.span(match.start(), end))
        token = state.push("note_reference", "", 0)
        token.meta = {"label": note.label, "number": note.number, "occurrence": 1}
    elif name == "d-math":
        display = bool(_BLOCK.search(match["attrs"]))
        span = state.place.span(match.end(), content_end)
        token = state.push("math_inline", "math", 0)
        token.content = content
        token.meta = {"ordinal": here.add_formula(content, span, display=display)}
        if display:
            token.meta["display"] = True
    else:
        state.push("code_inline", "code", 0).content = content.strip("\n")
