"""How long a post is, and how it begins: for reading times and lists. Code, formulas and results do not count."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from markdown_it.token import Token

from xaisite.parse.inline_html import inline_text

_EXCERPT = 280  # characters


def count_words(tokens: Iterable[Token]) -> int:
    """Return the number of words of prose."""
    return sum(len(text.split()) for text in _texts(tokens))


def find_excerpt(tokens: Iterable[Token]) -> str:
    """Return the first paragraph of the text itself as plain text, cut at a word's end.

    One with a cross reference in it reads badly without: then one of the next, if there is one without.
    """
    texts = list(islice(_paragraphs(tokens), 3))
    text = next((text for text, refers in texts if not refers), texts[0][0] if texts else "")
    return text if len(text) <= _EXCERPT else text[:_EXCERPT].rpartition(" ")[0] + "…"


def _paragraphs(tokens: Iterable[Token]) -> Iterator[tuple[str, bool]]:
    """Yield the texts of paragraphs that stand in no block, and whether they refer to something."""
    is_paragraph = False
    for token in tokens:
        if token.type == "paragraph_open":
            is_paragraph = not token.hidden and token.level == 0
        elif token.type == "inline" and is_paragraph:
            text = " ".join(inline_text(token.children or []).split())
            if text:
                yield text, _refers(token)
            is_paragraph = False
        elif token.type == "notes_open":
            break


def _refers(token: Token) -> bool:
    return any(child.type in ("cross_reference", "page_title") for child in token.children or ())


def _texts(tokens: Iterable[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type in ("text", "inline_value"):
            yield token.content
        elif token.children and token.type in ("inline", "figure", "inline_group", "image"):
            yield from _texts(token.children)
