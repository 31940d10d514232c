"""Hostile text ends in linear time: twice the text takes about twice as long."""

from __future__ import annotations

import gc
import time

import pytest

from xaisite.core.source import Source
from xaisite.parse.config import ParseConfig
from xaisite.parse.post import parse_post

UNITS = {
    "brackets": "[",
    "images": "![",
    "cite brackets": "[@a",
    "cite pieces": "[@a; ",
    "at signs": "@a ",
    "mail": "a@b",
    "dollars": "$a ",
    "double dollars": "$$a ",
    "display openers": "$$a\n",
    "display alone": "$$\n\n",
    "tex parens": "\\(a ",
    "tex brackets": "\\[a\n\n",
    "environments": "\\begin{align}\n\n",
    "many environments": "\\begin{align}a ",
    "emphasis": "*a _b ",
    "strike": "~a ",
    "backticks": "`a ``b ",
    "inline values": "`{python} x ",
    "tags": "<a ",
    "open attributes": '<a b="',
    "comments": "<!-- ",
    "tag names": "<a><b>",
    "html blocks": "<div>\n\n",
    "liquid": '{% cite "a" ',
    "liquid blocks": "{% raw %}\n",
    "moustache": "{{ a ",
    "braces": "{#a ",
    "attribute lists": "[a]{.b ",
    "images with attributes": "![a](b){.c ",
    "notes": "[^a]",
    "note definitions": "[^a]: b\n",
    "inline notes": "^[a ",
    "quotes": "> ",
    "quote lines": "> a\n",
    "lists": "- a\n",
    "tables": "| a | b |\n|---|---|\n",
    "pipes": "|a",
    "table rows": "a | b\n",
    "divs": "::: {.a}\n",
    "closed divs": "::: {.a}\n:::\n",
    "definition lists": "a\n: b\n\n",
    "colons": ": a\n",
    "fences": "```\n",
    "cells": "```{python}\n#| label: a\n1\n```\n\n",
    "headings": "# a\n",
    "addresses": "http://a.b/( ",
    "www": "www.a.b",
    "distill": '<d-cite key="a">',
    "footnote tags": "<d-footnote>a",
    "shortcodes": "{{< meta a ",
    "references": "[a]: b\n",
    "entities": "&amp;",
    "backslashes": "\\",
    "underlines": "a\n=\n",
    "newlines": "\n",
    "words": "word ",
    "definitions of macros": "\\newcommand{\\x}",
    "open definitions": "\\def\\x{\n",
    "math in html": "<p>$a \\(a ",
    "markdown in html": "<div markdown=1>",
    "markdown in blocks of html": "<div markdown=1>\n",
    "pairs of markdown in html": '<div markdown="1">\n</div>\n',
    "markdown in html in html": '<div>\n<div markdown="1">\n</div>\n',
    "open markdown in html": '<div markdown="1">\n<div>\n',
    "open comments": "{# a ",
    "open comments of Liquid": "{% comment %} a\n",
    "comments before text": "{% comment %}\n" * 3 + "{% endcomment %} x\n",
    "percent signs": "% a\nb\n\n",
    "dollars in text": "$\\text{a $",
    "open text": "$\\text{a ",
    "abbreviations": "*[a]: b\n",
    "high text": "a^b",
    "low text": "a~b",
    "details": "{% details a %}\n",
    "raw in html": "<p>{% raw %}{# a ",
    "empty notes": "^[]",
    "bad attributes": "![a](b){.c d=}",
    "malformed openers": "::: a b\n",
    "alerts": "> [!NOTE] a\n",
    "roles": "{ref}`a` ",
    "marks": "==a ",
    "paired marks": "==a== ",
    "emoji": ":fire:",
    "what is no emoji": ":a ",
    "lines of verse": "| a\n",
    "verse that goes on": "| a\n  b\n",
    "grids": "+---+\n",
    "drawn tables": "a b\n--- ---\n",
    "kramdown's comments": "{::comment} a ",
    "kramdown's ends": "{::comment}{:/x",
    "kramdown's formulas": "\\\\(a ",
    "kramdown's blocks of formulas": "\\\\[a\n\n",
    "raw tags in code": "`{% raw %}{{ x }}{% endraw %}` ",
    "lists of letters": "a) b\nc) d\n\n",
    "boxes": "::: tip a\n",
    "titles of pages": "[](a.md) {doc}`a` ",
}
SIZE = 12_000


def seconds(text: str) -> float:
    gc.disable()  # how long it looks for garbage depends on all that the tests before have left
    try:
        start = time.process_time()
        parse_post(Source("a.md", text), ParseConfig(), kind="post")
        return time.process_time() - start
    finally:
        gc.enable()


def compare_sizes(unit: str) -> tuple[float, float]:
    """Return the seconds of a text and of one four times as long."""
    small = unit * (SIZE // len(unit))
    first = min(seconds(small) for _ in range(2))
    if first < 0.01:  # too little to compare
        small *= 4
        first = seconds(small)
    return max(first, 0.004), min(seconds(small * 4) for _ in range(2))


@pytest.mark.parametrize("unit", UNITS.values(), ids=UNITS.keys())
def test_growth_is_linear(unit: str) -> None:
    tries = []
    for _ in range(4):  # a busy machine spoils some; growth with the square spoils all: 16 is not under 8.8
        tries.append(compare_sizes(unit))
        if tries[-1][1] < 4 * 2.2 * tries[-1][0]:
            return
    pytest.fail(f"seconds of a text and of one four times as long: {tries}")


@pytest.mark.slow
@pytest.mark.parametrize("unit", UNITS.values(), ids=UNITS.keys())
def test_a_megabyte_ends(unit: str) -> None:
    assert seconds(unit * (1_000_000 // len(unit))) < 30
