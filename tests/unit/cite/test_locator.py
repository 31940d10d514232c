"""Pandoc's rules for what follows a key, as its manual and its own test-suite describe them."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xaisite.core.locator import LOCATOR_TERMS, Locator, read_locator

CASES = [
    # no term: a page, but only with a digit
    (", 89, and more", "page", "89", ", and more"),
    (" 89", "page", "89", ""),
    (", 123-79, and more", "page", "123-79", ", and more"),
    (", 12–14", "page", "12–14", ""),
    (", xi, all of it is suffix", "", "", ", xi, all of it is suffix"),
    (", IV.2A, more", "page", "IV.2A", ", more"),
    (", 33, 35-37, and nowhere else", "page", "33, 35-37", ", and nowhere else"),
    (", 3(a), 4.4.8, [7.6], 7A(2)(a)(i)-(iv)", "page", "3(a), 4.4.8, [7.6], 7A(2)(a)(i)-(iv)", ""),
    (", 123(4)[5]6, more", "page", "123(4)[5]6", ", more"),
    (", 4B.2a.i(3.4), more", "page", "4B.2a.i(3.4)", ", more"),
    (" [89]", "page", "[89]", ""),
    (", [39]-[52], more", "page", "[39]-[52]", ", more"),
    (", 12:34-56", "page", "12:34-56", ""),
    (", (13 unbalanced", "", "", ", (13 unbalanced"),
    # a term: Roman numbers count too
    (", p. xi, more", "page", "xi", ", more"),
    (", pp. VII, 89, more", "page", "VII, 89", ", more"),
    (", p. VI, VII, VIII-IX, more", "page", "VI, VII, VIII-IX", ", more"),
    (", p.3, more", "page", "3", ", more"),
    (", p. [89]", "page", "[89]", ""),
    (", p.a is suffix", "", "", ", p.a is suffix"),
    (", sec. (a) is suffix", "", "", ", sec. (a) is suffix"),
    (", pp. 33-35 and *passim*", "page", "33-35", " and *passim*"),
    (", chap. 1", "chapter", "1", ""),
    (" chapters 3 and 4", "chapter", "3", " and 4"),
    (", §§ 4-5", "section", "4-5", ""),
    (", §4", "section", "4", ""),
    (", ¶ 7", "paragraph", "7", ""),
    (", s.v. 3", "sub verbo", "3", ""),
    (", s.vv. 3, 4", "sub verbo", "3, 4", ""),
    (", sub verbo 12", "sub verbo", "12", ""),
    (", Fig. 2b", "figure", "2b", ""),
    (", vol. 3, p. 4", "volume", "3", ", p. 4"),
    # braces force a locator, or prevent one
    ("{ii, A, D-Z}, with a suffix", "page", "ii, A, D-Z", ", with a suffix"),
    (", {pp. iv, vi-xi, (xv)-(xvii)} with suffix here", "page", "iv, vi-xi, (xv)-(xvii)", " with suffix here"),
    ("{}, 99 years later", "", "", ", 99 years later"),
    (" {abc123}", "page", "abc123", ""),
    (", {123(4)a-8([a]12.398{8})}", "page", "123(4)a-8([a]12.398{8})", ""),
    (", {{}}", "page", "{}", ""),
    (" {p. a}", "page", "a", ""),
    (", { p. 9 }", "page", "9", ""),
    (", {, p. (not a term here)}", "page", ", p. (not a term here)", ""),
    (", p. {(a)}", "", "", ", p. {(a)}"),
    (" {p. open{inner}outer", "", "", " {p. open{inner}outer"),
    (" {green}rest}rest", "page", "green", "rest}rest"),
    # no locator at all
    ("", "", "", ""),
    (" and nothing else", "", "", " and nothing else"),
    ("but glued", "", "", ", but glued"),
    (", see also", "", "", ", see also"),
]


@pytest.mark.parametrize(("text", "term", "locator", "suffix"), CASES)
def test_suffix_is_split_as_pandoc_splits_it(text: str, term: str, locator: str, suffix: str) -> None:
    assert read_locator(text) == Locator(term, locator, suffix)


@pytest.mark.parametrize("form", sorted(LOCATOR_TERMS))
def test_every_spelling_of_every_term_is_known(form: str) -> None:
    assert read_locator(f", {form} 12, more") == Locator(LOCATOR_TERMS[form], "12", ", more")


@settings(deadline=None)
@given(st.text(alphabet="p.12 ,;{}[]()xi-–a§:é", max_size=40))
def test_nothing_is_lost(text: str) -> None:
    found = read_locator(text)
    if not found.locator:
        assert text.endswith(found.suffix) or found.suffix == ", " + text
    else:
        assert found.locator in text
        assert text.endswith(found.suffix)


def test_long_suffixes_take_linear_time() -> None:
    start = time.process_time()
    for piece in ("p. ", "(", "1,", "{", "[1]", "sub verbo ", "."):
        read_locator(piece * (100_000 // len(piece)))
    assert time.process_time() - start < 5
