"""Posts whose comments say which diagnostics the next line raises, columns included.

`<!-- expect: CODE 8-14 … -->` stands above a line: the codes with their columns (1-based, the end exclusive; `8-14` means
the span ends before column 14; `8-` that it ends on a later line). Those lines are taken out before the post is parsed.
A post must raise exactly what its comments say.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from xaisite.core.source import Source
from xaisite.parse.config import ParseConfig
from xaisite.parse.post import parse_post
from xaisite.report.codes import find_code_page, list_codes

FOLDER = Path(__file__).parent
POSTS = sorted(FOLDER.glob("*.md"))
EXPECT = re.compile(r"^[ >]*<!-- expect: (.*) -->\n", re.MULTILINE)
ITEM = re.compile(r"([a-z][a-z-]+) (\d+)-(\d*)")
OURS = ("md-", "note-", "div-", "html-", "migrant-")
PARSED = ("xref-duplicate-id", "xref-mixed", "xref-reserved-id", "cell-foreign", "cell-inline-heading", "cell-unknown")


def read_expected(text: str) -> tuple[str, list[tuple[str, int, int, str]]]:
    """Return the post without its comments, and (code, line, first column, last column or empty) of each."""
    expected: list[tuple[str, int, int, str]] = []
    kept: list[str] = []
    waiting: list[tuple[str, int, str]] = []
    for line in text.splitlines(keepends=True):
        match = EXPECT.match(line)
        if match:
            waiting += [(code, int(first), last) for code, first, last in ITEM.findall(match[1])]
            continue
        kept.append(line)
        expected += [(code, len(kept), first, last) for code, first, last in waiting]
        waiting = []
    return "".join(kept), expected


def read_raised(text: str) -> list[tuple[str, int, int, str]]:
    source = Source("content/posts/a.md", text)
    raised: list[tuple[str, int, int, str]] = []
    for d in parse_post(source, ParseConfig(), kind="post").diagnostics:
        assert d.span is not None
        start, end = source.position(d.span.start), source.position(d.span.end)
        raised.append((d.code, start.line, start.column, str(end.column) if end.line == start.line else ""))
    return raised


@pytest.mark.parametrize("path", POSTS, ids=lambda p: p.stem)
def test_post_raises_what_its_comments_say(path: Path) -> None:
    text, expected = read_expected(path.read_text("utf-8"))
    assert expected
    assert sorted(read_raised(text)) == sorted(expected)


def parse_codes() -> list[str]:
    return [code for code in list_codes() if code.startswith(OURS) or code in PARSED]


@pytest.mark.parametrize("code", parse_codes())
def test_the_example_of_a_code_raises_it(code: str) -> None:
    page = find_code_page(code)
    assert page is not None
    fence = re.match(r"(`{3,})markdown\n(.*)\n\1\Z", page.example, re.DOTALL)
    if fence is None:
        pytest.skip("the example is a program")
    assert code in {item[0] for item in read_raised(fence[2] + "\n")}


def test_nesting_is_reported() -> None:
    assert [r[0] for r in read_raised("> " * 200 + "text")] == ["md-nesting"]


def test_every_post_is_named_for_what_it_holds() -> None:
    assert len(POSTS) >= 6


@pytest.mark.parametrize("code", list_codes())
def test_a_code_page_closes_every_listing(code: str) -> None:
    page = find_code_page(code)
    assert page is not None
    first, *_, last = (line for line in page.example.splitlines() if line.startswith("```"))
    ticks = len(first) - len(first.lstrip("`"))
    assert last == "`" * ticks
