"""How long a post is, and how it begins: for reading times and lists. Code, formulas and results do not count."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from markdown_it.token import Token

from xaisite.parse.inline_html import inline_text

_EXCERPT = 280  # characters


def count_words(tokens: Iterable[Token]) -> int:
    """Return the number of words of prose."""
    return sum(len(text.split()) for text in _texts(tokens))


def find_excerpt(tokens: Iterable[Token]) -> str:
    """Return the first paragraph as plain text, cut at a word's end; one with a cross reference in it reads badly."""
    is_paragraph = False
    for token in tokens:
        if token.type == "paragraph_open":
            is_paragraph = not token.hidden
        elif token.type == "inline" and is_paragraph and not _refers(token):
            text = " ".join(inline_text(token.children or []).split())
            if text:
                return text if len(text) <= _EXCERPT else text[:_EXCERPT].rpartition(" ")[0] + "…"
            is_paragraph = False
        elif token.type == "notes_open":
            break
    return ""


def _refers(token: Token) -> bool:
    return any(child.type in ("cross_reference", "page_title") for child in token.children or ())


def _texts(tokens: Iterable[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type in ("text", "inline_value"):
            yield token.content
        elif token.children and token.type in ("inline", "figure", "inline_group", "image"):
            yield from _texts(token.children)
