"""Blocks of raw HTML while walking: comments that silence warnings, `markdown="1"` on a line, what is read in HTML.

Does not know tags' meaning (see `raw_html`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from markdown_it.token import Token

from xaisite.parse.raw_html import read_html

if TYPE_CHECKING:
    from xaisite.parse.walk import Walk

IGNORE = re.compile(r"\s*<!--\s*xaisite-ignore\s+([\w ,-]+?)\s*-->\s*\Z")
_MARKDOWN = re.compile(
    r"<(?P<name>[A-Za-z][\w-]*)(?=[^<>]{0,2000}?\smarkdown=[\"']?(?:1|span|block)\b)[^<>]{0,2000}>"
    r"(?P<text>(?:(?!<(?P=name)\b)[^\n]){1,5000}?)(?=</(?P=name)\s*>)",
    re.IGNORECASE,
)


def ignored_codes(comment: re.Match[str]) -> list[str]:
    """Return the codes that a comment names."""
    return comment[1].replace(",", " ").split()


def walk_html(walk: Walk, tokens: list[Token], at: int, out: list[Token]) -> int:
    """Append a block of raw HTML; Markdown within an element that asks for it (`markdown="1"`) is parsed."""
    token = tokens[at]
    here = walk.here
    ignore = IGNORE.match(token.content)
    if ignore is not None:
        codes = ignored_codes(ignore)
        here.pending_ignores.extend(codes)
        span = here.lines_span(*token.map) if token.map else here.whole
        here.ignored.extend((code, span) for code in codes)  # where to say that a code is not known
        return at + 1
    if not here.config.raw_html and here.fixed is None:
        token.type = "html_shown"
        out.append(token)
        return at + 1
    place = here.block_place(token, token.content)
    done = 0
    for match in _MARKDOWN.finditer(token.content) if "markdown" in token.content else ():
        low, high = match.span("text")
        out.append(_html(walk, token.content[done:low], place.inner(done)))
        inline = Token("inline", "", 0, children=walk.inline(token.content[low:high], place.inner(low)), meta={})
        out.append(inline)
        done = high
    out.append(_html(walk, token.content[done:], place.inner(done)))
    return at + 1


def _html(walk: Walk, text: str, place: object) -> Token:
    token = Token("html_block", "", 0, content=text, block=True)
    token.meta = {"pieces": read_html(walk.here, text, place)}  # type: ignore[arg-type]
    return token
