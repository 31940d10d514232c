"""Fenced code while walking: listings with captions and labels, cells, what other languages and diagrams are shown as.

A block that would run in another tool (```` ```{r} ````) is shown without its options; its label and caption hold, so
that what refers to its figure leads to its code.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from markdown_it.token import Token

from xaisite.core.source import Span
from xaisite.model.nodes import Attributes, LabelKind
from xaisite.parse.annotations import has_marks, split_marks, take_list
from xaisite.parse.directives import report_directive
from xaisite.parse.inline_html import inline_text
from xaisite.parse.place import AnyPlace, FixedPlace, Place
from xaisite.parse.syntax.liquid import code_without_raw
from xaisite.parse.syntax.liquid_blocks import DIAGRAMS

if TYPE_CHECKING:
    from xaisite.parse.walk import Walk

_OPTION = re.compile(r"(?:#|//|%%)\|[ \t]*(?:(?P<name>[\w.-]+):[ \t]*(?P<value>.*))?")
_KINDS: dict[str, LabelKind] = {"fig-": "fig", "tbl-": "tbl", "lst-": "lst"}
_CAPTIONS = ("fig-cap", "tbl-cap", "lst-cap", "fig.cap")


def walk_fence(walk: Walk, tokens: list[Token], at: int, out: list[Token]) -> int:
    """Append a listing, and return the index after it and what explains it."""
    token = tokens[at]
    here = walk.here
    if token.meta.get("foreign"):
        _take_options(token)
    if "endraw" in token.content and not walk.env.get("raw"):
        lines = token.map or (0, 1)
        token.content = code_without_raw(here, token.content, lambda: here.lines_span(lines[0], lines[0] + 1))
    attributes = token.meta.get("attributes")
    if attributes and (attributes.id or "lst-cap" in attributes.values or "caption" in attributes.values):
        span = here.lines_span(token.map[0], token.map[0] + 1) if token.map else here.whole
        caption = _listing_caption(walk, token, attributes, span)
        kind = _KINDS.get(attributes.id[:4]) if token.meta.get("foreign") or attributes.id.startswith("lst-") else None
        if kind is not None:
            here.add_label(attributes.id, kind, span, title=caption)
        elif attributes.id:
            here.add_named(attributes.id, span)
    lang = str(token.meta.get("lang", ""))
    is_diagram = lang.lower() in (*DIAGRAMS, "dot", "ojs")
    if is_diagram or token.meta.get("foreign"):
        span = here.lines_span(token.map[0], token.map[0] + 1) if token.map else here.whole
    if "directive" in token.meta:
        report_directive(here, token.meta["directive"], here.lines_span(*token.map) if token.map else here.whole)
    elif is_diagram:
        here.tell_once("migrant-diagram", f"diagram:{lang}", f"“{lang}” is shown, not drawn", span,
                       help="save the drawing as a picture, or draw it in a cell")  # fmt: skip
    elif token.meta.get("foreign"):
        here.tell_once("cell-foreign", f"cell:{lang}", f"“{lang}” blocks are shown, not run", span,
                       help="only Python cells run")  # fmt: skip
    out.append(token)
    return _annotate(walk, tokens, at, out, token)


def _take_options(token: Token) -> None:
    """Take the option lines off a block of another language; its label and its caption are kept."""
    lines = token.content.splitlines(keepends=True)
    count = next((k for k, line in enumerate(lines) if _OPTION.match(line) is None), len(lines))
    options = {m["name"]: m["value"].strip().strip("\"'") for line in lines[:count] if (m := _OPTION.match(line))}
    token.content = "".join(lines[count:]).removeprefix("\n")
    label = options.get("label", "")
    caption = next((options[name] for name in _CAPTIONS if name in options), "")
    if label or caption:
        values = {"lst-cap": caption} if caption else {}
        token.meta["attributes"] = Attributes(label if label[:4] in _KINDS else "", (), values)


def _listing_caption(walk: Walk, token: Token, attributes: Attributes, span: Span) -> str:
    """Parse the caption of a listing into its token; return it as text."""
    text = attributes.values.get("lst-cap", attributes.values.get("caption", ""))
    here = walk.here
    end = here.line_offset(token.map[1]) if token.map and token.meta.get("foreign") else span.end
    start = here.source.text.find(text, span.start, end) if text and here.fixed is None else -1
    place: AnyPlace = Place(here.source.path, lambda: ([0], [start])) if start >= 0 else FixedPlace(span)
    token.meta["caption"] = walk.inline(text, place)
    return inline_text(token.meta["caption"])


def walk_cell(walk: Walk, tokens: list[Token], at: int, out: list[Token]) -> int:
    """Append a cell, and return the index after it and what explains it."""
    from xaisite.parse.cells import make_cell

    token = make_cell(walk, tokens[at])
    out.append(token)
    return _annotate(walk, tokens, at, out, token) if token.meta["cell"].show.code_annotations else at + 1


def _annotate(walk: Walk, tokens: list[Token], at: int, out: list[Token], token: Token) -> int:
    """Take the list below annotated code as its explanations; return the index after both."""
    if not has_marks(token.content):
        return at + 1
    taken = take_list(tokens, at + 1)
    if taken is None:
        return at + 1
    items, following = taken
    cell = token.meta.get("cell")
    name = f"cell-{cell.label or cell.index + 1}" if cell else f"listing-{walk.here.next_number('annotated')}"
    shown, marks = split_marks(token.content)
    token.meta |= {"annotated": name, "shown_code": shown, "marks": marks}
    below = Token("annotations", "dl", 0, block=True)
    below.meta = {"name": name, "items": [walk.blocks(item) for item in items]}
    out.append(below)
    return following
