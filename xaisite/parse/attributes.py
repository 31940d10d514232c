"""Attribute lists: `{#id .class key=value key="two words"}`, Pandoc's, and kramdown's `{: …}`.

Does not know what attributes mean. Invariant: linear; what is not an attribute list is refused, never half read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from xaisite.model.nodes import Attributes
from xaisite.parse.dispatch import InlineState
from xaisite.parse.found import found
from xaisite.parse.place import AnyPlace

_ITEM = re.compile(
    r"""\s*(?:
      \#(?P<id>[^\s{}.\#="'][^\s{}="']*)
    | \.(?P<cls>[^\s{}.\#="'][^\s{}="']*)
    | (?P<key>[A-Za-z_:@][\w:.-]*)\s*=\s*(?:"(?P<dq>(?:[^"\\]|\\.)*)"|'(?P<sq>(?:[^'\\]|\\.)*)'|(?P<bare>[^\s{}"']+))
    | (?P<flag>[A-Za-z][\w-]*)(?=[\s}])
    | (?P<minus>-)(?=[\s}])
    )(?=[\s}])""",
    re.VERBOSE | re.DOTALL,
)
_MAX = 4000  # characters: keeps a line of `{` linear


@dataclass
class _Collected:
    """What has been read of a list so far."""

    id: str = ""
    classes: list[str] = field(default_factory=list)
    values: dict[str, str] = field(default_factory=dict)

    def add(self, match: re.Match[str], *, bare: bool) -> bool:
        """Add one item; False when a list may not hold it."""
        kind = match.lastgroup
        if kind == "id":
            self.id = match["id"]
        elif kind == "cls":
            self.classes.append(match["cls"])
        elif kind == "minus":
            self.classes.append("unnumbered")
        elif kind != "flag":
            self._add_value(match)
        elif self.id or self.classes or self.values:
            self.values[match["flag"]] = ""
        elif bare:
            self.classes.append(match["flag"])
        else:
            return False
        return True

    def _add_value(self, match: re.Match[str]) -> None:
        quoted = match["dq"] if match["dq"] is not None else match["sq"]
        value = re.sub(r"\\([\"'])", r"\1", quoted) if quoted is not None else match["bare"]
        if match["key"] == "class":
            self.classes.extend(value.split())
        elif match["key"] == "id":
            self.id = "-".join(value.split())
        else:
            self.values[match["key"]] = value


def read_attributes(
    text: str, start: int, place: AnyPlace | None = None, *, bare: bool = False
) -> tuple[Attributes, int] | None:
    """Return the attribute list that begins at ``text[start]`` (a `{`) and the index after it, or None.

    With ``bare`` a first word without a dot is a class, as in `{python}` and `{note}`.
    """
    limit = min(len(text), start + _MAX)
    at = start + (2 if text.startswith("{:", start) else 1)
    found = _Collected()
    while at < limit and (match := _ITEM.match(text, at, limit)) is not None:
        if not found.add(match, bare=bare):
            return None
        at = match.end()
    while at < limit and text[at] in " \t\n":
        at += 1
    if at >= limit or text[at] != "}" or not (found.id or found.classes or found.values):
        return None
    span = place.span(start, at + 1) if place is not None else None
    return Attributes(found.id, tuple(found.classes), found.values, span), at + 1


_LOOKS_LIKE = re.compile(r"\{:?[ \t]*(?:[#.][\w-]|[A-Za-z_][\w-]*=)[^{}\n]{0,1000}\}")


def report_attributes(state: InlineState, at: int) -> None:
    """Warn of what stands at ``at`` when it looks like an attribute list and cannot be read as one."""
    match = _LOOKS_LIKE.match(state.src, at, state.posMax)
    if match is not None:
        found(state.env).warn(
            "md-attributes", "these attributes are not understood: they are shown as typed",
            state.place.span(match.start(), match.end()), help='write them as {.class #id key="value"}',
        )  # fmt: skip


_TRAILING = re.compile(r"(?:\A|[ \t]+)(\{:?[ \t]*(?:[#.]|-[ \t]*\}|[A-Za-z_][\w-]*=)[^{}]*\}|\{-\})[ \t]*\Z")


def trailing_attributes(text: str, place: AnyPlace) -> tuple[str, Attributes | None]:
    """Return ``text`` without the attribute list at its end, and that list."""
    if not text.endswith("}"):
        return text, None
    match = _TRAILING.search(text, max(0, len(text) - _MAX))
    if match is None:
        return text, None
    read = read_attributes(text, match.start(1), place)
    if read is None or read[1] < match.end(1):
        return text, None
    return text[: match.start()], read[0]
