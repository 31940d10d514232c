"""Bibliographies: entries as read, and references as they stand in a list."""

from __future__ import annotations

from collections.abc import Mapping

from xaisite.core.digest import digest_parts
from xaisite.core.record import field, record
from xaisite.core.source import Span


@record
class Person:
    """A name in its parts (each already decoded from LaTeX)."""

    family: str
    given: str = ""
    prefix: str = ""
    suffix: str = ""
    literal: str = ""
    """A name that is not split (`{World Health Organization}`); `others` stands for "et al."."""

    @property
    def is_others(self) -> bool:
        """Whether this is BibTeX's `and others`."""
        return self.literal == "others"


@record
class Entry:
    """One entry of a `.bib` file, crossrefs and strings resolved, BibLaTeX names mapped to BibTeX's."""

    key: str
    type: str
    fields: Mapping[str, str]
    """Raw LaTeX text by lower-case field name (those of persons too)."""
    persons: Mapping[str, tuple[Person, ...]] = field(default_factory=dict)
    span: Span | None = None
    """Of the key in its file."""
    digest: str = ""
    """Of type, fields and persons."""
    has_errors: bool = False
    """A syntax error touches it: citing it is an error."""
    places: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    """Offsets in its file of each value written in the entry itself; inherited fields have none."""
    ids: tuple[str, ...] = ()
    """Further keys of the same entry (BibLaTeX's `ids`)."""

    def place(self, name: str) -> Span | None:
        """Return the span of a field's value, or of the key when it is not written here."""
        where = self.places.get(name)
        return Span(self.span.path, *where) if where and self.span else self.span


@record
class Bibliography:
    """The entries of one or several `.bib` files, first definition wins."""

    entries: Mapping[str, Entry]
    paths: tuple[str, ...] = ()
    digest: str = ""


@record
class Borrowed:
    """What a file takes from the others of its site."""

    strings: Mapping[str, str] = field(default_factory=dict)
    parents: Mapping[str, Entry] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """Name of what is borrowed; empty when nothing is."""
        pieces = [f"{name}={value}" for name, value in sorted(self.strings.items())]
        pieces += [f"{key}={entry.digest}" for key, entry in sorted(self.parents.items())]
        return digest_parts(pieces) if pieces else ""


@record
class BibFile:
    """A `.bib` file, read: its entries, what others may borrow of it, and what it lacks."""

    bibliography: Bibliography
    strings: Mapping[str, str]
    lacks: tuple[str, ...]
    """Names of strings and keys of parents that are not in it."""


@record
class Reference:
    """An entry as it stands in the reference list of one page."""

    key: str
    entry: Entry
    mark: str
    """What a citation shows for it: `3`, `Molnar, 2020a`, `Mol20`."""
    number: int
    """Place in the list, from 1."""
    html: str
    """The formatted entry (escaped, links http(s)/mailto only), without marks and back links."""
    text: str
    """The same as plain text."""
    bibtex: str
    """Allow-listed fields only."""
    authors: str = ""
    """As a narrative citation names them: `Lundberg and Lee`, `Ribeiro et al.`."""
    year: str = ""
    """With the letter that tells it from others of the same authors and year: `2020a`, `n.d.`."""
