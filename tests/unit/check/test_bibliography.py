"""Lint of bibliographies."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from xaisite.check.bibliography import check_bibliography, check_entry
from xaisite.cite.read import read_bibliography
from xaisite.core.diagnostic import Diagnostic
from xaisite.core.source import Source

REAL = Path(__file__).parents[2] / "cite" / "real.bib"


def lint(text: str, cited: str = "") -> tuple[Diagnostic, ...]:
    library = read_bibliography(Source("a.bib", text)).value
    return check_bibliography(library, cited.split() or list(library.entries))


def found(text: str, cited: str = "") -> list[tuple[str, str]]:
    return [(d.code, text[d.span.start : d.span.end]) for d in lint(text, cited) if d.span]


GOOD = "@article{a, author={B, C}, title={T}, journal={J}, year=2020, doi={10.1000/1}, url={https://a.b}}"


def test_a_good_entry_has_nothing_wrong() -> None:
    assert found(GOOD) == []


@pytest.mark.parametrize(
    ("entry", "missing"),
    [
        ("@article{k, title={T}, journal={J}, year=2020}", "“author”"),
        ("@article{k, author={A, B}, title={T}, year=2020}", "“journal”"),
        ("@article{k, author={A, B}, journal={J}, title={T}}", "“year”"),
        ("@inproceedings{k, author={A, B}, title={T}, year=2020}", "“booktitle”"),
        ("@phdthesis{k, author={A, B}, title={T}, year=2020}", "“school”"),
        ("@book{k, author={A, B}, title={T}, year=2020}", "“publisher”"),
        ("@online{k, title={T}}", "“url”"),
        ("@patent{k, author={A, B}, title={T}, year=2020}", "“number”"),
        ("@misc{k, author={A, B}}", "“title”"),
    ],
)
def test_missing_fields_are_named_at_the_key(entry: str, missing: str) -> None:
    (d,) = lint(entry)
    assert d.code == "bib-missing-field"
    assert missing in d.message
    assert d.span
    assert entry[d.span.start : d.span.end] == "k"


@pytest.mark.parametrize(
    "entry",
    [
        "@article{k, author={A, B}, title={T}, year=2020, eprint={2001.00001}, archiveprefix={arXiv}}",
        "@article{k, author={A, B}, title={T}, year=2020, url={https://arxiv.org/abs/2001.00001}}",
        "@book{k, editor={A, B}, title={T}, pubstate={forthcoming}, publisher={P}}",
        "@misc{k, title={T}}",
        "@thesis{k, author={A, B}, title={T}, institution={I}, date={2020}, type={phdthesis}}",
    ],
)
def test_what_stands_in_for_a_field_is_accepted(entry: str) -> None:
    assert found(entry) == []


@pytest.mark.parametrize(
    "doi",
    [
        "10.1000/182",
        "https://doi.org/10.1000/182",
        "doi:10.1000/182",
        "\\url{https://doi.org/10.1000/182}",
        "10.1000/a\\_b",
        "10.1000.10/x",
    ],
)
def test_good_dois(doi: str) -> None:
    assert found(f"@misc{{k, title={{T}}, doi={{{doi}}}}}") == []


@pytest.mark.parametrize("doi", ["1000/182", "10.1000", "https://example.org/x", "10.10/182", "see page"])
def test_malformed_dois_are_located(doi: str) -> None:
    assert found(f"@misc{{k, title={{T}}, doi={{{doi}}}}}") == [("bib-doi", f"{{{doi}}}")]


@pytest.mark.parametrize("url", ["www.example.org", "javascript:alert(1)", "ftp://a.b/c", "file:///etc/passwd"])
def test_addresses_that_are_no_links_are_located(url: str) -> None:
    assert found(f"@misc{{k, title={{T}}, url={{{url}}}}}") == [("bib-url", f"{{{url}}}")]


def test_one_work_under_two_keys() -> None:
    text = """@article{a, author={Breiman, Leo}, title={Random Forests}, journal={ML}, year=2001}
@article{b, author={Breiman, L.}, title={{Random} forests}, journal={Machine Learning}, year=2001}"""
    (d,) = lint(text)
    assert d.code == "bib-duplicate-work"
    assert d.notes[0].span
    assert (
        {text[d.span.start : d.span.end], text[d.notes[0].span.start : d.notes[0].span.end]} == {"a", "b"}
        if d.span
        else False
    )
    assert found(text, "a") != found(text)
    same_doi = (
        "@misc{a, title={One Thing}, doi={10.1000/1}} @misc{b, title={one thing}, doi={https://doi.org/10.1000/1}}"
    )
    assert [code for code, _ in found(same_doi)] == ["bib-duplicate-work"]


def test_only_cited_entries_are_judged_and_the_others_counted() -> None:
    text = f"{GOOD} @misc{{x}} @misc{{y, ids={{z}}}}"
    (d,) = lint(text, "a")
    assert (d.code, d.severity) == ("bib-uncited", "notice")
    assert d.message.startswith("3 entries are never cited")
    library = read_bibliography(Source("a.bib", text)).value
    assert check_bibliography(library, ["a"], nocite_all=True) == ()
    assert all(d.code != "bib-uncited" for d in check_bibliography(library, ["a", "x", "y"]))


def test_real_entries_raise_no_false_alarm() -> None:
    library = read_bibliography(Source("real.bib", REAL.read_text())).value
    assert [(d.code, d.message) for e in library.entries.values() for d in check_entry(e)] == []
    assert [d.message for d in check_bibliography(library, library.entries)] == []


def test_large_libraries_are_checked_in_linear_time() -> None:
    text = "".join(
        f"@article{{k{i}, author={{A, B}}, title={{Title Number {i}}}, journal={{J}}, year=2020}}\n"
        for i in range(10_000)
    )
    library = read_bibliography(Source("a.bib", text)).value
    start = time.process_time()
    assert check_bibliography(library, library.entries) == ()
    assert time.process_time() - start < 3
