"""Order, letters, marks, and that nothing an entry holds can break out of the page."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xaisite.cite.bibtex import PUBLIC_FIELDS, make_bibtex
from xaisite.cite.names import PERSON_FIELDS, read_names
from xaisite.cite.read import read_bibliography
from xaisite.cite.references import Style, format_reference, make_reference_list
from xaisite.core.source import Source
from xaisite.model.bib import Entry

STYLES: tuple[Style, ...] = ("numeric", "author-year", "alphabetic")
TYPES = (
    "article", "book", "inbook", "incollection", "inproceedings", "phdthesis", "mastersthesis", "thesis", "techreport",
    "misc", "online", "software", "dataset", "proceedings", "collection", "unpublished", "manual", "booklet", "patent", "weird",
)  # fmt: skip


def entries(text: str) -> list[Entry]:
    return list(read_bibliography(Source("a.bib", text)).value.entries.values())


def marks(text: str, style: Style, **kw: object) -> dict[str, str]:
    return {r.key: r.mark for r in make_reference_list(entries(text), style=style, **kw)}  # type: ignore[arg-type]


SAME_YEAR = """
@misc{c, author={Molnar, Christoph}, title={Zebras}, year=2020}
@misc{a, author={Molnar, Christoph}, title={Apples}, year=2020}
@misc{b, author={Molnar, Christoph}, title={Pears}, year=2019}
@misc{d, author={Ábel, Zoë}, title={First}, year=2021}
@misc{e, author={Molnar, Christoph}, title={Undated}}
@misc{f, author={Molnar, Christoph}, title={Undated too}}
"""


def test_letters_follow_the_order_of_titles() -> None:
    found = marks(SAME_YEAR, "author-year")
    assert found["a"] == "Molnar, 2020a"
    assert found["c"] == "Molnar, 2020b"
    assert found["b"] == "Molnar, 2019"
    assert found["e"] == "Molnar, n.d.-a"
    assert found["f"] == "Molnar, n.d.-b"


def test_letters_are_in_the_entry_too() -> None:
    by_key = {r.key: r for r in make_reference_list(entries(SAME_YEAR), style="author-year")}
    assert "(2020b)" in by_key["c"].text
    assert by_key["c"].year == "2020b"


def test_author_year_sorts_by_author_ignoring_accents() -> None:
    assert list(marks(SAME_YEAR, "author-year")) == ["d", "b", "a", "c", "e", "f"]


def test_numeric_keeps_the_order_of_citing() -> None:
    assert list(marks(SAME_YEAR, "numeric").items())[:2] == [("c", "1"), ("a", "2")]


@pytest.mark.parametrize(("sort", "first"), [("appearance", "c"), ("author", "d"), ("year", "b")])
def test_sort_overrides_the_style(sort: str, first: str) -> None:
    for style in STYLES:
        found = make_reference_list(entries(SAME_YEAR), style=style, sort=sort)  # type: ignore[arg-type]
        assert found[0].key == first
        assert [r.number for r in found] == list(range(1, 7))


def test_alphabetic_labels() -> None:
    text = """
    @misc{one, author={Breiman, Leo}, year=2001}
    @misc{two, author={Lundberg, S. and Lee, S.-I.}, year=2017}
    @misc{five, author={A, A and B, B and C, C and D, D and E, E}, year=1999}
    @misc{others, author={Vaswani, A. and others}, year=2017}
    @misc{von, author={van der Laan, Mark}, year=2007}
    @misc{twice, author={Breiman, Leo}, title={Z}, year=2001}
    @misc{group, author={{World Health Organization}}, year=2020}
    @misc{org, organization={The Foundation}, year=2020}
    @misc{nobody}
    """
    found = marks(text, "alphabetic")
    assert found == {
        "one": "Bre01a", "twice": "Bre01b", "two": "LL17", "five": "ABC+99", "others": "V+17", "von": "vdL07",
        "group": "Wor20", "org": "Fou20", "nobody": "nob",
    }  # fmt: skip


def test_a_letter_never_makes_somebody_elses_label() -> None:
    text = """
    @misc{x, author={{Aa}}, year=20}
    @misc{y, author={{Aa}}, title={B}, year=20}
    @misc{z, author={{Aa20a}}}
    """
    found = marks(text, "alphabetic")
    assert len(set(found.values())) == 3


def test_the_same_entry_is_listed_once_also_under_an_alias() -> None:
    text = "@misc{main, ids={old, older}, title={T}}"
    read = read_bibliography(Source("a.bib", text)).value.entries
    assert len(make_reference_list([read["main"], read["old"], read["older"]])) == 1


def test_nocite_comes_after_what_is_cited() -> None:
    a, b = entries("@misc{a, title={A}} @misc{b, title={B}}")
    assert [r.key for r in make_reference_list([b], nocite=[a, b])] == ["b", "a"]


def test_titles_keep_their_case_and_formulas() -> None:
    (entry,) = entries(
        r"@article{a, title={GPT-4 and $o(n^2)$ in {L}aTeX: 50% of \emph{The} Time}, journal={J}, year=2020}"
    )
    for style in STYLES:
        html, text = format_reference(entry, style, math=lambda tex: f"<math>{tex}</math>")
        assert "GPT-4 and <math>o(n^2)</math> in LaTeX: 50% of <em>The</em> Time" in html
        assert "GPT-4 and $o(n^2)$ in LaTeX: 50% of The Time" in text


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("type", TYPES)
def test_an_empty_entry_of_any_type_is_no_error(style: Style, type: str) -> None:
    html, _ = format_reference(Entry("k", type, {}), style)
    assert "None" not in html
    assert "()" not in html
    html, text = format_reference(Entry("k", type, {"title": "T"}), style)
    assert "T" in text


@pytest.mark.parametrize(
    "note", ["[Online; accessed 11-November-2024]", "Accessed: 11-November-2024", "accessed on 11-November-2024."]
)
def test_a_note_of_access_is_a_date_of_access(note: str) -> None:
    (entry,) = entries(
        f"@misc{{a, title={{T}}, howpublished={{\\url{{https://a.b/c\\%20d}}}}, year=2024, note={{{note}}}}}"
    )
    assert (
        format_reference(entry, "numeric")[1]
        == "“T,” 2024. Accessed: 11-November-2024. [Online]. Available: https://a.b/c%20d"
    )
    assert format_reference(entry, "author-year")[1] == "T. (2024). Retrieved 11-November-2024, from https://a.b/c%20d"
    assert format_reference(entry, "alphabetic")[1] == "T. 2024. URL https://a.b/c%20d, accessed 11-November-2024."


class _Safe(HTMLParser):
    """Fails on any tag or attribute that formatting does not make itself."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in {"em", "strong", "code", "sup", "sub", "a", "span"}, tag
        for name, value in attrs:
            assert (tag, name) in {("a", "href"), ("span", "class")}, (tag, name)
            if name == "href":
                assert re.match(r"https?://|mailto:", value or "", re.IGNORECASE), value
                assert not re.search(r"[\s\"<>]", value or ""), value


NASTY = st.lists(
    st.sampled_from([
        "<", ">", '"', "'", "&", "</a>", "<script>", "javascript:alert(1)", "\\url{", "\\href{javascript:x}{y}", "%", "}", "{", "$",
        "\\", "\\'", "\\emph", "\\em ", "http://a.b/", 'http://a.b/"onclick=x', "10.1000/", "arXiv:1706.03825", " and ", ",", "--",
        "é", "\u202e", "\x00", "\ud800", " ", "2020", "jan", "\\unknown{", "data:text/html,x", "others", "https://x y",
    ]),
    max_size=8,
).map("".join)  # fmt: skip
ALL_FIELDS = sorted(
    {*PUBLIC_FIELDS, "note", "annote", "crossref", "journaltitle", "shortjournal", "titleaddon", "file"}
)


@settings(max_examples=150, deadline=None)
@given(
    type=st.sampled_from(TYPES),
    fields=st.dictionaries(st.sampled_from(ALL_FIELDS), st.one_of(NASTY, st.text(max_size=20)), max_size=10),
)
def test_no_field_can_break_out(type: str, fields: dict[str, str]) -> None:
    persons = {role: read_names(fields[role])[0] for role in PERSON_FIELDS if role in fields}
    entry = Entry("key", type, fields, persons)
    for style in STYLES:
        html, _ = format_reference(entry, style)
        parser = _Safe(convert_charrefs=True)
        parser.feed(html)
        parser.close()
        assert html.encode("utf-8").strip()
        assert not re.search(r"<(?!/?(?:em|strong|code|sup|sub|a|span)\b)", html)


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "JaVaScRiPt:x", "data:text/html,x", " vbscript:x", "//evil", "http:", "\x01javascript:x"],
)
def test_unsafe_addresses_are_no_links(url: str) -> None:
    for field in ("url", "doi", "howpublished", "note"):
        entry = Entry("k", "misc", {"title": "T", field: url})
        assert all("href" not in format_reference(entry, style)[0] for style in STYLES)


def test_bibtex_has_public_fields_only_and_reads_back() -> None:
    (entry,) = entries(
        '@article{k, author={G{\\"o}del, Kurt}, title={{U}ber}, journaltitle={J}, date={1931-02}, file={/home/me/x.pdf},'
        " note={do not tell}, abstract={long}, keywords={k}}"
    )
    text = make_bibtex(entry)
    assert text == (
        '@article{k,\n  author = {G{\\"o}del, Kurt},\n  title = {{U}ber},\n  journal = {J},\n  year = {1931},\n  month = {2}\n}\n'
    )
    (again,) = entries(text)
    assert make_bibtex(again) == text


@settings(max_examples=100, deadline=None)
@given(fields=st.dictionaries(st.sampled_from(sorted(PUBLIC_FIELDS)), NASTY, max_size=8))
def test_bibtex_is_one_entry_whatever_the_fields_hold(fields: dict[str, str]) -> None:
    text = make_bibtex(Entry("key", "misc", {k: v.replace("\ud800", "").strip() for k, v in fields.items()}))
    read = read_bibliography(Source("a.bib", text + "@misc{next, title={N}}"))
    assert set(read.value.entries) >= {"key", "next"}
    assert not read.value.entries["next"].has_errors
