"""Bodies of posts as semantic HTML: no inline style but KaTeX's, no inline script, no `on…=`.

Pure: everything a body may know is in the `Post` and its `BodyContext`. Every construct's rules are in the list below.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from xaisite.core.plain_math import TITLE_FORMULA
from xaisite.model.body import BodyContext, RenderedBody
from xaisite.model.post import Post
from xaisite.render.body import (
    annotated,
    blocks,
    cells,
    citations,
    groups,
    listings,
    lists,
    math,
    notes,
    pictures,
    prose,
    raw_html,
    spans,
    tables,
)
from xaisite.render.body.highlight import make_highlight, plain
from xaisite.render.body.plain_text import plain_text
from xaisite.render.body.writer import Highlight, Rule, Writer

if TYPE_CHECKING:
    from markdown_it.token import Token

__all__ = ["RULES", "RenderedBody", "make_highlight", "render_body"]

RULES: Mapping[str, Rule] = {
    **prose.RULES,
    **citations.RULES,
    **notes.RULES,
    **math.RULES,
    **pictures.RULES,
    **listings.RULES,
    **tables.RULES,
    **raw_html.RULES,
    **cells.RULES,
    **blocks.RULES,
    **groups.RULES,
    **spans.RULES,
    **lists.RULES,
    **annotated.RULES,
}


def render_body(post: Post, context: BodyContext, highlight: Highlight = plain) -> RenderedBody:
    """Return the body of a page; ``highlight`` colours listings (see `make_highlight`)."""
    writer = Writer(post.outline, context, highlight, RULES)
    body, note_tokens = _split(post.tokens)
    html = writer.render(body)
    notes_html = notes.notes_html(writer, note_tokens)
    html, references = citations.place_references(writer, html)
    shown = post.outline.front.title or post.outline.first_title
    title = citations.title_html(writer, shown) if post.outline.front.math and TITLE_FORMULA.search(shown) else ""
    return RenderedBody(html, notes_html, references, plain_text(post.tokens), tuple(_toc(writer, body)), title)


def _split(tokens: Sequence[Token]) -> tuple[Sequence[Token], Sequence[Token]]:
    for i, token in enumerate(tokens):
        if token.type == "notes_open":
            return tokens[:i], tokens[i + 1 : -1]
    return tokens, ()


def _toc(writer: Writer, tokens: Sequence[Token]) -> list[tuple[str, str]]:
    from xaisite.render.body.toc import heading_html

    return [
        (token.meta["id"], heading_html(writer, tokens[i + 1]))
        for i, token in enumerate(tokens)
        if token.type == "heading_open" and "id" in token.meta
    ]
