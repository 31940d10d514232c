"""Lint of pages: alternative texts, headings, captions, numbers typed by hand."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import pytest

from xaisite.check.alt import check_alt
from xaisite.check.captions import check_captions
from xaisite.check.headings import check_headings
from xaisite.check.page import check_page
from xaisite.check.typed_numbers import check_typed_numbers
from xaisite.core.source import Source, Span
from xaisite.model.cell import Cell, ExecOptions, ObservedOptions, ShowOptions
from xaisite.model.front import FrontMatter
from xaisite.model.nodes import CiteGroup, FormulaNode, Heading, Label, MediaUse
from xaisite.model.post import Outline
from xaisite.model.result import CellResult, Figure, PostResults, Rich, Stream
from xaisite.pipeline.judging import judge_diagnostics

SPAN = Span("p.md", 0, 1)


def outline(**fields: Any) -> Outline:
    return Outline("p.md", "post", FrontMatter(), **fields)


# Alternative texts


def test_a_picture_without_alt_is_an_error_and_an_empty_one_a_choice() -> None:
    uses = [
        MediaUse(0, "a.png", Span("p.md", 3, 9)),
        MediaUse(1, "b.png", SPAN, alt=""),
        MediaUse(2, "c.png", SPAN, alt="C"),
    ]
    uses += [MediaUse(3, "d.mp4", SPAN, "video"), MediaUse(4, "e.js", SPAN, "script")]
    (d,) = check_alt(outline(media=tuple(uses)))
    assert (d.code, d.is_error, d.span) == ("alt-missing", True, Span("p.md", 3, 9))
    assert "a.png" in d.message


def test_a_picture_that_a_template_includes_is_a_warning_of_builds_and_an_error_of_check() -> None:
    there = outline(media=(MediaUse(0, "a.png", SPAN, is_included=True),))
    (d,) = check_alt(there)
    assert (d.code, d.severity) == ("alt-missing", "warning")
    assert [d.severity for d in judge_diagnostics([d], {}, (), is_check=True)] == ["error"]


def cell(**show: Any) -> Cell:
    return Cell(0, "fig-a", "", 0, (), Span("p.md", 5, 8), ExecOptions(), ObservedOptions(), ShowOptions(**show))


def computed(*outputs: Any, **show: Any) -> tuple[str, ...]:
    results = PostResults("p.md", (CellResult(0, "ran", outputs),), (), "")
    found = check_alt(outline(cells=(cell(**show),)), results)
    assert all(d.code == "alt-drafted" and d.span == Span("p.md", 5, 8) for d in found)
    return tuple(d.message for d in found)


FIGURE = Figure((), alt="Line chart of y over x")


def test_a_computed_figure_needs_a_text_of_the_authors() -> None:
    assert computed(FIGURE) == ("the figure of “fig-a” has no alternative text of yours",)
    assert computed(FIGURE, fig_alts=("What it shows",)) == ()
    assert computed(FIGURE, FIGURE, fig_alts=("both",)) == ()
    assert computed(FIGURE, FIGURE, FIGURE, fig_alts=("one", "two")) == (
        "1 of 3 figures of “fig-a” has no alternative text of yours",
    )
    assert computed(Rich(figure=FIGURE)) != ()
    assert computed(Stream("stdout", "x"), Rich()) == ()
    assert computed(FIGURE, include=False) == ()
    assert computed(FIGURE, output=False) == ()


def test_the_draft_is_shown_and_the_option_is_the_place() -> None:
    place = Span("p.md", 40, 50)
    with_option = replace(cell(fig_alts=("",)), option_spans={"fig-alt": place})
    results = PostResults("p.md", (CellResult(0, "ran", (FIGURE,)),), (), "")
    (d,) = check_alt(outline(cells=(with_option,)), results)
    assert "Line chart of y over x" in d.help
    assert d.span == place


def test_without_results_computed_figures_are_not_judged() -> None:
    assert check_alt(outline(cells=(cell(),))) == ()


# Headings


@pytest.mark.parametrize(
    ("levels", "jumps"),
    [
        ([2, 3, 4, 2, 3], []),
        ([3], [0]),
        ([2, 4], [1]),
        ([2, 3, 4, 2, 4, 6], [4, 5]),
        ([1, 2], []),
        ([1, 3], [1]),
        ([], []),
    ],
)
def test_headings_do_not_skip_levels(levels: list[int], jumps: list[int]) -> None:
    headings = tuple(Heading(level, f"h{i}", f"H{i}", "", Span("p.md", i, i + 1)) for i, level in enumerate(levels))
    found = check_headings(outline(headings=headings))
    assert [d.span for d in found] == [headings[i].span for i in jumps]
    assert all(d.code == "heading-jump" for d in found)


# Captions


def label(name: str, kind: str, title: str, start: int = 0) -> Label:
    return Label(name, kind, Span("p.md", start, start + 1), name, title)  # type: ignore[arg-type]


def test_captions_differ() -> None:
    labels = (
        label("fig-a", "fig", "Accuracy", 0),
        label("fig-b", "fig", " accuracy ", 5),
        label("tbl-a", "tbl", "Accuracy", 7),
        label("fig-c", "fig", "", 8),
        label("fig-d", "fig", "", 9),
        label("sec-a", "sec", "Accuracy", 10),
    )
    (d,) = check_captions(outline(labels=labels))
    assert (d.code, d.span) == ("caption-duplicate", Span("p.md", 5, 6))
    assert d.notes[0].span == Span("p.md", 0, 1)


# Numbers


FIG = (label("fig-a", "fig", "A"),)


def typed(text: str, **fields: Any) -> list[str]:
    found = check_typed_numbers(Source("p.md", text), outline(labels=FIG, **fields))
    assert all(d.code == "number-typed" for d in found)
    return [text[d.span.start : d.span.end] for d in found if d.span]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("As Figure 2 shows", ["Figure 2"]),
        ("see fig. 3, and (Figures 4)", ["fig. 3", "Figures 4"]),
        ("Figure 2.1 and Figure\u00a07.", ["Figure 2.1", "Figure\u00a07"]),
        ("> quoted Figure 2", ["Figure 2"]),
        ("Table 3 of this page has no labelled tables", []),
        ("@fig-a and figure-2 and configure 2", []),
        ("Figure 2 of [@doe99]", []),
        ('Figure 2 in their paper {% cite "x" %}', []),
        ("Figure 3 of Doe et al. (2020)", []),
        ("[Figure 2](https://a.b)", []),
        ("Figure 2 of [their paper](https://a.b)", []),
        ("a figure 20% larger", []),
        ("`Figure 2` and ``a ` Figure 2``", []),
        ("```\nFigure 2\n```\nFigure 3", ["Figure 3"]),
        ("~~~ text\nFigure 2\n", []),
        ("Figure two", []),
    ],
)
def test_numbers_typed_by_hand(text: str, found: list[str]) -> None:
    assert typed(text) == found


def test_cells_formulas_and_citations_are_not_prose() -> None:
    text = "Figure 1 Figure 2 Figure 3"
    assert typed(
        text, formulas=(FormulaNode(0, "", False, Span("p.md", 0, 8)),), cites=(CiteGroup(0, (), Span("p.md", 9, 17)),)
    ) == ["Figure 3"]
    assert check_typed_numbers(Source("p.md", text), outline()) == ()


@pytest.mark.parametrize("piece", ["` ", "Figure 1 of ", "```\n", "[", "Figure ", "Figure 1 ", "``a` "])
def test_hostile_text_takes_linear_time(piece: str) -> None:
    start = time.process_time()
    typed(piece * (300_000 // len(piece)))
    assert time.process_time() - start < 6


def test_one_call_finds_everything() -> None:
    text = "Figure 1\n"
    page = outline(
        labels=(label("fig-a", "fig", "A"), label("fig-b", "fig", "A")),
        headings=(Heading(4, "h", "H", "", SPAN),),
        media=(MediaUse(0, "a.png", SPAN),),
    )
    codes = [d.code for d in check_page(Source("p.md", text), page)]
    assert codes == ["alt-missing", "heading-jump", "caption-duplicate", "number-typed"]


# What results lose on a page


def lost(html: str, *, figure: Figure | None = None, **show: Any) -> list[tuple[str, bool]]:
    results = PostResults("p.md", (CellResult(0, "ran", (Rich({"text/html": html}, figure=figure),)),), (), "")
    found = check_page(Source("p.md", ""), outline(cells=(cell(**show),)), results)
    return [(d.code, "other.org" in d.message) for d in found if d.code.startswith("result-")]


def test_what_a_result_loses_is_told_once() -> None:
    foreign = '<img src="//other.org/a.png"><img src="//other.org/a.png" alt="A">'
    assert lost(foreign) == [("result-foreign", True)]
    assert lost("<style>a{}</style><script>1</script><table></table>") == [("result-left-out", False)] * 2
    assert lost('<img src="data:image/png;base64,AA"><a href="https://other.org/">x</a>') == []
    assert lost("<script>1</script>", figure=FIGURE) == []
    assert lost(foreign, output=False) == []
