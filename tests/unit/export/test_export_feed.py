"""The feed is RFC 4287, its content stands alone."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from datetime import datetime
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xaisite.export.feed import atom_date, make_feed
from xaisite.export.feed_content import absolute_srcset, feed_content
from xaisite.export.sitemap import make_robots, make_sitemap
from xaisite.math.typeset import Typesetter
from xaisite.model.config import Author
from xaisite.model.export import FeedEntry, FeedFacts
from xaisite.model.math import Formula

ATOM = "{http://www.w3.org/2005/Atom}"
RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)")
FACTS = FeedFacts("A <guide> & more", "https://example.org/g/", "https://example.org/g/feed.xml", language="en")
PAGE = "https://example.org/g/posts/a/"


def entry(name: str, date: str, modified: str = "", **more: object) -> FeedEntry:
    return FeedEntry(f"https://example.org/g/posts/{name}/", f"Post {name}", date, modified, **more)  # type: ignore[arg-type]


def check_atom(text: str) -> ET.Element:
    """Check the rules of RFC 4287, section 4."""
    root = ET.fromstring(text)
    assert root.tag == ATOM + "feed"
    for parent in (root, *root.findall(ATOM + "entry")):
        for name in ("id", "title", "updated"):
            [one] = parent.findall(ATOM + name)
            assert one.text
        assert RFC3339.fullmatch(parent.findtext(ATOM + "updated") or "")
        assert re.match(r"https?://", parent.findtext(ATOM + "id") or "")
        for author in parent.findall(ATOM + "author"):
            [name_element] = author.findall(ATOM + "name")
            assert name_element.text
        alternates = [
            (e.get("type"), e.get("hreflang")) for e in parent.findall(ATOM + "link") if e.get("rel") == "alternate"
        ]
        assert len(alternates) == len(set(alternates)) == 1
        assert len(parent.findall(ATOM + "summary")) <= 1
        assert len(parent.findall(ATOM + "content")) <= 1
    assert len([e for e in root.findall(ATOM + "link") if e.get("rel") == "self"]) == 1
    has_author = bool(root.findall(ATOM + "author"))
    assert all(has_author or e.findall(ATOM + "author") for e in root.findall(ATOM + "entry"))
    ids = [e.findtext(ATOM + "id") for e in root.findall(ATOM + "entry")]
    assert len(ids) == len(set(ids))
    return root


def test_a_feed_with_everything() -> None:
    author = Author("Ann <Smith>", url="https://ann.example.org/?a=1&b=2", email="ann@example.org")
    full = entry(
        "a",
        "2026-01-02T00:00:00+01:00",
        "2026-02-03T12:00:00+00:00",
        authors=(author,),
        tags=('x"y', "b"),
        summary="S < T",
        content_html="<p>Hello &amp; <b>you</b></p>",
        lang="en",
        rights="CC BY 4.0",
    )
    root = check_atom(make_feed(FACTS, [full, entry("b", "2026-02-03T11:30:00-02:00"), entry("undated", "")]))
    assert [e.findtext(ATOM + "title") for e in root.findall(ATOM + "entry")] == ["Post a", "Post b"]
    assert root.findtext(ATOM + "updated") == "2026-02-03T11:30:00-02:00"  # the newest moment, not the greatest text
    first = root.find(ATOM + "entry")
    assert first is not None
    content = first.find(ATOM + "content")
    assert content is not None
    assert (content.text, content.get("type")) == ("<p>Hello &amp; <b>you</b></p>", "html")
    assert [c.get("term") for c in first.findall(ATOM + "category")] == ['x"y', "b"]


def test_an_empty_feed_is_valid() -> None:
    root = check_atom(make_feed(FACTS, []))
    assert root.findtext(ATOM + "updated") == "1970-01-01T00:00:00Z"


@given(st.text(), st.text(), st.text(), st.text())
def test_any_text_gives_a_valid_feed(title: str, summary: str, tag: str, content: str) -> None:
    check_atom(
        make_feed(
            FACTS,
            [
                entry("a", "2026-01-01T00:00:00+00:00", summary=summary, tags=(tag,), content_html=content),
                FeedEntry("https://e.org/", title, "2026-01-01"),
            ],
        )
    )


def test_dates_have_seconds_and_an_offset() -> None:
    assert atom_date("2026-01-02") == "2026-01-02T00:00:00Z"
    assert atom_date("2026-01-02T03:04:05.678+02:00") == "2026-01-02T03:04:05+02:00"


# Content


def test_formulas_are_mathml_alone() -> None:
    with Typesetter() as typesetter:
        inline, display = typesetter.typeset([Formula(r"a < \sqrt{x}"), Formula(r"\sum_i x_i", display=True)], {})
    html = feed_content(f"<p>Let {inline.html} be.</p><div>{display.html}</div>", PAGE)
    assert "katex" not in html
    assert "style=" not in html
    assert html.count("<math") == html.count("</math>") == 2
    ET.fromstring(f"<x>{html}</x>")
    assert 'encoding="application/x-tex">a &lt; \\sqrt{x}</annotation>' in html
    assert "<span" not in html


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ('<a href="../b/#x">b</a>', '<a href="https://example.org/g/posts/b/#x">b</a>'),
        ('<a href="#fn-1" id="r1" class="n">1</a>', f'<a href="{PAGE}#fn-1" id="r1">1</a>'),
        ('<a href="mailto:a@b.org">m</a>', '<a href="mailto:a@b.org">m</a>'),
        (
            '<img src="/g/a.png" alt="x &quot;y&quot;" style="color:red" onerror="x()">',
            '<img src="https://example.org/g/a.png" alt="x &quot;y&quot;">',
        ),
        ("<p>a<br>b</p>", "<p>a<br>b</p>"),
        ("<script>alert(1)</script><p>x</p><style>p{}</style>", "<p>x</p>"),
        ('<div class="tools"><button>Copy <b>it</b></button><p>x</p></div>', "<div><p>x</p></div>"),
        (
            '<picture><img class="only-light" src="a.svg"><img class="only-dark big" src="b.svg"></picture>',
            f'<picture><img src="{PAGE}a.svg"></picture>',
        ),
        (
            '<pre><code class="x"><span class="k">if</span> a &lt; b</code></pre>',
            "<pre><code>if a &lt; b</code></pre>",
        ),
        ('<span class="nb">x</span><span class="only-dark">y</span>', "x"),
        ("<svg viewBox='0 0 1 1'><path d='M0'/></svg>x", "x"),
        ("<details open><summary>s</summary>t</details>", "<details open><summary>s</summary>t</details>"),
        ("<p>left <em>open", "<p>left <em>open</em></p>"),
        ("<!-- secret -->x", "x"),
    ],
)
def test_content_stands_alone(written: str, shown: str) -> None:
    assert feed_content(written, PAGE) == shown


def test_sets_of_sources_become_absolute() -> None:
    assert absolute_srcset("a.png 1x, ../b.png 2x", PAGE) == f"{PAGE}a.png 1x, https://example.org/g/posts/b.png 2x"


class Checker(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.problems: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "style", "button", "iframe", "object", "form"):
            self.problems.append(tag)
        self.problems += [name for name, _ in attrs if name.startswith("on") or name in ("style", "class")]


PIECES = [
    "<p>",
    "</p>",
    "<script>",
    "</script>",
    "<math>",
    "</math>",
    '<span class="katex">',
    "</span>",
    "<b onclick=x>",
    '<a href="x">',
    "</a>",
    "text",
    "&lt;script&gt;",
    "<",
    ">",
    "&",
    '"',
    "<img src=x onerror=y>",
    "<svg>",
    "</svg>",
    "<br/>",
]


@given(st.lists(st.sampled_from(PIECES), max_size=20).map("".join))
def test_nothing_that_acts_gets_through(html: str) -> None:
    checker = Checker()
    checker.feed(feed_content(html, PAGE))
    checker.close()
    assert checker.problems == []


# Sitemap


def test_the_sitemap() -> None:
    pages = [("https://e.org/b/?x=1&y=2", "2026-01-01"), ("https://e.org/a/", "")]
    [(name, text)] = make_sitemap(pages, "https://e.org/").items()
    assert name == "sitemap.xml"
    root = ET.fromstring(text)
    space = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
    assert [u.findtext(space + "loc") for u in root] == ["https://e.org/a/", "https://e.org/b/?x=1&y=2"]
    assert [u.findtext(space + "lastmod") for u in root] == [None, "2026-01-01"]


def test_a_big_sitemap_is_split() -> None:
    files = make_sitemap([(f"https://e.org/{n:03}/", "") for n in range(25)], "https://e.org/g/", limit=10)
    assert list(files) == ["sitemap.xml", "sitemap-1.xml", "sitemap-2.xml", "sitemap-3.xml"]
    assert files["sitemap.xml"].count("https://e.org/g/sitemap-") == 3
    assert sum(text.count("<url>") for text in files.values()) == 25


def test_robots() -> None:
    assert make_robots("https://e.org/g/").endswith("\nSitemap: https://e.org/g/sitemap.xml\n")
    assert "Sitemap" not in make_robots("")


def test_entries_keep_moments() -> None:
    assert datetime.fromisoformat(entry("a", "2026-01-01T00:00:00+00:00").updated).year == 2026
