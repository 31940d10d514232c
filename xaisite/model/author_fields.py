"""The fields of an author, as `[site.authors.ID]` and front matter write them.

Invariant: both places read a person in the same way.
"""

# ruff: noqa: E501 - one field a line reads as the table it is

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from xaisite.core.fields import INVALID, Field, FieldTable, Reading, Schema, fields_schema, read_fields
from xaisite.core.kinds import Either, Fields, Flag, ListOf, Text
from xaisite.core.tree import Branch, Leaf, Node
from xaisite.model.config import Affiliation, Author

WEB_URL = Text(words="a web address", pattern=r"https?://[^\s<>\"]+", rule="begin it with `https://`")

_AFFILIATION = FieldTable(
    (
        Field("name", Text(), "Name of the institution.", required=True),
        Field("url", WEB_URL, "Its page."),
    ),
    dict.fromkeys(("id", "department", "city", "country", "address", "region", "state", "postal-code"), ""),
)


class _Place(NamedTuple):
    words: str = "an institution (`name`, `url`)"

    def read(self, name: str, node: Node, at: Reading) -> object:
        if isinstance(node, Branch):
            values = read_fields(node, _AFFILIATION, at, prefix=f"{name}.").values
            return Affiliation(str(values.get("name", "")), str(values.get("url", "")))
        value = Text(words=self.words).read(name, node, at)
        return Affiliation(value) if isinstance(value, str) else INVALID

    def schema(self) -> Schema:
        return {"anyOf": [Text().schema(), fields_schema(_AFFILIATION, closed=True)]}


AUTHOR_FIELDS = FieldTable(
    (
        Field("name", Either((Text(), Fields(FieldTable((
            Field("given", Text(), "Given name."), Field("family", Text(), "Family name."), Field("literal", Text(), "The name as it is."),
        ))))), "The name as it is shown."),
        Field("id", Text(), "Refers to `[site.authors.ID]`."),
        Field("url", WEB_URL, "The author's page.", ("website", "homepage")),
        Field("email", Text(words="a mail address", pattern=r"[^\s@<>]+@[^\s@<>]+", rule="such as `name@example.org`"), "Mail address."),
        Field("orcid", Text(words="an ORCID", pattern=r"(?:https?://orcid\.org/)?\d{4}-\d{4}-\d{4}-\d{3}[\dX]", rule="such as `0000-0002-1825-0097`"),
              "The author's ORCID.", example="0000-0002-1825-0097"),
        Field("affiliations", ListOf(_Place()), "Where the author works.", ("affiliation",), example="[{name: EPFL, url: https://epfl.ch}]"),
        Field("corresponding", Flag(), "Whether questions go to this author.", default="false"),
        Field("first", Text(), "Given name, as some templates split it.", ("firstname",)),
        Field("last", Text(), "Family name, as some templates split it.", ("lastname",)),
    ),
    dict.fromkeys(("affiliationURL", "equal-contributor", "equal_contrib", "degrees", "roles", "role", "note", "deceased", "bio", "github", "twitter", "image"), ""),
)  # fmt: skip


def make_author(values: Mapping[str, Any], *, id: str = "") -> Author:
    """Return the author that fields by canonical name describe."""
    name = values.get("name", "")
    if isinstance(name, Mapping):
        name = name.get("literal") or " ".join(filter(None, (name.get("given"), name.get("family"))))
    name = name or " ".join(filter(None, (values.get("first"), values.get("last"))))
    orcid = str(values.get("orcid", "")).rpartition("/")[2]
    return Author(
        name=name, id=id or values.get("id", ""), url=values.get("url", ""), email=values.get("email", ""), orcid=orcid,
        affiliations=values.get("affiliations", ()), corresponding=values.get("corresponding", False),
    )  # fmt: skip


class Person(NamedTuple):
    """One author of a post: an id or name, or the fields of a person."""

    words: str = "an author (an id, a name, or a mapping with `name`)"

    def read(self, name: str, node: Node, at: Reading) -> object:
        """Return a text or an `Author`."""
        if isinstance(node, Leaf):
            return Text(words=self.words).read(name, node, at)
        if not isinstance(node, Branch):
            return at.wrong_type(name, node, self.words)
        author = make_author(read_fields(node, AUTHOR_FIELDS, at, prefix="author.").values)
        if not author.name:
            return author.id or at.bad_value(name, node, "this author has no `name`")
        return author

    def schema(self) -> Schema:
        """Return the schema."""
        return {"anyOf": [Text().schema(), fields_schema(AUTHOR_FIELDS, closed=True)]}
