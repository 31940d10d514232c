"""Whole posts as other tools' authors write them, built as they are: what a reader sees, and what is reported.

Each folder beside this file is a site with a post of full length. Nothing of it may be lost without a word: what is not
understood is on the page as typed, and reported once per kind.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from html import unescape
from pathlib import Path
from typing import NamedTuple

import pytest

import xaisite
from xaisite.core.diagnostic import Severity
from xaisite.pipeline.build import BuildResult

FOLDER = Path(__file__).parent
_ANNOTATION = re.compile(r'<annotation encoding="application/x-tex">(.*?)</annotation>', re.DOTALL)
_SPAN = re.compile(r"<(/?)span\b")


class Built(NamedTuple):
    """A site as built: its result, the post's HTML, and the post's source."""

    result: BuildResult
    html: str
    source: str


class Case(NamedTuple):
    """A site: its post, where it stands, and what is to be seen."""

    post: str
    page: str
    told: tuple[tuple[str, str], ...]
    """(code, the text it is about) of every diagnostic, in order."""
    seen: tuple[str, ...]
    """Parts of the page's HTML."""
    kept: tuple[str, ...] = ()
    """What is shown as typed."""
    gone: tuple[str, ...] = ()
    """What no reader sees."""


CASES: Mapping[str, Case] = {
    "distill": Case(
        "content/posts/2024-05-07-saliency-sanity.md",
        "posts/saliency-sanity/index.html",
        (
            ("front-ignored", "future"),
            ("front-ignored", "htmlwidgets"),
            ("front-ignored", "_styles"),
            ("alt-missing", "assets/img/2024-05-07-saliency-sanity/gradient.svg"),
            ("alt-missing", "assets/img/2024-05-07-saliency-sanity/integrated.svg"),
            ("migrant-diagram", "{% mermaid %}"),
            ("migrant-liquid", "{% twitter https://twitter.com/jekyllrb maxwidth=500 limit=3 %}"),
        ),
        (
            # front matter
            "<h1>Do Saliency Maps Know What the Network Knows?</h1>",
            '<p class="lede">Gradient maps are easy to draw and hard to judge. We repeat two tests on a small network and',
            '<a href="https://example.org/ada" rel="author">Ada Example</a>',
            '<span class="affiliation">Institute for Examples, Berlin</span>',
            '<span class="affiliation">University of Samples</span>',
            '<a href="#two-tests">Two tests</a>',
            '<a href="#random-labels">Random labels</a>',
            '<a href="#is-this-all">Is this all?</a>',
            # citations of all spellings: the same key has the same number
            'href="#ref-simonyan2014deep">1</a>]</span>, and one with a sobering history',
            '#ref-adebayo2018sanity">2</a>, <a class="citation-link" id="cite-kindermans2019unreliability-1"',
            'by heart <span class="citation">[<a class="citation-link" id="cite-zhang2017understanding-1"',
            "“The (Un)reliability of Saliency Methods,”",
            # money is no math, kramdown's $$ is inline in its line and a block on its own
            "A map of a cat costs $5 of computing and a map of a hospital's archive $20,000 to $30,000.",
            'Take a network <span class="math inline">⟦f: \\mathbb{R}^d \\to \\mathbb{R}⟧</span>',
            '<span class="katex-display">⟦\\mathrm{IG}_i(x) = (x_i - x&#x27;_i)',
            'they add up to what they explain, <span class="joined"><span class="math inline">⟦\\sum_i \\mathrm{IG}_i(x) = f(x) - f(x&#x27;)⟧',
            'in <a class="xref xref-eq" href="#eq:rank">(1)</a>',
            # a note with Markdown, a formula and a citation
            "or the <em>norm</em>; both hide the sign. See ",
            '<span class="math inline">⟦m_{ij} = \\max_c |w|⟧</span>',
            # pictures
            '<figure class="figure"><div class="figure-body"><img class="img-fluid rounded z-depth-1" src="../../assets/img/2024',
            '2024-05-07-saliency-sanity/gradient.svg" width="60" height="40" alt=""',
            '<figure id="example-content" class="column-body-outset">',
            'guided.svg" alt="Edges of a bird" width="60" height="40">',
            "A map <em>after</em> randomising",
            '<iframe src="../../assets/html/2024-05-07-saliency-sanity/explore.html"',
            # code and folded text
            '<span class="line" data-line="1"><span class="k">def</span>',
            '<code class="language-python">rho <span class="o">=</span>',
            "<details><summary>Click here for the training settings</summary>",
            "<li>no augmentation</li>",
            # links to posts, tables and their classes
            '<a href="../first-maps/">the post that we answer</a>',
            '<a href="../first-maps/#noise">on noise</a>',
            '<table class="table table-striped">',
            # columns
            '<div class="column-page">\n  <iframe',
            '<div class="fake-img column-page">',
            '<blockquote class="block-tip">',
            "<aside>An aside, with <em>HTML</em> in it.</aside>",
            '<section role="doc-appendix">',
            '<a href="https://github.com/example/saliency">the code</a> and the talk.',
        ),
        kept=("{% twitter https://twitter.com/jekyllrb maxwidth=500 limit=3 %}", "Test->>Network: forget the top layer"),
        gone=("Remember to take the TODO out", "page.title", "link?", "endmermaid", "d-cite", "d-bibliography"),
    ),
    "jekyll": Case(
        "content/posts/2023-03-04-curves-that-lie.md",
        "posts/curves-that-lie/index.html",
        (
            ("front-ignored", "excerpt_separator"),
            ("front-unknown", "header"),
            ("front-ignored", "related_publications"),
            ("migrant-toc", "{:toc}"),
            ("migrant-liquid", "{% include toc.html %}"),
            ("migrant-liquid", "{% cite_details goldstein2015peeking %}"),
            ("migrant-liquid", "{% if page.comments %}"),
            ("migrant-liquid", '{% assign others = site.posts | where: "categories", "tabular" %}'),
            ("migrant-liquid", "{% for post in others limit: 3 %}"),
            ("migrant-liquid", "{{ post.title }}"),
            ("migrant-liquid", "{% gist 5555251 %}"),
        ),
        (
            "<h1>Curves that lie: what partial dependence hides</h1>",
            '<time class="fact" datetime="2023-03-04T09:30:00+01:00">4 March 2023</time>',
            'Updated <time datetime="2023-05-01T00:00:00+00:00">1 May 2023</time>',
            '<a href="../../tags/tabular/" rel="tag">tabular</a>',
            '<a href="../../tags/ice/" rel="tag">ice</a>',
            # jekyll-scholar
            'Friedman, 2001</a>)</span> averages',
            "Hastie et al., 2009</a>, p. 369)</span>",
            '>2015</a>; <a class="citation-link" id="cite-apley2020visualizing-1" href="#ref-apley2020visualizing">2020</a>)',
            ">2020</a>, chap. 3)</span>",
            "Apley &amp; Zhu, 2020</a>, pp. 1060–1062)</span>",
            'References <a class="anchor" href="#references"',
            '<section class="references" role="doc-bibliography" aria-labelledby="references">',
            "<em>The Annals of Statistics</em>, <em>29</em>(5), 1189–1232.",
            # Liquid in code and between raw is text
            "Jekyll shows {{ page.title }} and {% cite x %} in code as typed",
            "Liquid itself is shown with <code>{{ page.title }}</code> and {% cite key %}.",
            '<span class="line" data-line="1"><span class="k">def</span>',
            # kramdown
            '<img class="align-center" src="../../assets/images/partial-dependence.svg" width="576"',
            '<p class="caption">',
            '<blockquote class="prompt-warning">',
            '<div class="table-scroll" id="pd-table"',
            '<table class="table small">',
            '<div class="notice--info">\n<p><strong>A rule of thumb.</strong>',
            '<div class="inner">\n<p>Nested, with <code>code</code> and <span class="joined"><span class="math inline">⟦x_c⟧</span><span class="closing">.</span></span></p>',
            "<p>After the nested one, still <strong>bold</strong>.</p>\n</div>",
            '<h3 id="ale" class="no_toc">Accumulated effects',
            "<summary>The derivation</summary>",
            '<span class="math inline">⟦N_k⟧</span>',
            "<li>take the difference at both ends,</li>",
            "<dt>Liquid</dt>",
            # links
            '<a href="../one-column/">another post</a>',
            '<a href="../../about/">about page</a>',
            '<a href="../../assets/slides.pdf">slides</a>',
            'href="mailto:cleo@example.org"',
            '<li id="fn-two"><p>And models are wrong.',
        ),
        kept=("{% include toc.html %}", "{% gist 5555251 %}", "[{{ post.title }}]({{ post.url }})", "{% endfor %}"),
        gone=("Do not remove this line", "{:toc}", "jabref-meta", '<a href="#ale">Accumulated effects</a>'),
    ),
    "eleventy": Case(
        "content/posts/surrogates.md",
        "blog/straight-line/index.html",
        (
            ("front-ignored", "eleventyComputed"),
            ("front-ignored", "eleventyNavigation"),
            ("front-ignored", "eleventyExcludeFromCollections"),
            ("front-ignored", "templateEngineOverride"),
            ("migrant-liquid", "{% set sample_size = 5000 %}"),
            ("migrant-liquid", "{{ sample_size }}"),
            ("migrant-toc", "[[toc]]"),
            ("migrant-liquid", '{% figure "/img/surrogate.svg", "A line that touches a curve" %}'),
            ("migrant-liquid", '{% callout "warning" %}'),
            ("migrant-liquid", "{% for step in [1, 2, 3] %}"),
            ("migrant-liquid", '{% include "partials/newsletter.njk" %}'),
            ("migrant-liquid", '{% renderTemplate "webc" %}'),
        ),
        (
            "<h1>A straight line through a crooked model</h1>",
            '<link rel="canonical" href="https://example.org/blog/straight-line/">',
            "<li>Dana Demo</li>",
            '<a href="../../tags/lime/" rel="tag">lime</a>',
            'For years <span class="citation">[<a class="citation-link" id="cite-ribeiro2016lime-1"',
            'reason <span class="citation">[<a class="citation-link" id="cite-ribeiro2016lime-2"',
            '<h2 id="recipe">The recipe',
            '<span class="sidenote-number">1</span> The kernel\'s width is the one number that <em>everybody</em> leaves',
            '<span class="marginnote" role="note">A wide kernel is a global model in disguise.</span>',
            '<p><img src="../../img/surrogate.svg" width="90" height="30" alt="A line that touches a curve"',
            'title="A local surrogate"',
            '<code class="language-js"><span class="kd">const</span>',
            "To show {{ variables }} one writes <em>raw</em> around them, {% cite \"like this\" %}.",
            "<figcaption>Drawn again ",
            '<a href="../next/">the next one</a>, <a href="../next/#second">its second half</a> or <a href="../next/">',
            "H<sub>2</sub>O",
            'What <abbr title="Local interpretable model-agnostic explanations">LIME</abbr> does is local.',
            '<section class="references" role="doc-bibliography" aria-labelledby="sources">',
            "“‘Why Should I Trust You?’: Explaining the Predictions of Any Classifier,”",
        ),
        kept=(
            "{% set sample_size = 5000 %}", "This post draws {{ sample_size }} points", "{% endcallout %}",
            '{% include "partials/newsletter.njk" %}', "Not ours", "- Step {{ step }}"[2:],
        ),
        gone=("Nunjucks comment", "[[toc]]"),
    ),
    "quarto": Case(
        "content/posts/attributions/index.qmd",
        "posts/attributions/index.html",
        (
            ("front-ignored", "city"),
            ("front-bad-date", "last-modified"),
            ("front-ignored", "format"),
            ("front-ignored", "csl"),
            ("front-ignored", "reference-location"),
            ("front-ignored", "editor"),
            ("front-ignored", "jupyter"),
            ("cell-foreign", "```{r}"),
            ("migrant-shortcode", "{{< fa thumbs-up >}}"),
            ("migrant-shortcode", "{{< version >}}"),
            ("migrant-shortcode", "{{< var importance.version >}}"),
            ("migrant-diagram", "```{mermaid}"),
            ("migrant-diagram", "```{ojs}"),
            ("migrant-list", "(@)"),
            ("cite-unknown-name", "good"),
            ("cite-unknown-name", "good"),
            ("migrant-shortcode", "\\newpage"),
        ),
        (
            '<p class="subtitle">Permutation importance, step by step</p>',
            "We shuffle a column and see what it costs.",
            '<a class="orcid" href="https://orcid.org/0000-0002-1825-0097">ORCID</a>',
            '<a class="mail" href="mailto:eve@example.org">eve@example.org</a>',
            '<a href="https://example.org/">University of Entries</a>',
            # citations
            '#ref-breiman2001random">1</a>; see also <a class="citation-link"',
            'href="#ref-fisher2019all">2</a>, pp. 5–7]',
            "Strobl et al. [<a",
            ">3</a>, sec. 3]</span>",
            "The costs were\n$2,000 for the first study and $3,500 for the second.",
            # callouts
            'id="callout-1">What you need</p>',
            '<aside class="callout callout-tip"',
            '<details class="callout callout-warning"><summary class="callout-title">Cost</summary>',
            # numbered sections, equations, figures, tables
            '<span class="heading-number">1</span> Shuffling',
            '<h2 id="sec-correlated">Correlated columns',
            '<a class="xref xref-eq" href="#eq-importance">Equation 1</a>',
            '<a class="xref xref-sec" href="#sec-shuffle">Section 1</a>',
            '<figure class="figure column-body-outset" id="fig-importance">',
            'alt="Three bars; the first is the longest."',
            "Importance of three columns, five shuffles each.",
            '<a class="figure-number" href="#tbl-importance">Table 1</a> The same as numbers</caption>',
            '#| label: tbl-importance\n#| tbl-cap: "The same as numbers"',
            '<a class="xref xref-fig" href="#fig-importance">Figs 1</a> and',
            "0.8 long; in R one would write <code>r 1 + 1</code>.",
            # what runs elsewhere is shown, and can be referred to
            '<figure class="listing-figure" id="fig-r"><div class="listing" data-lang="r">',
            '<a class="figure-number" href="#fig-r">Figure 2</a> <span class="figure-caption">The same in R.</span>',
            'drawn by the code of <a class="xref xref-fig" href="#fig-r">Figure 2</a>',
            # annotated code
            '<a href="#annotation-listing-1-2">2</a></dt><dd>The least important comes first.</dd>',
            # layouts
            '<span class="subfigure-mark">(b)</span> A red square',
            'as in <a class="xref xref-fig" href="#fig-one">Figure 3a</a>',
            '<figure class="figure column-page align-left" id="fig-wide">',
            'data-columns="12"',
            '<div class="tabset" data-group="language">',
            '<h3 class="tabset-title">R</h3>',
            '<aside class="column-margin">',
            # spans
            '<span class="marginnote" role="note">an aside</span>, <span class="smallcaps">small capitals</span>',
            '<mark class="mark">marked</mark>, <u class="underline">underlined</u>, H<sub>2</sub>O, 2<sup>10</sup> and',
            '<a class="video-link" href="https://www.youtube.com/embed/abc123">',
            # the included file: text, cell and result
            '<span class="heading-number">2</span> Limits',
            "42 shuffles are enough.",
            "limit is 3",
            "<kbd>Ctrl-S</kbd>",
            "Version Permutation importance, step by step, built",
            '<a class="figure-number" href="#tbl-corr">Table 2</a> What happens to correlated columns',
            '<a href="#thm-zero">Theorem 1</a> (Unused columns)',
            '<div class="theorem theorem-proof"><p class="theorem-title">Proof</p>',
            '<div class="line-block">The first line<br>',
            "<p>Only on the web.</p>",
            '<div class="listing-file">run.py</div>',
            '<div class="fancy-box">',
            "<dt>Term</dt>",
            '<section class="references" id="references"',
            "<dd>Text and figures of this page: CC BY</dd>",
        ),
        kept=(
            "{{< version >}}", "{{< var importance.version >}}", "A[rows] --> B[shuffled] --> C[loss]",
            "viewof n = Inputs.range([0, 10])", "(@) A numbered example",
        ),
        gone=("Only in print.", "\\newpage", "thumbs-up", "#| fig-cap: \"The same in R.\"", "{#refs}"),
    ),
    "myst": Case(
        "content/posts/shapley.md",
        "posts/shapley/index.html",
        (
            ("front-ignored", "jupytext"),
            ("front-ignored", "kernelspec"),
            ("front-ignored", "exports"),
            ("front-ignored", "numbering"),
            ("front-ignored", "abbreviations"),
            ("migrant-comment", "% This is a comment: to be written again before it is published."),
            ("migrant-directive", '+++ {"part": "abstract"}'),
            ("migrant-role", "{cite:year}`shapley1953value`"),
            ("migrant-directive", "````{grid} 1 2 2 3"),
            ("migrant-directive", "```{grid-item-card} A card"),
            ("migrant-directive", "```{todo} Finish this."),
            ("migrant-role", "{guilabel}`File`"),
            ("migrant-role", "{smallcaps}`Small`"),
            ("migrant-role", "{button}`Go <https://example.org>`"),
            ("migrant-role", "{octicon}`rocket;1em`"),
            ("migrant-role", "{eval}`sum(shares.values())`"),
            ("migrant-liquid", "{{ version }}"),
        ),
        (
            '<a class="mail" href="mailto:gil@example.org">gil@example.org</a>',
            "Shapley [<a",
            '#ref-lundberg2017unified">2</a>, <a class="citation-link" id="cite-strumbelj2014explaining-1"',
            "E. Štrumbelj and I. Kononenko",
            # targets, terms and references
            '<h2 id="sec-game">The game',
            'title="Who takes part in a game.">players</a>',
            'title="What each coalition wins.">characteristic function</a>',
            'See <a class="xref xref-sec" href="#sec-game">The game</a>',
            '<a class="xref xref-fig" href="#fig-game">Figure 1</a>',
            '<a class="xref xref-tbl" href="#tbl-shares">Table 1</a>',
            '<a class="xref xref-eq" href="#eq-shapley">(1)</a>',
            '<a class="xref xref-thm" href="#thm-unique">Theorem 1</a> and <a href="../next/">the next chapter</a>',
            'as <a class="xref xref-eq" href="#eq-shapley">Equation 1</a> promises',
            'By <a class="xref xref-eq" href="#eq-efficiency">(2)</a>',
            # admonitions
            '<summary class="callout-title">Reading this with <em>children</em></summary>',
            'id="callout-3">Warning</p>',
            ">See also</p>",
            # figures and pictures
            'alt="Three dots, each joined to the others"',
            "The players, <em>all</em> of them, as in ",
            '<img src="../game.svg" width="40"',
            # theorems
            '<a href="#axm-symmetry">Axiom 1</a> (Symmetry)',
            '<a href="#thm-unique">Theorem 1</a> (Uniqueness)',
            "⟦\\phi(v + w) = \\phi(v) + \\phi(w).⟧",
            '<div class="theorem theorem-proof"><p class="theorem-title">Proof</p>\n<p>By induction over <em>unanimity games</em>; see ',
            '<a href="#def-null">Definition 1</a> (Null player)',
            '<a href="#alg-sampling">Algorithm 1</a> (Sampling)',
            '<a href="#ex-two">Exercise 1</a> (Two players)',
            '<summary>Solution: <a class="xref xref-ex" href="#ex-two">Exercise 1</a></summary>',
            # tables
            '<a class="figure-number" href="#tbl-shares">Table 1</a> What three players get</caption>',
            '<th scope="col">Alone</th>',
            '<th scope="row">Ben</th>\n<td>20</td>\n<td></td>',
            '<td><strong>20</strong>, or <span class="math inline">⟦2 \\cdot 10⟧</span></td>',
            "<td>Ben, the second</td>\n<td>30</td>",
            '<a class="figure-number" href="#tbl-pipe">Table 2</a> A pipe table',
            # code
            '<pre tabindex="0">90\n</pre>',
            '<a class="figure-number" href="#lst-order">Listing 1</a> <span class="figure-caption">A listing with a caption',
            '<span class="line" data-line="1"><span class="k">def</span>',
            # blocks
            '<h3 class="tabset-title">Sampled</h3>',
            "<summary>A longer calculation</summary>",
            '<aside class="column-margin">\n<p>Said in the margin.</p>',
            "<dt>player</dt>\n<dd>Who takes part in a game.</dd>",
            "<blockquote>\n<p>Nothing is fair.</p>",
            '<a href="../game.svg">the data</a>',
            "A <em>snippet</em> from another file.",
            "<p>Only on the web.</p>",
            'H<sub>2</sub>O, <abbr title="SHapley Additive exPlanations">SHAP</abbr>, <kbd>Ctrl</kbd>',
            '<input type="checkbox" disabled checked aria-label="done"> done',
        ),
        kept=(
            "{cite:year}", "{guilabel}", "{smallcaps}", "{eval}", "{{ version }}", "Finish this.", "With more.",
            ":author: Gil",
        ),
        gone=("This is a comment", "+++", "\\clearpage", ":label:", "header-rows"),
    ),
}  # fmt: skip


def with_tex(html: str) -> str:
    """Return HTML with each drawing of a formula replaced by its TeX, between ⟦ and ⟧."""
    out: list[str] = []
    done = 0
    while (start := html.find('<span class="katex"', done)) >= 0:
        depth, end = 0, start
        for span in _SPAN.finditer(html, start):
            depth += -1 if span[1] else 1
            if not depth:
                end = html.index(">", span.end()) + 1
                break
        tex = _ANNOTATION.search(html, start, end)
        assert tex is not None
        out += [html[done:start], f"⟦{tex[1].strip()}⟧"]
        done = end
    return "".join([*out, html[done:]])


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Built]:
    built: dict[str, Built] = {}
    for name, case in CASES.items():
        root = tmp_path_factory.mktemp(name) / "site"
        shutil.copytree(FOLDER / name, root)
        if not (root / "content/index.md").exists():
            (root / "content/index.md").write_text("---\ntitle: Home\n---\n", encoding="utf-8")
        result = xaisite.build_site(root)
        page = root / "build" / case.page
        html = page.read_text(encoding="utf-8") if page.exists() else ""
        built[name] = Built(result, html, (root / case.post).read_text(encoding="utf-8"))
    return built


@pytest.mark.parametrize("name", CASES)
def test_the_post_builds_as_it_is(build: dict[str, Built], name: str) -> None:
    result = build[name].result
    assert [(d.code, d.message) for d in result.diagnostics if d.severity is Severity.ERROR] == []
    assert result.written


@pytest.mark.parametrize("name", CASES)
def test_what_is_reported_is_told_once_at_its_place(build: dict[str, Built], name: str) -> None:
    case, (result, _, source) = CASES[name], build[name]
    told = []
    for d in result.diagnostics:
        assert d.span is not None
        assert d.span.path == case.post
        told.append((d.code, source[d.span.start : d.span.end]))
    assert told == list(case.told)


@pytest.mark.parametrize(("name", "seen"), [(name, part) for name, case in CASES.items() for part in case.seen])
def test_a_reader_sees_it(build: dict[str, Built], name: str, seen: str) -> None:
    assert seen in with_tex(build[name].html).replace("\u00a0", " ")


def visible(html: str) -> str:
    """Return the text of the article, without the drawings of formulas."""
    article = re.search(r"<article.*</article>", html, re.DOTALL)
    assert article is not None
    return unescape(re.sub(r"<[^>]*>", "", with_tex(article[0])))


@pytest.mark.parametrize(("name", "kept"), [(name, part) for name, case in CASES.items() for part in case.kept])
def test_what_is_not_understood_is_readable(build: dict[str, Built], name: str, kept: str) -> None:
    assert kept in visible(build[name].html)


@pytest.mark.parametrize(("name", "gone"), [(name, part) for name, case in CASES.items() for part in case.gone])
def test_what_says_nothing_to_a_reader_is_left_out(build: dict[str, Built], name: str, gone: str) -> None:
    assert gone in build[name].source or name == "jekyll"
    assert gone not in build[name].html


def test_old_addresses_lead_to_the_post(build: dict[str, Built]) -> None:
    old = (build["jekyll"].result.output / "2023/03/curves.html").read_text(encoding="utf-8")
    assert "../../posts/curves-that-lie/" in old
