"""Abbreviations of kramdown and markdown-it: `*[LIME]: Local interpretable …` on its own line, marked in the text.

Definitions are taken out wherever they stand; words are marked when the text around them is walked.
"""

from __future__ import annotations

import re
from html import escape

from markdown_it.rules_block import StateBlock
from markdown_it.token import Token

from xaisite.parse.found import Found, found
from xaisite.parse.machine import Machine

_DEFINITION = re.compile(r"\*\[(?P<term>[^\]\[\n]{1,100})\]:[ \t]*(?P<meaning>[^\n]*)")
_MOST = 200  # of a page: keeps the search for them fast


def abbreviations_plugin(md: Machine) -> None:
    """Register the rule."""
    md.block.ruler.before("list", "abbreviation", _definition, {"alt": ["paragraph", "reference"]})
    md.block.on("abbreviation", "*")


def _definition(state: StateBlock, start: int, _end: int, silent: bool) -> bool:
    if state.is_code_block(start):
        return False
    first = state.bMarks[start] + state.tShift[start]
    match = _DEFINITION.match(state.src, first, state.eMarks[start])
    if match is None or not match["meaning"].strip() or len(found(state.env).abbreviations) >= _MOST:
        return False
    if not silent:
        found(state.env).abbreviations.setdefault(match["term"], match["meaning"].strip())
        state.line = start + 1
    return True


def mark_abbreviations(here: Found, tokens: list[Token]) -> list[Token]:
    """Return inline tokens with the abbreviations of the page marked in their texts."""
    if not here.abbreviations:
        return tokens
    known = "|".join(re.escape(term) for term in sorted(here.abbreviations, key=len, reverse=True))
    pattern = re.compile(rf"(?<!\w)({known})(?!\w)")
    out: list[Token] = []
    for token in tokens:
        if token.type == "text" and pattern.search(token.content):
            out.extend(_marked(here, pattern.split(token.content)))
        else:
            out.append(token)
    return out


def _marked(here: Found, pieces: list[str]) -> list[Token]:
    """Return tokens for texts (even places) and abbreviations (odd ones)."""
    out: list[Token] = []
    for k, piece in enumerate(pieces):
        text = Token("text", "", 0, content=piece)
        if k % 2:
            opening, closing = Token("html_inline", "", 0), Token("html_inline", "", 0)
            opening.meta = {"pieces": [f'<abbr title="{escape(here.abbreviations[piece])}">']}
            closing.meta = {"pieces": ["</abbr>"]}
            out += [opening, text, closing]
        elif piece:
            out.append(text)
    return out
