"""Knitr's headers: ```` ```{python label, echo=FALSE, fig.cap="A caption"} ```` as a tree with places.

Reads the values R writes there (TRUE, numbers, texts, `c(…)`, NULL); an R expression is kept as text, and is then
reported as a wrong type where the option does not hold text. Invariant: never raises; places lie inside the header.
"""

from __future__ import annotations

import re

from xaisite.core.tree import Branch, Leaf, Listing, Node, Pair

_BLANK = re.compile(r"[\s,]*")
_KEY = re.compile(r"([A-Za-z][A-Za-z0-9._-]*)\s*=\s*")
_WORD = re.compile(r"[#.]?[^\s,=\"'()]+")
_TEXT = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'", re.DOTALL)
_VECTOR = re.compile(r"c\(([^()]*)\)")
_BARE = re.compile(r"(?:[^\s,()\"']|\([^()]*\))+")
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_R_WORDS = {"TRUE": "true", "T": "true", "FALSE": "false", "F": "false", "NULL": "null", "NA": "null"}


def read_knitr_header(text: str, start: int, end: int) -> tuple[Branch, tuple[tuple[int, int], ...]]:
    """Return the options in ``text[start:end]`` (what follows `python` between the braces), and what made no sense."""
    pairs: list[Pair] = []
    strays: list[tuple[int, int]] = []
    at = _skip(text, start, end)
    while at < end:
        key = _KEY.match(text, at, end)
        if key:
            value, at = _value(text, key.end(), end)
            pairs.append(Pair(key[1], key.start(1), key.end(1), value))
        else:
            word = _WORD.match(text, at, end)
            stop = word.end() if word else at + 1
            if word and not any(p.key == "label" for p in pairs) and not word[0].startswith("."):
                name = at + word[0].startswith("#")
                pairs.append(Pair("label", name, stop, Leaf(name, stop, text[name:stop], "text")))
            else:
                strays.append((at, stop))
            at = stop
        at = _skip(text, at, end)
    return Branch(start, end, _once(pairs)), tuple(strays)


def _once(pairs: list[Pair]) -> tuple[Pair, ...]:
    seen: dict[str, Pair] = {}
    for pair in pairs:
        seen.setdefault(pair.key, pair)
    return tuple(seen.values())


def _skip(text: str, at: int, end: int) -> int:
    match = _BLANK.match(text, at, end)
    return match.end() if match else at


def _value(text: str, at: int, end: int) -> tuple[Node, int]:
    quoted = _TEXT.match(text, at, end)
    if quoted:
        return _quoted(quoted), quoted.end()
    vector = _VECTOR.match(text, at, end)
    if vector:
        items: list[Node] = []
        inner = _skip(text, vector.start(1), vector.end(1))
        while inner < vector.end(1):
            item, inner = _value(text, inner, vector.end(1))
            items.append(item)
            inner = _skip(text, max(inner, item.start + 1), vector.end(1))
        return Listing(vector.start(), vector.end(), tuple(items)), vector.end()
    bare = _BARE.match(text, at, end)
    if bare is None:
        return Leaf(at, at, ""), at
    return Leaf(bare.start(), bare.end(), _R_WORDS.get(bare[0], bare[0])), bare.end()


def _quoted(match: re.Match[str]) -> Leaf:
    # A doubled backslash is one; before a quote it goes; any other is TeX's and stays.
    body = _ESCAPE.sub(lambda m: m[1] if m[1] in "\\\"'" else m[0], match[0][1:-1])
    return Leaf(match.start(), match.end(), body, "text")
