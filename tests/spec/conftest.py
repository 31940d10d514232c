"""Our bodies as the plain HTML that specifications print: what we add for readers is taken off, nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from xaisite.model.body import BodyContext
from xaisite.parse.config import ParseConfig
from xaisite.parse.post import parse_fragment
from xaisite.render.body import render_body

CONFIG = ParseConfig(keep_scripts=True)

_STEPS = (
    (r'<div class="listing"(?: data-lang="[^"]*")?><pre tabindex="0">(.*?)</pre></div>', r"<pre>\1</pre>"),
    (r' <a class="anchor" href="[^"]*" aria-label="Link to this section">#</a>', ""),
    (r"<(h[1-6]) id=\"[^\"]*\">", r"<\1>"),
    (
        r'<figure class="figure column-body"><div class="figure-body">(<img [^>]*>)</div>(?:<figcaption>.*?</figcaption>)?</figure>',
        r"<p>\1</p>",
    ),
    (r' loading="lazy" decoding="async"', ""),
    (r"(<img [^>]*?)\s*/?>", r"\1 />"),
    (r"<(br|hr)>", r"<\1 />"),
    (r'<div class="table-scroll"[^>]*><table>', "<table>"),
    (r"</table></div>", "</table>"),
    (r' scope="col"', ""),
    (r'<(t[hd]) class="align-(\w+)"', r'<\1 align="\2"'),
    (r"<(/?)s>", r"<\1del>"),
)


def body_html(text: str) -> str:
    """Return the body of ``text`` through xaisite's own pipeline."""
    post = parse_fragment(text, CONFIG).value
    rendered = render_body(post, BodyContext("/"))
    return rendered.html + rendered.notes_html


def make_plain(text: str) -> str:
    """Return the body of ``text`` as a specification would print it."""
    html = body_html(text)
    for pattern, replacement in _STEPS:
        html = re.sub(pattern, replacement, html, flags=re.DOTALL)
    return html


def make_comparable(html: str) -> str:
    """Return HTML without the differences that the specification's own test program ignores."""
    html = re.sub(r"\s*/>", " />", html)
    html = re.sub(r"&quot;", '"', html)
    html = html.replace("<blockquote></blockquote>", "<blockquote>\n</blockquote>")
    return re.sub(r"\n+", "\n", html).strip()


@pytest.fixture(scope="session")
def plain_html() -> Callable[[str], str]:
    """Return the function from Markdown to the plain HTML of its body."""
    return make_plain


@pytest.fixture(scope="session")
def comparable() -> Callable[[str], str]:
    """Return the function that makes two renderings of the same thing equal."""
    return make_comparable
