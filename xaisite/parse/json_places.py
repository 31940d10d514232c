"""JSON with places: every value with where it stands in the text. For notebooks.

Does not know notebooks. Invariant: linear, depth-capped; what is not JSON is refused with the offset of the fault.
"""

from __future__ import annotations

import json
import re
from typing import Any

from xaisite.core.record import record

_SPACE = re.compile(r"[ \t\n\r]*")
_STRING = re.compile(r'"(?:[^"\\\x00-\x1f]|\\.)*"')
_SCALAR = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null|NaN|-?Infinity")
_ESCAPE = re.compile(r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|.)")
_MAX_DEPTH = 60


class JsonError(ValueError):
    """The text is not JSON; `at` is the offset of the fault."""

    def __init__(self, message: str, at: int) -> None:
        super().__init__(message)
        self.at = at


@record
class Value:
    """A JSON value: a scalar, a list of values, or a mapping of names to values."""

    data: Any
    start: int
    end: int

    def get(self, name: str) -> Value | None:
        """Return a member of an object, or None."""
        found = self.data.get(name) if isinstance(self.data, dict) else None
        return found if isinstance(found, Value) else None

    def items(self) -> list[Value]:
        """Return the items of a list (none for anything else)."""
        return self.data if isinstance(self.data, list) else []

    def plain(self) -> Any:
        """Return the value without places."""
        if isinstance(self.data, dict):
            return {name: value.plain() for name, value in self.data.items()}
        if isinstance(self.data, list):
            return [value.plain() for value in self.data]
        return self.data


def read_json(text: str) -> Value:
    """Return the value that ``text`` holds; raises `JsonError`."""
    value = _value(text, _skip(text, 0), 0)
    end = _skip(text, value.end)
    if end < len(text):
        raise JsonError("there is something after the end", end)
    return value


def string_pieces(text: str, value: Value) -> tuple[list[int], list[int]]:
    """Return (starts in the string, offsets in the file): where each stretch without escapes of a string stands."""
    starts, offsets = [0], [value.start + 1]
    index, at = 0, value.start + 1
    for escape in _ESCAPE.finditer(text, value.start + 1, value.end - 1):
        index += escape.start() - at
        starts.append(index)
        offsets.append(escape.start())
        index += 1
        at = escape.end()
        starts.append(index)
        offsets.append(at)
    return starts, offsets


def _skip(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at


def _value(text: str, at: int, depth: int) -> Value:
    if depth > _MAX_DEPTH:
        raise JsonError("values are nested too deeply", at)
    opening = text[at : at + 1]
    if opening == '"':
        return _string(text, at)
    if opening == "{":
        return _object(text, at, depth)
    if opening == "[":
        return _list(text, at, depth)
    match = _SCALAR.match(text, at)
    if match is None:
        raise JsonError("a value is expected here", at)
    return Value(json.loads(match[0]), at, match.end())


def _string(text: str, at: int) -> Value:
    match = _STRING.match(text, at)
    if match is None:
        raise JsonError("this text is not closed", at)
    try:
        return Value(json.loads(match[0]), at, match.end())
    except ValueError:
        raise JsonError("this text has a wrong escape", at) from None


def _list(text: str, at: int, depth: int) -> Value:
    items: list[Value] = []
    place = _skip(text, at + 1)
    while text[place : place + 1] != "]":
        if items:
            place = _expect(text, place, ",")
        items.append(_value(text, place, depth + 1))
        place = _skip(text, items[-1].end)
    return Value(items, at, place + 1)


def _object(text: str, at: int, depth: int) -> Value:
    members: dict[str, Value] = {}
    place = _skip(text, at + 1)
    while text[place : place + 1] != "}":
        if members:
            place = _expect(text, place, ",")
        name = _string(text, place)
        value = _value(text, _expect(text, _skip(text, name.end), ":"), depth + 1)
        members[name.data] = value
        place = _skip(text, value.end)
    return Value(members, at, place + 1)


def _expect(text: str, at: int, mark: str) -> int:
    if text[at : at + 1] != mark:
        raise JsonError(f"“{mark}” is expected here", at)
    return _skip(text, at + 1)
