"""Raw HTML of the post: as typed, with the addresses that this page needs."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from markdown_it.token import Token

from xaisite.render.body.citations import PLACEHOLDER, citation_html
from xaisite.render.body.listings import listing_html
from xaisite.render.body.notes import reference_html
from xaisite.render.body.pictures import find_media
from xaisite.render.body.writer import Rule, Writer


def pieces_html(w: Writer, pieces: Sequence[str | tuple[str, int, str]]) -> str:
    """Return the pieces of raw HTML with what they stand for."""
    return "".join(p if isinstance(p, str) else _piece(w, *p) for p in pieces)


def _piece(w: Writer, kind: str, ordinal: int, typed: str) -> str:
    if kind in ("href", "href-bare"):
        written = w.outline.links[ordinal].href
        return _value(kind, w.link(ordinal, written), written, typed)
    if kind in ("src", "src-bare"):
        written = w.outline.media[ordinal].src
        return _value(kind, find_media(w, ordinal, written).href, written, typed)
    if kind == "size":
        media = find_media(w, ordinal, "")
        return f' width="{media.width_px}" height="{media.height_px}"' if media.width_px and media.height_px else ""
    if kind == "note":
        return reference_html(typed, ordinal, 1)
    if kind == "math":
        display = w.outline.formulas[ordinal].display
        css = "display" if display else "inline"
        return f'<span class="math {css}">{w.formula(ordinal, typed, display=display)}</span>'
    if kind == "code":
        lang, _, code = typed.partition("\n")
        inline = "\n" not in code.rstrip("\n") and not ordinal
        shown = w.highlight(code.rstrip("\n"), lang)
        return f"<code>{shown}</code>" if inline else listing_html(w, code, lang)
    if kind == "bibliography":
        return PLACEHOLDER
    return citation_html(w, ordinal) if kind == "cite" else ""


def _value(kind: str, resolved: str, written: str, typed: str) -> str:
    if resolved == written and typed:
        return typed
    return f'"{escape(resolved)}"' if kind.endswith("bare") else escape(resolved)


def _raw(w: Writer, tokens: Sequence[Token], i: int) -> str:
    token = tokens[i]
    return pieces_html(w, token.meta["pieces"]) if "pieces" in token.meta else escape(token.content, quote=False)


def _shown(_w: Writer, tokens: Sequence[Token], i: int) -> str:
    return f"<p>{escape(tokens[i].content.strip(), quote=False)}</p>\n"


RULES: dict[str, Rule] = {"html_block": _raw, "html_inline": _raw, "html_shown": _shown}
