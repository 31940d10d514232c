"""Listings in colour: Pygments' short classes, cached by content.

Does not know Markdown. Invariant: the text of the result, tags dropped and entities resolved, is the code.
"""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from html import escape
from typing import TYPE_CHECKING

from xaisite.core.digest import digest_parts

if TYPE_CHECKING:
    from pygments.lexer import Lexer

_PLAIN = frozenset({"", "text", "plain", "plaintext", "none", "txt", "output"})
_MAX_CHARS = 200_000  # a listing longer than this is data, not something to read in colour


def make_highlight(cache: MutableMapping[str, str] | None = None) -> Callable[[str, str], str]:
    """Return a function (code, language) → HTML that remembers its results in ``cache``."""
    known: MutableMapping[str, str] = {} if cache is None else cache
    lexers: dict[str, Lexer | None] = {}

    def highlight(code: str, language: str) -> str:
        name = language.lower()
        if name in _PLAIN or len(code) > _MAX_CHARS:
            return escape(code, quote=False)
        key = digest_parts([name, code])
        html = known.get(key)
        if html is None:
            if name not in lexers:
                lexers[name] = _find_lexer(name)
            lexer = lexers[name]
            html = _colour(code, lexer) if lexer is not None else escape(code, quote=False)
            known[key] = html
        return html

    return highlight


def plain(code: str, _language: str) -> str:
    """Return code without colours."""
    return escape(code, quote=False)


def _find_lexer(name: str) -> Lexer | None:
    if name in ("python", "py", "python3"):
        from pygments.lexers.python import PythonLexer

        return PythonLexer(stripnl=False, ensurenl=False)
    from pygments.lexers import get_lexer_by_name
    from pygments.util import ClassNotFound

    try:
        return get_lexer_by_name(name, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return None


def _colour(code: str, lexer: Lexer) -> str:
    from pygments.token import STANDARD_TYPES

    out: list[str] = []
    last, text = "", ""
    for _, kind, value in lexer.get_tokens_unprocessed(code):
        known = kind
        while known not in STANDARD_TYPES and known.parent is not None:
            known = known.parent  # the nearest kind that has a class
        css = STANDARD_TYPES.get(known, "")
        css = "" if css in ("w", "n", "err") else css
        if css == last:
            text += value
            continue
        out.append(_span(last, text))
        last, text = css, value
    out.append(_span(last, text))
    return "".join(out)


def _span(css: str, text: str) -> str:
    shown = escape(text, quote=False)
    return f'<span class="{css}">{shown}</span>' if css and text else shown


def split_lines(html: str) -> list[str]:
    """Return highlighted HTML line by line; a span that goes over several lines is closed and opened again."""
    out: list[str] = []
    opened = ""
    for line in html.split("\n"):
        text = opened + line
        last_open = text.rfind("<span")
        if last_open > text.rfind("</span>"):
            opened = text[last_open : text.index(">", last_open) + 1]
            text += "</span>"
        else:
            opened = ""
        out.append(text)
    return out
