"""Divs, callouts, tabsets, theorems, figures of several, widgets, lists, and what migrants bring: their HTML."""

from __future__ import annotations

import re

import pytest

from xaisite.core.source import Source
from xaisite.model.body import BodyContext, ResolvedLabel, ResolvedMedia
from xaisite.model.post import Outline
from xaisite.parse.config import ParseConfig
from xaisite.parse.post import parse_post
from xaisite.render.body import make_highlight, render_body


def html(text: str, **context: object) -> str:
    post = parse_post(Source("a.md", text), ParseConfig(), kind="post").value
    return render_body(post, BodyContext("/a/", **context), make_highlight()).html  # type: ignore[arg-type]


def outline(text: str) -> Outline:
    return parse_post(Source("a.md", text), ParseConfig(), kind="post").value.outline


CALLOUT = '<aside class="callout callout-tip" role="note" aria-labelledby="callout-1"><p class="callout-title" id="callout-1">{}</p>'


@pytest.mark.parametrize(("text", "title"), [
    ('::: {.callout-tip title="A *b*"}\ntext\n:::', "A <em>b</em>"),
    ("::: {.callout-tip}\n## A\ntext\n:::", "A"),
    ("::: callout-tip\ntext\n:::", "Tip"),
    (":::{tip} A *b*\ntext\n:::", "A <em>b</em>"),
    ("```{tip} A\ntext\n```", "A"),
    ("```{admonition} A\n:class: tip\n\ntext\n```", "A"),
    ("> [!TIP]\n> text", "Tip"),
    ("before\n::: {.callout-tip}\ntext\n:::\nafter", "Tip"),
])  # fmt: skip
def test_three_spellings_of_a_callout(text, title):
    shown = html(text)
    assert CALLOUT.format(title) + '<div class="callout-body">\n<p>text</p>\n</div></aside>' in shown
    assert outline(text).headings == ()


def test_a_callout_that_folds():
    shown = html('::: {.callout-note title="T" collapse="true"}\nx\n:::')
    assert shown.startswith('<details class="callout callout-note"><summary class="callout-title">T</summary>')
    assert " open>" in html('::: {.callout-note collapse="false"}\nx\n:::')


def test_divs_nest_and_hold_fences():
    shown = html("::: {.a #x data-k=v}\n:::: b\n```\n:::\n```\n::::\n:::\n")
    assert shown == (
        '<div id="x" class="a" data-k="v">\n<div class="b">\n'
        '<div class="listing"><pre tabindex="0"><code>:::\n</code></pre></div>\n</div>\n</div>\n'
    )


def test_tabset_without_headings_in_the_outline():
    text = "::: {.panel-tabset group=lang}\n## Py\na\n### Inner\nb\n## R\nc\n:::"
    shown = html(text)
    assert re.findall(r'<h3 class="tabset-title">(\w+)</h3>', shown) == ["Py", "R"]
    assert re.findall(r'<div class="tabset-panel" id="([\w-]+)">', shown) == ["tab-1", "tab-2"]
    assert [h.text for h in outline(text).headings] == ["Inner"]


def test_theorem():
    label = ResolvedLabel("thm-x", "Theorem", "1", "#thm-x")
    assert html('::: {#thm-x name="Big *one*"}\nS\n:::', labels={"thm-x": label}) == (
        '<div class="theorem theorem-thm" id="thm-x"><p class="theorem-title"><a href="#thm-x">Theorem 1</a> '
        "(Big <em>one</em>)</p>\n<p>S</p>\n</div>\n"
    )


def test_figure_of_two():
    text = "::: {#fig-g layout-ncol=2 .column-page}\n![A](a.png){#fig-a}\n\n![B](b.png){#fig-b}\n\nAll *of it*\n:::"
    labels = {n: ResolvedLabel(n, "Figure", k, "#" + n) for n, k in (("fig-g", "1"), ("fig-a", "1a"), ("fig-b", "1b"))}
    shown = html(text, labels=labels)
    assert shown.startswith('<figure class="figure column-page" id="fig-g"><div class="figure-grid" data-columns="2">')
    assert '<figure class="subfigure" id="fig-b"><img src="b.png" alt="B"' in shown
    assert '<figcaption><span class="subfigure-mark">(b)</span> B</figcaption>' in shown
    assert (
        '<a class="figure-number" href="#fig-g">Figure 1</a> <span class="figure-caption">All <em>of it</em></span>'
        in shown
    )
    assert [(label.name, label.parent) for label in outline(text).labels] == [
        ("fig-g", ""),
        ("fig-a", "fig-g"),
        ("fig-b", "fig-g"),
    ]


def test_widget():
    text = "::: {.widget src=brush.js data=d.json}\n![F](f.png)\n:::"
    shown = html(text, media=(ResolvedMedia("/_x/brush.1.js"), ResolvedMedia("/_x/d.2.json"), ResolvedMedia("f.png")))
    assert shown.startswith(
        '<div class="widget" data-widget="/_x/brush.1.js" data-data="/_x/d.2.json"><div class="widget-fallback">\n<figure'
    )
    assert [(m.src, m.kind) for m in outline(text).media] == [
        ("brush.js", "script"),
        ("d.json", "data"),
        ("f.png", "image"),
    ]


@pytest.mark.parametrize(("text", "expected"), [
    ("::: {.answer}\n42\n:::", '<details class="answer"><summary>Answer</summary>\n<p>42</p>\n</details>\n'),
    ('::: {.guess prompt="How $x$?"}\n42\n:::',
     '<details class="guess"><summary>Guess first: How <span class="joined"><span class="math inline">x</span><span class="closing">?</span></span></summary>\n<p>42</p>\n</details>\n'),
    ("::: remember\nr\n:::", '<section class="remember">\n<p>r</p>\n</section>\n'),
    ("::: fails\nr\n:::", '<section class="fails">\n<p>r</p>\n</section>\n'),
    ("::: {.column-margin}\nr\n:::", '<aside class="column-margin">\n<p>r</p>\n</aside>\n'),
    ("::: {.l-page}\nr\n:::", '<div class="column-page">\n<p>r</p>\n</div>\n'),
    ('::: {.content-visible when-format="html"}\nr\n:::', "<p>r</p>\n"),
    ('::: {.content-visible when-format="pdf"}\nr\n:::', ""),
    ('::: {.content-hidden when-format="html"}\nr\n:::', ""),
    ("Term\n: One *d*\n: Two\n", "<dl>\n<dt>Term</dt>\n<dd>One <em>d</em></dd>\n<dd>Two</dd>\n</dl>\n"),
    ("- [x] a\n- [ ] b",
     ('<ul class="task-list">\n<li><input type="checkbox" disabled checked aria-label="done"> a</li>\n'
     '<li><input type="checkbox" disabled aria-label="to do"> b</li>\n</ul>\n')),
    ("[t]{.hl} [m]{.aside}", '<p><span class="hl">t</span> <span class="marginnote" role="note">m</span></p>\n'),
    ('a{% sidenote "n *i*" %} b{% marginnote "m" %}',
     ('<p>a<span class="sidenote-ref">1</span><span class="sidenote" role="note"><span class="sidenote-number">1</span> n '
     '<em>i</em></span> b<span class="marginnote" role="note">m</span></p>\n')),
    ("<details><summary>S</summary>\n\n*x*\n\n</details>", "<details><summary>S</summary>\n<p><em>x</em></p>\n</details>"),
])  # fmt: skip
def test_blocks(text, expected):
    assert html(text) == expected


def test_terms():
    terms = (("a measure", "../glossary/#term-shap"), ("", ""))
    assert html("[SHAP]{.term} {term}`x`", terms=terms) == (
        '<p><a class="term" href="../glossary/#term-shap" title="a measure">SHAP</a> <span class="term">x</span></p>\n'
    )


@pytest.mark.parametrize("caption", ["| a |\n|---|\n| b |\n\n: C *d* {#tbl-x}\n", "| a |\n|---|\n| b |\n: C *d* {#tbl-x}\n",
                                     "Table: C *d* {#tbl-x}\n\n| a |\n|---|\n| b |\n"])  # fmt: skip
def test_table_captions(caption):
    labels = {"tbl-x": ResolvedLabel("tbl-x", "Table", "1", "#tbl-x")}
    shown = html(caption, labels=labels)
    assert shown.startswith(
        '<div class="table-scroll" id="tbl-x" tabindex="0" role="region" aria-label="Table 1"><table>'
    )
    assert '<caption><a class="figure-number" href="#tbl-x">Table 1</a> C <em>d</em></caption>' in shown
    assert shown.count("<tr>") == 2


@pytest.mark.parametrize(("size", "expected"), [
    ("width=50%", 'width="360" height="180"'), ("width=100", 'width="100" height="50"'), ("height=1in", 'width="192" height="96"'),
    ("", 'width="400" height="200"'), ("width=junk", 'width="400" height="200"'),
])  # fmt: skip
def test_sizes_of_pictures(size, expected):
    assert expected in html(f"![c](a.png){{#fig-a {size}}}", media=(ResolvedMedia("a.png", 400, 200),))


# Migrants -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "part"), [
    ("P\n{: .lead #x}", '<p id="x" class="lead">P</p>'),
    ("- a\n{: .c}", '<ul class="c">'),
    ("![a](b.png){: .cls}", '<img class="cls" src="b.png"'),
    ("![a]({{ '/assets/b.png' | relative_url }})", 'src="/assets/b.png"'),
    ("[a]({{ site.baseurl }}/x/)", '<a href="/x/">'),
    ('<img src="{{ \'/b.png\' | relative_url }}" alt="">', '<img src="/b.png" alt="">'),
    ('{% include figure.html path="assets/b.png" class="img-fluid" caption="C *d*" %}', '<span class="figure-caption">C <em>d</em></span>'),
    ('<div class="row">\n{% include figure.liquid path="b.png" alt="A" %}\n</div>', '<img src="/b.png" alt="A"'),
    ("{% highlight python %}\nx = 1\n{% endhighlight %}", '<div class="listing" data-lang="python">'),
    ("{% details T *i* %}\nx\n{% enddetails %}", "<details><summary>T <em>i</em></summary>\n<p>x</p>\n</details>"),
    ("{% raw %}{{ x }}{% endraw %}", "<p>{{ x }}</p>"),
    ("{% raw %}\n*a* {{ x }}\n{% endraw %}", "<p><em>a</em> {{ x }}</p>"),
    ("* TOC\n{:toc}\n\nx", "<p>x</p>"),
    ("x {{< pagebreak >}} y", "<p>x  y</p>"),
    ("---\nsubtitle: S\n---\n{{< meta subtitle >}}", "<p>S</p>"),
    ("{{< video a.mp4 poster=p.png captions=c.vtt >}}", '<video src="a.mp4" aria-label="Video" poster="p.png" controls preload="metadata"><track'),
    ("{{< video https://v.org/1 title=T >}}", '<a class="video-link" href="https://v.org/1">T</a>'),
    ("<d-math>x^2</d-math>", '<span class="math inline">x^2</span>'),
    ("<d-code>a < b</d-code>", "<code>a &lt; b</code>"),
    ('<div class="l-page">\nx\n</div>', '<div class="column-page">'),
    ("```{r, echo=FALSE}\nx\n```", '<div class="listing" data-lang="r">'),
    ("```{{python}}\n#| label: x\n1\n```", "```{python}\n#| label: x\n1\n```"),
    ("```{figure} a.png\n:name: fig-q\n:alt: Alt\nC\n```", '<figure class="figure column-body" id="fig-q">'),
    ("```{code-block} python\n:linenos:\nx\n```", '<span class="line" data-line="1">'),
    ("```{margin}\nx\n```", '<aside class="column-margin">'),
    ("where $$x$$ is", '<span class="math inline">x</span>'),
])  # fmt: skip
def test_migrants(text, part):
    assert part in html(text)


def test_knitr_and_myst_cells():
    knitr = outline('```{python plot, echo=FALSE, fig.cap="A cap"}\nx\n```').cells[0]
    assert (knitr.label, knitr.show.echo, knitr.show.fig_caps, knitr.code) == ("plot", False, ("A cap",), "x\n")
    myst = outline("```{code-cell} python\n:tags: [remove-input]\nx\n```").cells[0]
    assert (myst.show.echo, myst.code) == (False, "x\n")


def test_cells_in_lists_and_quotes_keep_their_code():
    text = "- a\n\n  ```{python}\n  #| label: c\n  if x:\n      y\n  ```\n\n> ```{python}\n> z\n> ```\n"
    first, second = outline(text).cells
    assert first.code == "if x:\n    y\n"
    assert [text[o : o + 1] for o in first.code_offsets] == ["i", " "]
    assert (second.code, text[second.code_start]) == ("z\n", "z")
