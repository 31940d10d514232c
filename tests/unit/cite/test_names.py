"""Names, against pybtex's reading of BibTeX's rules."""

from __future__ import annotations

import pybtex.errors
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pybtex.bibtex.utils import split_name_list
from pybtex.database import Person as TheirPerson

from xaisite.cite.latex import decode_text
from xaisite.cite.names import read_name, read_names
from xaisite.cite.people import full_name, initials, initials_first, inverted, short_names
from xaisite.model.bib import Person

NAMES = [
    ("Donald E. Knuth", Person("Knuth", "Donald E.")),
    ("Knuth, Donald E.", Person("Knuth", "Donald E.")),
    ("Ludwig van Beethoven", Person("Beethoven", "Ludwig", "van")),
    ("van der Laan, Mark J.", Person("Laan", "Mark J.", "van der")),
    ("de la Vall{\\'e}e Poussin, Jean Charles Gabriel", Person("Vallée Poussin", "Jean Charles Gabriel", "de la")),
    ("King, Jr, Martin Luther", Person("King", "Martin Luther", "", "Jr")),
    ("Per {Brinch Hansen}", Person("Brinch Hansen", "Per")),
    ("{Barnes and Noble}", Person("", literal="Barnes and Noble")),
    ("{\\'E}mile Zola", Person("Zola", "Émile")),
    ("Erd{\\H{o}}s, Paul", Person("Erdős", "Paul")),
    ("{\\O}rsted, Hans", Person("Ørsted", "Hans")),
    ("Aristotle", Person("Aristotle")),
    ("von Neumann", Person("Neumann", "", "von")),
    ("family=Beethoven, given=Ludwig, prefix=van, useprefix=true", Person("Beethoven", "Ludwig", "van")),
    ("given=Jean, family={de la Tour}, suffix=III", Person("de la Tour", "Jean", "", "III")),
    ('J{\\"{o}}rn{-}Henrik Jacobsen', Person("Jacobsen", "Jörn-Henrik")),
]


@pytest.mark.parametrize(("name", "person"), NAMES)
def test_names_are_split(name: str, person: Person) -> None:
    assert read_name(name) == (person, "")


def test_lists_split_at_and_outside_braces_only() -> None:
    people, odd = read_names("Sand, Anna AND {Tom and Co} and\nBand, B. and others")
    assert [p.family or p.literal for p in people] == ["Sand", "Tom and Co", "Band", "others"]
    assert odd == ()
    assert people[-1].is_others
    assert read_names("A and and B")[1]


TOKEN = st.sampled_from(["Ann", "B.", "von", "de", "{X y}", "{\\'E}a", "{\\o}b", "Jr", "D'A", "é", "Z-K", "{x}", "d'x"])
PLAIN = st.lists(TOKEN, min_size=1, max_size=5).map(" ".join)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(PLAIN, min_size=1, max_size=3).map(", ".join), min_size=1, max_size=4))
def test_names_are_split_as_pybtex_splits_them(names: list[str]) -> None:
    text = " and ".join(names)
    people, odd = read_names(text)
    assert odd == ()
    with pybtex.errors.capture():
        theirs = [TheirPerson(name) for name in split_name_list(text)]
    assert len(people) == len(theirs)
    for mine, their, name in zip(people, theirs, names, strict=True):
        if mine.literal:
            assert name.startswith("{")  # ours alone: a whole name in braces is not split
            continue
        parts = (their.last_names, their.first_names + their.middle_names, their.prelast_names, their.lineage_names)
        assert (mine.family, mine.given, mine.prefix, mine.suffix) == tuple(decode_text(" ".join(p)) for p in parts)


@pytest.mark.parametrize(
    ("given_name", "expected"),
    [
        ("Scott M.", "S. M."),
        ("Jean-Paul", "J.-P."),
        ("J.P.", "J. P."),
        ("Su-In", "S.-I."),
        ("小明", "小明"),
        ("", ""),
        ("éric", "é."),
        ("O'Neil", "O."),
    ],
)
def test_initials(given_name: str, expected: str) -> None:
    assert initials(given_name) == expected


def test_ways_of_writing() -> None:
    person = Person("Laan", "Mark J.", "van der", "Jr")
    assert full_name(person) == "Mark J. van der Laan, Jr"
    assert initials_first(person) == "M. J. van der Laan Jr."
    assert inverted(person) == "van der Laan, M. J., Jr."
    assert inverted(Person("Aristotle")) == "Aristotle"
    assert inverted(Person("", literal="WHO")) == "WHO"


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ("A, X", "A"),
        ("A, X and B, Y", "A and B"),
        ("A, X and B, Y and C, Z", "A et al."),
        ("A, X and others", "A et al."),
        ("", ""),
    ],
)
def test_short_names(names: str, expected: str) -> None:
    people = read_names(names)[0] if names else ()
    assert short_names(people, joiner=" and ") == expected
