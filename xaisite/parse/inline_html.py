"""Inline tokens as a little HTML without links, and as plain text: for outlines, previews, prefixes of citations.

Formulas stay TeX here (between dollar signs); the renderer of bodies typesets them. Invariant: everything is escaped.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from markdown_it.token import Token

from xaisite.core.gaps import join_around_gaps

_LEFT_OUT = ("citation", "note_reference")
_TAGS = {
    "em_open": "<em>", "em_close": "</em>", "strong_open": "<strong>", "strong_close": "</strong>", "s_open": "<s>",
    "s_close": "</s>", "softbreak": " ", "hardbreak": " ",
}  # fmt: skip


def inline_html(tokens: Iterable[Token]) -> str:
    """Return ``tokens`` as HTML without links, notes and citations."""
    out: list[str] = []
    for token in tokens:
        if token.type == "code_inline":
            out.append(f"<code>{escape(token.content, quote=False)}</code>")
        elif token.type in _TAGS:
            out.append(_TAGS[token.type])
        else:
            out.append(escape(_text(token), quote=False))
    return "".join(out)


def inline_text(tokens: Iterable[Token]) -> str:
    """Return ``tokens`` as plain text."""
    return join_around_gaps(_piece(token) for token in tokens)


def _piece(token: Token) -> str | None:
    if token.type in _LEFT_OUT:
        return None
    return " " if token.type in ("softbreak", "hardbreak") else _text(token)


def _text(token: Token) -> str:
    if token.type in ("text", "text_special", "code_inline", "inline_value"):
        return token.content
    if token.type == "math_inline":
        return f"${token.content}$"
    if token.type in ("image", "inline_group"):
        return inline_text(token.children or [])
    return ""
