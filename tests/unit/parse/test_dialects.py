"""Constructs that migrants bring, each by what it becomes in a post."""

from __future__ import annotations

import pytest

from xaisite.core.gaps import join_around_gaps
from xaisite.core.source import Source
from xaisite.model.post import Post
from xaisite.parse.config import ParseConfig
from xaisite.parse.post import parse_post


def parse(text: str, front: str = "title: A") -> Post:
    found = parse_post(Source("content/posts/a.md", f"---\n{front}\n---\n\n{text}\n"), ParseConfig(), kind="post")
    assert [d for d in found.diagnostics if d.severity != "notice"] == []
    return found.value


@pytest.mark.parametrize(
    ("text", "tex"),
    [
        ('<div class="caption">A $x^2$ map</div>', ["x^2"]),
        ("<figcaption>Both \\(y\\) and $$z$$</figcaption>", ["y", "z"]),
        ("<p>if $a &lt; b$</p>", ["a < b"]),
        ("<div>$5 and $10</div>", []),
        ("<pre>$x$</pre>", []),
        ("<div><code>$x$</code> $y$</div>", ["y"]),
        ('<div><a href="$x$">b</a></div>', []),
        ("<div>\\$x$ and $y</div>", []),
    ],
)
def test_formulas_in_html_are_what_mathjax_made_of_them(text: str, tex: list[str]) -> None:
    assert [f.tex for f in parse(text).outline.formulas] == tex


def test_math_false_makes_dollars_dollars() -> None:
    post = parse("$x$, $$y$$, \\(z\\)\n\n$$\na\n$$\n\n<p>$x$</p>", "title: A\nmath: false")
    assert post.outline.formulas == ()


def test_markdown_in_html_that_asks_for_it() -> None:
    post = parse('<div class="a" markdown="1">\n## In *it*\n\n[a](https://x.org)\n</div>\ntext [b](https://y.org)')
    assert [h.text for h in post.outline.headings] == ["In it"]
    assert [u.href for u in post.outline.links] == ["https://x.org", "https://y.org"]
    post = parse('<figure>\n<figcaption markdown="1">See [a](https://x.org).</figcaption>\n</figure>')
    assert [u.href for u in post.outline.links] == ["https://x.org"]
    assert not any("markdown" in str(t.meta) for t in post.tokens)


def test_definitions_of_macros_may_stand_alone() -> None:
    post = parse("\\newcommand{\\E}[1]{\\mathbb{E}[#1]}\n\\newcommand\\R{\\mathbb{R}}\n\n$\\E{x}$")
    assert [f.tex.partition("{")[0] for f in post.outline.formulas] == ["\\newcommand", "\\E"]
    assert parse("\\newcommand is a command").tokens[0].type == "paragraph_open"


@pytest.mark.parametrize(
    ("text", "title", "collapse"),
    [
        ("> [!NOTE]\n> b", "", ""),
        ("> [!tip] Own *title*\n> b", "Own *title*", ""),
        ("> [!WARNING]- Folded\n> b", "Folded", "true"),
        ("> [!caution]+\n> b", "", "false"),
    ],
)
def test_alerts_with_titles_and_folding(text: str, title: str, collapse: str) -> None:
    opening = parse(text).tokens[0]
    assert opening.type == "callout_open"
    shown = "".join(t.content or ("*" if t.type.startswith("em_") else "") for t in opening.meta["title"])
    assert (shown, opening.meta["collapse"]) == (title, collapse)


@pytest.mark.parametrize(
    ("nocite", "keys"),
    [("'@a, @b'", ("a", "b")), ("|\n  @a, @b\n  @c", ("a", "b", "c")), ("['@a', b]", ("a", "b")), ("'@*'", ("*",))],
)
def test_nocite_as_pandoc_writes_it(nocite: str, keys: tuple[str, ...]) -> None:
    assert parse("x", f"title: A\nnocite: {nocite}").outline.front.nocite == keys


def test_roles_of_myst() -> None:
    post = parse("H{sub}`2`O, {abbr}`SHAP (SHapley Additive exPlanations)`, {ref}`the plot <fig-a>`, {numref}`fig-b`")
    assert [i.label for ref in post.outline.cross_refs for i in ref.items] == ["fig-a", "fig-b"]
    html = [p for t in post.tokens[1].children or () if t.type == "html_inline" for p in t.meta["pieces"]]
    assert html == ["<sub>", "</sub>", '<abbr title="SHapley Additive exPlanations">', "</abbr>"]


def test_a_line_of_attributes_names_the_heading_above_it() -> None:
    post = parse("## Long title\n{: #sec-short .wide}\n\n## Another\n{: #other}\n\n[a](#other) @sec-short")
    assert [(h.id, h.label) for h in post.outline.headings] == [("sec-short", "sec-short"), ("other", "")]
    assert [label.name for label in post.outline.labels] == ["sec-short"]


def test_jekyll_scholars_prefix_of_ids_is_no_text() -> None:
    (group,) = parse('{% cite a --prefix "<b>x</b>" -l 3 %}').outline.cites
    assert [(i.key, i.prefix, i.locator) for i in group.items] == [("a", "", "3")]


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        (["As shown ", None, "."], "As shown."),
        (["As ", None, " shown"], "As shown"),
        (["(see ", None, ")"], "(see)"),
        ([None, " first"], "first"),
        (["last ", None], "last"),
        (["a", None, " b"], "a b"),
        (["a ", "b"], "a b"),
    ],
)
def test_what_is_left_out_leaves_no_blank(parts: list[str | None], text: str) -> None:
    assert join_around_gaps(parts) == text


def test_an_excerpt_reads_without_its_citations() -> None:
    assert parse("Trees [@a], and notes^[x], end {% cite b %}.").outline.excerpt == "Trees, and notes, end."


def test_an_excerpt_is_a_paragraph_of_the_text_itself() -> None:
    assert (
        parse("See @sec-a.\n\n::: {.panel-tabset}\n## T\nIn a tab.\n:::\n\nWords.\n\n## A {#sec-a}").outline.excerpt
        == "Words."
    )
    assert parse("> Quoted.\n\n- item\n\nWords.").outline.excerpt == "Words."
    assert parse("Of @sec-a only.\n\n## A {#sec-a}").outline.excerpt == "Of only."


def test_targets_of_myst_name_the_heading_below_or_the_place() -> None:
    text = "(my-part)=\n## A part\n\n{ref}`my-part` [x](#my-part)\n\n(here)=\n\nText [y](#here), {doc}`the other <b>`"
    post = parse(text)
    assert [(h.id, h.label) for h in post.outline.headings] == [("my-part", "my-part")]
    assert [(label.name, label.title) for label in post.outline.labels] == [("my-part", "A part")]
    assert [u.href for u in post.outline.links] == ["#my-part", "#here", "b.md"]
    assert any(t.meta.get("pieces") == ['<div id="here"></div>\n'] for t in post.tokens)
    assert "(here)" not in post.outline.excerpt


MYST = """:::{figure} a.png
:name: my-plot
:alt: A plot
A caption
:::

:::{table} Two *numbers*
:name: my-table
| a | b |
|---|---|
| 1 | 2 |
:::

::::{tab-set}
:::{tab-item} One
first
:::
:::{tab-item} Two
second
:::
::::

{numref}`my-plot` {numref}`my-table`
"""


def test_directives_of_myst_between_colons() -> None:
    post = parse(MYST)
    assert [(label.name, label.kind, label.title) for label in post.outline.labels] == [
        ("my-plot", "fig", "A caption"), ("my-table", "tbl", "Two numbers"),
    ]  # fmt: skip
    tabs = [t.meta["title"][0].content for t in post.tokens if t.type == "tabset_panel_open"]
    assert tabs == ["One", "Two"]


@pytest.mark.parametrize(
    "text", [":::{card} A *title*\nBody\n:::", "```{list-table} A *title*\nBody\n```", "```{todo}\nB\n```"]
)
def test_directives_without_a_counterpart_are_shown_and_reported_once(text: str) -> None:
    source = Source("content/posts/a.md", f"{text}\n\n{text}\n")
    found = parse_post(source, ParseConfig(), kind="post")
    assert [d.code for d in found.diagnostics] == ["migrant-directive"]
    assert "B" in "".join(t.content + "".join(c.content for c in t.children or ()) for t in found.value.tokens)
