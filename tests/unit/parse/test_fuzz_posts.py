"""Random posts with all of our syntax: no exception, every span in its source, nothing that runs in the output."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from markdown_it.token import Token

from xaisite.core.source import Source, Span
from xaisite.model.body import BodyContext
from xaisite.model.result import CellResult, InlineResult, PostResults, Rich, Stream
from xaisite.parse.config import ParseConfig
from xaisite.parse.post import parse_post
from xaisite.render.body import render_body

PIECES = (
    "word ", "é😀", "\n", "\n\n", "  ", "    ", "\t", "> ", "- ", "1. ", "# ", "## H {#sec-a}\n", "***", "`", "``", "```\n",
    "```python\n", "```{python}\n", "#| label: fig-a\n", "#| fig-cap: \"c `{python} x` [@k]\"\n", "#| echo: fenced\n", "x = 1 # <1>\n",
    "```{{python}}\n", "```{r}\n", "```{note} T\n", "```{figure} a.png\n", "$", "$$", "$$\n", "$x$", "\\(", "\\)", "\\[", "\\]",
    "\\begin{align}\n", "\\end{align}\n", "\\label{eq:a}", "\\ref{eq:a}", "{#eq-b}", "[^a]", "[^a]: ", "^[", "]", "[", "(", ")",
    "[@k, p. 3; see @l]", "@k", "@fig-a", "[-@fig-a]", "@{k", "{% cite \"k\" %}", "{% cite k -l 3 %}", "{% raw %}\n", "{% endraw %}\n",
    "{% details T %}\n", "{% enddetails %}\n", "{% highlight py %}\n", "{% endhighlight %}\n", "{% include figure.html path=a.png %}",
    "{{ '/x' | relative_url }}", "{{ x }}", "{{< meta title >}}", "{{< video a.mp4 >}}", "{{< include _p.md >}}\n", "{{< fa x >}}", "{{{< a >}}}", "{{< kbd K >}}", "{.x}",
    "{=html}", "```{=html}\n", "<d-code block>\n", "</d-code>", "<d-math block>\n", "<d-bibliography>", "<d-appendix>\n", "{: .c #i}\n", "{.a #b k=v}", "{.aside}",
    "![c](a.png)", "![c](a.png){#fig-b width=3%}", "[t](x.md#y)", "[t][r]", "[r]: /u 't'\n", "<http://a.b>", "http://a.b/c_d", "www.a.b",
    "a@b.c", "<a href='x' onclick=y>", "</a>", "<img src=x alt='y'>", "<script>", "</script>", "<d-cite key='a,b'>", "</d-cite>",
    "<d-footnote>", "</d-footnote>", "<d-math>", "</d-math>", "<!--", "-->", "<!-- xaisite-ignore note-unused -->\n", "<div class=\"l-page\">\n",
    "</div>\n", "| a | b |\n", "|---|:-:|\n", "| $|x|$ | `\\|` |\n", ": Caption {#tbl-a}\n", ": def\n", ":::\n", "::: {.callout-note title=\"T\"}\n",
    "::: {.panel-tabset}\n", "::: {#thm-a name=\"N\"}\n", "::: {#fig-g layout-ncol=2}\n", "::: {.widget src=a.js}\n", ":::{tip} T\n",
    "::: {.guess prompt=\"p\"}\n", "> [!NOTE]\n", "- [ ] t\n", "- [x] t\n", "~~a~~", "\\", "\\@k", "&amp;", "&#0;", "\0", "---\n", "===\n",
    "{% comment %}", "{% endcomment %}", "{# ", " #}", "% c\n", "+++ {}\n", "[[toc]]\n", "{% mermaid %}\n", "{% endmermaid %}\n",
    "<div markdown=\"1\">\n", "<p markdown=1>x</p>", "    <div markdown=\"1\">\n", "a~b~", "a^c^", "{% image \"a.png\", \"b\" %}",
    "[](#fig-a)", "[](x.md)", "```{prf:theorem} T\n:label: my-t\n", "```{list-table} T\n:name: tbl-l\n", "* - a\n", "  - b\n",
    "```{csv-table}\n:header: a\n", "```{glossary}\n", "```{solution} my-t\n", "::: {#refs}\n", "```{only} html\n", "$\\text{a $",
    "==", "==a==", ":fire:", ":", "| v\n", "|   w\n", "(@) ", "a) b\nb) c\n", "+---+---+\n", "a b\n--- ---\nc\n", "{::comment}", "{:/comment}", "\\\\(", "\\\\)", "\\\\[ x \\\\]\n",
    "::: {.proof}\n", "::: tip T\n", "```{figure}\n", "`{r} x`", "{doc}`x`", "[](x.md)", "`{% raw %}{{ x }}{% endraw %}`", "#| fig-cap: R *c*\n", "*[word]: w\n", "`{python} x`", "`{python @fig-a} x`", "{term}`t`", "{cite:p}`k`", "[t]{.term}", "javascript:x", "title: a\n", "\u2028", "\x1c",
)  # fmt: skip
TEXTS = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=6)), max_size=40).map("".join)
HANDLER = re.compile(r"on[a-z]+", re.IGNORECASE)


def spans_in(value: Any) -> Iterator[Span]:
    """Yield every span anywhere below ``value``."""
    if isinstance(value, Span):
        yield value
    elif isinstance(value, (tuple, list, set, frozenset)):
        for item in value:
            yield from spans_in(item)
    elif isinstance(value, dict):
        yield from spans_in(list(value.values()))
    elif isinstance(value, Token):
        yield from spans_in([value.meta, value.children or []])
    elif is_dataclass(value) and not isinstance(value, type):
        for f in fields(value):
            yield from spans_in(getattr(value, f.name))


class Scripts(HTMLParser):
    """Collects what could run."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "script" and not any(name == "src" for name, _ in attrs):
            self.found.append(tag)
        for name, value in attrs:
            if HANDLER.fullmatch(name) or (
                name in ("href", "src") and (value or "").strip().lower().startswith("javascript:")
            ):
                self.found.append(f"{tag} {name}")


def check(text: str) -> None:
    source = Source("content/posts/a.md", text)
    parsed = parse_post(source, ParseConfig(), kind="post")
    for span in spans_in([parsed.value.outline, parsed.value.tokens, parsed.diagnostics]):
        assert span.path == source.path
        assert 0 <= span.start <= span.end <= len(text), span
    outline = parsed.value.outline
    for nodes in (outline.cites, outline.cross_refs, outline.formulas, outline.links, outline.media, outline.terms):
        assert [node.ordinal for node in nodes] == list(range(len(nodes)))
    assert [cell.index for cell in outline.cells] == list(range(len(outline.cells)))
    assert [inline.index for inline in outline.inlines] == list(range(len(outline.inlines)))
    body = render_body(parsed.value, BodyContext("/a/"))
    scripts = Scripts()
    scripts.feed(body.html + body.notes_html)
    assert not scripts.found, scripts.found
    assert parse_post(source, ParseConfig(), kind="post") == parsed


@seed(20261121)
@settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(TEXTS)
def test_posts_never_break(text: str) -> None:
    check(text)


@seed(20261122)
@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(TEXTS)
def test_posts_with_front_matter_never_break(text: str) -> None:
    check('---\ntitle: "A `{python} x`"\n---\n' + text)


@seed(20261123)
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(TEXTS, TEXTS)
def test_results_never_break(printed: str, value: str) -> None:
    text = "> a\n\n```{python}\n#| output: asis\n1\n```\n\n## H `{python} v` {#h}\n\n`{python} v`\n"
    source = Source("a.md", text)
    typed = parse_post(source, ParseConfig(), kind="post").value.outline
    cells = (
        CellResult(0, "ran", (Stream("stdout", printed), Rich({"text/markdown": value}), Rich({"text/html": printed}))),
    )
    inlines = (InlineResult(0, value, is_markdown=True), InlineResult(1, printed))
    results = PostResults("a.md", cells, inlines, "d")
    folded = parse_post(source, ParseConfig(), kind="post", results=results)
    for span in spans_in([folded.value.outline, folded.value.tokens, folded.diagnostics]):
        assert 0 <= span.start <= span.end <= len(text), span
    assert folded.value.outline.cells == typed.cells
    assert folded.value.outline.inlines == typed.inlines
    body = render_body(folded.value, BodyContext("/a/", results=results))
    scripts = Scripts()
    scripts.feed(body.html + body.notes_html)
    assert not scripts.found, scripts.found


@pytest.mark.slow
@settings(max_examples=20_000, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(TEXTS)
def test_posts_never_break_for_long(text: str) -> None:
    check(text)
