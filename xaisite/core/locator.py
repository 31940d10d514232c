"""The text after a key in a citation, split as Pandoc splits it: `, pp. 33-35 and *passim*` → page, 33-35, rest.

Lives in `core` because the parser of Markdown and the bibliography both need it. Does not know keys, Markdown or HTML.
Invariant: what is not locator is suffix, to the character; linear time (a term is never longer than a few tokens).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from xaisite.core.record import record

_FORMS = {
    "book": "book books bk. bks.",
    "chapter": "chapter chapters chap. chaps.",
    "column": "column columns col. cols.",
    "figure": "figure figures fig. figs.",
    "folio": "folio folios fol. fols.",
    "number": "number numbers no. nos. issue issues",
    "line": "line lines l. ll.",
    "note": "note notes n. nn.",
    "opus": "opus opera op. opp.",
    "page": "page pages p. pp.",
    "paragraph": "paragraph paragraphs para. paras. ¶ ¶¶",
    "part": "part parts pt. pts.",
    "section": "section sections sec. secs. § §§",
    "sub verbo": "sub_verbo sub_verbis s.v. s.vv.",
    "verse": "verse verses v. vv.",
    "volume": "volume volumes vol. vols.",
}
LOCATOR_TERMS = {form.replace("_", " "): term for term, forms in _FORMS.items() for form in forms.split()}
"""Every spelling of a locator term (casefolded) → its canonical singular."""

_LONGEST_TERM = 6  # tokens; the longest, "sub verbis ", has four
_ROMAN = re.compile(r"M*(CM|CD|D?C{0,3})(XC|XL|L?X{0,3})(IX|IV|V?I{0,3})\Z")
_PAIRS = {"(": ")", "[": "]", "{": "}"}


@record
class Locator:
    """A suffix taken apart. `term` is empty when there is no locator."""

    term: str
    locator: str
    suffix: str


def read_locator(text: str) -> Locator:
    """Return the locator at the beginning of ``text`` (what follows the key, a leading comma included) and the rest."""
    tokens = _tokens(text)
    start = 1 if tokens[:1] == [","] else 0
    if start < len(tokens) and tokens[start].isspace():
        start += 1
    found = _delimited(tokens, start) or _integrated(tokens, start)
    if found is None:
        return Locator("", "", _with_comma(text))
    term, locator, end = found
    locator = locator.strip()
    return Locator(term if locator else "", locator, "".join(tokens[end:]))


def _is_punctuation(token: str) -> bool:
    return len(token) == 1 and unicodedata.category(token).startswith("P")


def _tokens(text: str) -> list[str]:
    tokens: list[str] = []
    word = ""
    for char in text:
        if char.isspace() or (_is_punctuation(char) and char != ":"):
            if word:
                tokens.append(word)
                word = ""
            tokens.append(char)
        else:
            word += char
    return [*tokens, word] if word else tokens


def _with_comma(suffix: str) -> str:
    if not suffix or suffix[0].isspace() or _is_punctuation(suffix[0]):
        return suffix
    return ", " + suffix


def _delimited(tokens: list[str], at: int) -> tuple[str, str, int] | None:
    if at >= len(tokens) or tokens[at] != "{":
        return None
    at += 1
    while at < len(tokens) and tokens[at].isspace():
        at += 1
    term, at = _term(tokens, at, lambda k: k < len(tokens)) or ("page", at)
    closes = ["}"]
    for end in range(at, len(tokens)):
        piece = tokens[end]
        if piece == closes[-1]:
            closes.pop()
            if not closes:
                return term, "".join(tokens[at:end]), end + 1
        elif piece in "{[":
            closes.append(_PAIRS[piece])
        elif piece in "}]":
            return None
    return None


def _integrated(tokens: list[str], at: int) -> tuple[str, str, int] | None:
    named = _term(tokens, at, lambda k: _word(tokens, k, first=True, roman=True) is not None)
    term, begin = named or ("page", at)
    end = _word(tokens, begin, first=True, roman=named is not None)
    if end is None:
        return None
    while (further := _word(tokens, end, first=False, roman=named is not None)) is not None:
        end = further
    return term, "".join(tokens[begin:end]), end


def _term(tokens: list[str], at: int, goes_on: Callable[[int], bool]) -> tuple[str, int] | None:
    best: tuple[str, int] | None = None
    for end in range(at + 1, min(at + _LONGEST_TERM, len(tokens)) + 1):
        term = LOCATOR_TERMS.get("".join(tokens[at:end]).strip().casefold())
        if term and goes_on(end):
            best = (term, end)
    return best


def _word(tokens: list[str], at: int, *, first: bool, roman: bool) -> int | None:
    """Return the end of one word of a locator at ``at``; it must hold a digit (or a Roman number, when allowed)."""
    begin = at
    if not first and at < len(tokens) and tokens[at] in (",", ";"):
        at += 1
    if at < len(tokens) and tokens[at].isspace():
        at += 1
    counts = False
    start = at
    while (piece := _piece(tokens, at)) is not None:
        at, has_number = piece
        counts = counts or has_number
    if at == start:
        return None
    is_number = counts if roman else any(c.isdigit() for token in tokens[begin:at] for c in token)
    return at if is_number else None


def _piece(tokens: list[str], at: int) -> tuple[int, bool] | None:
    """Return the end of `34`, `(a)`, `[17]` or `.2` at ``at``, and whether it holds a number."""
    if at >= len(tokens):
        return None
    close = _PAIRS.get(tokens[at])
    if close is None:
        return _sequence(tokens, at)
    return _bracketed(tokens, at, close, "([{")


def _bracketed(tokens: list[str], at: int, close: str, opens: str) -> tuple[int, bool] | None:
    # As in Pandoc, the three kinds nest in one another but not in themselves.
    inner_opens = opens.replace(tokens[at], "")
    at += 1
    has_number = False
    if at < len(tokens) and tokens[at] != close:
        opens_again = tokens[at] in inner_opens
        inner = _bracketed(tokens, at, _PAIRS[tokens[at]], inner_opens) if opens_again else _sequence(tokens, at)
        if inner is None:
            return None
        at, has_number = inner
    return (at + 1, has_number) if at < len(tokens) and tokens[at] == close else None


def _sequence(tokens: list[str], at: int) -> tuple[int, bool] | None:
    """Return the end of `1.2.3`; a trailing full stop stays outside."""
    unit = _unit(tokens, at) or _dotted(tokens, at)
    if unit is None:
        return None
    at, has_number = unit
    while (further := _dotted(tokens, at)) is not None:
        at, has_number = further[0], has_number or further[1]
    return at, has_number


def _dotted(tokens: list[str], at: int) -> tuple[int, bool] | None:
    return _unit(tokens, at + 1) if at < len(tokens) and tokens[at] == "." else None


def _unit(tokens: list[str], at: int) -> tuple[int, bool] | None:
    if at < len(tokens) and tokens[at] and _ROMAN.match(tokens[at].upper()):
        return at + 1, True
    end = at
    while end < len(tokens) and not tokens[end].isspace() and not _ends_unit(tokens[end]):
        end += 1
    if end == at:
        return None
    return end, any(c.isdigit() for token in tokens[at:end] for c in token)


def _ends_unit(token: str) -> bool:
    return token not in ("-", "–", ":") and _is_punctuation(token)
