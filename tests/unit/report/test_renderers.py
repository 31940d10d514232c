"""Diagnostics in the four formats: exact text, safe against what an author may write."""

from __future__ import annotations

import json
import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xaisite.core.diagnostic import Diagnostic, Note, Severity, error, notice, warning
from xaisite.core.source import Source, Span
from xaisite.report.concise import render_concise
from xaisite.report.github import render_github
from xaisite.report.json_object import render_json
from xaisite.report.pretty import render_pretty
from xaisite.report.style import char_width, text_width, wants_color
from xaisite.report.summary import summary_line

TEXT = "# T\n\n\tSee 深い[@molnr] and more\nfoo {{\nbar\n\nx\ny\nz\nbaz }} q\n"
POST = Source("content/a.md", TEXT)


def sources(path: str) -> Source | None:
    return POST if path == POST.path else None


def at(source: Source, needle: str) -> Span:
    start = source.text.index(needle)
    return source.span(start, start + len(needle))


def pretty(*diagnostics: Diagnostic, source: Source = POST, color: bool = False, prefix: str = "") -> str:
    return render_pretty(diagnostics, lambda p: source if p == source.path else None, color=color, prefix=prefix)


def test_pretty_places_the_caret_behind_a_tab_and_wide_characters():
    shown = pretty(
        error(
            "cite-unknown-key",
            "no entry “molnr”",
            at(POST, "@molnr"),
            label="not in references.bib",
            notes=(Note("the list is made here", at(POST, "{{")), Note("only entries count")),
            help="did you mean “molnar”?\nor add it",
        ),
        prefix="../x",
    )
    assert (
        shown
        == """\
error[cite-unknown-key]: no entry “molnr”
  --> ../x/content/a.md:3:9
   |
 3 |     See 深い[@molnr] and more
   |              ^^^^^^ not in references.bib
   |
   = note: the list is made here
  --> ../x/content/a.md:4:5
   |
 4 | foo {{
   |     --
   = note: only entries count
   = help: did you mean “molnar”?
           or add it

"""
    )


def test_pretty_shows_a_piece_over_several_lines_and_leaves_out_the_middle():
    start, end = TEXT.index("{{"), TEXT.index("}}") + 2
    assert (
        pretty(warning("x", "never closed", POST.span(start, end), label="this"))
        == """\
warning[x]: never closed
   --> content/a.md:4:5
    |
  4 |   foo {{
    |  _____^
  5 | | bar
...   |
 10 | | baz }} q
    | |______^ this

"""
    )
    assert "/ foo {{\n 5 | | bar\n   | |___^" in pretty(warning("x", "m", POST.span(start - 4, TEXT.index("bar") + 3)))


def test_pretty_cuts_long_lines_around_the_caret():
    source = Source("a.md", "a" * 5000 + "BAD" + "深" * 5000)
    lines = pretty(error("x", "m", at(source, "BAD")), source=source).splitlines()
    assert lines[3].startswith(" 1 | …aaa")
    assert lines[3].endswith("…")
    assert max(text_width(line) for line in lines) <= 105
    assert lines[3].index("BAD") == lines[4].index("^^^")


def test_places_without_a_source_or_without_any_place():
    gone = error("x", "cannot read", Span("q.md", 3, 4), help="look")
    nowhere = error("y", "no title")
    assert pretty(gone) == "error[x]: cannot read\n  --> q.md\n   |\n   = help: look\n\n"
    assert pretty(nowhere) == "error[y]: no title\n\n"
    assert render_concise([gone, nowhere], sources) == "xaisite: y no title\nq.md: x cannot read\n"
    assert json.loads(render_json([nowhere], sources))["diagnostics"][0]["path"] is None


def test_an_empty_span_at_the_end_of_the_file_has_a_caret():
    source = Source("a.md", "one\nend")
    assert "2 | end\n   |    ^" in pretty(error("x", "m", source.span(7, 7)), source=source)


def test_concise_is_one_line_each_in_reading_order_without_doubles():
    late, early = error("b", "late", at(POST, "baz")), warning("a", "two\nlines", at(POST, "foo"))
    text = render_concise([late, early, late], sources, prefix="..")
    assert text == "../content/a.md:4:1: a two lines\n../content/a.md:10:1: b late\n"


def test_json_is_exactly_the_documented_object():
    d = error("cite-unknown-key", "no “molnr”", at(POST, "@molnr"), label="l", notes=(Note("n"),), help="h")
    assert json.loads(render_json([d], sources, prefix="site")) == {
        "diagnostics": [
            {
                "code": "cite-unknown-key",
                "severity": "error",
                "message": "no “molnr”",
                "path": "site/content/a.md",
                "line": 3,
                "column": 9,
                "end_line": 3,
                "end_column": 15,
                "help": "h",
            }
        ]
    }
    assert json.loads(render_json([], sources)) == {"diagnostics": []}


def test_github_annotations_cannot_be_broken_out_of():
    evil = Source("a,b:c.md", "x\ny")
    d = error("x", "100% bad\n::error::forged", evil.span(0, 1), help="a\rb")
    assert render_github([d], lambda _: evil) == (
        "::error title=x,file=a%2Cb%3Ac.md,line=1,endLine=1,col=1,endColumn=2::"
        "100%25 bad%0A::error::forged%0Ahelp: a\ufffdb\n"
    )
    several = render_github([notice("n", "m", evil.span(0, 3))], lambda _: evil)
    assert several == "::notice title=n,file=a%2Cb%3Ac.md,line=1,endLine=2::m\n"


def test_no_text_of_an_author_reaches_the_terminal_as_a_command():
    source = Source("a.md", "ok \x1b[31mred\u202eevil\x9b2J\n")
    d = error("x", "bad \x1b]0;t\x07", source.span(3, 9), label="\x1b[2J", notes=(Note("\x1b[A"),), help="\u2066x")
    for text in (pretty(d, source=source), render_concise([d], lambda _: source), render_github([d], lambda _: source)):
        assert not set(text) & set("\x1b\x07\x9b\u202e\u2066")


def test_colour_changes_nothing_but_colour():
    d = error("x", "m", at(POST, "@molnr"), label="l", notes=(Note("n", at(POST, "bar")),), help="h")
    colored = pretty(d, color=True)
    assert "\x1b[1;31m" in colored
    assert re.sub(r"\x1b\[[0-9;]*m", "", colored) == pretty(d)


def test_summary_counts_each_problem_once():
    e = error("x", "m")
    assert summary_line([e, e, error("y", "m"), warning("z", "m")]) == "2 errors, 1 warning"
    assert summary_line([notice("z", "m")]) == "1 notice"
    assert summary_line([]) == ""


class _Stream:
    def __init__(self, tty: bool) -> None:
        self.tty = tty

    def isatty(self) -> bool:
        return self.tty


@pytest.mark.parametrize(
    ("env", "tty", "wanted"),
    [
        ({}, True, True),
        ({}, False, False),
        ({"NO_COLOR": "1"}, True, False),
        ({"NO_COLOR": ""}, True, True),
        ({"FORCE_COLOR": "1"}, False, True),
        ({"FORCE_COLOR": "0"}, False, False),
        ({"TERM": "dumb"}, True, False),
        ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, True, False),
    ],
)
def test_colour_as_the_environment_asks(env, tty, wanted):
    assert wants_color(_Stream(tty), env) is wanted


LETTERS = st.text(st.sampled_from("ab \t\n深é\u0301\u200d👍\x1b\u202e"), max_size=260)


@settings(max_examples=150, deadline=None)
@given(text=LETTERS, start=st.integers(-5, 300), size=st.integers(-3, 60), severity=st.sampled_from(list(Severity)))
def test_any_span_of_any_text_renders_and_the_caret_stands_under_its_first_character(text, start, size, severity):
    source = Source("a.md", text)
    d = Diagnostic("x", severity, "m", Span("a.md", start, start + size))
    lines = pretty(d, source=source).splitlines()
    assert lines[0] == f"{severity}[x]: m"
    first, last = max(0, min(start, len(text))), max(0, min(start + size, len(text)))
    place = source.position(first)
    assert lines[1].endswith(f"a.md:{place.line}:{place.column}")
    if text and "\n" not in text[first : max(first, last)]:
        row, under = lines[3], lines[4]
        column = under.index("^")
        line = source.line(place.line)
        if text_width(line) < 40 and "\t" not in line:
            before = "".join(
                "\ufffd" if unicodedata.category(c) == "Cc" or c == "\u202e" else c for c in line[: place.column - 1]
            )
            assert column == row.index("|") + 2 + sum(char_width(c) for c in before)
