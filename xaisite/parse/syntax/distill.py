"""Distill's tags in prose: `<d-cite>`, `<d-footnote>` (Markdown inside), `<d-math>`, `<d-code>`, `<d-bibliography>`.

`<d-code block>` and `<d-math block>` on lines of their own are listings and formulas, empty lines in them or not.
"""

from __future__ import annotations

import re
from html import unescape
from textwrap import dedent

from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline

from xaisite.model.nodes import Attributes
from xaisite.parse.dispatch import InlineState
from xaisite.parse.embeds import DISTILL, add_bibliography, add_note, cite_items, code_language, distill_end
from xaisite.parse.found import found
from xaisite.parse.machine import Machine
from xaisite.parse.syntax.citations import add_citation
from xaisite.parse.syntax.math import push_formula

_BLOCK = re.compile(r"\bblock\b", re.IGNORECASE)
_OPENING = re.compile(r"<(?:d-code|d-math)\b", re.IGNORECASE)


def distill_plugin(md: Machine) -> None:
    """Register the rule."""
    md.inline.ruler.before("html_inline", "distill", _distill)
    md.inline.on("distill", "<")
    md.block.ruler.before("html_block", "distill_block", _block, {"alt": ["paragraph", "reference", "blockquote"]})
    md.block.on("distill_block", "<")


def _block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    first, last = state.bMarks[start] + state.tShift[start], state.eMarks[end - 1]
    if state.is_code_block(start) or not _OPENING.match(state.src, first, last):
        return False
    match = DISTILL.match(state.src, first, min(last, first + 20_000))
    if match is None or match["slash"]:
        return False
    closing = f"</{match['name'].lower()}>"
    close = state.src.find(closing, match.end(), last) if found(state.env).seen_end(closing) >= 0 else -1
    if close < 0:
        return False
    line = next(k for k in range(start, end) if state.eMarks[k] >= close)
    alone = not state.src[close + len(closing) : state.eMarks[line]].strip()
    if not alone or (line == start and not _BLOCK.search(match["attrs"])):
        return False
    if not silent:
        _push_block(state, match, (start, line), close)
        state.line = line + 1
    return True


def _push_block(state: StateBlock, match: re.Match[str], lines: tuple[int, int], close: int) -> None:
    first, last = lines
    if match["name"].lower() == "d-math":
        tail = ("", found(state.env).index_span(close, close))
        push_formula(state, first, last + 1, (match.end(), close), tail)
        return
    content = state.src[match.end() : close]
    if last > first:
        head = state.src[match.end() : state.eMarks[first]]
        tail_text = state.src[state.bMarks[last] : close]
        middle = state.getLines(first + 1, last, state.blkIndent, True)
        content = dedent((head + "\n" if head.strip() else "") + middle + tail_text)
    token = state.push("fence", "code", 0)
    token.content = unescape(content).strip("\n") + "\n"
    token.map = [first, last + 1]
    token.meta = {"lang": code_language(match["attrs"]), "attributes": None}


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
        if end == match.end() and not match["slash"] and match["name"].lower() not in ("d-cite", "d-bibliography"):
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
    elif name == "d-bibliography":
        add_bibliography(here, match["attrs"], state.place.span(match.start(), end))
        state.push("bibliography", "", 0)
    else:
        token = state.push("code_inline", "code", 0)
        token.content = unescape(content).strip("\n")
        language = code_language(match["attrs"])
        token.meta = {"attributes": Attributes("", (language,), {})} if language else {}
