"""Second half of parsing: from block tokens to tokens with everything found, in the order of the text.

Inline text is parsed here (so that ordinals follow the text, and notes come in the order of their numbers), headings
get ids, pictures alone in their paragraph become figures, cells their options and results. Does not render.
"""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Any

from markdown_it.token import Token

from xaisite.core.source import Span
from xaisite.model.nodes import Attributes, Heading
from xaisite.parse.attributes import trailing_attributes
from xaisite.parse.directives import walk_directive
from xaisite.parse.div_kinds import walk_div, walk_quote
from xaisite.parse.equations import add_equation
from xaisite.parse.fences import walk_cell, walk_fence
from xaisite.parse.figures import find_figure
from xaisite.parse.found import Found, found
from xaisite.parse.html_blocks import IGNORE, ignored_codes, walk_html
from xaisite.parse.inline_html import inline_html, inline_text
from xaisite.parse.kramdown import apply_attribute_line, leave_out
from xaisite.parse.machine import Machine
from xaisite.parse.pandoc import report_list
from xaisite.parse.place import AnyPlace, FixedPlace, Place
from xaisite.parse.slugs import RESERVED, make_slug, make_unique
from xaisite.parse.syntax.abbreviations import mark_abbreviations
from xaisite.parse.syntax.links import link_mail
from xaisite.parse.table_captions import walk_table
from xaisite.parse.targets import take_target
from xaisite.parse.task_lists import mark_tasks
from xaisite.parse.values import fill_formula

Env = dict[str, Any]


class Walk:
    """The context of one walk: the parser, its environment, what was found."""

    def __init__(self, md: Machine, env: Env) -> None:
        self.md = md
        self.env = env
        self.here: Found = found(env)

    # Whole texts ----------------------------------------------------------------------------------------------------

    def post(self, text: str) -> list[Token]:
        """Return the tokens of a whole text, its notes after it."""
        parsed = self.md.parse_blocks(text, self.env)
        tokens = [*self.blocks(parsed), *self.notes()]
        self._add_hidden_cells(parsed)
        return tokens

    def _add_hidden_cells(self, parsed: list[Token]) -> None:
        """Add the cells that are not shown, in a note nothing refers to or in a hidden block: they run all the same."""
        from xaisite.parse.cells import make_cell

        here = self.here
        if len(here.cells) < len(here.cell_starts):
            known = {cell.index for cell in here.cells}
            for token in parsed:
                if token.type == "cell" and token.meta["index"] not in known:
                    make_cell(self, token)
        here.cells.sort(key=lambda cell: cell.index)

    def result(self, text: str, span: Span) -> list[Token]:
        """Return the tokens of Markdown that a cell made: every span in it is the cell's."""
        here = self.here
        before = (here.fixed, here.text, here.ends, here.div_matches, here.html_pairs)
        here.fixed, here.text, here.ends, here.div_matches, here.html_pairs = FixedPlace(span), text, {}, {}, {}
        try:
            return self.blocks(self.md.parse_blocks(text.replace("\0", "\ufffd"), self.env))
        finally:
            here.fixed, here.text, here.ends, here.div_matches, here.html_pairs = before

    def inline(self, text: str, place: AnyPlace) -> list[Token]:
        """Return the inline tokens of ``text`` at ``place``."""
        self.here.place = place
        return mark_abbreviations(self.here, link_mail(self.md.parse_inline(text, self.env)))

    def blocks(self, tokens: list[Token]) -> list[Token]:
        """Return block tokens with all that is in them found."""
        tokens = self._take_notes(tokens)
        out: list[Token] = []
        at = 0
        while at < len(tokens):
            if self.here.pending_ignores:
                self._ignore_in(tokens[at])
            at = self.step(tokens, at, out)
        return out

    def step(self, tokens: list[Token], at: int, out: list[Token]) -> int:
        """Append the block that begins at ``at``, and return the index after it."""
        step = STEPS.get(tokens[at].type)
        if step is not None:
            return step(self, tokens, at, out)
        out.append(tokens[at])
        return at + 1

    def _ignore_in(self, token: Token) -> None:
        """Silence what a comment above names in the block that ``token`` begins."""
        here = self.here
        if token.map is None or IGNORE.match(token.content):
            return
        span = here.lines_span(token.map[0], token.map[1])
        here.ignored.extend((code, span) for code in here.pending_ignores)
        here.pending_ignores.clear()

    # Notes ----------------------------------------------------------------------------------------------------------

    def _take_notes(self, tokens: list[Token]) -> list[Token]:
        """Return ``tokens`` without the definitions of notes, which are put aside until their numbers are known."""
        if not any(t.type == "note_definition_open" for t in tokens):
            return tokens
        stack: list[list[Token]] = [[]]
        for token in tokens:
            if token.type == "note_definition_open":
                self._ignore_in_note(token, stack[-1])
                stack.append([token])
            elif token.type == "note_definition_close":
                opening, *content = stack.pop()
                note = self.here.notes.get(opening.meta["label"])
                if note and note.span == opening.meta["span"]:
                    note.tokens = content
            else:
                stack[-1].append(token)
        return stack[0]

    def _ignore_in_note(self, opening: Token, before: list[Token]) -> None:
        """Silence what a comment right above the definition of a note names."""
        comment = IGNORE.match(before[-1].content) if before and before[-1].type == "html_block" else None
        if comment is not None:
            before.pop()
            span: Span = opening.meta["span"]
            last = opening.map[1] if opening.map else 0
            end = max(span.end, self.here.line_offset(last)) if last else span.end
            self.here.ignored.extend((code, Span(span.path, span.start, end)) for code in ignored_codes(comment))

    def notes(self) -> list[Token]:
        """Return the tokens of the notes in use, by number; warn of those nothing refers to."""
        here = self.here
        out: list[Token] = []
        number = 0
        while number < len(here.used_notes):
            note = here.used_notes[number]
            opening = Token("note_open", "li", 1, block=True)
            closing = Token("note_close", "li", -1, block=True)
            closing.meta = opening.meta = {"label": note.label, "number": note.number}
            out += [opening, *self.blocks(note.tokens), closing]
            number += 1
        for note in here.notes.values():
            if note.number == 0:
                here.warn("note-unused", f"nothing refers to the note “{note.label}”: it is not shown", note.span,
                          help=f"refer to it with [^{note.label}], or remove it")  # fmt: skip
        if not out:
            return []
        return [Token("notes_open", "ol", 1, block=True), *out, Token("notes_close", "ol", -1, block=True)]


UNLISTED = {"unlisted", "no_toc"}
"""Classes of headings that the table of contents leaves out: Pandoc's and kramdown's."""
Step = Callable[[Walk, list[Token], int, list[Token]], int]


def _inline(walk: Walk, tokens: list[Token], at: int, out: list[Token]) -> int:
    token = tokens[at]
    place = token.meta.get("place") or walk.here.block_place(token, token.content)
    token.children = walk.inline(token.content, place)
    token.meta = {}
    out.append(token)
    return at + 1


def _paragraph(walk: Walk, tokens: list[Token], at: int, out: list[Token]) -> int:
    if take_target(walk, tokens, at, out) or leave_out(walk.here, walk.env, tokens[at + 1]):
        return at + 3
    report_list(walk.here, tokens[at + 1])
    _inline(walk, tokens, at + 1, out)
    inline = out.pop()
    shown = [c for c in inline.children or [] if c.type != "text" or c.content.strip()]
    if len(shown) == 1 and shown[0].type == "bibliography":
        out.append(shown[0])
        return at + 3
    figure = None if tokens[at].hidden else find_figure(walk.here, inline)
    if figure is not None:
        figure.map = tokens[at].map
        out.append(figure)
    else:
        out += [tokens[at], inline, tokens[at + 2]]
    return at + 3


def _heading(walk: Walk, tokens: list[Token], at: int, out: list[Token]) -> int:
    opening, inline, closing = tokens[at : at + 3]
    here = walk.here
    place = _heading_place(here, opening, inline)
    content, attributes = trailing_attributes(inline.content, place)
    inline.children = walk.inline(content, place)
    text = inline_text(inline.children).strip()
    span = place.span(0, len(inline.content))
    name = _heading_id(here, inline, attributes, span, text)
    classes = attributes.classes if attributes else ()
    label = name if any(known.name == name for known in here.labels[-1:]) else ""
    is_title = _is_title(here, opening, content, text, out)
    heading = Heading(int(opening.tag[1]), name, text, inline_html(inline.children).strip(), span, label,
                      not is_title and "unnumbered" not in classes,
                      not is_title and not UNLISTED & set(classes))  # fmt: skip
    here.headings.append(heading)
    if is_title:
        anchor = Token("html_block", "", 0, block=True)
        anchor.meta = {"pieces": [f'<span id="{escape(name)}"></span>\n']}
        out.append(anchor)
        return at + 3
    opening.meta = {"id": name, "classes": classes, "index": len(here.headings) - 1}
    out += [opening, inline, closing]
    return at + 3


def _is_title(here: Found, opening: Token, content: str, text: str, out: list[Token]) -> bool:
    """Whether a heading begins the text and is the title of the page, which stands above it already."""
    if opening.tag != "h1" or not here.has_title or here.headings or out or here.fixed is not None:
        return False
    return here.front.title.strip() in ("", content.strip(), text)


def _heading_id(here: Found, inline: Token, attributes: Attributes | None, span: Span, text: str) -> str:
    """Return the id of a heading: the author's, else one made of its text."""
    name = attributes.id if attributes else ""
    at = (attributes.span if attributes else None) or span
    target, here.target = here.target, None
    if target and not name:
        here.add_label(target[0], "sec", target[1], title=text)
        return target[0]
    if name.startswith(RESERVED):
        report_reserved(here, name, at)
        name = ""
    if not name and any(
        c.type in ("inline_value", "inline_group") and "index" in c.meta for c in inline.children or ()
    ):
        here.error(
            "cell-inline-heading", "a heading with a computed value needs an id of its own", span,
            help="add {#some-id} at its end, so that links to it do not change with the value",
        )  # fmt: skip
    if name.startswith("sec-"):
        here.add_label(name, "sec", at, title=text)
    elif name:
        here.add_named(name, at)
    else:
        name = make_unique(make_slug(text), here.ids, here.slug_counts)
        here.add_id(name, span)
    return name


def report_reserved(here: Found, name: str, span: Span) -> None:
    """Say that an id is one of those that pages make themselves."""
    here.error(
        "xref-reserved-id", f"ids that begin with “{name.partition('-')[0]}-” are made by the page itself", span,
        help="choose another id",
    )  # fmt: skip


def _heading_place(here: Found, opening: Token, inline: Token) -> AnyPlace:
    if here.fixed is None and opening.markup.startswith("#") and inline.map:
        from xaisite.parse.place import line_place

        first = inline.map[0]
        line = here.line(first)
        marks = line.find(opening.markup) + len(opening.markup)
        return line_place(here.source.path, [line], [here.line_offset(first)], inline.content, from_left=marks)
    return here.block_place(inline, inline.content)


def _math_block(walk: Walk, tokens: list[Token], at: int, out: list[Token]) -> int:
    token = tokens[at]
    meta = token.meta
    offsets = meta["offsets"]
    starts = [0, *(k + 1 for k, char in enumerate(token.content) if char == "\n")]
    if len(offsets) == len(starts):
        place = Place(walk.here.source.path, lambda: (starts, list(offsets)))
        token.content = fill_formula(walk.here, walk.env, token.content, place.span)
    token.meta = add_equation(walk.here, token.content, meta["span"], offsets, tail=meta["tail"])
    out.append(token)
    return at + 1


def _bullet_list(_walk: Walk, tokens: list[Token], at: int, out: list[Token]) -> int:
    mark_tasks(tokens, at)
    out.append(tokens[at])
    return at + 1


def _raw(walk: Walk, tokens: list[Token], at: int, _out: list[Token]) -> int:
    """Leave Liquid between `{% raw %}` and `{% endraw %}` as typed."""
    walk.env["raw"] = tokens[at].nesting == 1
    return at + 1


def _liquid_details(walk: Walk, tokens: list[Token], at: int, out: list[Token]) -> int:
    token = tokens[at]
    if token.nesting == 1:
        text = token.meta["args"].strip("\"'")
        here = walk.here
        first = here.line_offset(token.map[0]) if token.map else here.base
        start = here.source.text.find(text, first) if text and here.fixed is None else -1
        place: AnyPlace = here.fixed or FixedPlace(here.whole)
        if start >= 0 and here.fixed is None:
            place = Place(here.source.path, lambda: ([0], [start]))
        summary = walk.inline(text, place) if text else [Token("word", "", 0, content="Details")]
        meta = {"summary": summary, "classes": (), "id": "", "is_open": False}
        out.append(Token("details_open", "details", 1, block=True, meta=meta))
    else:
        out.append(Token("details_close", "details", -1, block=True))
    return at + 1


def _attribute_line(walk: Walk, tokens: list[Token], at: int, out: list[Token]) -> int:
    apply_attribute_line(walk.here, tokens[at], out)
    return at + 1


STEPS: dict[str, Step] = {
    "inline": _inline,
    "paragraph_open": _paragraph,
    "heading_open": _heading,
    "math_block": _math_block,
    "html_block": walk_html,
    "fence": walk_fence,
    "cell": walk_cell,
    "table_open": walk_table,
    "div_open": walk_div,
    "blockquote_open": walk_quote,
    "bullet_list_open": _bullet_list,
    "directive": walk_directive,
    "attribute_line": _attribute_line,
    "liquid_raw_open": _raw,
    "liquid_raw_close": _raw,
    "liquid_details_open": _liquid_details,
    "liquid_details_close": _liquid_details,
}
