"""Spans with classes, glossary terms, side and margin notes."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from markdown_it.token import Token

from xaisite.model.nodes import Attributes
from xaisite.render.body.blocks import attributes_html
from xaisite.render.body.writer import Rule, Writer

_TAGS = {"mark": "mark", "underline": "u", "ul": "u"}


def _is_margin(token: Token) -> bool:
    attributes: Attributes | None = token.meta.get("attributes")
    return attributes is not None and ("aside" in attributes.classes or "column-margin" in attributes.classes)


def _open(w: Writer, tokens: Sequence[Token], i: int) -> str:
    token = tokens[i]
    if "term" in token.meta:
        definition, href = _term(w, token)
        return f'<a class="term" href="{escape(href)}" title="{escape(definition)}">' if href else '<span class="term">'
    if _is_margin(token):
        return '<span class="marginnote" role="note">'
    return f"<{_tag(token)}{attributes_html(token.meta.get('attributes'))}>"


def _close(w: Writer, tokens: Sequence[Token], i: int) -> str:
    token = tokens[i]
    if "term" in token.meta:
        return "</a>" if _term(w, token)[1] else "</span>"
    return "</span>" if _is_margin(token) else f"</{_tag(token)}>"


def _tag(token: Token) -> str:
    """Return the element that a span's class means: Pandoc's `.mark` and `.underline`."""
    attributes: Attributes | None = token.meta.get("attributes")
    return next((_TAGS[c] for c in attributes.classes if c in _TAGS), "span") if attributes else "span"


def _term(w: Writer, token: Token) -> tuple[str, str]:
    ordinal = token.meta["term"]
    return w.context.terms[ordinal] if ordinal < len(w.context.terms) else ("", "")


def _sidenote(w: Writer, tokens: Sequence[Token], i: int) -> str:
    token = tokens[i]
    number = token.meta["number"]
    content = w.render(token.children or ())
    note = f'<span class="sidenote" role="note"><span class="sidenote-number">{number}</span> {content}</span>'
    return f'<span class="sidenote-ref">{number}</span>{note}'


def _marginnote(w: Writer, tokens: Sequence[Token], i: int) -> str:
    return f'<span class="marginnote" role="note">{w.render(tokens[i].children or ())}</span>'


RULES: dict[str, Rule] = {
    "span_open": _open,
    "span_close": _close,
    "sidenote": _sidenote,
    "marginnote": _marginnote,
}
