"""What the kinds of fenced divs share: the div as written, its title, its id, and the tokens around what is in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markdown_it.token import Token

from xaisite.core.record import record
from xaisite.core.source import Span
from xaisite.model.nodes import Attributes
from xaisite.parse.attributes import trailing_attributes
from xaisite.parse.place import AnyPlace, FixedPlace, Place

if TYPE_CHECKING:
    from xaisite.parse.walk import Walk


@record
class Div:
    """One div: what its opening line says, and the tokens inside, not yet walked."""

    attributes: Attributes
    title: str
    title_at: int
    """Index of the title in the Markdown."""
    is_myst: bool
    inner: list[Token]
    span: Span
    map: list[int] | None


_SECTIONS = {"remember": "section", "fails": "section", "column-margin": "aside", "aside": "aside"}


def read_div(walk: Walk, tokens: list[Token], at: int) -> tuple[Div, int]:
    """Return the div that begins at ``at`` and the index after it."""
    opening = tokens[at]
    end = next(
        k for k in range(at + 1, len(tokens)) if tokens[k].type == "div_close" and tokens[k].level == opening.level
    )
    meta = opening.meta
    span = meta["attributes"].span or walk.here.whole
    div = Div(
        meta["attributes"], meta["title"], meta["title_at"], meta["myst"], tokens[at + 1 : end], span, opening.map
    )
    return div, end + 1


def make_token(type: str, tag: str, nesting: int, /, **meta: object) -> Token:
    """Return a block's token."""
    return Token(type, tag, nesting, block=True, meta=meta)  # type: ignore[arg-type]


def wrap(type: str, tag: str, inner: list[Token], /, **meta: object) -> list[Token]:
    """Return ``inner`` between an opening and a closing token."""
    return [make_token(f"{type}_open", tag, 1, **meta), *inner, make_token(f"{type}_close", tag, -1, **meta)]


def add_div_id(walk: Walk, div: Div) -> None:
    """Add the id that the author gave a div."""
    if div.attributes.id:
        walk.here.add_named(div.attributes.id, div.span)


def title_place(walk: Walk, div: Div, text: str) -> AnyPlace:
    """Return where the title behind a div's name stands."""
    here = walk.here
    if here.fixed is not None:
        return here.fixed
    start = here.text.find(text, div.title_at) if text else -1
    if start < 0 or start > div.title_at + 1000:
        return FixedPlace(div.span)
    return Place(here.source.path, lambda: ([0], [here.base + start]))


def attribute_title(walk: Walk, div: Div, name: str) -> list[Token]:
    """Return the inline tokens of an attribute's text (`title="…"`)."""
    text = div.attributes.values.get(name, "")
    if not text:
        return []
    here = walk.here
    start = here.source.text.find(text, div.span.start, div.span.end) if here.fixed is None else -1
    place: AnyPlace = Place(here.source.path, lambda: ([0], [start])) if start >= 0 else FixedPlace(div.span)
    return walk.inline(text, place)


def first_heading(walk: Walk, inner: list[Token]) -> tuple[list[Token], list[Token]]:
    """Return the content of a heading that begins a block, as its title, and the rest."""
    title, _, rest = named_heading(walk, inner)
    return title, rest


def named_heading(walk: Walk, inner: list[Token]) -> tuple[list[Token], str, list[Token]]:
    """Return the content of a heading that begins a block, the id that it gives the block, and the rest."""
    if not inner or inner[0].type != "heading_open":
        return [], "", inner
    content = inner[1]
    place = walk.here.block_place(content, content.content)
    text, attributes = trailing_attributes(content.content, place)
    name = attributes.id if attributes else ""
    if name:
        walk.here.add_id(name, (attributes.span if attributes else None) or walk.here.whole)
    return walk.inline(text, place), name, inner[3:]


def plain_div(walk: Walk, div: Div) -> list[Token]:
    """Return a div without a meaning of its own."""
    add_div_id(walk, div)
    tag = next((_SECTIONS[c] for c in div.attributes.classes if c in _SECTIONS), "div")
    return wrap("div", tag, walk.blocks(div.inner), attributes=div.attributes)
