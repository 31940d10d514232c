"""Citations in their four spellings: the rules of Pandoc's manual, of jekyll-scholar, Distill and MyST."""

from __future__ import annotations

import pytest

from xaisite.core.source import Source
from xaisite.model.nodes import CiteGroup
from xaisite.model.post import Outline
from xaisite.parse.config import ParseConfig
from xaisite.parse.post import parse_post


def outline(text: str) -> Outline:
    return parse_post(Source("a.md", text), ParseConfig(), kind="post").value.outline


def cites(text: str) -> tuple[CiteGroup, ...]:
    return outline(text).cites


def item(group: CiteGroup, index: int = 0) -> tuple[str, str, str, str, str, bool]:
    i = group.items[index]
    return i.key, i.prefix, i.locator_term, i.locator, i.suffix, i.suppress_author


@pytest.mark.parametrize(("text", "expected"), [
    ("[@doe99]", ("doe99", "", "", "", "", False)),
    ("[see @doe99]", ("doe99", "see ", "", "", "", False)),
    ("[-@doe99]", ("doe99", "", "", "", "", True)),
    ("[@smith04, p. 33]", ("smith04", "", "page", "33", "", False)),
    ("[@smith04, chap. 1]", ("smith04", "", "chapter", "1", "", False)),
    ("[@smith04 p. 33]", ("smith04", "", "page", "33", "", False)),
    ("[@smith{ii, A, D-Z}, with a suffix]", ("smith", "", "page", "ii, A, D-Z", ", with a suffix", False)),
    ("[@smith, {pp. iv, vi-xi, (xv)-(xvii)} with suffix here]",
     ("smith", "", "page", "iv, vi-xi, (xv)-(xvii)", " with suffix here", False)),
    ("[@smith{}, 99 years later]", ("smith", "", "", "", ", 99 years later", False)),
    ("[@doe99, pp. 33-35 and *passim*]", ("doe99", "", "page", "33-35", " and <em>passim</em>", False)),
    ("[@{https://example.com/bib?name=foobar&date=2000}, p.  33]",
     ("https://example.com/bib?name=foobar&date=2000", "", "page", "33", "", False)),
    ("[@Foo_bar.baz.]", ("Foo_bar.baz", "", "", "", ".", False)),
    ("[@Foo_bar--baz]", ("Foo_bar", "", "", "", "--baz", False)),
    ("[see <b>& @x]", ("x", "see &amp; ", "", "", "", False)),
])  # fmt: skip
def test_pandoc_items(text, expected):
    (group,) = cites(text)
    assert not group.narrative
    assert item(group) == expected


def test_pandoc_lists():
    (group,) = cites("Blah blah [see @doe99, pp. 33-35 and *passim*; @smith04, chap. 1].")
    assert [i.key for i in group.items] == ["doe99", "smith04"]


def test_narrative():
    first, second, third = cites("@smith04 says blah. @smith04 [p. 33] and @{a b} not. @doe99 [p. 1; @smith04, p. 2]")
    assert first.narrative
    assert item(first)[0] == "smith04"
    assert item(second)[2:4] == ("page", "33")
    assert [i.key for i in third.items] == ["doe99", "smith04"]


@pytest.mark.parametrize("text", [
    "mail me@example.org", "see https://medium.com/@user", "<https://x.org/@a>", "`@code`", "[@link text](x.html)", "\\@escaped",
    "[text @x](y.html)", "    @indented", "```\n[@a]\n```", "user@", "@ alone", "@-x", "$@a$", "[@a](b.html)", "a@b", "[x @](y)",
])  # fmt: skip
def test_what_is_no_citation(text):
    assert cites(text) == ()


def test_brackets_without_a_key_are_text():
    (group,) = cites("[@a; and no key]")
    assert group.narrative


def test_reference_links_win():
    found = outline("[@a]\n\n[@a]: x.html")
    assert [c.items[0].key for c in found.cites] == ["a"] or [u.href for u in found.links] == ["x.html"]


@pytest.mark.parametrize(("text", "keys"), [
    ('{% cite "a" %}', ["a"]), ("{% cite 'a' 'b' %}", ["a", "b"]), ("{%- cite a -%}", ["a"]), ("{% cite a b %}", ["a", "b"]),
    ("{%cite a%}", ["a"]), ('{% cite "o\'hara" %}', ["o'hara"]), ('<d-cite key="a,b"></d-cite>', ["a", "b"]), ("<d-cite key='a'/>", ["a"]),
    ("<d-cite key=a></d-cite>", ["a"]), ('<d-cite bibtex-key="a" />', ["a"]), ("{cite:p}`a,b`", ["a", "b"]), ("{cite}`a`", ["a"]),
])  # fmt: skip
def test_other_spellings(text, keys):
    (group,) = cites(f"x {text} y")
    assert [i.key for i in group.items] == keys


def test_jekyll_scholar_flags():
    (group,) = cites("{% cite a b -l 3 -l 4 -L chapter -A --file other %}")
    assert group.bibliography == "other"
    assert [item(group, k)[2:4] for k in (0, 1)] == [("chapter", "3"), ("page", "4")]
    assert item(group)[5]


def test_adjacent_tags_merge_and_glued_ones_know_it():
    groups = cites('years{% cite "a" %}{% cite "b" %}, more {% cite "c" %}; ({% cite "d" %}) [@e][@f]')
    assert [[i.key for i in g.items] for g in groups] == [["a", "b"], ["c"], ["d"], ["e", "f"]]
    assert [g.glued for g in groups] == [True, False, False, False]


@pytest.mark.parametrize(
    "text",
    [
        "`{% cite a %}`",
        "```\n{% cite a %}\n```",
        "{% raw %}{% cite a %}{% endraw %}",
        "{% raw %}\n{% cite a %}\n{% endraw %}",
    ],
)
def test_tags_are_literal_in_code_and_raw(text):
    assert cites(text) == ()


def test_citations_stand_in_raw_html_too():
    assert [
        g.items[0].key for g in cites('<figcaption>From {% cite "a" %} and <d-cite key="b"></d-cite></figcaption>')
    ] == ["a", "b"]


def test_nocite_and_bibliography_tags():
    found = outline("---\nnocite: [z]\n---\n{% nocite a %}\n\n{% bibliography --cited %}")
    assert found.front.nocite == ("z", "a")
    assert found.has_bibliography_tag


@pytest.mark.parametrize(("text", "label", "form", "prefix"), [
    ("@fig-x", "fig-x", "full", ""), ("@Fig-x", "fig-x", "full", ""), ("[Fig @fig-x]", "fig-x", "full", "Fig"),
    ("[-@tbl-x]", "tbl-x", "full", ""), ("\\ref{eq:x}", "eq:x", "number", ""), ("\\eqref{eq:x}", "eq:x", "eqref", ""),
    ("{numref}`fig-x`", "fig-x", "full", ""), ("{eq}`eq-x`", "eq-x", "eqref", ""),
])  # fmt: skip
def test_cross_references(text, label, form, prefix):
    (reference,) = outline(f"See {text}.").cross_refs
    assert (reference.items[0].label, reference.form, reference.items[0].prefix) == (label, form, prefix)


def test_order_follows_the_page_notes_last():
    groups = cites("a [@one]^[n [@three]] b[^x]\n\n[^x]: x [@four]\n\nc [@two]")
    assert [g.items[0].key for g in groups] == ["one", "two", "three", "four"]


def test_a_minus_takes_the_name_of_the_kind_away():
    (reference,) = outline("See [-@fig-x].").cross_refs
    assert reference.items[0].suppress_kind


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("[@a and @b]", [("a", "", ""), ("b", "and ", "")]),
        ("[see @a, p. 3 and also @b, p. 4; @c]", [("a", "see ", "3"), ("b", "and also ", "4"), ("c", "", "")]),
        ("[@a, @b]", [("a", "", ""), ("b", "", "")]),
        ("@a [p. 3, see @b]", [("a", "", "3"), ("b", "see ", "")]),
        ("[@a, mail x@b.org]", [("a", "", "")]),
        ("[@a `@b`]", [("a", "", "")]),
    ],
)
def test_a_key_within_another_piece_is_cited_too(text, items):
    (group,) = cites(text)
    assert [(i.key, i.prefix, i.locator) for i in group.items] == items


def test_brackets_that_begin_with_a_key_are_no_locator():
    assert [[i.key for i in group.items] for group in cites("@a [-@b], @c [@d]")] == [["a"], ["b"], ["c"], ["d"]]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("[@a, (see @b)]", ", (see @b)"),
        ("[@a, as in [@fig-x]]", ", as in [@fig-x]"),
        ("[see^[note] @a]", "see^[note] "),
    ],
)
def test_a_reference_that_would_be_lost_is_an_error(text, shown):
    source = Source("a.md", text)
    found = parse_post(source, ParseConfig(), kind="post").diagnostics
    assert [source.text[d.span.start : d.span.end] for d in found if d.code == "cite-nested"] == [shown]
