"""What a field may hold: one table of fields is the source of its reader, its JSON Schema and its documentation.

A `Kind` reads a node of a `core.tree` as a value and says what is wrong when it cannot. Does not know YAML, TOML, or
what a field means. Invariants: reading never raises; a bad value is reported at its place and read as INVALID (the
field then keeps its default); `schema()` accepts what `read` accepts, as far as JSON Schema can say it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final, Protocol

from xaisite.core.diagnostic import Diagnostic, Note, error, notice, warning
from xaisite.core.nearest import find_nearest
from xaisite.core.record import field, record
from xaisite.core.source import Span
from xaisite.core.tree import Branch, Node, Pair, is_null, words_for

Schema = dict[str, object]


class _Invalid:
    def __repr__(self) -> str:
        return "INVALID"


INVALID: Final = _Invalid()
"""What a kind returns for a value it has reported."""


@record
class Reading:
    """One reading of one source: what its diagnostics are called, where they go, and the context that kinds need."""

    path: str
    prefix: str
    """First word of its codes: `front`, `config`, `cell-option`."""
    noun: str
    """What a field is called: `field`, `key`, `option`."""
    found: list[Diagnostic]
    timezone: str = "UTC"

    def span(self, node: Node | Pair) -> Span:
        """Return the place of a node."""
        return Span(self.path, node.start, node.end)

    def wrong_type(self, name: str, node: Node, words: str, help: str = "") -> _Invalid:
        """Report that ``node`` is not what ``name`` holds."""
        message = f"`{name}` must be {words}, not {words_for(node)}"
        self.found.append(error(f"{self.prefix}-wrong-type", message, self.span(node), help=help))
        return INVALID

    def bad_value(self, name: str, node: Node, message: str, help: str = "", *, code: str = "bad-value") -> _Invalid:
        """Report a value of the right type that cannot be meant."""
        self.found.append(error(f"{self.prefix}-{code}", f"`{name}`: {message}", self.span(node), help=help))
        return INVALID

    def quietly(self) -> Reading:
        """Return a reading whose diagnostics go nowhere, for trying."""
        return Reading(self.path, self.prefix, self.noun, [], self.timezone)


class Kind(Protocol):
    """A type of value."""

    @property
    def words(self) -> str:
        """The type in words: `true or false`."""

    def read(self, name: str, node: Node, at: Reading) -> object:
        """Return the value of ``node``, or INVALID after reporting."""

    def schema(self) -> Schema:
        """Return its JSON Schema."""


@record
class Field:
    """One field: its canonical name, what it holds, and what it is for."""

    name: str
    kind: Kind
    doc: str
    """One sentence or two of Markdown."""
    aliases: tuple[str, ...] = ()
    default: str = ""
    """The default as an author would write it, for the documentation; empty: none."""
    attr: str = ""
    """Name of the attribute that holds it; empty: `name` with underscores."""
    example: str = ""
    required: bool = False
    merges: bool = False
    """Given under several of its names, the lists are joined (Jekyll's `tags` and `categories`)."""

    @property
    def attribute(self) -> str:
        """Name of the attribute that holds it."""
        return self.attr or self.name.replace("-", "_")


@record
class FieldTable:
    """All the fields of one place."""

    fields: tuple[Field, ...]
    ignored: Mapping[str, str] = field(default_factory=dict)
    """Names that other tools know and this one does without: name → what to do instead ('' for nothing)."""
    by_name: Mapping[str, Field] = field(init=False)
    """By every spelling: canonical names, aliases, and both with underscores for hyphens."""

    def __post_init__(self) -> None:
        by_name: dict[str, Field] = {}
        for entry in self.fields:
            for name in (entry.name, *entry.aliases):
                by_name[name] = entry
                by_name.setdefault(name.replace("-", "_"), entry)
                by_name.setdefault(name.replace("_", "-"), entry)
        object.__setattr__(self, "by_name", by_name)

    @property
    def names(self) -> Iterable[str]:
        """Every name to look for the nearest among."""
        return {name for entry in self.fields for name in (entry.name, *entry.aliases)}


@record
class ReadFields:
    """The fields of a branch that could be read."""

    values: Mapping[str, object]
    """By canonical name."""
    places: Mapping[str, Node]
    """Where each was written, bad ones too."""
    unknown: tuple[Pair, ...] = ()
    """Pairs that the table does not know, for those who keep them."""


def read_fields(
    branch: Branch,
    table: FieldTable,
    at: Reading,
    *,
    canonical: Callable[[str], str] | None = None,
    unknown: Callable[[Pair], None] | None = None,
    prefix: str = "",
) -> ReadFields:
    """Read a branch by its table.

    ``canonical`` respells a key before it is looked up; ``prefix`` stands before names in messages (`site.`);
    ``unknown`` is told of pairs not in the table, which are errors when there is none.
    """
    values: dict[str, object] = {}
    places: dict[str, Node] = {}
    first: dict[str, Pair] = {}
    others: list[Pair] = []
    for pair in branch.pairs:
        key = canonical(pair.key) if canonical else pair.key
        entry = table.by_name.get(key)
        if entry is None:
            if key in table.ignored:
                others.append(pair)
                note_ignored(pair, table.ignored[key], at)
            elif unknown is None:
                report_unknown(pair, table, at, prefix=prefix)
            else:
                others.append(pair)
                unknown(pair)
            continue
        earlier = first.setdefault(entry.name, pair)
        if earlier is not pair and not entry.merges:
            _report_twice(pair, earlier, entry, at)
            continue
        places.setdefault(entry.name, pair.value)
        if is_null(pair.value):
            continue
        value = entry.kind.read(prefix + pair.key, pair.value, at)
        if value is not INVALID:
            before = values.get(entry.name)
            if isinstance(before, tuple) and isinstance(value, tuple):
                value = tuple(dict.fromkeys((*before, *value)))
            values[entry.name] = value
    return ReadFields(values, places, tuple(others))


def report_unknown(
    pair: Pair,
    table: FieldTable,
    at: Reading,
    *,
    prefix: str = "",
    is_error: bool = True,
    help: str = "",
    otherwise: str = "",
) -> None:
    """Report a name that is not in the table: with ``help``, else the nearest that is, else ``otherwise``."""
    near = None if help else find_nearest(pair.key, table.names)
    make = error if is_error else warning
    span = Span(at.path, pair.start, pair.end)
    hint = f"did you mean “{near}”?" if near else help or otherwise
    at.found.append(make(f"{at.prefix}-unknown", f"unknown {at.noun} `{prefix}{pair.key}`", span, help=hint))


def note_ignored(pair: Pair, instead: str, at: Reading) -> None:
    """Tell that a name known from another tool has no effect here."""
    span = Span(at.path, pair.start, pair.end)
    at.found.append(notice(f"{at.prefix}-ignored", f"`{pair.key}` has no effect here", span, help=instead))


def _report_twice(pair: Pair, earlier: Pair, entry: Field, at: Reading) -> None:
    span = Span(at.path, pair.start, pair.end)
    same = "" if pair.key == earlier.key else f" (`{earlier.key}` and `{pair.key}` are the same {at.noun})"
    there = Note("first given here", Span(at.path, earlier.start, earlier.end))
    at.found.append(
        error(f"{at.prefix}-duplicate", f"`{entry.name}` is given twice{same}", span, notes=(there,), help="keep one")
    )


def fields_schema(table: FieldTable, *, closed: bool) -> Schema:
    """Return the JSON Schema of a branch: every spelling of every field; ``closed`` allows no others."""
    properties: Schema = {}
    for name, entry in table.by_name.items():
        words = entry.doc if name == entry.name else f"The same as `{entry.name}`. {entry.doc}"
        properties[name] = {"description": words, "anyOf": [entry.kind.schema(), {"type": "null"}]}
    out: Schema = {"type": "object", "properties": properties}
    required = [entry for entry in table.fields if entry.required]
    if required:  # under any of its names
        out["allOf"] = [{"anyOf": [{"required": [name]} for name in (f.name, *f.aliases)]} for f in required]
    if closed:
        out["additionalProperties"] = False
        if table.ignored:
            properties.update({name: {"description": "No effect here."} for name in table.ignored})
    return out
