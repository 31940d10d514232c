"""TOML to a tree with places, for site.toml.

`tomllib` says what is valid and what the values are, but not where; so once it has accepted a text, this walks over it
again, knowing it to be valid, and notes where keys and values stand. Invariants: never raises; the values of the tree
are those of `tomllib` (a test compares them for generated documents).
"""

from __future__ import annotations

import re
import tomllib
from typing import NamedTuple

from xaisite.core.record import record
from xaisite.core.tree import Branch, Leaf, Listing, Node, Pair

MAX_CHARS = 64 * 1024
MAX_DEPTH = 20

_GAP = re.compile(r"(?:[ \t\n]|#[^\n]*)*")
_BLANK = re.compile(r"[ \t]*")
_STRING = re.compile(
    r'"""(?:[^\\"]|\\.|"{1,2}(?!"))*"{3,5}' r"|'''(?:[^']|'{1,2}(?!'))*'{3,5}" r'|"(?:[^"\\\n]|\\.)*"' r"|'[^'\n]*'",
    re.DOTALL,
)
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_BARE_VALUE = re.compile(r"[^,\]}#\n]*")
# `tomllib` takes a minute for a dotted key of 30,000 parts, so a key of more than MAX_DEPTH never reaches it.
_LONG_KEY = re.compile(
    r"(?:^[ \t]*(?:\[{1,2}[ \t]*)?|[{,][ \t]*)(?:(?:[A-Za-z0-9_-]+|\"[^\"\n]*\"|'[^'\n]*')[ \t]*\.[ \t]*){20}",
    re.MULTILINE,
)
_PLACE = re.compile(r"\(at (?:line (\d+), column (\d+)|end of document)\)")


_IS_TWICE = re.compile(r"Cannot (?:overwrite a value|declare \(.*\) twice)\Z")
_TWICE = re.compile(r"[ \t]*(?:\[\[?[ \t]*(?P<table>[^\]\n]*[^\]\s])[ \t]*\]|(?P<key>[\w.\"'-]+)[ \t]*=)")
_TOO_DEEP = f"this is nested more than {MAX_DEPTH} levels deep"


class TomlProblem(NamedTuple):
    """Why a text is not TOML, and where."""

    kind: str
    """`syntax`, `duplicate` or `too-large`."""
    message: str
    start: int
    end: int


@record
class TomlTree:
    """The document, empty when it is not TOML."""

    branch: Branch
    problem: TomlProblem | None = None


def read_toml_tree(text: str) -> TomlTree:
    """Return ``text`` as a tree."""
    empty = Branch(0, 0, ())
    if len(text) > MAX_CHARS:
        return TomlTree(empty, TomlProblem("too-large", f"this has more than {MAX_CHARS:,} characters", 0, 1))
    long_key = _LONG_KEY.search(text)
    if long_key:
        return TomlTree(empty, TomlProblem("too-large", _TOO_DEEP, long_key.start(), long_key.end()))
    try:
        tomllib.loads(text)
        return TomlTree(_Walk(text).read())
    except (RecursionError, _TooDeepError):
        return TomlTree(empty, TomlProblem("too-large", _TOO_DEEP, 0, 1))
    except ValueError as e:
        return TomlTree(empty, _problem(text, str(e)))


def _problem(text: str, message: str) -> TomlProblem:
    match = _PLACE.search(message)
    words = _PLACE.sub("", message).strip()
    at = len(text.rstrip())
    if match and match[1]:
        starts = [0, *(m.end() for m in re.finditer("\n", text))]
        at = min(len(text), starts[min(int(match[1]), len(starts)) - 1] + int(match[2]) - 1)
    elif match is None:  # a number of 5,000 digits, which Python refuses without a place
        at = 0
    twice = _TWICE.match(text, text.rfind("\n", 0, at) + 1) if _IS_TWICE.match(words) else None
    if twice:
        group = "key" if twice["key"] else "table"
        return TomlProblem("duplicate", f"`{twice[group]}` is given twice", *twice.span(group))
    return TomlProblem("syntax", f"this is not TOML: {words[:1].lower()}{words[1:]}", at, min(len(text), at + 1))


class _TooDeepError(Exception):
    pass


class _Draft:
    """A table while it grows."""

    __slots__ = ("end", "entries", "start")

    def __init__(self, start: int, end: int) -> None:
        self.start = start
        self.end = end
        self.entries: dict[str, tuple[int, int, _Draft | list[_Draft] | Node]] = {}

    def freeze(self) -> Branch:
        pairs = (Pair(key, start, end, _freeze(value)) for key, (start, end, value) in self.entries.items())
        return Branch(self.start, self.end, tuple(pairs))


def _freeze(value: _Draft | list[_Draft] | Node) -> Node:
    if isinstance(value, _Draft):
        return value.freeze()
    if isinstance(value, list):
        return Listing(value[0].start, value[-1].end, tuple(draft.freeze() for draft in value))
    return value


_Key = tuple[tuple[str, int, int], ...]


class _Walk:
    """One pass over a valid document."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def read(self) -> Branch:
        top = _Draft(0, 0)
        table = top
        self._gap()
        while self.at < len(self.text):
            if self.text.startswith("[[", self.at):
                table = self._header(top, 2)
            elif self.text[self.at] == "[":
                table = self._header(top, 1)
            else:
                self._pair(table, 0)
            self._gap()
        return top.freeze()

    def _gap(self, pattern: re.Pattern[str] = _GAP) -> None:
        match = pattern.match(self.text, self.at)
        self.at = match.end() if match else self.at

    def _header(self, top: _Draft, brackets: int) -> _Draft:
        start = self.at
        self.at += brackets
        keys = self._key()
        self.at += brackets
        *above, last = keys
        table = _descend(top, above)
        name, key_start, key_end = last
        if brackets == 1:
            return _enter(table, name, key_start, key_end)
        draft = _Draft(start, self.at)
        before = table.entries.get(name)
        if before and isinstance(before[2], list):
            before[2].append(draft)
        else:
            table.entries[name] = (key_start, key_end, [draft])
        return draft

    def _key(self) -> tuple[tuple[str, int, int], ...]:
        parts: list[tuple[str, int, int]] = []
        while True:
            self._gap(_BLANK)
            start = self.at
            match = _STRING.match(self.text, start) or _BARE_KEY.match(self.text, start)
            if match is None:
                raise ValueError("Invalid key (at end of document)")
            self.at = match.end()
            name = match[0] if match[0][0] not in "\"'" else str(_value_of(match[0]))
            parts.append((name, start, self.at))
            self._gap(_BLANK)
            if self.text[self.at : self.at + 1] != ".":
                return tuple(parts)
            self.at += 1

    def _pair(self, table: _Draft, depth: int) -> None:
        *above, (name, start, end) = self._key()
        self.at += 1  # the equals sign
        self._gap(_BLANK)
        target = _descend(table, above)
        value = self._value(depth)
        target.entries[name] = (start, end, value)

    def _value(self, depth: int) -> Node:
        if depth > MAX_DEPTH:
            raise _TooDeepError
        start = self.at
        char = self.text[start]
        if char == "[":
            return self._array(depth)
        if char == "{":
            return self._inline_table(depth)
        match = _STRING.match(self.text, start) if char in "\"'" else _BARE_VALUE.match(self.text, start)
        raw = match[0].rstrip() if match else ""
        self.at = start + len(raw)
        value = _value_of(raw)
        return Leaf(start, self.at, value if isinstance(value, str) else raw, "typed", value)

    def _array(self, depth: int) -> Listing:
        start = self.at
        self.at += 1
        items: list[Node] = []
        self._gap()
        while self.text[self.at] != "]":
            items.append(self._value(depth + 1))
            self._gap()
            if self.text[self.at] == ",":
                self.at += 1
                self._gap()
        self.at += 1
        return Listing(start, self.at, tuple(items))

    def _inline_table(self, depth: int) -> Branch:
        start = self.at
        self.at += 1
        table = _Draft(start, start)
        self._gap()
        while self.text[self.at] != "}":
            self._pair(table, depth + 1)
            self._gap()
            if self.text[self.at] == ",":
                self.at += 1
                self._gap()
        self.at += 1
        return Branch(start, self.at, table.freeze().pairs)


def _value_of(raw: str) -> object:
    return tomllib.loads(f"x={raw}")["x"]


def _descend(table: _Draft, keys: list[tuple[str, int, int]]) -> _Draft:
    if len(keys) > MAX_DEPTH:
        raise _TooDeepError
    for name, start, end in keys:
        table = _enter(table, name, start, end)
    return table


def _enter(table: _Draft, name: str, start: int, end: int) -> _Draft:
    """Return the table ``name`` of ``table``: the last one of an array of tables, a new one when there is none."""
    found = table.entries.get(name)
    if found is None:
        draft = _Draft(start, end)
        table.entries[name] = (start, end, draft)
        return draft
    value = found[2]
    return value[-1] if isinstance(value, list) else value if isinstance(value, _Draft) else _Draft(start, end)
