"""What authors of other tools write: read as it is meant, or kept readable and reported."""

from __future__ import annotations

import re

import pytest

from xaisite.core.source import Source
from xaisite.model.body import BodyContext
from xaisite.parse.config import ParseConfig
from xaisite.parse.post import parse_post
from xaisite.render.body import make_highlight, render_body


def read(text: str) -> tuple[str, list[tuple[str, str]]]:
    """Return the body of a post, and (code, what it is about) of each diagnostic."""
    source = Source("content/posts/a.md", text)
    parsed = parse_post(source, ParseConfig(), kind="post")
    html = render_body(parsed.value, BodyContext("/a/"), make_highlight()).html
    return html, [(d.code, source.text[d.span.start : d.span.end]) for d in parsed.diagnostics if d.span]


READ = {
    "kramdown's attributes of emphasis": ("*a*{: .x}", '<em class="x">a</em>'),
    "attributes of emphasis": ("**a**{#i .y lang=de}", '<strong id="i" class="y" lang="de">a</strong>'),
    "of the outer of two": ("***a***{.z}", '<em class="z"><strong>a</strong></em>'),
    "of struck text in a link": ("[~~a~~{.y}](u)", '<s class="y">a</s>'),
    "code in colour": ("`x = 1`{.python}", '<code class="python">x <span class="o">=</span>'),
    "code of no language": ("`x`{.mine}", '<code class="mine">x</code>'),
    "braces after a word": ("word{.x} *{.y}", "<p>word{.x} *{.y}</p>"),
    "Pandoc's raw HTML": ("a `<kbd>K</kbd>`{=html}", "a <kbd>K</kbd>"),
    "raw LaTeX is for another format": ("a`\\LaTeX`{=latex}b", "<p>ab</p>"),
    "a raw block": ("```{=html}\n<b>x</b>\n```\n", "<b>x</b>\n"),
    "a raw block of LaTeX": ("a\n\n```{=latex}\n\\newpage\n```\n", "<p>a</p>\n"),
    "keys": ("{{< kbd Ctrl-C mac=Cmd-C >}}", "<kbd>Ctrl-C</kbd>"),
    "a shortcode to be shown": ("{{{< meta title >}}}", "{{&lt; meta title &gt;}}"),
    "metadata in HTML": ("---\ntitle: A < B\n---\n\n<div>{{< meta title >}}</div>", "<div>A &lt; B</div>"),
    "code that holds a dollar sign": ("costs $5 and `a$b`", "<p>costs $5 and <code>a$b</code></p>"),
    "two such": ("$5, `a$b` and `$c`", "<code>a$b</code> and <code>$c</code>"),
    "a listing of Distill's": (
        '<d-code block language="python">\n  x = 1\n\n  y &lt; 2\n</d-code>\n\nText',
        '<code class="language-python">x <span class="o">=</span>',
    ),
    "Distill's code in a line": ('say <d-code language="python">x = 1</d-code>', '<code class="python">x <span'),
    "Distill's code in a block": ("<div><d-code>a\nb</d-code></div>", "<code>a\nb\n</code>"),
    "Distill's formula over an empty line": ("<d-math block>\nx\n\ny\n</d-math>\n", '<div class="math display"'),
    "a conjecture": ('::: {#cnj-a name="N"}\nx\n:::\n\n@cnj-a', '<div class="theorem theorem-cnj" id="cnj-a">'),
    "low and high text": ("H~2~O, 2^*10*^, ~a~ b", "H<sub>2</sub>O, 2<sup><em>10</em></sup>, <s>a</s> b"),
    "no high text": ("x^2 + y^2, a^ b^", "<p>x^2 + y^2, a^ b^</p>"),
    "marked and underlined": ("[a]{.mark} [b]{.underline}", '<mark class="mark">a</mark> <u class="underline">b</u>'),
    "a comment of Liquid": ("a {% comment %}b{% endcomment %}c", "<p>a c</p>"),
    "one over empty lines": ("a\n{% comment %}\n\nb\n\n{% endcomment %}\nc", "<p>a</p>\n<p>c</p>"),
    "one of Nunjucks": ("a {# b #}c\n\n{# d\n\ne #}\n\n## f {#g}", '<p>a c</p>\n<h2 id="g">f '),
    "comments in HTML": ("<p>a{# b #}c{% comment %}d{% endcomment %}e</p>", "<p>ace</p>"),
    "raw text in HTML": ("<p>{% raw %}{{ a }}{% endraw %}</p>", "<p>{{ a }}</p>"),
    "raw text in a line": ("{% raw %}`{{ a }}` *b* {% c %}{% endraw %}", "<code>{{ a }}</code> <em>b</em> {% c %}"),
    "raw text that looks like code": (
        "{% raw %}\n{% highlight c %} x {% endhighlight %}\n\n{# a #}\n{% endraw %}\n\n{# b #}",
        "<p>{% highlight c %} x {% endhighlight %}</p>\n<p>{# a #}</p>\n",
    ),
    "a formula alone on its line in HTML": (
        "<div>\n$$ x $$\nand $$ y $$\n</div>",
        '<span class="math display"> x </span>',
    ),
    "code between empty lines": (
        "{% highlight text %}\n\na\n\n{% endhighlight %}",
        '<code class="language-text">a\n</code>',
    ),
    "code on one line": ("{% highlight python %} x {% endhighlight %}", '<code class="language-python">x'),
    "numbered lines": ("{% highlight text linenos %}\na\n{% endhighlight %}", '<span class="line" data-line="1">a'),
    "details in details": (
        "{% details 5% a %}\n{% details b %}\nc\n{% enddetails %}\nd\n{% enddetails %}",
        "<summary>5% a</summary>\n<details><summary>b</summary>\n<p>c</p>\n</details>\n<p>d</p>\n</details>",
    ),
    "Markdown in HTML in HTML": (
        '<div class="row">\n    <div class="a" markdown="1">\n    *b*\n    </div>\n    <p>c</p>\n</div>\n',
        '<div class="row">\n    <div class="a">\n<p><em>b</em></p>\n    </div>\n    <p>c</p>\n</div>',
    ),
    "HTML in Markdown in HTML": (
        '<div markdown="1">\n<div>\n\n*a*\n\n</div>\n*b*\n</div>\n*c*',
        "<div>\n<div>\n\n*a*\n\n</div>\n<p><em>b</em></p>\n</div>\n<p><em>c</em></p>",
    ),
    "marked lines of code": ("```js/2-3\nx\n```\n\n```js{1,3}\ny\n```", '<code class="language-js">'),
    "a picture of eleventy-img": ('{% image "./img/a.png", "A *b*" %}', '<img src="/img/a.png" alt="A *b*"'),
    "a formula in the text of a formula": ("$\\text{a $b$ c}$ $d$", '"math inline">\\text{a $b$ c}</span> <span'),
    "a dollar in an open text": ("$\\textbf{a $b} c", "<p>$\\textbf{a $b} c</p>"),
    "a table's name and classes": ("| a |\n|---|\n| b |\n{: .x #y}", '<div class="table-scroll" id="y" tabindex="0" '),
    "a theorem of MyST": (
        "```{prf:lemma} *A*\n:label: my-lemma\nx\n```\n\n{prf:ref}`my-lemma`",
        '<div class="theorem theorem-lem" id="my-lemma"><p class="theorem-title"><a href="#my-lemma">my-lemma</a> (<em>A',
    ),
    "one without a label": (":::{prf:axiom}\nx\n:::", '<p class="theorem-title">Axiom</p>'),
    "a table of lists": (
        ":::{list-table}\n* - a\n  - b\n* - *c*\n:::",
        "<tr>\n<td>a</td>\n<td>b</td>\n</tr>\n<tr>\n<td><em>c</em></td>\n<td></td>\n</tr>",
    ),
    "a table of values": (
        '```{csv-table} *T*\n:header: a, b\n:stub-columns: 1\n"c, d", $x$\n```',
        '<th scope="row">c, d</th>\n<td><span class="math inline">x</span></td>',
    ),
    "a quotation of MyST": ("```{epigraph}\na\n```", "<blockquote>\n<p>a</p>\n</blockquote>"),
    "what is for other formats": ("a\n\n```{only} latex\nb\n```\n\n```{raw} latex\nc\n```\n", "<p>a</p>\n"),
    "raw HTML of MyST": ("```{raw} html\n<b>x</b>\n```\n", "<b>x</b>\n"),
    "abbreviations": (
        "The LIME of LIMEs, *LIME*, `LIME` and I.B.\n*[LIME]: Local <b>\n*[I.B.]: x\n",
        (
            'The <abbr title="Local &lt;b&gt;">LIME</abbr> of LIMEs, <em><abbr title="Local &lt;b&gt;">LIME</abbr></em>, '
            '<code>LIME</code> and <abbr title="x">I.B.</abbr></p>\n'
        ),
    ),
    "a list that looks like one": ("*[a]: \n\n* [b]: c", "<p>*[a]:</p>"),
    "a remark": ("::: {#rem-a}\nx\n:::\n\n@rem-a", '<div class="theorem theorem-rem" id="rem-a">'),
    "marked text": ("a ==b *c*==, [==d==](u)", '<p>a <mark>b <em>c</em></mark>, <a href="u"><mark>d</mark></a></p>'),
    "marked text of Chinese": ("中==文==字", "<p>中<mark>文</mark>字</p>"),
    "marks that open nothing": (
        "a == b, c==d and e==f, ====, \\==g==, ==h",
        "<p>a == b, c==d and e==f, ====, ==g==, ==h</p>",
    ),
    "marks in code": ("`==a==` $x==y==z$", '<code>==a==</code> <span class="math inline">x==y==z</span>'),
    "lines of verse": (
        "| *a*\n|   b\n|\n| c\n  d\n\ne",
        '<div class="line-block"><em>a</em><br>\n\u00a0\u00a0b<br>\n<br>\nc\nd</div>\n<p>e</p>',
    ),
    "a bar before a word": ("|x| is a size", "<p>|x| is a size</p>"),
    "emoji": ("*:rocket:* (:x:), :tada::fire:\n:+1:", "<p><em>🚀</em> (❌), 🎉🔥\n👍</p>"),
    "what is no emoji": (
        "12:30:45, a:b:c, a::std::b, [:, ::2], http://a.b:80:c, \\:fire:\n:author: x",
        "12:30:45, a:b:c, a::std::b, [:, ::2], ",
    ),
    "emoji in code": ("`:fire:`\n\n```yaml\na: :fire: :b:\n```", "<code>:fire:</code>"),
    "tags of code that is raw": (
        "{% raw %}\n```\n{% raw %}{{ x }}{% endraw %} \n```\n{% endraw %}",
        "{% raw %}{{ x }}{% endraw %}",
    ),
    "code about the tags": ("`{% raw %}` to `{% endraw %}`", "<code>{% raw %}</code> to <code>{% endraw %}</code>"),
    "a picture below the address of the site": (
        '![A]({{ site.baseurl }}/a.png "T"){: .c width="60%"}',
        '<img class="c" src="/a.png" width="432" alt="A" title="T"',
    ),
    "a link below both addresses": ("[a]({{ site.url }}{{ site.baseurl }}/b/ 'T')", '<a href="/b/" title="T">a</a>'),
    "a linked post below the address": ("[a]({{ site.url }}{% link _posts/b.md %})", '<a href="/posts/b.md">a</a>'),
    "formulas with the backslashes of kramdown": (
        "a \\\\(b_1\\\\)\n\n\\\\[ c \\\\]\n\nd \\\\( e",
        (
            '<p>a <span class="math inline">b_1</span></p>\n<div class="math display" tabindex="0" role="group" '
            'aria-label="Formula"><div class="math-body"> c </div></div>\n<p>d \\( e</p>'
        ),
    ),
    "a comment of kramdown": ("a\n\n{::comment}\nb\n\nc\n{:/comment}\n\nd {::comment}e{:/}f", "<p>a</p>\n<p>d f</p>"),
    "raw HTML of kramdown": ("{::nomarkdown}\n<b>a</b>\n{:/}\n\n{::nomarkdown}<i>b</i>{:/nomarkdown} c", "<b>a</b>"),
    "options of kramdown": ('{::options a="b" /}\n\nc', "<p>c</p>\n"),
    "a proof of Quarto": (
        "::: {.proof}\n*a*\n:::",
        '<div class="theorem theorem-proof"><p class="theorem-title">Proof</p>\n<p><em>a</em></p>',
    ),
    "a box of VitePress": (
        "::: tip A *b*\nc\n:::\n\n::: danger\nd\n:::",
        '<p class="callout-title" id="callout-1">A <em>b</em></p><div class="callout-body">\n<p>c</p>',
    ),
    "a callout of Obsidian": (
        "> [!question]- Why *so*?\n> x\n\n> [!bug]\n> y",
        '<p class="callout-title" id="callout-2">Bug</p><div class="callout-body">\n<p>y</p>',
    ),
    "an aside of MyST": ("```{aside}\na\n```", '<aside class="column-margin">\n<p>a</p>\n</aside>'),
    "a figure of several pictures": (
        ":::{figure}\n:name: both\n![a](a.png)\n\n![b](b.png)\n\nA *caption*\n:::\n\n{numref}`both`",
        '</div><figcaption><span class="figure-caption">A <em>caption</em></span></figcaption></figure>',
    ),
    "words that begin no list": ("I. Newton\nand\n\n(a) word alone\n\na - b\n--- ---", "<p>(a) word alone</p>"),
    "code that is no R": ("`r = 3` `r x` `r`", "<code>r = 3</code> <code>r x</code> <code>r</code>"),
    "Distill's appendix": ("<d-appendix>\n\n### A\n\n</d-appendix>", '<section role="doc-appendix">'),
}


@pytest.mark.parametrize("name", READ)
def test_it_is_read_as_it_is_meant(name: str) -> None:
    text, wanted = READ[name]
    html, found = read(text)
    assert wanted in html
    assert not found


def test_quotation_marks_of_tex_are_no_code() -> None:
    html, _ = read("$\\text{``a''}$ and $\\text{``b''}$")
    assert re.findall(r'<span class="math inline">(.*?)</span>', html) == [
        "\\text{``a&#x27;&#x27;}", "\\text{``b&#x27;&#x27;}"
    ]  # fmt: skip


def test_references_stand_where_distill_puts_them() -> None:
    for text in ("<d-bibliography></d-bibliography>", "<div>\n<d-bibliography src='references.bib'/>\n</div>"):
        source = Source("a.md", text)
        parsed = parse_post(source, ParseConfig(), kind="post")
        assert parsed.value.outline.has_bibliography_tag
        assert not parsed.diagnostics


TOLD = {
    "a comment of MyST": ("% a\n% b\n\nc", "<p>c</p>", [("migrant-comment", "% a\n% b")]),
    "a percent sign in prose": ("10\n% of it\n\n% of that\nas well", "<p>% of that\nas well</p>", []),
    "a break of MyST": ('+++ {"a": 1}\n\na', "<p>a</p>", [("migrant-directive", '+++ {"a": 1}')]),
    "three plus signs": ("+++\n\na", "<p>+++</p>\n<p>a</p>", []),
    "a break of a notebook": (
        "---\njupytext: x\n---\na\n\n+++\n\nb", "<p>a</p>\n<p>b</p>",
        [("front-ignored", "jupytext"), ("migrant-directive", "+++")],
    ),
    "a new page": ("\\newpage\n\na", "<p>a</p>", [("migrant-shortcode", "\\newpage")]),
    "the table of contents": ("[[toc]]\n\na", "<p>a</p>", [("migrant-toc", "[[toc]]")]),
    "a link called toc": ("[toc]: /x\n\n[toc]", '<a href="/x">toc</a>', []),
    "only for nothing": ("```{only}\na\n```", "<p>a</p>", [("migrant-directive", "```{only}")]),
    "a diagram of Liquid's": (
        "{% mermaid %}\na->b\n{% endmermaid %}", '<code class="language-mermaid">a-&gt;b', [("migrant-diagram", "{% mermaid %}")],
    ),
    "details without an end": ("{% details a %}\nb", "{% details a %}\nb", [("migrant-liquid", "{% details a %}")]),
    "a tag in HTML": ("<p>{% gist 1 %}</p>", "<p>{% gist 1 %}</p>", [("migrant-liquid", "{% gist 1 %}")]),
    "a value in HTML": ("<p>{{ a }}</p>", "<p>{{ a }}</p>", [("migrant-liquid", "{{ a }}")]),
    "a picture without its text": ("{% image a.png %}", "{% image a.png %}", [("migrant-liquid", "{% image a.png %}")]),
    "a link without text": ("[](a/)", '<a href="a/"></a>', [("link-empty", "[](a/)")]),
    "a list that is no table": (
        "```{list-table} A\n* b\n```", "<p>A</p>", [("migrant-directive", "```{list-table} A")],
    ),
    "a table in another file": (
        "```{csv-table}\n:file: a.csv\n```", ":file: a.csv", [("migrant-directive", "```{csv-table}\n:file: a.csv\n```")],
    ),
    "an R cell": (
        '```{r}\n#| label: fig-a\n#| fig-cap: "A *b*"\nplot(1)\n```',
        '<code class="language-r"><span class="nf">plot', [("cell-foreign", "```{r}")],
    ),
    "an icon": ("a {{< fa star >}} b", "<p>a  b</p>", [("migrant-shortcode", "{{< fa star >}}")]),
    "a page break": ("{{< pagebreak >}}", "<p></p>", [("migrant-shortcode", "{{< pagebreak >}}")]),
    "an unknown shortcode, once": (
        "{{< lipsum 1 >}} {{< lipsum 2 >}}", "{{&lt; lipsum 2 &gt;}}", [("migrant-shortcode", "{{< lipsum 1 >}}")],
    ),
    "one over two lines": ("{{< a\nb >}}", "{{&lt; a\nb &gt;}}", [("migrant-shortcode", "{{< a\nb >}}")]),
    "one in HTML": ("<div>{{< lipsum >}}</div>", "{{< lipsum >}}", [("migrant-shortcode", "{{< lipsum >}}")]),
    "an icon in HTML": ("<div>a{{< fa x >}}b</div>", "<div>ab</div>", [("migrant-shortcode", "{{< fa x >}}")]),
    "metadata that is not there": ("{{< meta no >}}", "{{&lt; meta no &gt;}}", [("migrant-meta", "{{< meta no >}}")]),
    "metadata that is empty": ("{{< meta subtitle >}}", "{{&lt; meta subtitle", [("migrant-meta", "{{< meta subtitle >}}")]),
    "a note that is not closed": ("<d-footnote>a\n\nb</d-footnote>", "a", [("migrant-distill", "<d-footnote>")]),
    "an emoji of another list": ("a :octocat: :octocat:", "a :octocat: :octocat:", [("migrant-emoji", ":octocat:")]),
    "examples of Pandoc": ("(@) a\n\n(@) b", "<p>(@) a</p>\n<p>(@) b</p>", [("migrant-list", "(@)")]),
    "a list of letters": ("a) b\nc) d", "<p>a) b\nc) d</p>", [("migrant-list", "a)")]),
    "a list of Roman numbers, in a quotation": ("> ii. b\n> iii. d", "ii. b\niii. d", [("migrant-list", "ii.")]),
    "a table drawn with dashes": (
        "+---+---+\n| a | b |\n+===+===+\n| c | d |\n+---+---+\n\ne",
        "<code>+---+---+\n| a | b |\n+===+===+\n| c | d |\n+---+---+\n</code>", [("migrant-table", "+---+---+")],
    ),
    "a simple table": (
        "  Right     Left\n-------     ------\n     12     *12*\n", "<code>  Right     Left\n-------     ------\n",
        [("migrant-table", "Right     Left")],
    ),
    "a callout that there is not": (
        "> [!WARNNG]\n> x", '<aside class="callout callout-note"', [("div-callout-unknown", "WARNNG")],
    ),
    "R in a line": ("`{r} nrow(x)` `r nrow(x)`", "<code>{r} nrow(x)</code>", [("cell-foreign", "`{r} nrow(x)`")]),
    "two includes of Jekyll": (
        "{% include toc %} {% include a.html %} {% include a.html b %}", "{% include toc %}",
        [("migrant-liquid", "{% include toc %}"), ("migrant-liquid", "{% include a.html %}")],
    ),
    "raw tags in code": ("a `{% raw %}{{ x }}{% endraw %}`", "<code>{{ x }}</code>",
                         [("migrant-liquid", "`{% raw %}{{ x }}{% endraw %}`")]),
    "raw tags around code": (
        "```html\n{% raw %}\n{{ x }}\n{% endraw %}\n```\n\n`{% raw %}{% y %}{% endraw %}`",
        '<code class="language-html">{{ x }}\n</code>', [("migrant-liquid", "```html")],
    ),
    "rows without dashes": ("| a | b |\n| c | d |", "<p>| a | b |\n| c | d |</p>", [("md-table", "| a | b |")]),
    "dashes of other columns": ("> | a | b |\n> |---|\n", "|---|", [("md-table", "|---|")]),
    "a bar of a formula above the dashes": ("| $|x|$ | b |\n|---|---|", "|---|---|", [("md-math-pipe", "|")]),
    "a row with too many cells": (
        "| a |\n|---|\n| `b|c` |", "<td>`b</td>", [("md-table", "c`")],
    ),
    "an element that needs Distill": ("<d-slider>x</d-slider>", "x", [("migrant-distill", "<d-slider>")]),
    "a bibliography that the front matter does not name": (
        '<d-bibliography src="b.bib"></d-bibliography>', "",
        [("migrant-distill", '<d-bibliography src="b.bib"></d-bibliography>')],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", TOLD)
def test_nothing_goes_without_a_word(name: str) -> None:
    text, wanted, told = TOLD[name]
    html, found = read(text)
    assert wanted in html
    assert found == told


def test_a_diagram_is_told_once() -> None:
    for lang in ("{ojs}", "ojs", "{mermaid}"):
        assert [code for code, _ in read(f"```{lang}\nx\n```\n")[1]] == ["migrant-diagram"]


def test_an_ignore_comment_reaches_the_definition_of_a_note() -> None:
    _, found = read("<!-- xaisite-ignore note-unused -->\n[^a]: b\n\n[^c]: d\n")
    assert found == [("note-unused", "c")]


def test_the_caption_of_a_listing_is_markdown_with_places() -> None:
    html, found = read('``` {.python #lst-b lst-cap="a *b* $x$ [^gone]"}\n1\n```\n')
    assert '<span class="figure-caption">a <em>b</em> <span class="math inline">x</span>' in html
    assert found == [("note-undefined", "[^gone]")] or [text for _, text in found] == ["gone"]
    html, found = read("```{code-block} python\n:name: lst-z\n:caption: A *b*\nx\n```\n")
    assert '<figure class="listing-figure" id="lst-z">' in html
    assert "A <em>b</em>" in html


def test_a_tab_takes_the_id_of_its_heading() -> None:
    html, found = read("::: {.panel-tabset}\n## A {#one}\n\nx\n\n## B\n\ny\n:::\n\n[to it](#one)\n")
    assert '<div class="tabset-panel" id="one"><h3 class="tabset-title">A</h3>' in html
    assert not found


def test_pictures_stand_in_columns_of_their_widths() -> None:
    two = "![a](b.png)\n\n![c](d.png)\n"
    html, _ = read(f'::: {{layout="[70,30]"}}\n{two}:::\n')
    assert 'data-columns="2" style="--tracks:minmax(0,70fr) minmax(0,30fr)"' in html
    html, _ = read(f'::: {{layout="[[1,1],[1]]"}}\n{two}\n![e](f.png)\n:::\n')
    assert re.findall("--span:(\\d+)", html) == ["6", "6", "12"]
    html, _ = read(f'::: {{layout="[x; background:red"}}\n{two}:::\n')
    assert "style" not in html


def test_text_after_a_bracket_is_explained() -> None:
    for value in ("[1, 2] == x", "{1} <= x", '"a" in x'):
        source = Source("a.md", f"```{{python}}\n#| assert: {value}\n1\n```\n")
        (d,) = parse_post(source, ParseConfig(), kind="post").diagnostics
        assert "text follows it" in d.message
        assert "quotes" in d.help


def test_cells_that_are_not_shown_keep_their_numbers() -> None:
    cell = "```{python}\n1\n```\n"
    inside = cell.replace("\n", "\n    ").rstrip() + "\n"
    text = f'[^a]: Note\n\n    {inside}\n::: {{.content-hidden when-format="html"}}\n{cell}:::\n\n{cell}'
    outline = parse_post(Source("a.md", text), ParseConfig(), kind="post").value.outline
    assert [c.index for c in outline.cells] == [0, 1, 2]
    again = parse_post(Source("a.md", text + "\nUsed.[^a]\n"), ParseConfig(), kind="post").value.outline
    assert [c.index for c in again.cells] == [0, 1, 2]


def test_a_reference_without_text_names_what_it_refers_to() -> None:
    source = Source("a.md", "[](#fig-a) [](#other-heading)\n")
    outline = parse_post(source, ParseConfig(), kind="post").value.outline
    assert [item.label for ref in outline.cross_refs for item in ref.items] == ["fig-a", "other-heading"]
    item = outline.cross_refs[0].items[0]
    assert source.text[item.span.start : item.span.end] == "fig-a"


def test_a_glossary_in_the_text_defines_its_terms() -> None:
    text = "---\nglossary: {a: b}\n---\n```{glossary}\nSHAP\n: *Shapley* values\n  of models\n\nLIME\n: c\n```\n"
    front = parse_post(Source("a.md", text), ParseConfig(), kind="post").value.outline.front
    assert [(t.term, t.definition) for t in front.glossary] == [
        ("a", "b"), ("SHAP", "Shapley values of models"), ("LIME", "c")
    ]  # fmt: skip


def test_headings_that_no_table_of_contents_lists() -> None:
    text = "## A {.unlisted}\n\n## B\n{: .no_toc}\n\n## C\n"
    headings = parse_post(Source("a.md", text), ParseConfig(), kind="post").value.outline.headings
    assert [(h.text, h.is_listed) for h in headings] == [("A", False), ("B", False), ("C", True)]


def test_links_that_jekyll_makes() -> None:
    text = "[a]({% post_url 2024-02-04-a %}#b) [c]({{ site.baseurl }}{% link _posts/c.md %}) [d]({% link about.md %})\n"
    source = Source("content/posts/a.md", text)
    parsed = parse_post(source, ParseConfig(), kind="post")
    assert [use.href for use in parsed.value.outline.links] == ["/posts/2024-02-04-a.md#b", "/posts/c.md", "/about.md"]
    spans = [text[use.span.start : use.span.end] for use in parsed.value.outline.links]
    assert spans[0] == "{% post_url 2024-02-04-a %}#b"
    assert not parsed.diagnostics


def test_a_tag_and_its_end_are_told_once() -> None:
    _, found = read("{% if x %}a{% endif %}")
    assert found == [("migrant-liquid", "{% if x %}")]
