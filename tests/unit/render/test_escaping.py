"""What an author writes reaches a page as text: no construct lets a quote or a bracket out of its place."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest

from xaisite.core.source import Source
from xaisite.model.body import BodyContext
from xaisite.parse.config import ParseConfig
from xaisite.parse.post import parse_post
from xaisite.render.body import make_highlight, render_body

PAYLOADS = ("\"onx=1 '", "'onx=1 \"", '"><hostile>', "'><hostile>", "&quot;onx=1", "<hostile onx=1>", "--><hostile>")
CONSTRUCTS = {
    "text": "a @ b",
    "heading": "## a @ b",
    "id of a heading": "## a {#b@c}",
    "class of a div": "::: {.a@b}\nx\n:::",
    "value of a div": "::: {.a title='@'}\nx\n:::",
    "value in double quotes": '::: {.a data-x="@"}\nx\n:::',
    "value of a span": "[x]{.a aria-label='@'}",
    "class of a span": "[x]{.a@b}",
    "alt text": "![@](a.png)",
    "alt of an attribute": "![x](a.png){#fig-a fig-alt='@'}",
    "title of a picture": "![x](a.png '@')",
    "width of a picture": "![x](a.png){width='@'}",
    "title of a link": "[x](https://a.b '@')",
    "address of a link": "[x](<a@b>)",
    "address of a picture": "![x](<a@b.png>)",
    "language of a listing": "```a@b\nx\n```",
    "file of a listing": "```{.python filename='@'}\nx\n```",
    "caption of a listing": "```{.python #lst-a lst-cap='@'}\nx\n```",
    "code": "`@`",
    "language of code": "`x`{.a@b}",
    "caption of a table": "| a |\n|---|\n| @ |\n\n: a @ b {#tbl-a}",
    "title of a callout": "::: {.callout-note title='@'}\nx\n:::",
    "title of an alert": "> [!NOTE] @\n> x",
    "tab": "::: {.panel-tabset group='@'}\n## @\nx\n:::",
    "note": "a[^@]\n\n[^@]: b @",
    "inline note": "a^[b @ c]",
    "key": '[@{a@b}] and {% cite "a@b" %}',
    "prefix and suffix": "[see @ b @k, p. 3 @ c]",
    "label": "@{fig-a@b}",
    "term": "[a @ b]{.term} {term}`a @ b`",
    "abbreviation": "a word\n\n*[word]: @",
    "roles": "{abbr}`a (@)` {kbd}`@` {ref}`@` {math}`@`",
    "keys": "{{< kbd @ >}}",
    "video": "{{< video a.mp4 title='@' >}}",
    "metadata": "{{< meta title >}}",
    "include of a figure": "{% include figure.html path='a@.png' alt='@' class='@' caption='@' %}",
    "image of Eleventy": '{% image "a.png", "@" %}',
    "summary": "{% details @ %}\nx\n{% enddetails %}",
    "sidenote": "{% sidenote '@' %}",
    "name of a theorem": "::: {#thm-a name='@'}\nx\n:::",
    "theorem of MyST": "```{prf:lemma} @\n:label: a@b\nx\n```",
    "figure of MyST": "```{figure} a.png\n:name: a@b\n:alt: @\n@\n```",
    "table of values": "```{csv-table} @\n:header: @\n:name: a@b\n@\n```",
    "table of lists": "```{list-table} @\n:name: a@b\n:class: a@b\n* - @\n```",
    "glossary": "```{glossary}\na @\n: b @\n```",
    "unknown directive": "```{card} @\n:name: a@b\nx\n```",
    "listing of Liquid": "{% highlight a@b %}\n@\n{% endhighlight %}",
    "code of Distill": "<d-code block language='@'>@</d-code>",
    "widget": "::: {.widget src='a@b.js' data='@' fallback='@' #w}\nx\n:::",
    "negative result": "::: {.negative-result tried='@' n='@'}\nx\n:::",
    "guess": "::: {.guess prompt='@'}\nx\n:::",
    "kramdown": "x\n{: .a@b #c@d title='@'}",
    "table with classes": "| a |\n|---|\n| b |\n{: .a@b #c@d}",
    "cell": "```{python}\n#| label: a\n#| classes: ['@']\n#| code-summary: '@'\n#| code-fold: true\n'@'\n```",
    "R cell": "```{r}\n#| label: fig-a\n#| fig-cap: @\n@\n```",
    "formula": "$a @ b$",
    "display": "$$\na @ b\n$$ {#eq-a}",
    "raw attribute": "<p title=\"a\" data-b='c'>@</p>".replace("@", "x"),
}


class Tags(HTMLParser):
    """Collects what a payload must not become."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.tags = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags += 1
        self.found += [tag] if tag == "hostile" else []
        self.found += [f"{tag} {name}" for name, _ in attrs if name.startswith("onx")]


@pytest.mark.parametrize("payload", PAYLOADS)
@pytest.mark.parametrize("name", CONSTRUCTS)
def test_nothing_gets_out_of_its_place(name: str, payload: str) -> None:
    head = "---\ntitle: 'a {}'\n---\n\n".format(payload.replace("'", "''"))
    text = head + CONSTRUCTS[name].replace("@", payload) + "\n"
    source = Source("content/posts/a.md", text)
    config = ParseConfig(raw_html=False) if "<hostile" in payload else ParseConfig()  # raw HTML is what it is
    parsed = parse_post(source, config, kind="post")
    body = render_body(parsed.value, BodyContext("/a/"), make_highlight())
    tags = Tags()
    tags.feed(body.html + body.notes_html + body.title_html)
    assert not tags.found, body.html
