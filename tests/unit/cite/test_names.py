"""Names: BibTeX's rules and BibLaTeX's, whatever is written."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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


TOKEN = st.sampled_from(
    [
        "Ann",
        "B.",
        "von",
        "de",
        "{X y}",
        "{\\'E}a",
        "{\\o}b",
        "Jr",
        "D'A",
        "{",
        "}",
        ",",
        "and",
        "others",
        "~",
        "\\",
        '"',
        "$x",
        "family=A",
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(max_size=30), st.lists(TOKEN, max_size=9).map(" ".join)))
def test_whatever_is_written_no_letter_is_lost(text: str) -> None:
    people, _ = read_names(text)
    parts = "".join(f"{p.family}{p.given}{p.prefix}{p.suffix}{p.literal}" for p in people)
    if "=" not in text:
        for word in re.findall(r"\b(?:Ann|von|Jr)\b", text):
            assert word in parts


@pytest.mark.parametrize("text", ["{" * 100_000, "{}" * 10_000, "a and " * 20_000, "\\" * 50_000, "a, " * 20_000])
def test_hostile_names_end(text: str) -> None:
    start = time.process_time()
    read_names(text)
    assert time.process_time() - start < 5


def test_too_many_commas_and_leading_and() -> None:
    assert read_names("A, B, C, D")[1] == ("“A, B, C, D” has more than two commas; names are separated by “and”",)
    people, odd = read_names("and Ann Lee")
    assert people == (Person("Lee", "Ann"),)
    assert odd


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
