"""Structured text as read, before anyone says what it means: a tree of values that know where they were written.

YAML (front matter, cell options) and TOML (site.toml) both become this; `core.fields` gives it types. Does not read
either. Invariants: `start` and `end` are offsets in the source the tree was read from; keys of a branch are unique.
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple


class Leaf(NamedTuple):
    """One scalar. How it was written decides what it may be read as."""

    start: int
    end: int
    text: str
    style: Literal["plain", "text", "typed"] = "plain"
    """`plain`: unquoted, may be read as anything; `text`: quoted, text only; `typed`: `value` says (TOML)."""
    value: object = None


class Listing(NamedTuple):
    """A sequence."""

    start: int
    end: int
    items: tuple[Node, ...]


class Pair(NamedTuple):
    """A key, its place, and its value."""

    key: str
    start: int
    end: int
    value: Node


class Branch(NamedTuple):
    """A mapping, in the order it was written."""

    start: int
    end: int
    pairs: tuple[Pair, ...]


Node = Leaf | Listing | Branch

_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_TRUE = frozenset({"true", "True", "TRUE"})
_FALSE = frozenset({"false", "False", "FALSE"})
_INT = re.compile(r"[-+]?[0-9]{1,300}\Z|0x[0-9a-fA-F]{1,250}\Z|0o[0-7]{1,300}\Z")
_FLOAT = re.compile(
    r"[-+]?(?:[0-9]{1,300}\.[0-9]{0,300}|\.[0-9]{1,300}|[0-9]{1,300}(?=[eE]))(?:[eE][-+]?[0-9]{1,3})?\Z"
)


def is_null(node: Node) -> bool:
    """Whether nothing was written (`key:` or `key: null`)."""
    return isinstance(node, Leaf) and node.style == "plain" and node.text in _NULLS


def plain_value(node: Node) -> object:
    """Return the value as YAML 1.2's core schema reads it (`no` is text, dates are text), of JSON's types only."""
    if isinstance(node, Listing):
        return [plain_value(item) for item in node.items]
    if isinstance(node, Branch):
        return {pair.key: plain_value(pair.value) for pair in node.pairs}
    return leaf_value(node)


def leaf_value(leaf: Leaf) -> object:
    """Return the value of one scalar: text, a number, true, false or None."""
    if leaf.style == "typed":
        return leaf.value if isinstance(leaf.value, str | bool | int | float) else leaf.text
    text = leaf.text
    if leaf.style == "text":
        return text
    if text in _NULLS:
        return None
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    return _number(text)


def _number(text: str) -> object:
    if _INT.match(text):
        # Base 0 would refuse the leading zeros that YAML allows.
        return int(text, {"0x": 16, "0o": 8}.get(text[:2], 10))
    if _FLOAT.match(text):
        number = float(text)
        return number if abs(number) != float("inf") else text
    return text


def words_for(node: Node) -> str:
    """Return what was written, in words, for a message: `the text “x”`, `a list`."""
    if isinstance(node, Listing):
        return "a list"
    if isinstance(node, Branch):
        return "a mapping"
    value = leaf_value(node)
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    shown = node.text if len(node.text) <= 40 else node.text[:39] + "…"
    shown = " ".join(shown.split())
    return f"the number {shown}" if isinstance(value, int | float) else f"the text “{shown}”"
