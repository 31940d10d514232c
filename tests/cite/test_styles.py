"""Three styles over real works of all types, pinned.

`expected/STYLE.txt` was read line by line against the IEEE Reference Guide, APA's 7th edition and alpha.bst; change it
only by hand.
"""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest

from xaisite.cite.read import read_bibliography
from xaisite.cite.references import Style, make_reference_list
from xaisite.core.source import Source
from xaisite.model.bib import Reference

HERE = Path(__file__).parent
STYLES: tuple[Style, ...] = ("numeric", "author-year", "alphabetic")
TYPES = {
    "article", "book", "inbook", "incollection", "inproceedings", "phdthesis", "mastersthesis", "thesis", "techreport",
    "misc", "online", "software", "dataset", "proceedings", "collection", "unpublished", "manual", "booklet", "patent",
}  # fmt: skip


def references(style: Style) -> dict[str, Reference]:
    read = read_bibliography(Source("real.bib", (HERE / "real.bib").read_text()))
    assert read.diagnostics == ()
    return {r.key: r for r in make_reference_list(read.value.entries.values(), style=style)}


def test_the_table_has_all_types() -> None:
    read = read_bibliography(Source("real.bib", (HERE / "real.bib").read_text()))
    entries = read.value.entries.values()
    assert len(entries) >= 40
    assert {e.type for e in entries} == TYPES


@pytest.mark.parametrize("style", STYLES)
def test_every_entry_reads_as_pinned(style: Style) -> None:
    found = [f"{r.key}\t{r.mark}\t{r.html}" for r in references(style).values()]
    expected = (HERE / "expected" / f"{style}.txt").read_text().splitlines()
    assert found == expected


@pytest.mark.parametrize("style", STYLES)
def test_text_is_the_html_without_its_tags(style: Style) -> None:
    for reference in references(style).values():
        bare = unescape(re.sub(r"</?(?:em|strong|code|a|span|sup|sub)\b[^>]*>", "", reference.html))
        assert bare == reference.text.replace("$", "")


@pytest.mark.parametrize("style", STYLES)
def test_punctuation_is_sound(style: Style) -> None:
    for key, reference in references(style).items():
        text = re.sub(r"https?://\S+|doi:\S+|doi: \S+", "URL", reference.text)
        assert not re.search(r"[,;:]{2}|\.\.|,\.|[?!][.,]|\(\)| [,.;)]|  |“”|\[\]", text), (key, text)


@pytest.mark.parametrize("style", STYLES)
def test_marks_are_distinct(style: Style) -> None:
    marks = [r.mark for r in references(style).values()]
    assert len(set(marks)) == len(marks)
