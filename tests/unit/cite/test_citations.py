"""Citations in the text, in each style."""

from __future__ import annotations

import re
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xaisite.cite.citations import by_key, format_citation
from xaisite.cite.read import read_bibliography
from xaisite.cite.references import Style, make_reference_list
from xaisite.core.locator import read_locator
from xaisite.core.source import Source, Span
from xaisite.model.bib import Reference
from xaisite.model.nodes import CiteGroup, CiteItem
from xaisite.parse.config import ParseConfig
from xaisite.parse.post import parse_post

BIB = """
@misc{a, author={Breiman, Leo}, year=2001, title={A}}
@misc{b, author={Lundberg, Scott and Lee, Su-In}, year=2017, title={B}}
@misc{c, author={Ribeiro, M. and Singh, S. and Guestrin, C.}, year=2016, title={C}}
@misc{d, author={Molnar, C.}, year=2020, title={D}}
@misc{e, author={Molnar, C.}, year=2020, title={E}, ids={alias}}
@misc{f, author={O'Neil & <Co>, X.}, title={F}}
"""
SPAN = Span("p.md", 0, 1)
STYLES: tuple[Style, ...] = ("numeric", "author-year", "alphabetic")


@cache
def references(style: Style) -> dict[str, Reference]:
    entries = read_bibliography(Source("a.bib", BIB)).value.entries
    return by_key(make_reference_list([entries[k] for k in "abcdef"], style=style, sort="appearance"))


def item(text: str) -> CiteItem:
    """`see -@a, p. 3` as the parser gives it."""
    m = re.match(r"(.*?)(-?)@(\w+)(.*)", text, re.DOTALL)
    assert m
    found = read_locator(m.group(4))
    return CiteItem(m.group(3), SPAN, m.group(1), found.suffix, found.term, found.locator, bool(m.group(2)))


def shown(style: Style, text: str, *, narrative: bool = False) -> str:
    """The citation with links as {text|key}."""
    group = CiteGroup(0, tuple(item(part.strip()) for part in text.split(";")), SPAN, narrative)
    parts = format_citation(group, references(style), style)
    return "".join(f"{{{p.html}|{p.key}}}" if p.key else p.html for p in parts)


CASES: list[tuple[Style, str, str]] = [
    ("numeric", "@a", "[{1|a}]"),
    ("numeric", "@a; @b", "[{1|a}, {2|b}]"),
    ("numeric", "@e; @a; @d; @c", "[{1|a}, {3|c}–{5|e}]"),
    ("numeric", "@a; @b; @c; @e; @f", "[{1|a}–{3|c}, {5|e}, {6|f}]"),
    ("numeric", "@a; @a", "[{1|a}]"),
    ("numeric", "-@a", "[{1|a}]"),
    ("numeric", "@alias", "[{5|e}]"),
    (
        "numeric",
        "see @a, pp. 33-35 and <em>passim</em>; @b, chap. 1",
        "[see {1|a}, pp.\u00a033–35 and <em>passim</em>; {2|b}, chap.\u00a01]",
    ),
    ("numeric", "@c, p. 3; @a; @b", "[{3|c}, p.\u00a03; {1|a}, {2|b}]"),
    ("numeric", "@nope", "[<strong>nope?</strong>]"),
    ("numeric", "@nope; @a", "[{1|a}, <strong>nope?</strong>]"),
    ("alphabetic", "@b; @a; @c", "[{Bre01|a}, {LL17|b}, {RSG16|c}]"),
    ("alphabetic", "@d; @e", "[{Mol20a|d}, {Mol20b|e}]"),
    ("alphabetic", "@a, sec. 2", "[{Bre01|a}, sec.\u00a02]"),
    ("author-year", "@a", "({Breiman, 2001|a})"),
    ("author-year", "@b", "({Lundberg &amp; Lee, 2017|b})"),
    ("author-year", "@c; @a", "({Ribeiro et al., 2016|c}; {Breiman, 2001|a})"),
    ("author-year", "@d; @e", "({Molnar, 2020a|d}, {2020b|e})"),
    ("author-year", "@d, p. 3; @e", "({Molnar, 2020a|d}, p.\u00a03; {Molnar, 2020b|e})"),
    ("author-year", "-@d", "({2020a|d})"),
    (
        "author-year",
        "see @a, pp. 33-35; but @b and others",
        "(see {Breiman, 2001|a}, pp.\u00a033–35; but {Lundberg &amp; Lee, 2017|b} and others)",
    ),
    ("author-year", "@f", "({O’Neil &amp; &lt;Co&gt;, n.d.|f})"),
    ("author-year", "@nope", "(<strong>nope?</strong>)"),
]


@pytest.mark.parametrize(("style", "text", "expected"), CASES)
def test_citation(style: Style, text: str, expected: str) -> None:
    assert shown(style, text) == expected


NARRATIVE: list[tuple[Style, str, str]] = [
    ("numeric", "@b", "Lundberg and Lee\u00a0[{2|b}]"),
    ("numeric", "@b, p. 33", "Lundberg and Lee\u00a0[{2|b}, p.\u00a033]"),
    ("numeric", "-@b", "[{2|b}]"),
    ("alphabetic", "@c", "Ribeiro et al.\u00a0[{RSG16|c}]"),
    ("author-year", "@b", "Lundberg and Lee ({2017|b})"),
    ("author-year", "@d, p. 33", "Molnar ({2020a|d}, p.\u00a033)"),
    ("author-year", "@d, p. 33; see also @a", "Molnar ({2020a|d}, p.\u00a033; see also {Breiman, 2001|a})"),
    ("author-year", "-@d", "({2020a|d})"),
    ("author-year", "@nope", "@nope"),
    ("author-year", "@f", "O’Neil &amp; &lt;Co&gt; ({n.d.|f})"),
]


@pytest.mark.parametrize(("style", "text", "expected"), NARRATIVE)
def test_narrative_citation(style: Style, text: str, expected: str) -> None:
    assert shown(style, text, narrative=True) == expected


@pytest.mark.parametrize(
    ("locator", "expected"),
    [
        ("p. 3", "p.\u00a03"), ("3", "p.\u00a03"), ("pp. 3-4", "pp.\u00a03–4"), ("pp. 3--4", "pp.\u00a03–4"), ("p. 3, 5", "pp.\u00a03, 5"), ("vol. 2", "vol.\u00a02"),
        ("§§ 1-2", "secs.\u00a01–2"), ("s.v. 4", "s.v.\u00a04"), ("{iv}", "p.\u00a0iv"), ("¶ 2", "para.\u00a02"), ("chapters 2-3", "chaps.\u00a02–3"),
    ],
)  # fmt: skip
def test_locators_read_well(locator: str, expected: str) -> None:
    assert shown("numeric", f"@a, {locator}") == f"[{{1|a}}, {expected}]"


@settings(deadline=None)
@given(
    st.lists(st.sampled_from("abcdef"), min_size=1, max_size=8),
    st.sampled_from(["numeric", "author-year", "alphabetic"]),
)
def test_every_key_is_linked_or_covered(keys: list[str], style: Style) -> None:
    group = CiteGroup(0, tuple(CiteItem(k, SPAN) for k in keys), SPAN)
    parts = format_citation(group, references(style), style)
    assert {k for p in parts for k in (p.key, *p.covers) if k} == set(keys)


@settings(deadline=None)
@given(st.text(max_size=12), st.text(max_size=12), st.sampled_from("abcdefx"), st.booleans())
def test_locators_terms_and_keys_are_escaped(locator: str, term: str, key: str, narrative: bool) -> None:
    items = (CiteItem(key, SPAN, locator_term=term, locator=locator + "<b>"), CiteItem(locator + "<i>", SPAN))
    for style in STYLES:
        html = "".join(p.html for p in format_citation(CiteGroup(0, items, SPAN, narrative), references(style), style))
        assert not re.search(r"<(?!/?strong>)", html)
        assert "&lt;b&gt;" in html or key == "x"


@pytest.mark.parametrize(
    "text",
    ['years{% cite "c" %}{% cite "a" %}{% cite b %},', "[@c][@a; @b]", '<d-cite key="c"></d-cite><d-cite key="a,b"/>'],
)
def test_adjacent_tags_merge(text: str) -> None:
    (group,) = parse_post(Source("p.md", text), ParseConfig(), kind="post").value.outline.cites
    assert [i.key for i in group.items] == list("cab")
    assert text[group.span.start : group.span.end] == text.removeprefix("years").removesuffix(",")
    assert group.glued == text.startswith("years")
    assert "".join(p.html for p in format_citation(group, references("numeric"), "numeric")) == "[1–3]"
