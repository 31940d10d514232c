"""Captions of tables: the paragraph beside a table that begins with `: ` (or `Table: `). Does not read tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markdown_it.token import Token

from xaisite.parse.attributes import trailing_attributes
from xaisite.parse.inline_html import inline_text

if TYPE_CHECKING:
    from xaisite.parse.walk import Walk


def walk_table(walk: Walk, tokens: list[Token], at: int, out: list[Token]) -> int:
    """Keep a table; the paragraph beside it that begins with a colon is its caption."""
    opening = tokens[at]
    end = next(
        k for k in range(at, len(tokens)) if tokens[k].type == "table_close" and tokens[k].level == opening.level
    )
    caption = _caption_before(out)
    if caption is not None:
        del out[-3:]
    following = end + 1
    out.append(opening)
    inside = at + 1
    while inside < end:
        inside = walk.step(tokens, inside, out)
    out.append(tokens[end])
    if caption is None and following + 2 < len(tokens) and _is_caption(tokens[following], tokens[following + 1]):
        caption = tokens[following + 1]
        following += 3
    _set_caption(walk, opening, caption)
    return following


def _is_caption(opening: Token, inline: Token) -> bool:
    return opening.type == "paragraph_open" and not opening.hidden and inline.content.startswith((": ", "Table: "))


def _caption_before(out: list[Token]) -> Token | None:
    if len(out) >= 3 and out[-1].type == "paragraph_close" and _is_caption(out[-3], out[-2]):
        return out[-2]
    return None


def _set_caption(walk: Walk, opening: Token, inline: Token | None) -> None:
    opening.meta = {"label": "", "caption": []}
    if inline is None:
        return
    skip = inline.content.index(": ") + 2
    place = walk.here.block_place(inline, inline.content).inner(skip)
    text, attributes = trailing_attributes(inline.content[skip:], place)
    children = walk.inline(text, place)
    opening.meta = {"label": "", "caption": children, "attributes": attributes}
    if attributes and attributes.id:
        opening.meta["label"] = attributes.id
        span = attributes.span or walk.here.whole
        if attributes.id.startswith("tbl-"):
            walk.here.add_label(attributes.id, "tbl", span, title=inline_text(children))
        else:
            walk.here.add_named(attributes.id, span)
