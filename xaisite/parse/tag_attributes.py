"""The attributes of a tag of raw HTML, each with its places in the text. Does not know what they mean."""

from __future__ import annotations

import re
from html import unescape

from xaisite.core.record import record
from xaisite.parse.moustache import read_address

ATTRIBUTE = re.compile(r"\s+(?P<name>[^\s\"'<>/=]+)(?:\s*=\s*(?P<value>\"[^\"]*\"|'[^']*'|[^\s\"'=<>`]+))?")


@record
class Attribute:
    """An attribute of a tag; indices into the text."""

    name: str
    value: str
    start: int
    """Of the white space before its name."""
    name_start: int
    value_start: int
    value_end: int
    end: int
    quote: str


def read_tag_attributes(text: str, start: int, end: int) -> list[Attribute]:
    """Return the attributes between ``start`` and ``end`` (just after the tag's name, just before its `>`)."""
    found: list[Attribute] = []
    for match in ATTRIBUTE.finditer(text, start, end):
        name, at = match["name"].lower(), match.start("name")
        raw = match["value"]
        if raw is None:
            found.append(Attribute(name, "", match.start(), at, match.end(), match.end(), match.end(), ""))
            continue
        quote = raw[0] if raw[0] in "\"'" else ""
        low, high = match.start("value") + len(quote), match.end("value") - len(quote)
        value = read_address(unescape(text[low:high]))
        found.append(Attribute(name, value, match.start(), at, low, high, match.end(), quote))
    return found
