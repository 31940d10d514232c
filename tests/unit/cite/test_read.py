"""Reading `.bib` files: nothing lost, everything located. pybtex is the oracle where a file is well formed."""

from __future__ import annotations

import time

import pybtex.errors
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pybtex.database.input.bibtex import Parser

from xaisite.cite.read import read_bibliography
from xaisite.core.diagnostic import Diagnostic
from xaisite.core.source import Source
from xaisite.model.bib import Entry


def read(text: str) -> tuple[dict[str, Entry], tuple[Diagnostic, ...]]:
    found = read_bibliography(Source("a.bib", text))
    return dict(found.value.entries), found.diagnostics


def shown(text: str) -> list[tuple[str, str]]:
    """Each diagnostic as (code, text under its span)."""
    return [(d.code, text[d.span.start : d.span.end]) for d in read(text)[1] if d.span]


MISTAKES = [
    # (text, code, place, what is kept all the same)
    (
        "@misc{a,\n title={A}\n year={2020},\n month=jan}",
        "bib-syntax",
        "year",
        {"title": "A", "year": "2020", "month": "January"},
    ),
    ("@misc{a, journal = foo, year=2020}", "bib-undefined-string", "foo", {"journal": "foo", "year": "2020"}),
    ("@misc{a, year = 2020a, title={T}}", "bib-syntax", "2020a", {"year": "2020a", "title": "T"}),
    ("@misc{a, pages = 12--34, title={T}}", "bib-syntax", "12--34", {"pages": "12--34", "title": "T"}),
    ("@misc{a, title = , year=2020}", "bib-syntax", ",", {"year": "2020"}),
    ("@misc{a, title = {A} # , year=2020}", "bib-syntax", ",", {"title": "A", "year": "2020"}),
    ("@misc{a, {stray}, year=2020}", "bib-syntax", "{stray}, ", {"year": "2020"}),
    ("@misc{a, title={A}}, year={2020},\n}", "bib-syntax", "}", {"title": "A"}),
    ("@misc{a, title={A}", "bib-syntax", "@", {"title": "A"}),
    ("@misc{a b, title={A}}", "bib-syntax", "a b", {"title": "A"}),
    ('@misc{a, title="A}", year=2020}', "bib-syntax", '"', {}),
    ("@misc{a title={A}}", "bib-syntax", " ", {"title": "A"}),
]


@pytest.mark.parametrize(("text", "code", "place", "kept"), MISTAKES)
def test_a_mistake_is_located_and_what_follows_is_kept(text: str, code: str, place: str, kept: dict[str, str]) -> None:
    for after in ("", "\n@misc{next, title={N}}\n"):
        entries, diagnostics = read(text + after)
        assert (code, place) in shown(text + after)
        key = "a b" if "a b" in text else "a"
        assert entries[key].has_errors
        assert kept.items() <= entries[key].fields.items()
        assert not any(d.is_error for d in diagnostics)
        if after:
            assert entries["next"].fields == {"title": "N"}
            assert not entries["next"].has_errors


def test_an_unclosed_brace_does_not_swallow_the_next_entry() -> None:
    entries, _ = read("@misc{a,\n title = {A,\n year = 2020,\n}\n@misc{b, title={B}}\n@misc{c, title={C}}")
    assert entries["a"].has_errors
    assert entries["b"].fields["title"] == "B"
    assert not entries["b"].has_errors


def test_a_missing_key_is_reported() -> None:
    text = "@misc{title={A}, year=2020}\n@misc{b, title={B}}"
    assert ("bib-syntax", "@misc") in shown(text)
    assert list(read(text)[0]) == ["b"]


def test_duplicate_keys_name_both_places_and_the_first_wins() -> None:
    text = "@misc{a, title={1}}\n@misc{b, title={2}}\n@misc{a, title={3}}"
    entries, (found,) = read(text)
    assert entries["a"].fields["title"] == "1"
    assert found.code == "bib-duplicate-key"
    assert found.span
    assert found.span.start == text.rindex("a, title")
    assert found.notes[0].span
    assert found.notes[0].span.start == text.index("a, title")


def test_duplicate_fields_name_both_places() -> None:
    text = "@misc{a, title={1}, Title={2}}"
    entries, (found,) = read(text)
    assert found.code == "bib-duplicate-field"
    assert entries["a"].fields["title"] == "1"
    assert not entries["a"].has_errors


def test_commented_entries_are_skipped_and_told_of() -> None:
    text = "% Encoding: UTF-8\n% @misc{a, title={A}}\n@misc{b,\n % title = {old},\n title={B}}"
    entries, (found,) = read(text)
    assert list(entries) == ["b"]
    assert entries["b"].fields == {"title": "B"}
    assert found.code == "bib-commented-entry"


def test_comment_blocks_are_skipped() -> None:
    entries, diagnostics = read(
        "@comment{jabref-meta: @misc{no, title={X}};}\n@comment unclosed\n@Comment{ {\n@misc{b, title={B}}"
    )
    assert list(entries) == ["b"]
    assert diagnostics == ()


def test_strings_months_and_concatenation() -> None:
    text = '@string{j = "Journal"} @string(k = j # " of " # {Things})\n@misc{a, journal = K # {, } # 12, month = 3 # "~" # mar}'
    entries, diagnostics = read(text)
    assert diagnostics == ()
    assert entries["a"].fields == {"journal": "Journal of Things, 12", "month": "3~March"}


def test_biblatex_names_are_mapped() -> None:
    text = """@report{a, date={2020-05-03}, journaltitle={J}, location={L}, eprint={1}, eprinttype={arXiv}, institution={I}}
    @thesis{p, type={phdthesis}, institution={U}, date={2019}} @thesis{m, type={Master's thesis}, institution={U}}
    @thesis{h, type={Habilitation}, institution={U}} @online{o, date={2020-21}} @inbook{i, booktitle={B}} @inbook{j, chapter=3}"""
    entries, diagnostics = read(text)
    assert diagnostics == ()
    assert entries["a"].type == "techreport"
    a = entries["a"].fields
    assert (a["year"], a["month"], a["day"], a["journal"], a["address"], a["archiveprefix"]) == (
        "2020",
        "5",
        "3",
        "J",
        "L",
        "arXiv",
    )
    assert [entries[k].type for k in "pmhoij"] == [
        "phdthesis",
        "mastersthesis",
        "thesis",
        "online",
        "incollection",
        "inbook",
    ]
    assert entries["p"].fields["school"] == "U"
    assert "type" not in entries["p"].fields
    assert "month" not in entries["o"].fields


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("date={June 2}, year=2024", ("2024", "June", "2")),
        ("date={December 10, 2024}", ("2024", "December", "10")),
        ("date={Sept. 29}, year=2024", ("2024", "September", "29")),
        ("date={July 21-27}, year=2024", ("2024", None, None)),
        ("date={2024-05}", ("2024", "5", None)),
        ("date={2024-05-06/2024-05-09}", ("2024", "5", "6")),
        ("date={soon}", (None, None, None)),
    ],
)
def test_dates_as_people_write_them(date: str, expected: tuple[str | None, ...]) -> None:
    fields = read(f"@misc{{a, {date}}}")[0]["a"].fields
    assert (fields.get("year"), fields.get("month"), fields.get("day")) == expected


def test_crossref_and_xdata_are_inherited_whatever_the_order() -> None:
    text = """@inproceedings{a, crossref={p}, title={T}, xdata={x}}
    @proceedings{p, title={Proc}, year=2020, editor={Ed, Itor}, doi={10.1000/p}, crossref={q}}
    @misc{q, publisher={Pub}} @xdata{x, address={Here}}"""
    entries, diagnostics = read(text)
    assert diagnostics == ()
    fields = entries["a"].fields
    assert fields["booktitle"] == "Proc"
    assert fields["publisher"] == "Pub"
    assert fields["address"] == "Here"
    assert "doi" not in fields
    assert entries["a"].persons["editor"][0].family == "Ed"


def test_crossrefs_that_lead_nowhere_are_located() -> None:
    text = "@misc{a, crossref={pp}} @misc{p, title={T}} @misc{x, crossref={y}} @misc{y, crossref={x}} @misc{z, crossref={z}}"
    found = shown(text)
    assert ("bib-crossref", "{pp}") in found
    assert {code for code, _ in found} == {"bib-crossref"}
    assert "did you mean “p”?" in {d.help for d in read(text)[1]}
    chain = "".join(f"@misc{{k{i}, crossref={{k{i + 1}}}}}" for i in range(5000)) + "@misc{k5000, year=1}"
    assert read(chain)[0]["k0"].fields["year"] == "1"


def test_names_with_too_many_commas_are_reported_and_kept() -> None:
    text = "@misc{a, author={Doe, J., Roe, A., Poe, E.}}"
    entries, (found,) = read(text)
    assert found.code == "bib-name"
    assert found.span
    assert text[found.span.start : found.span.end] == "{Doe, J., Roe, A., Poe, E.}"
    assert entries["a"].persons["author"][0].family == "Doe"


def test_odd_keys_are_keys() -> None:
    keys = ["O'Neil2016", "a:b/c.d+e", "müller2020", "10.1000/xyz", "DBLP:conf/nips/LundbergL17", "x(1)"]
    entries, diagnostics = read("".join(f"@misc{{{k}, title={{T}}}}\n" for k in keys))
    assert list(entries) == keys
    assert diagnostics == ()


def test_aliases_lead_to_the_same_entry() -> None:
    entries, _ = read("@misc{a, ids={b, c}, title={T}} @misc{c, title={own}}")
    assert entries["b"] is entries["a"]
    assert entries["c"].fields["title"] == "own"


def test_places_are_exact() -> None:
    text = '@misc{key1,\n  title = "T" # {U},\n  date = {2020},\n}'
    entry = read(text)[0]["key1"]
    assert entry.span
    assert text[entry.span.start : entry.span.end] == "key1"
    place = entry.place("title")
    assert place
    assert text[place.start : place.end] == '"T" # {U}'
    assert entry.place("year") == entry.place("date")
    assert entry.place("nothing") == entry.span


def test_the_digest_is_of_the_content() -> None:
    one = read("@misc{a, title={T}, year=2020}")[0]["a"]
    same = read("\n\n@misc{a,\n year={2020},\n title = {T},\n}")[0]["a"]
    other = read("@misc{a, title={T}, year=2021}")[0]["a"]
    assert one.digest == same.digest != other.digest


# The oracle

WORD = st.sampled_from(
    ["a", "B", "é", "{X}", "{\\'e}", "\\&", "{{n}}", "1", "--", "$x$", "%", "@x", "\n ", "'", ":", "\\%"]
)
BRACED = st.lists(WORD, min_size=1, max_size=6).map(lambda ws: "{" + " ".join(ws) + "}")
QUOTED = st.lists(WORD, min_size=1, max_size=6).map(lambda ws: '"' + " ".join(ws) + '"')
PART = st.one_of(BRACED, QUOTED, st.integers(0, 9999).map(str), st.sampled_from(["jan", "DEC", "mine"]))
VALUE = st.lists(PART, min_size=1, max_size=3).map(" # ".join)
FIELD = st.tuples(st.sampled_from(["title", "Note", "volume", "x-y", "journal", "series"]), VALUE)
ENTRY = st.lists(FIELD, max_size=4, unique_by=lambda f: f[0].lower())


@settings(max_examples=100, deadline=None)
@given(st.lists(ENTRY, max_size=4), st.booleans(), st.booleans())
def test_well_formed_files_read_as_pybtex_reads_them(
    entries: list[list[tuple[str, str]]], paren: bool, comma: bool
) -> None:
    text = "@string{mine = {My String}}\n"
    for number, fields in enumerate(entries):
        body = "".join(f",\n  {name} = {value}" for name, value in fields) + ("," if comma else "")
        text += f"@Misc({'k'}{number}{body}\n)\n" if paren and "(" not in body else f"@Misc{{k{number}{body}\n}}\n"
    with pybtex.errors.capture() as errors:
        expected = Parser().parse_string(text).entries
    assert not errors
    found, diagnostics = read(text)
    assert [d for d in diagnostics if d.code != "bib-commented-entry"] == []
    assert list(found) == list(expected)
    for key, entry in found.items():
        theirs = {
            name.lower(): " ".join(value.split()) for name, value in expected[key].fields.items() if value.strip()
        }
        assert dict(entry.fields) == theirs


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                *list("@{}(),=\"#%\n \\'"),
                "@misc{k,",
                "title",
                "author=",
                "@string{",
                "@comment{",
                "1",
                "and",
                "crossref={k}",
            ]
        ),
        max_size=60,
    ).map("".join)
)
def test_any_text_is_read_with_spans_inside_it(text: str) -> None:
    entries, diagnostics = read(text)
    for d in diagnostics:
        assert d.span
        assert 0 <= d.span.start <= d.span.end <= len(text)
        assert d.code.startswith("bib-")
    for key, entry in entries.items():
        assert entry.span
        assert key in (text[entry.span.start : entry.span.end], *entry.ids)


def test_a_file_that_is_no_bibliography_is_not_reported_line_by_line() -> None:
    _, diagnostics = read("".join(f"@misc{{k{i},\n" for i in range(2000)))
    assert len(diagnostics) == 501
    assert diagnostics[-1].message.endswith(" more problems follow in this file")


@pytest.mark.parametrize(
    "piece",
    ["@misc{", "@misc{a,\n", "@misc{a, title={\n", '@misc{a, title="\n', "{", "}", "@comment{", "@", "@string{a=", "a=b,", "#", "% @misc{a,",
     "@misc(k, t=\"x\")\n", "@misc{a, author={x and y, z and {q}}}\n", "@misc{b c, x", "\n@misc{z, title={" + "{" * 50, ", ,", "@misc{a, b c d\n"],
)  # fmt: skip
def test_hostile_files_take_linear_time(piece: str) -> None:
    start = time.process_time()
    read(piece * (120_000 // len(piece)))
    assert time.process_time() - start < 6


@pytest.mark.parametrize("word", ["techreport", "resreport"])
def test_code_words_of_biblatex_are_no_text(word: str) -> None:
    entry = read_bibliography(
        Source("a.bib", f"@report{{a, title={{T}}, type={{{word}}}, number={{12}}}}")
    ).value.entries["a"]
    assert "type" not in entry.fields
    kept = read_bibliography(Source("a.bib", "@report{a, title={T}, type={White paper}}")).value.entries["a"]
    assert kept.fields["type"] == "White paper"
