"""Scalars as YAML 1.2 reads them, and the plain kinds of values."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xaisite.core.fields import INVALID, Field, FieldTable, Reading, fields_schema, read_fields
from xaisite.core.kinds import Choice, Either, Flag, ListOf, Number, Size, Text
from xaisite.core.tree import Branch, Leaf, Pair, is_null, leaf_value, words_for


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("~", None),
        ("null", None),
        ("true", True),
        ("False", False),
        ("no", "no"),
        ("yes", "yes"),
        ("on", "on"),
        ("3", 3),
        ("-3", -3),
        ("+3", 3),
        ("007", 7),
        ("0x1F", 31),
        ("0o17", 15),
        ("1.5", 1.5),
        ("1.", 1.0),
        (".5", 0.5),
        ("1e3", 1000.0),
        ("-1.5E-3", -0.0015),
        ("1e999", "1e999"),
        (".inf", ".inf"),
        (".nan", ".nan"),
        ("1_000", "1_000"),
        ("2024-02-04", "2024-02-04"),
        ("12:30", "12:30"),
        ("1.2.3", "1.2.3"),
        ("9" * 400, "9" * 400),
        ("e5", "e5"),
        ("-", "-"),
        ("٣", "٣"),
    ],
)
def test_plain_scalars(text, value):
    got = leaf_value(Leaf(0, 0, text))
    assert got == value
    assert type(got) is type(value)
    assert leaf_value(Leaf(0, 0, text, "text")) == text


@given(st.one_of(st.integers(-(10**30), 10**30), st.floats(allow_nan=False, allow_infinity=False), st.booleans()))
def test_numbers_as_json_writes_them(value):
    text = json.dumps(value)
    got = leaf_value(Leaf(0, 0, text))
    assert got == value or (isinstance(value, float) and "e" in text)


@given(st.text(max_size=30))
def test_any_plain_text_has_a_value_of_jsons_types(text):
    json.dumps(leaf_value(Leaf(0, 0, text)), allow_nan=False)


def test_words_for_long_values_are_short():
    assert len(words_for(Leaf(0, 0, "x" * 500))) < 60
    assert "\n" not in words_for(Leaf(0, 0, "a\nb"))
    assert is_null(Leaf(0, 0, "~"))
    assert not is_null(Leaf(0, 0, "~", "text"))


def read(kind, leaf):
    at = Reading("a", "front", "field", [])
    return kind.read("f", leaf, at), [d.code for d in at.found]


@pytest.mark.parametrize(
    ("kind", "leaf", "value", "codes"),
    [
        (Text(), Leaf(0, 1, "no"), "no", []),
        (Text(), Leaf(0, 1, "3", "typed", 3), INVALID, ["front-wrong-type"]),
        (Text(pattern="a+"), Leaf(0, 1, "aab"), INVALID, ["front-bad-value"]),
        (Flag(), Leaf(0, 1, "T"), True, []),
        (Flag(), Leaf(0, 1, "1", "typed", 1), INVALID, ["front-wrong-type"]),
        (Number(whole=True), Leaf(0, 1, "3.0"), 3, []),
        (Number(whole=True), Leaf(0, 1, "true"), INVALID, ["front-wrong-type"]),
        (Number(), Leaf(0, 1, "nan", "typed", float("nan")), INVALID, ["front-wrong-type"]),
        (Number(above=0), Leaf(0, 1, "0"), INVALID, ["front-bad-value"]),
        (Number(least=0, most=3), Leaf(0, 1, "3"), 3.0, []),
        (Choice(("a", "b"), {"c": "b"}), Leaf(0, 1, "c"), "b", []),
        (Choice(("a", "b")), Leaf(0, 1, "3"), INVALID, ["front-wrong-type"]),
        (Either((Flag(), Choice(("show",)))), Leaf(0, 1, "show"), "show", []),
        (Either((Flag(), Choice(("show",)))), Leaf(0, 1, "shwo"), INVALID, ["front-bad-value"]),
        (ListOf(Text(), split=","), Leaf(0, 1, "a, b,"), ("a", "b"), []),
        (ListOf(Text(), split=","), Leaf(0, 1, "a, b", "text"), ("a, b",), []),
        (ListOf(Text(), single=False), Leaf(0, 1, "a"), INVALID, ["front-wrong-type"]),
        (Size(), Leaf(0, 1, "1.5 GiB"), 3 << 29, []),
        (Size(), Leaf(0, 1, "0"), INVALID, ["front-bad-value"]),
    ],
)
def test_kinds(kind, leaf, value, codes):
    got, found = read(kind, leaf)
    assert (got, found) == (value, codes)


TABLE = FieldTable((
    Field("name", Text(), "The name.", ("title",), required=True),
    Field("tags", ListOf(Text()), "Tags.", ("keywords",), merges=True),
), {"old": "use `name`"})  # fmt: skip


def branch(**fields):
    return Branch(0, 9, tuple(Pair(key, 0, 1, Leaf(2, 3, value)) for key, value in fields.items()))


def test_read_fields():
    at = Reading("a", "config", "key", [])
    found = read_fields(branch(title="x", tags="a", keywords="b", nmae="y", old="1", name="z"), TABLE, at, prefix="t.")
    assert found.values == {"name": "x", "tags": ("a", "b")}
    assert [(d.code, d.help) for d in at.found] == [
        ("config-unknown", "did you mean “name”?"),
        ("config-ignored", "use `name`"),
        ("config-duplicate", "keep one"),
    ]
    assert "t.nmae" in at.found[0].message


def test_fields_schema_requires_a_field_under_any_of_its_names():
    import jsonschema

    check = jsonschema.Draft202012Validator(fields_schema(TABLE, closed=True)).is_valid
    assert check({"title": "x"})
    assert check({"name": "x", "old": 3})
    assert not check({"tags": ["x"]})
    assert not check({"name": "x", "other": 1})
