"""Bodies: every construct's HTML, with and without results."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from xaisite.core.source import Source
from xaisite.model.bib import Entry, Reference
from xaisite.model.body import BodyContext, CitationPart, RenderedBody, ResolvedLabel, ResolvedMedia
from xaisite.model.post import Post
from xaisite.model.result import (
    CellResult,
    Figure,
    InlineResult,
    Media,
    Output,
    PostResults,
    Provenance,
    Raised,
    Rich,
    Stream,
)
from xaisite.parse.config import ParseConfig
from xaisite.parse.post import parse_post
from xaisite.render.body import make_highlight, render_body

LIGHT = Media("aa", "image/svg+xml", 10, 700, 450)
DARK = Media("bb", "image/svg+xml", 10, 700, 450)
PNG = Media("cc", "image/png", 10, 700, 450)


def parse(
    text: str, outputs: list[tuple[Output, ...]] | None = None, inlines: tuple[str, ...] = ()
) -> tuple[Post, PostResults | None]:
    results = None
    if outputs is not None:
        made = Provenance("x = 1", 7, (("data/a.csv", "d" * 32),), (("numpy", "2.4"),), ("network off",))
        cells = tuple(CellResult(i, "ran", o, provenance=made) for i, o in enumerate(outputs))
        values = tuple(InlineResult(i, text) for i, text in enumerate(inlines))
        results = PostResults("a.md", cells, values, "digest")
    return parse_post(Source("a.md", text), ParseConfig(), kind="post", results=results).value, results


def render(
    text: str, outputs: list[tuple[Output, ...]] | None = None, inlines: tuple[str, ...] = (), **context: object
) -> RenderedBody:
    post, results = parse(text, outputs, inlines)
    return render_body(post, BodyContext("/a/", results=results, **context), make_highlight())  # type: ignore[arg-type]


CELL = "```{python}\nx = 1\n```\n"


# Prose --------------------------------------------------------------------------------------------------------------


def test_heading_has_an_anchor_and_a_number():
    html = render("## SHAP values", heading_numbers={"shap-values": "2.1"}).html
    assert html == (
        '<h2 id="shap-values"><span class="heading-number">2.1</span> SHAP values '
        '<a class="anchor" href="#shap-values" aria-label="Link to this section">#</a></h2>\n'
    )


@pytest.mark.parametrize(("text", "slug"), [
    ("## A `b` & *c*!", "a-b--c"), ("## Étude naïve", "étude-naïve"), ("## ???", "section"), ("## Ref models", "section-ref-models"),
    ("## ref-models", "section-ref-models"), ("## x_y z", "x_y-z"),
])  # fmt: skip
def test_slugs_follow_github(text, slug):
    assert f'id="{slug}"' in render(text).html


def test_repeated_headings_count():
    assert re.findall(r'id="([^"]+)"', render("# A\n\n# A\n\n# A\n\n# A-1").html) == ["a", "a-1", "a-2", "a-1-1"]


def test_citations_link_to_references_and_back():
    reference = Reference(
        "k", Entry("k", "article", {}), "1", 1, "Molnar. <em>Book</em>.", "Molnar. Book.", "@article{k}"
    )
    parts = ((CitationPart("["), CitationPart("1", "k"), CitationPart("]")),) * 2
    body = render('years{% cite "k" %}, again [@k]', citations=parts, references=(reference,))
    assert (
        'years\u00a0<span class="citation">[<a class="citation-link" id="cite-k-1" href="#ref-k">1</a>]</span>,'
        in body.html
    )
    assert (
        'again <span class="citation">[<a class="citation-link" id="cite-k-2" href="#ref-k">1</a>]</span>' in body.html
    )
    assert '<li id="ref-k"><span class="reference-mark">[1]</span>' in body.references_html
    named = render("[@k]", citations=parts[:1], references=(reference,), citation_style="author-year")
    assert '<li id="ref-k"><span class="reference-text">' in named.references_html
    assert (
        'Cited in <a href="#cite-k-1" role="doc-backlink">1</a> <a href="#cite-k-2" role="doc-backlink">2</a>'
        in body.references_html
    )
    assert '<pre tabindex="0"><code>@article{k}</code></pre>' in body.references_html


def test_bibliography_tag_places_the_list():
    reference = Reference("k", Entry("k", "article", {}), "1", 1, "R", "R", "")
    body = render("a\n\n{% bibliography %}\n\nb", references=(reference,))
    assert body.references_html == ""
    assert body.html.index("<p>a</p>") < body.html.index('id="references"') < body.html.index("<p>b</p>")
    assert "<p><section" not in body.html


@pytest.mark.parametrize(
    "text", ["## *Own*\n\n{% bibliography %}\n\nb", "a\n\n## Own\n", "## Own\n\n::: {#refs}\n:::\n"]
)
def test_references_stand_below_the_authors_own_heading(text):
    reference = Reference("k", Entry("k", "article", {}), "1", 1, "R", "R", "")
    body = render(text, references=(reference,))
    assert body.references_html == ""
    assert '<section class="references" role="doc-bibliography" aria-labelledby="own">\n<ol' in body.html
    assert 'id="references' not in body.html


def test_an_id_of_a_heading_is_not_taken_twice():
    reference = Reference("k", Entry("k", "article", {}), "1", 1, "R", "R", "")
    body = render("## References\n\nThose below.", references=(reference,))
    assert (body.html + body.references_html).count('id="references"') == 1


def test_notes_number_by_first_reference():
    body = render("b[^b] a[^a] b[^b] inline^[*it*]\n\n[^a]: A\n\n[^b]: B\n\n    more\n")
    assert re.findall(r'href="#fn-(\w+)" role="doc-noteref">(\d)<', body.html) == [
        ("b", "1"),
        ("a", "2"),
        ("b", "1"),
        ("inline", "3"),
    ]
    assert 'id="fnref-b-2"' in body.html
    assert re.findall(r'<li id="fn-(\w+)">', body.notes_html) == ["b", "a", "inline"]
    assert body.notes_html.count('class="note-back"') == 4
    assert "<p>more <a" in body.notes_html


def test_a_note_in_a_note_is_shown():
    body = render("x[^a]\n\n[^a]: A[^b]\n[^b]: B")
    assert re.findall(r'<li id="fn-(\w)">', body.notes_html) == ["a", "b"]


def test_cross_references():
    labels = {"fig-a": ResolvedLabel("fig-a", "Figure", "1", "#fig-a")}
    one = labels["fig-a"]
    body = render("![C](a.png){#fig-a}\n\n@fig-a, [Fig. @fig-a], [-@fig-a], [@fig-a; @fig-a], \\eqref{fig-a}",
                  labels=labels, cross_refs=((one,), (one,), (one,), (one, one), (one,)))  # fmt: skip
    texts = re.findall(r'class="xref xref-fig" href="#fig-a">([^<]+)<', body.html)
    assert texts == ["Figure\u00a01", "Fig.\u00a01", "1", "Figure\u00a01", "Figure\u00a01", "(1)"]
    assert '<a class="figure-number" href="#fig-a">Figure 1</a> <span class="figure-caption">C</span>' in body.html


def test_links_and_media_are_those_resolved():
    body = render('[a](b.md) ![c](d.png "t")\n\n<img src="e.png" alt="">', links=("../b/",),
                  media=(ResolvedMedia("../d.png", 20, 10), ResolvedMedia("../e.png", 4, 3)))  # fmt: skip
    assert '<a href="../b/">a</a>' in body.html
    assert '<img src="../d.png" width="20" height="10" alt="c" title="t" loading="lazy" decoding="async">' in body.html
    assert '<img src="../e.png" alt="" width="4" height="3">' in body.html


def test_prices_are_not_math():
    assert "math" not in render("It costs $5 and $10, or $20,000 and $30,000.").html


@pytest.mark.parametrize("text", ["$a$", "$$a$$ b", "\\(a\\)"])
def test_inline_math(text):
    assert '<span class="math inline">' in render(text).html


@pytest.mark.parametrize("text", [
    "$$\na\n$$", "text\n$$\na\n$$\nmore", "$$a$$", "\\[a\\]", "\\[\na\n\\]", "\\begin{align}\na\n\\end{align}",
    "$$\\begin{aligned}\na\n\\end{aligned}$$", "> $$\n> a\n> $$", "- b\n  $$\n  a\n  $$",
])  # fmt: skip
def test_display_math(text):
    assert '<div class="math display"' in render(text).html


def test_what_closes_after_a_formula_stays_on_its_line():
    html = render("If $x$, ($y$). Then $z$ or *$a$*, $b$-stable.").html
    assert '<span class="joined"><span class="math inline">x</span><span class="closing">,</span></span> (' in html
    assert (
        '(<span class="joined"><span class="math inline">y</span><span class="closing">).</span></span> Then <span class="math inline">z</span> or'
        in html
    )
    assert '<em><span class="math inline">a</span></em>, ' in html
    assert '<span class="math inline">b</span><span class="closing">-</span></span>stable.' in html


def test_equation_number():
    label = ResolvedLabel("eq-x", "Equation", "3", "#eq-x")
    html = render("$$\na\n$$ {#eq-x}", labels={"eq-x": label}, formulas=("<b>K</b>",)).html
    assert html == (
        '<div class="math display" id="eq-x" tabindex="0" role="group" aria-label="Equation 3"><div class="math-body">'
        '<b>K</b></div><a class="eq-number" href="#eq-x">(3)</a></div>\n'
    )


def test_double_dollar_can_be_display():
    text = "where $$x$$ is"
    post = parse_post(Source("a.md", text), ParseConfig(double_dollar="display"), kind="post").value
    assert post.outline.formulas[0].display
    assert not parse(text)[0].outline.formulas[0].display


def test_raw_html_can_be_switched_off():
    post = parse_post(Source("a.md", "<b>x</b>\n\n<div>y</div>"), ParseConfig(raw_html=False), kind="post").value
    assert render_body(post, BodyContext("/")).html == "<p>&lt;b&gt;x&lt;/b&gt;</p>\n<p>&lt;div&gt;y&lt;/div&gt;</p>\n"


# Cells --------------------------------------------------------------------------------------------------------------


def test_a_cell_that_was_not_run_says_so():
    html = render("```{python}\n#| label: fig-a\nx = 1\n```").html
    assert '<div class="cell" id="cell-fig-a" data-cell="1">' in html
    assert '<div class="cell-output not-run" role="note" id="fig-a">' in html


def test_streams_warnings_and_exceptions():
    outputs = (
        Stream("stdout", "<a>\n"),
        Stream("stderr", "e\n"),
        Stream("stderr", "w\n", is_warning=True),
        Raised("E", "m", "T & t"),
    )
    html = render(CELL, [outputs]).html
    assert '<div class="cell-output stdout"><pre tabindex="0">&lt;a&gt;\n</pre></div>' in html
    for kind, text in (("stderr", "e"), ("warning", "w"), ("raised", "T &amp; t")):
        assert f'<div class="cell-output {kind}"><pre tabindex="0">{text}\n</pre></div>' in html


@pytest.mark.parametrize(("option", "gone"), [
    ("echo: false", 'class="listing"'), ("output: false", "cell-output"), ("include: false", "<div"), ("warning: false", "warning"),
])  # fmt: skip
def test_what_is_hidden_is_not_in_the_page(option, gone):
    text = f"```{{python}}\n#| {option}\nx = 1\n```"
    outputs = [(Stream("stdout", "o"), Stream("stderr", "w", is_warning=True))]
    assert gone in render(CELL, outputs).html
    assert gone not in render(text, outputs).html


def test_figure_in_light_and_dark_with_its_making():
    figure = Figure(
        (LIGHT, PNG),
        (DARK,),
        alt="drafted",
        caption="Stated.",
        verdict="Sums to 1.",
        data_csv=Media("dd", "text/csv", 3),
        table_html="<table><tr><td>1</td></tr></table>",
    )
    labels = {"fig-a": ResolvedLabel("fig-a", "Figure", "1", "#fig-a")}
    html = render(
        "```{python}\n#| label: fig-a\n#| fig-cap: 'My *cap*'\n#| fig-alt: Mine\nx\n```", [(figure,)], labels=labels
    ).html
    assert html.count('alt="Mine"') == 2
    assert 'class="only-light zoomable" src="aa" width="700" height="450"' in html
    assert 'class="only-dark zoomable" src="bb"' in html
    assert (
        '<span class="figure-caption">My <em>cap</em> Stated.</span> <span class="figure-verdict">Sums to 1.</span>'
        in html
    )
    assert '<details class="made"><summary>How this was made</summary>' in html
    assert "data/a.csv" in html
    assert "numpy 2.4" in html
    assert re.findall(r'<a class="download" href="(\w+)" download>(\w+)</a>', html) == [
        ("aa", "SVG"),
        ("cc", "PNG"),
        ("dd", "CSV"),
    ]
    assert '<details class="figure-data"><summary>Table</summary>' in html


def test_sub_figures():
    figures = tuple(Figure((Media(d, "image/png", 1, 10, 10),), alt=d) for d in ("f1", "f2"))
    text = "```{python}\n#| label: fig-a\n#| fig-cap: All\n#| fig-subcap: [One, Two]\n#| layout-ncol: 2\nx\n```"
    html = render(text, [figures]).html
    assert '<div class="figure-grid" data-columns="2">' in html
    assert re.findall(r'<figure class="subfigure" id="(fig-a-\d)">', html) == ["fig-a-1", "fig-a-2"]
    assert '<span class="subfigure-mark">(b)</span> <span' not in html
    assert '<span class="subfigure-mark">(b)</span> Two' in html
    parents = [(label.name, label.parent) for label in parse(text)[0].outline.labels]
    assert parents == [("fig-a", ""), ("fig-a-1", "fig-a"), ("fig-a-2", "fig-a")]


def test_markdown_results_are_parsed_in_place():
    text = "```{python}\n#| output: asis\nx\n```\n\n```{python}\ny\n```"
    outputs = [
        (Stream("stdout", "## Made\n\nSee [@k] and $x$.\n"),),
        (Rich({"text/markdown": "**b**", "text/plain": "no"}),),
    ]
    post, _ = parse(text, outputs)
    assert [h.id for h in post.outline.headings] == ["made"]
    assert [c.items[0].key for c in post.outline.cites] == ["k"]
    assert post.outline.cites[0].span == post.outline.cells[0].span
    html = render(text, outputs).html
    assert '<h2 id="made">' in html
    assert "<p><strong>b</strong></p>" in html


def test_a_table_of_markdown_takes_the_caption_of_its_cell():
    text = "```{python}\n#| label: tbl-a\n#| tbl-cap: A *caption*\ny\n```\n\n@tbl-a\n"
    table = "| a |\n|---|\n| 1 |\n"
    for outputs in ([(Rich({"text/markdown": table}),)], [(Stream("stdout", table),)]):
        asis = text.replace("#| tbl", "#| output: asis\n#| tbl")
        html = render(asis, outputs).html
        assert html.count('id="tbl-a"') == 1
        assert "<caption>A <em>caption</em></caption>" in html


@pytest.mark.parametrize("prefix", ["tbl", "fig"])
def test_what_is_no_table_and_no_figure_keeps_its_label_and_caption(prefix):
    text = f"```{{python}}\n#| label: {prefix}-a\n#| {prefix}-cap: A *caption*\ny\n```\n"
    html = render(text, [(Rich({"text/plain": "1 2"}),)]).html
    assert f'<figure class="figure column-body" id="{prefix}-a"><div class="cell-output' in html
    assert '<span class="figure-caption">A <em>caption</em></span></figcaption></figure>' in html


def test_results_may_hold_code_that_looks_like_cells():
    post, _ = parse(
        "```{python}\n#| output: asis\nx\n```",
        [(Stream("stdout", "```{python}\n1\n```\n`{python} y`\n\n[^n] ::: {.a}"),)],
    )
    assert len(post.outline.cells) == 1
    assert not post.outline.inlines


def test_tables_of_results():
    html = render("```{python}\n#| label: tbl-a\n#| tbl-cap: Cap\nx\n```",
                  [(Rich({"text/html": '<style>x</style><table border="1" class="dataframe"><tr><td onclick="y">1</td></tr></table>'}),)]).html  # fmt: skip
    assert '<div class="table-scroll" id="tbl-a" tabindex="0" role="region" aria-label="Cap">' in html
    assert '<table class="dataframe"><caption>Cap</caption><tr><td>1</td></tr></table>' in html
    assert "style" not in html


@pytest.mark.parametrize("hostile", [
    "<script>alert(1)</script>x", "<img src=x onerror=alert(1)>", '<a href="java\nscript:x">x</a>', '<iframe src="//e"></iframe>x',
    "<svg><script>x</script></svg>", '<p style="background:url(//e)">x</p>', '<img src="https://e/x.png">', "<form action=//e>x</form>",
    '<a href="&#106;avascript:x">x</a>', "<math><mi//xlink:href=\"data:x,<script>\">x", '<b srcset="//e">x</b>',
])  # fmt: skip
def test_results_cannot_run_code_or_fetch(hostile):
    html = render("```{python}\nx\n```", [(Rich({"text/html": hostile}),)]).html

    class Seen(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            assert tag not in ("script", "iframe", "form", "style")
            for name, value in attrs:
                assert not name.startswith("on")
                assert "script:" not in (value or "").replace("\n", "")
                assert not (name != "href" and "//e" in (value or ""))

    Seen().feed(html)


def test_inline_values_are_text_unless_markdown():
    text = CELL + "\nIt is `{python} x`, `{python} y`."
    post, results = parse(text, [()], ("*1*<b>", "2"))
    assert "It is *1*&lt;b&gt;, 2." in render_body(post, BodyContext("/", results=results)).html
    assert results is not None
    marked = PostResults("a.md", results.cells, (InlineResult(0, "*1*", is_markdown=True), InlineResult(1, "2")), "d")
    again = parse_post(Source("a.md", text), ParseConfig(), kind="post", results=marked).value
    assert "It is <em>1</em>, 2." in render_body(again, BodyContext("/", results=marked)).html


def test_inline_values_know_the_cell_above():
    text = f"---\ntitle: 'T `{{python}} t`'\n---\n`{{python}} a`\n\n{CELL}\n`{{python}} b`\n\n{CELL}\nnote[^n]\n\n[^n]: `{{python}} c`\n"
    inlines = parse(text)[0].outline.inlines
    assert [(i.code, i.role.value, i.after_cell) for i in inlines] == [
        ("t", "front", 1), ("a", "prose", -1), ("b", "prose", 0), ("c", "prose", 1),
    ]  # fmt: skip


def test_values_in_formulas_and_titles():
    text = f"---\ntitle: 'T `{{python}} t`'\n---\n{CELL}\n$p = `{{python}} p`$\n\n$$\nq =\n`{{python}} q`\n$$\n"
    post, _ = parse(text)
    assert [f.tex for f in post.outline.formulas] == ["p = {?}", "q =\n{?}"]
    assert [text[i.span.start : i.span.end] for i in post.outline.inlines] == ["t", "p", "q"]
    assert [i.after_cell for i in post.outline.inlines] == [0, 0, 0]
    folded, _ = parse(text, [()], ("9", "0.5", "7"))
    assert [f.tex for f in folded.outline.formulas] == ["p = 0.5", "q =\n7"]
    assert (post.outline.front.title, folded.outline.front.title) == ("T `{python} t`", "T 9")


def test_values_in_captions_and_alternative_texts():
    text = "```{python}\n#| fig-cap: 'n = `{python} n`'\n#| fig-alt: 'of `{python} m`'\n#| assert: n > 0\nx\n```"
    post, results = parse(text, [(Figure((LIGHT,)),)], ("1", "2", "True"))
    assert [(i.code, i.role.value) for i in post.outline.inlines] == [
        ("n", "caption"),
        ("m", "alt"),
        ("n > 0", "assert"),
    ]
    html = render_body(post, BodyContext("/", results=results)).html
    assert "n = 1</span>" in html
    assert 'alt="of 2"' in html


@pytest.mark.parametrize(("echo", "shown"), [("[1, 3]", "a\nc\n"), ("true", "a\nb\nc\n")])
def test_echo_of_lines(echo, shown):
    html = render(f"```{{python}}\n#| echo: {echo}\na\nb\nc\n```").html
    assert re.sub("<[^>]+>", "", html.split("<code", 1)[1].split("</code>")[0].split(">", 1)[1]) == shown


def test_folded_and_fenced_code():
    html = render("```{python}\n#| code-fold: true\n#| code-summary: See\nx\n```").html
    assert '<details class="code-fold"><summary>See</summary><div class="listing"' in html
    assert "```{python}\n#| echo: fenced\nx\n```" in render("```{python}\n#| echo: fenced\nx\n```").html


def test_annotated_code():
    html = render("```{python}\nx = 1  # <1>\n```\n\n1. What *it* does\n").html
    assert '<span class="annotation-mark" id="annotation-cell-1-1">1</span>' in html
    assert "&lt;1&gt;" not in html
    assert (
        '<dl class="annotations"><div><dt><a href="#annotation-cell-1-1">1</a></dt><dd>What <em>it</em> does</dd></div></dl>'
        in html
    )


# Code ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["python", "html", "nosuch", "", "js"])
def test_highlighting_keeps_the_code(lang):
    from html import unescape

    code = 'def f(x):\n    """Doc <b>\n\n    more"""\n    return "a&b"  # é\n\n\n'
    html = make_highlight({})(code, lang)
    assert unescape(re.sub(r"<[^>]+>", "", html)) == code


def test_highlighting_is_cached_by_content():
    cache: dict[str, str] = {}
    first = make_highlight(cache)("x = 1", "python")
    assert make_highlight(dict.fromkeys(cache, "cached"))("x = 1", "python") == "cached"
    assert first == 'x <span class="o">=</span> <span class="mi">1</span>'


def test_line_numbers_close_spans_at_line_ends():
    html = render('```{.python code-line-numbers="true"}\nx = """a\nb"""\n```').html
    lines = re.findall(r'<span class="line" data-line="(\d)">(.*)</span>', html)
    assert [n for n, _ in lines] == ["1", "2"]
    assert all(line.count("<span") == line.count("</span>") for _, line in lines)


def test_a_picture_on_another_server_is_a_link() -> None:
    html = '<p><img src="https://other.org/a.png?x=1&y" alt="A <plot>"><img src="//other.org/b.png"></p>'
    shown = render(CELL, [(Rich({"text/html": html}),)]).html
    assert '<a href="https://other.org/a.png?x=1&amp;y">A &lt;plot&gt;</a>' in shown
    assert '<a href="https://other.org/b.png">//other.org/b.png</a>' in shown
    assert "<img" not in shown
