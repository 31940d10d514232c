"""A body as plain text, for search: prose, headings, captions and notes; no code."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from markdown_it.token import Token

from xaisite.render.body.writer import text_of


def plain_text(tokens: Iterable[Token]) -> str:
    """Return the text of ``tokens``, one block per line."""
    return "\n".join(line for line in _lines(tokens) if line)


def _lines(tokens: Iterable[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type in ("inline", "figure"):
            yield " ".join(text_of(token.children or ()).split())
        elif token.type == "cell":
            for name in ("captions", "subcaptions", "table_captions"):
                for caption in token.meta.get(name) or ():
                    yield " ".join(text_of(caption).split())
            for output in token.meta.get("outputs") or ():
                if output:
                    yield from _lines(output)
