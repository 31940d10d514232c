"""Footnotes: `[^id]` with `[^id]: …` (several paragraphs by indent), and `^[inline]`.

Definitions are taken out of the text where they stand; `walk` parses the used ones in the order of their numbers.
"""

from __future__ import annotations

import re

from markdown_it.helpers import parseLinkLabel
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline

from xaisite.core.nearest import did_you_mean
from xaisite.parse.dispatch import InlineState
from xaisite.parse.embeds import add_note
from xaisite.parse.found import Found, NoteText, found
from xaisite.parse.machine import Machine

_DEFINITION = re.compile(r"\[\^([^\]\s\[]{1,200})\]:")
_REFERENCE = re.compile(r"\[\^([^\]\s\[]{1,200})\]")


def notes_plugin(md: Machine) -> None:
    """Register the rules."""
    md.block.ruler.before("reference", "note_definition", _definition, {"alt": ["paragraph", "reference"]})
    md.block.on("note_definition", "[")
    md.inline.ruler.before("link", "note_reference", _reference)
    md.inline.on("note_reference", "[")
    md.inline.ruler.before("link", "note_inline", _inline)
    md.inline.on("note_inline", "^")


def _definition(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    if state.is_code_block(start):
        return False
    first = state.bMarks[start] + state.tShift[start]
    match = _DEFINITION.match(state.src, first, state.eMarks[start])
    if match is None:
        return False
    if silent:
        return True
    here = found(state.env)
    label_span = here.index_span(match.start(1), match.end(1))
    opening = state.push("note_definition_open", "", 1)
    opening.meta = {"label": match[1], "span": label_span}
    _tokenize_indented(state, start, end, match.end())
    opening.map = [start, state.line]
    state.push("note_definition_close", "", -1)
    _define(here, match[1], label_span)
    return True


def _tokenize_indented(state: StateBlock, start: int, end: int, after: int) -> None:
    """Parse what follows the colon, and the lines indented by four, as blocks (as markdown-it-footnote does)."""
    saved = (state.bMarks[start], state.tShift[start], state.sCount[start], state.parentType)
    offset = initial = state.sCount[start] + after - (state.bMarks[start] + state.tShift[start])
    pos = after
    while pos < state.eMarks[start] and state.src[pos] in " \t":
        offset += 4 - offset % 4 if state.src[pos] == "\t" else 1
        pos += 1
    state.tShift[start] = pos - after
    state.sCount[start] = offset - initial
    state.bMarks[start] = after
    state.blkIndent += 4
    state.parentType = "footnote"
    if state.sCount[start] < state.blkIndent:
        state.sCount[start] += state.blkIndent
    state.md.block.tokenize(state, start, end)
    state.blkIndent -= 4
    state.bMarks[start], state.tShift[start], state.sCount[start], state.parentType = saved


def _define(here: Found, label: str, span: object) -> None:
    first = here.notes.get(label)
    if first is None:
        here.notes[label] = NoteText(label, span)  # type: ignore[arg-type]
    else:
        here.warn("note-duplicate", f"the note “{label}” is defined twice; the first one is shown", span,  # type: ignore[arg-type]
                  help="give one of them another label")  # fmt: skip


def _reference(state: StateInline, silent: bool) -> bool:
    match = _REFERENCE.match(state.src, state.pos, state.posMax)
    if match is None:
        return False
    here = found(state.env)
    note = here.notes.get(match[1])
    if note is None:
        # As link text, or followed by a destination, it is a link that happens to begin with a caret.
        following = state.src[match.end() : match.end() + 1]
        if following in ("(", "[") or silent or ("references" in state.env and _is_reference(state, match[0][1:-1])):
            return False
        _report_undefined(here, state, match)
        return False
    if not silent:
        _use(here, state, note, match.start(), match.end())
    state.pos = match.end()
    return True


def _is_reference(state: StateInline, label: str) -> bool:
    from markdown_it.common.utils import normalizeReference

    return normalizeReference(label) in state.env["references"]


def _report_undefined(here: Found, state: StateInline, match: re.Match[str]) -> None:
    if not isinstance(state, InlineState):
        return
    here.error(
        "note-undefined", f"there is no note “{match[1]}”", state.place.span(match.start(), match.end()),
        help=did_you_mean(match[1], here.notes) or f"define it: “[^{match[1]}]: …”",
    )  # fmt: skip


def _use(here: Found, state: StateInline, note: NoteText, start: int, end: int) -> None:
    note.occurrences += 1
    if note.number == 0:
        here.used_notes.append(note)
        note.number = len(here.used_notes)
        note.first_use = state.place.span(start, end)  # type: ignore[attr-defined]
    token = state.push("note_reference", "", 0)
    token.meta = {"label": note.label, "number": note.number, "occurrence": note.occurrences}


def _inline(state: StateInline, silent: bool) -> bool:
    start = state.pos
    if not state.src.startswith("^[", start) or not isinstance(state, InlineState):
        return False
    if state.last("]") < start:
        return False
    end = parseLinkLabel(state, start + 1)
    if end < 0:
        return False
    if not state.src[start + 2 : end].strip():
        if not silent:
            found(state.env).warn("note-empty", "this note says nothing", state.place.span(start, end + 1),
                                  help="write its text: ^[text]")  # fmt: skip
        return False
    if not silent:
        add_inline_note(state, start, start + 2, end, end + 1)
    state.pos = end + 1
    return True


def add_inline_note(state: InlineState, start: int, inner: int, inner_end: int, end: int) -> None:
    """Push a reference to a new note whose text is ``state.src[inner:inner_end]``."""
    note = add_note(
        found(state.env), state.src[inner:inner_end], state.place.inner(inner), state.place.span(start, end)
    )
    token = state.push("note_reference", "", 0)
    token.meta = {"label": note.label, "number": note.number, "occurrence": 1}
