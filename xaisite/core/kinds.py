"""The plain kinds of values: text, flags, numbers, choices, lists, mappings, durations, sizes.

Does not know any field. Invariant (see `core.fields`): reading never raises, and reports at the place of the value.
They are named tuples: making a dataclass takes seven times as long, and also a build of nothing reads site.toml.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from xaisite.core.fields import INVALID, FieldTable, Kind, ReadFields, Reading, Schema, fields_schema, read_fields
from xaisite.core.nearest import did_you_mean
from xaisite.core.tree import Branch, Leaf, Listing, Node, is_null, leaf_value, plain_value

_TRUE = frozenset({"true", "yes", "on", "t"})
_FALSE = frozenset({"false", "no", "off", "f"})


class Text(NamedTuple):
    """A text. What YAML would read as something else (`no`, `2024`) stays what was typed."""

    words: str = "a text"
    pattern: str = ""
    """A regular expression that the whole text must match."""
    rule: str = ""
    """The pattern in words."""

    def read(self, name: str, node: Node, at: Reading) -> object:
        """Return the text."""
        if not isinstance(node, Leaf) or (node.style == "typed" and not isinstance(node.value, str)):
            return at.wrong_type(name, node, self.words, _quote_hint(node))
        if self.pattern and re.fullmatch(self.pattern, node.text) is None:
            return at.bad_value(name, node, f"“{node.text}” is not {self.words}", self.rule)
        return node.text

    def schema(self) -> Schema:
        """Return the schema (unquoted numbers and flags are text to us, so they are allowed)."""
        if self.pattern:
            return {"type": ["string", "number", "boolean"], "pattern": f"^(?:{self.pattern})$"}
        return {"type": ["string", "number", "boolean"]}


def _quote_hint(node: Node) -> str:
    if isinstance(node, Branch):
        return "a text with `: ` in it, or that begins with `{`, must be in quotes"
    if isinstance(node, Listing):
        return "a text that begins with `[` must be in quotes"
    return "put it in quotes"


class Flag(NamedTuple):
    """True or false."""

    words: str = "true or false"

    def read(self, name: str, node: Node, at: Reading) -> object:
        """Return the flag (`yes`, `no`, `on`, `off`, knitr's `TRUE` and `T` are read too)."""
        value = flag_value(node)
        return at.wrong_type(name, node, self.words, _flag_hint(node)) if value is None else value

    def schema(self) -> Schema:
        """Return the schema."""
        return {"anyOf": [{"type": "boolean"}, {"enum": ["yes", "no", "on", "off", "TRUE", "FALSE", "T", "F"]}]}


def flag_value(node: Node) -> bool | None:
    """Return the flag that a node is, or None."""
    if not isinstance(node, Leaf) or node.style == "text":
        return None
    if node.style == "typed":
        return node.value if isinstance(node.value, bool) else None
    text = node.text.lower()
    return True if text in _TRUE else False if text in _FALSE else None


def _flag_hint(node: Node) -> str:
    if isinstance(node, Leaf) and (node.text.lower() in _TRUE or node.text.lower() in _FALSE):
        return f"remove the quotes: `{node.text.lower()}`"
    return ""


_HUGE = 1e300


class Number(NamedTuple):
    """A number within bounds."""

    least: float | None = None
    most: float | None = None
    whole: bool = False
    above: float | None = None
    """The number must be greater than this."""

    @property
    def words(self) -> str:
        """The type in words."""
        what = "a whole number" if self.whole else "a number"
        if self.above is not None:
            return f"{what} above {self.above:.12g}" + (f", at most {self.most:.12g}" if self.most is not None else "")
        if self.least is not None and self.most is not None:
            return f"{what} from {self.least:.12g} to {self.most:.12g}"
        return f"{what} of at least {self.least:.12g}" if self.least is not None else what

    def read(self, name: str, node: Node, at: Reading) -> object:
        """Return the number."""
        value = leaf_value(node) if isinstance(node, Leaf) else None
        if isinstance(value, bool) or not isinstance(value, int | float):
            return at.wrong_type(name, node, self.words, "remove the quotes" if _is_quoted_number(node) else "")
        if not -_HUGE < value < _HUGE or (self.whole and value != int(value)):  # the first also finds nan
            return at.wrong_type(name, node, self.words)
        if (
            (self.least is not None and value < self.least)
            or (self.most is not None and value > self.most)
            or (self.above is not None and value <= self.above)
        ):
            return at.bad_value(name, node, f"{value} is not {self.words}")
        return int(value) if self.whole else float(value)

    def schema(self) -> Schema:
        """Return the schema."""
        out: Schema = {"type": "integer" if self.whole else "number"}
        for key, bound in (("minimum", self.least), ("maximum", self.most), ("exclusiveMinimum", self.above)):
            if bound is not None:
                out[key] = bound
        return out


def _is_quoted_number(node: Node) -> bool:
    if not isinstance(node, Leaf):
        return False
    return not isinstance(leaf_value(Leaf(0, 0, node.text)), str | bool | None)


class Choice(NamedTuple):
    """One of a few words."""

    options: tuple[str, ...]
    synonyms: Mapping[str, str] | None = None
    """Spellings of other tools → ours."""

    @property
    def words(self) -> str:
        """The type in words."""
        return one_of(self.options)

    def read(self, name: str, node: Node, at: Reading) -> object:
        """Return the word."""
        if not isinstance(node, Leaf) or (node.style == "typed" and not isinstance(node.value, str)):
            return at.wrong_type(name, node, self.words)
        text = (self.synonyms or {}).get(node.text, node.text)
        if text in self.options:
            return text
        if isinstance(leaf_value(node), str):
            near = did_you_mean(node.text, self.options)
            return at.bad_value(name, node, f"“{node.text}” is not {self.words}", near)
        return at.wrong_type(name, node, self.words)

    def schema(self) -> Schema:
        """Return the schema."""
        return {"enum": [*self.options, *(self.synonyms or {})]}


def one_of(options: tuple[str, ...]) -> str:
    """Return `a, b or c`."""
    shown = [f"`{option}`" for option in options]
    return shown[0] if len(shown) == 1 else ", ".join(shown[:-1]) + " or " + shown[-1]


class Either(NamedTuple):
    """One of several kinds, the first that fits."""

    kinds: tuple[Kind, ...]
    said: str = ""

    @property
    def words(self) -> str:
        """The type in words."""
        return self.said or " or ".join(dict.fromkeys(kind.words for kind in self.kinds))

    def read(self, name: str, node: Node, at: Reading) -> object:
        """Return the value of the first kind that reads it; else report what the last says, if it has its shape."""
        last = at.quietly()
        for kind in self.kinds:
            last = at.quietly()
            value = kind.read(name, node, last)
            if value is not INVALID:
                at.found.extend(last.found)
                return value
        if any(d.code.endswith("-bad-value") for d in last.found):
            at.found.extend(last.found)
            return INVALID
        return at.wrong_type(name, node, self.words)

    def schema(self) -> Schema:
        """Return the schema."""
        return {"anyOf": [kind.schema() for kind in self.kinds]}


class ListOf(NamedTuple):
    """A list, read as a tuple; a single value is a list of one."""

    kind: Kind
    single: bool = True
    split: str = ""
    """A single text is cut at this character (`tags: shap, lime`)."""
    most: int = 0

    @property
    def words(self) -> str:
        """The type in words."""
        return f"{self.kind.words} or a list of them" if self.single else f"a list ({self.kind.words} each)"

    def read(self, name: str, node: Node, at: Reading) -> object:
        """Return the values that could be read, INVALID when one could not."""
        if not isinstance(node, Listing):
            return self._read_single(name, node, at)
        if self.most and len(node.items) > self.most:
            return at.bad_value(name, node, f"{len(node.items)} entries; at most {self.most} are read")
        values = [self.kind.read(name, item, at) for item in node.items if not is_null(item)]
        return INVALID if any(value is INVALID for value in values) else tuple(values)

    def _read_single(self, name: str, node: Node, at: Reading) -> object:
        if not self.single:
            return at.wrong_type(name, node, self.words)
        value = self.kind.read(name, node, at)
        if value is INVALID:
            return INVALID
        if self.split and isinstance(value, str) and isinstance(node, Leaf) and node.style != "text":
            return tuple(part.strip() for part in value.split(self.split) if part.strip())
        return (value,)

    def schema(self) -> Schema:
        """Return the schema."""
        items: Schema = {"type": "array", "items": {"anyOf": [self.kind.schema(), {"type": "null"}]}}
        return {"anyOf": [items, self.kind.schema()]} if self.single else items


class MapOf(NamedTuple):
    """A mapping from free names to values of one kind."""

    kind: Kind
    key_pattern: str = ""
    key_words: str = ""

    @property
    def words(self) -> str:
        """The type in words."""
        return f"a mapping of names ({self.kind.words} each)"

    def read(self, name: str, node: Node, at: Reading) -> object:
        """Return the mapping, in the order written."""
        if not isinstance(node, Branch):
            return at.wrong_type(name, node, self.words)
        out: dict[str, object] = {}
        sound = True
        for pair in node.pairs:
            if self.key_pattern and re.fullmatch(self.key_pattern, pair.key) is None:
                at.bad_value(name, Leaf(pair.start, pair.end, pair.key), f"“{pair.key}” is not {self.key_words}")
                sound = False
                continue
            value = self.kind.read(f"{name}.{pair.key}", pair.value, at)
            sound = sound and value is not INVALID
            out[pair.key] = value
        return out if sound else INVALID

    def schema(self) -> Schema:
        """Return the schema."""
        out: Schema = {"type": "object", "additionalProperties": self.kind.schema()}
        if self.key_pattern:
            out["propertyNames"] = {"pattern": f"^(?:{self.key_pattern})$"}
        return out


class Anything(NamedTuple):
    """Any value, of JSON's types."""

    words: str = "any value"

    def read(self, name: str, node: Node, at: Reading) -> object:  # noqa: ARG002 - nothing can be wrong
        """Return the value as it is."""
        return plain_value(node)

    def schema(self) -> Schema:
        """Return the schema."""
        return {}


class Fields(NamedTuple):
    """A mapping with a table of its own; read as a mapping by canonical name."""

    table: FieldTable
    words: str = "a mapping"

    def read(self, name: str, node: Node, at: Reading) -> object:
        """Return the fields that were given."""
        found = self.read_all(name, node, at)
        return INVALID if found is None else found.values

    def read_all(self, name: str, node: Node, at: Reading) -> ReadFields | None:
        """Return the fields with their places, or None after reporting."""
        if not isinstance(node, Branch):
            at.wrong_type(name, node, self.words)
            return None
        return read_fields(node, self.table, at, prefix=f"{name}.")

    def schema(self) -> Schema:
        """Return the schema."""
        return fields_schema(self.table, closed=True)


_SECONDS = {"": 1.0, "s": 1.0, "sec": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0}
_BYTES = {
    "": 1,
    "b": 1,
    "k": 10,
    "kb": 10,
    "kib": 10,
    "m": 20,
    "mb": 20,
    "mib": 20,
    "g": 30,
    "gb": 30,
    "gib": 30,
    "t": 40,
    "tb": 40,
    "tib": 40,
}
_QUANTITY = re.compile(r"([0-9]{1,12}(?:\.[0-9]{1,6})?)\s*([A-Za-z]*)\Z")


class Duration(NamedTuple):
    """A time span, in seconds."""

    words: str = "a time such as `90`, `30s`, `5m` or `2h`"

    def read(self, name: str, node: Node, at: Reading) -> object:
        """Return the seconds."""
        match = _QUANTITY.match(node.text) if isinstance(node, Leaf) else None
        if match is None or match[2].lower() not in _SECONDS:
            return at.wrong_type(name, node, self.words)
        value = float(match[1]) * _SECONDS[match[2].lower()]
        return value if value > 0 else at.bad_value(name, node, "the time must be above 0")

    def schema(self) -> Schema:
        """Return the schema."""
        return {
            "anyOf": [
                {"type": "number", "exclusiveMinimum": 0},
                {"type": "string", "pattern": r"^[0-9.]+\s*(s|sec|m|min|h)?$"},
            ]
        }


class Size(NamedTuple):
    """An amount of memory, in bytes; units are powers of 1024."""

    words: str = "a size such as `512MB` or `4GB`"

    def read(self, name: str, node: Node, at: Reading) -> object:
        """Return the bytes."""
        match = _QUANTITY.match(node.text) if isinstance(node, Leaf) else None
        unit = match[2].lower() if match else ""
        if match is None or unit not in _BYTES:
            return at.wrong_type(name, node, self.words)
        value = int(float(match[1]) * (1 if unit in ("", "b") else 1 << _BYTES[unit]))
        return value if value > 0 else at.bad_value(name, node, "the size must be above 0")

    def schema(self) -> Schema:
        """Return the schema."""
        return {
            "anyOf": [
                {"type": "number", "exclusiveMinimum": 0},
                {"type": "string", "pattern": "^[0-9.]+ *[kKmMgGtT]?i?[bB]?$"},
            ]
        }
