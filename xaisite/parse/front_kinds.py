"""Kinds of values that only front matter has: tables of contents by hand, glossaries, `execute:`, one-key choices.

Invariant (see `core.fields`): reading never raises, and reports at the place of the value.
"""

from __future__ import annotations

from typing import NamedTuple

from xaisite.core.fields import INVALID, Field, FieldTable, Reading, Schema, fields_schema, read_fields
from xaisite.core.kinds import Flag, MapOf, Text, flag_value
from xaisite.core.source import Span
from xaisite.core.tree import Branch, Leaf, Listing, Node
from xaisite.model.cell_fields import CELL_DEFAULTS, DEFAULT_OPTIONS, canonical_option
from xaisite.model.front import GlossaryTerm, TocEntry


class Toc(NamedTuple):
    """`true`, `false`, or the entries written out as ICLR's posts do."""

    words: str = "true, false, or a list of `name:` entries"

    def read(self, name: str, node: Node, at: Reading) -> object:
        """Return a flag or a tuple of entries."""
        if isinstance(node, Listing):
            entries = [self._entry(name, item, at) for item in node.items]
            return INVALID if any(e is None for e in entries) else tuple(e for e in entries if e is not None)
        if isinstance(node, Branch) and all(
            p.key in ("sidebar", "beginning", "depth", "location", "title") for p in node.pairs
        ):
            return True  # al-folio's `toc: {sidebar: left}` asks for one
        value = flag_value(node)
        return at.wrong_type(name, node, self.words) if value is None else value

    def _entry(self, name: str, node: Node, at: Reading) -> TocEntry | None:
        if isinstance(node, Leaf):
            return TocEntry(node.text, (), at.span(node))
        if isinstance(node, Listing):
            at.wrong_type(name, node, "a `name:` entry")
            return None
        parts = {pair.key: pair.value for pair in node.pairs}
        head, below = parts.get("name"), parts.get("subsections")
        if not isinstance(head, Leaf):
            at.bad_value(name, node, "this entry has no `name`")
            return None
        nested = below.items if isinstance(below, Listing) else ()
        entries = [self._entry(name, item, at) for item in nested]
        return TocEntry(head.text, tuple(e for e in entries if e is not None), at.span(head))

    def schema(self) -> Schema:
        """Return the schema."""
        leaf: Schema = {"anyOf": [Text().schema(), {"type": "object", "required": ["name"]}]}
        sidebar: Schema = {
            "type": "object",
            "propertyNames": {"enum": ["sidebar", "beginning", "depth", "location", "title"]},
        }
        return {"anyOf": [Flag().schema(), {"type": "array", "items": leaf}, sidebar]}


_TERM = FieldTable(
    (
        Field("term", Text(), "The word.", ("name",), required=True),
        Field("definition", Text(), "What it means.", ("def", "description", "meaning"), required=True),
    )
)


class Glossary(NamedTuple):
    """Terms and what they mean: a mapping, or a list of `term`, `definition`."""

    words: str = "a mapping of terms to definitions"

    def read(self, name: str, node: Node, at: Reading) -> object:
        """Return the terms in the order written."""
        if isinstance(node, Branch):
            meanings = [(p, Text().read(f"{name}.{p.key}", p.value, at)) for p in node.pairs]
            return tuple(
                GlossaryTerm(p.key, m, Span(at.path, p.start, p.end)) for p, m in meanings if isinstance(m, str)
            )
        if not isinstance(node, Listing):
            return at.wrong_type(name, node, self.words)
        terms: list[GlossaryTerm] = []
        for item in node.items:
            if not isinstance(item, Branch):
                at.wrong_type(name, item, "an entry with `term` and `definition`")
                continue
            found = read_fields(item, _TERM, at, prefix=f"{name}.")
            if "term" in found.values and "definition" in found.values:
                terms.append(
                    GlossaryTerm(
                        str(found.values["term"]), str(found.values["definition"]), at.span(found.places["term"])
                    )
                )
            else:
                at.bad_value(name, item, "an entry needs both `term` and `definition`")
        return tuple(terms)

    def schema(self) -> Schema:
        """Return the schema."""
        entries: Schema = {"type": "array", "items": fields_schema(_TERM, closed=True)}
        return {"anyOf": [MapOf(Text()).schema(), entries]}


EXECUTE_OPTIONS = FieldTable(
    (
        Field("enabled", Flag(), "Whether the cells of this page run.", default="true"),
        Field("env", MapOf(Text()), "Environment variables of the session."),
        *CELL_DEFAULTS,
    ),
    DEFAULT_OPTIONS.ignored,
)


class Execute(NamedTuple):
    """`true`, `false`, or defaults for the cells of the page."""

    words: str = "true, false, or a mapping of cell options"

    def read(self, name: str, node: Node, at: Reading) -> object:
        """Return options by canonical name."""
        if not isinstance(node, Branch):
            value = flag_value(node)
            return at.wrong_type(name, node, self.words) if value is None else {"enabled": value}
        return dict(read_fields(node, EXECUTE_OPTIONS, at, canonical=canonical_option, prefix=f"{name}.").values)

    def schema(self) -> Schema:
        """Return the schema."""
        return {"anyOf": [Flag().schema(), fields_schema(EXECUTE_OPTIONS, closed=True)]}


class Layout(NamedTuple):
    """A template's name; its ending is cut (`post.njk`, `distill.liquid`)."""

    words: str = "a template's name"

    def read(self, name: str, node: Node, at: Reading) -> object:
        """Return the name without its ending and without folders of other tools."""
        text = Text(words=self.words).read(name, node, at)
        if not isinstance(text, str):
            return text
        parts = text.strip("/").split("/")
        if ".." in parts or "\\" in text:
            return at.bad_value(
                name, node, f"“{text}” is not a template's name", "name a file of `templates/`, without its ending"
            )
        stem = parts[-1].partition(".")[0]
        folder = [part for part in parts[:-1] if part not in ("layouts", "_layouts", "templates")]
        return "/".join([*folder, stem]) if stem else at.bad_value(name, node, f"“{text}” is not a template's name")

    def schema(self) -> Schema:
        """Return the schema."""
        return Text().schema()
