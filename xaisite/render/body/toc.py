"""A heading's content for the table of contents: formulas typeset, no links, notes or citations."""

from __future__ import annotations

from collections.abc import Sequence

from markdown_it.token import Token

from xaisite.render.body.writer import Writer

_DROPPED = frozenset({"link_open", "link_close", "note_reference", "citation", "html_inline", "image"})


def heading_html(w: Writer, inline: Token) -> str:
    """Return the content of a heading as it stands in a table of contents."""
    return w.render(_kept(inline.children or ())).strip()


def _kept(tokens: Sequence[Token]) -> list[Token]:
    return [t for t in tokens if t.type not in _DROPPED]
