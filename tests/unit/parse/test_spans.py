"""Spans are exact to the column, wherever a construct stands: in quotes, lists, tables, notes, headings, captions."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xaisite.core.source import Source
from xaisite.model.post import Outline
from xaisite.parse.config import ParseConfig
from xaisite.parse.post import parse_post

CONTAINERS = {
    "plain": "{}\n",
    "second line": "first line\n{}\n",
    "indented": "first\n   {}\n",
    "emoji before": "😀 é {}\n",
    "quote": "> {}\n",
    "quote, lazy": "> first\n{}\n",
    "quote in quote": "> > a\n> > {}\n",
    "list": "- {}\n",
    "ordered, second paragraph": "10. a\n\n    {}\n",
    "list in quote": "> 1. a\n>    {}\n",
    "tab list": "-\t{}\n",
    "table": "| a | b |\n|---|---|\n| x | {} |\n",
    "table after an escaped pipe": "| a | b |\n|---|---|\n| \\| x | y \\| {} |\n",
    "same text before": "k1 k2 {}\n",
    "heading": "## About {}\n",
    "heading with id": "## About {} {{#sec-x}}\n",
    "underlined heading": "About {}\n---\n",
    "note": "a[^n]\n\n[^n]: note {}\n",
    "note, second paragraph": "a[^n]\n\n[^n]: note\n\n    more {}\n",
    "inline note": "a^[note {}]\n",
    "distill note": "a<d-footnote>note {}</d-footnote>\n",
    "emphasis": "**bold {}**\n",
    "link text with it outside": "[text](x.html) {}\n",
    "image caption": "![cap {}](a.png)\n",
    "div": "::: {{.callout-note}}\n{}\n:::\n",
    "div title": "::: {{.callout-note title='T {}'}}\nx\n:::\n",
    "definition": "Term\n: def {}\n",
    "table caption": "| a |\n|---|\n| b |\n\n: Cap {} {{#tbl-x}}\n",
    "cell caption": "```{{python}}\n#| fig-cap: 'cap {}'\n1\n```\n",
    "quoted cell caption": "> ```{{python}}\n> #| fig-cap: 'cap {}'\n> 1\n> ```\n",
    "myst note": "```{{note}} Title\n{}\n```\n",
    "task": "- [x] {}\n",
    "front matter above": "---\ntitle: T\n---\n\n{}\n",
}
CONSTRUCTS = {
    "citation": ("[@k1, p. 3; see @k2]", lambda o: [i.span for c in o.cites for i in c.items], ["k1", "k2"]),
    "narrative": ("@k1 says", lambda o: [i.span for c in o.cites for i in c.items], ["k1"]),
    "tag": ('{% cite "k1" "k2" %}', lambda o: [i.span for c in o.cites for i in c.items], ["k1", "k2"]),
    "cross reference": ("[@fig-a; @fig-b]", lambda o: [i.span for c in o.cross_refs for i in c.items], ["fig-a", "fig-b"]),
    "formula": ("$\\alpha + b$", lambda o: [f.span for f in o.formulas], ["\\alpha + b"]),
    "tex parentheses": ("\\(a_b\\)", lambda o: [f.span for f in o.formulas], ["a_b"]),
    "link": ("[t](k1.md#h)", lambda o: [u.span for u in o.links if u.href == "k1.md#h"], ["k1.md#h"]),
    "link in angles": ("[t](<k1 k2.md>)", lambda o: [u.span for u in o.links if "k1" in u.href], ["k1 k2.md"]),
    "bare address": ("http://k1.org/x", lambda o: [u.span for u in o.links if "k1.org" in u.href], ["http://k1.org/x"]),
    "picture": ("![alt](k1.png)", lambda o: [u.span for u in o.media if u.src == "k1.png"], ["k1.png"]),
    "raw picture": ('<img src="k1.png" alt="">', lambda o: [u.span for u in o.media if u.src == "k1.png"], ["k1.png"]),
    "value": ("`{python} k1 + 1`", lambda o: [i.span for i in o.inlines], ["k1 + 1"]),
    "term": ("[k1 k2]{.term}", lambda o: [t.span for t in o.terms], ["k1 k2"]),
}  # fmt: skip


def outline_of(text: str) -> Outline:
    return parse_post(Source("a.md", text), ParseConfig(), kind="post").value.outline


CASES = [
    pytest.param(container, construct, id=f"{construct_name} in {name}")
    for name, container in CONTAINERS.items()
    for construct_name, construct in CONSTRUCTS.items()
    if not ('"' in construct[0] and "title='" in container)
]


@pytest.mark.parametrize(("container", "construct"), CASES)
def test_span_is_exact(container: str, construct: tuple[str, object, list[str]]) -> None:
    written, find, expected = construct
    text = (
        container.replace("{{", "\0")
        .replace("}}", "\1")
        .format("\2")
        .replace("\0", "{")
        .replace("\1", "}")
        .replace("\2", written)
    )
    spans = find(outline_of(text))  # type: ignore[operator]
    assert [text[s.start : s.end] for s in spans] == expected, text


@settings(max_examples=200, deadline=None, database=None)
@given(
    st.lists(st.sampled_from(["> ", "- ", "1. ", "   - ", "> > ", ""]), max_size=3),
    st.text(alphabet="ab é😀*_`\\|", max_size=8),
    st.lists(st.text(alphabet="ab 😀", max_size=6), max_size=3),
)
def test_citation_in_random_containers(marks: list[str], before: str, lines: list[str]) -> None:
    opening = "".join(marks)
    text = "".join(f"{opening}{line}\n" for line in lines) + f"{opening}{before} [@key1] tail\n"
    for cite in outline_of(text).cites:
        assert text[cite.items[0].span.start : cite.items[0].span.end] == "key1"
        assert text[cite.span.start : cite.span.end] == "[@key1]"
