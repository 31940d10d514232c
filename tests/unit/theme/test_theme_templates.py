"""The templates fill with the least and with the most, escape what they are given, and run nothing inline."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from markupsafe import Markup, escape

from xaisite.link.addresses import date_text
from xaisite.model.config import Author, NavItem, SiteConfig, SiteTable
from xaisite.model.site import Card
from xaisite.render.templates import TemplateText, make_environment
from xaisite.render.variables import PageParts, card_variables, page_variables, site_variables
from xaisite.theme import theme_folder

THEME = Path(str(theme_folder()))
TEMPLATES = sorted(path.name for path in (THEME / "templates").glob("*.html"))
PAGES = [name for name in TEMPLATES if name not in {"strings.html", "parts.html"}]
HOSTILE = "</title><script>alert('x')</script>\" onload=\"x"


def environment() -> Any:
    texts = {n: TemplateText(n, (THEME / "templates" / n).read_text("utf-8"), f"theme:{n}", "") for n in TEMPLATES}
    return make_environment(texts)


def card(title: str = "A post", **fields: Any) -> dict[str, Any]:
    return card_variables(Card(path="posts/a.md", url="/posts/a/", title=title, **fields), str, date_text)


def variables(title: str = "A page", **more: Any) -> dict[str, Any]:
    config = SiteConfig(site=SiteTable(title="A site"))
    page = page_variables(PageParts(kind="page", layout="", url="/a/", title=title), config, str, date_text)
    return {
        "site": site_variables(config, str, has_feed=False, has_search=False),
        "page": page,
        "content": "", "notes": "", "references": "",
        "items": [], "groups": [], "pager": None, "tag": "", "entries": [], "terms": [], "tags": [], "series": "",
        "asset": lambda name: f"/_x/{name}",
        "url": str,
        "icon": lambda name: Markup(f"<svg class='{name}'></svg>"),
        **more,
    }  # fmt: skip


def full(text: str) -> dict[str, Any]:
    """Every variable holds something; every free text is ``text``."""
    config = SiteConfig(
        site=SiteTable(
            title=text, description=text, base_url="https://example.org/", license="CC BY 4.0", repository="https://example.org/r",
            nav=(NavItem(text, "/posts/"),), authors={"a": Author(name=text, id="a", url="https://example.org/a")},
        )
    )  # fmt: skip
    values = variables(text)
    one = card(
        text,
        description=text,
        subtitle=text,
        date="2024-02-04",
        image="/a.png",
        image_alt=text,
        part=text,
        level=text,
        order=2.0,
    )
    values["site"] = site_variables(config, str, has_feed=True, has_search=True) | {
        "comments": {"name": text, "href": "https://example.org/talk", "embed": "https://example.org/{url}"}
    }
    entry = {"id": "one", "html": Markup("One"), "text": text, "level": 2, "number": "1", "children": []}
    values["page"] |= {
        "description": text, "subtitle": text, "canonical": "https://example.org/a/", "date": "2024-02-04", "date_text": "4 February 2024",
        "date_modified": "2024-05-01", "date_modified_text": "1 May 2024", "minutes": 3, "draft": True, "part": text, "level": text,
        "order": 2.0, "authors": [{"name": text, "url": "https://example.org/a", "orcid": "0000-0002-1825-0097", "corresponding": True, "email": "a@example.org",
                                   "affiliations": [{"name": text, "url": ""}]}],
        "tags": [{"name": text, "href": "/tags/x/"}], "toc": [entry | {"children": [entry | {"id": "two", "level": 3}]}],
        "series": {"name": text, "part": 1, "index": 0, "posts": [one, one]}, "previous": one, "next": one, "related": [one],
        "prerequisites": [one], "downloads": [{"label": text, "href": "/a.ipynb", "type": "application/json"}],
        "cite": {"text": text, "bibtex": text}, "edit_href": "/edit", "report_href": "/report",
        "meta": [{"name": "citation_title", "content": text}, {"property": "og:title", "content": text}],
        "json_ld": Markup("{}"), "math_css": "/katex.css", "lightbox": True, "comments": True,
        "styles": ["/own.css"], "scripts": ["/own.js"],
    }  # fmt: skip
    body = Markup(
        "<p id='p'>Text <a class='citation-link' href='#r'>1</a> <figure><img src='a' alt=''></figure><div class='tabset'></div><div data-widget='w'></div></p>"
    )
    return values | {
        "content": body, "notes": Markup("<section class='notes'></section>"), "references": Markup("<section class='references'></section>"),
        "items": [one, card(text)], "groups": [{"title": text, "items": [one]}, {"title": "", "items": [card(text)]}],
        "pager": {"page": 2, "pages": 3, "previous_href": "/1", "next_href": "/3"}, "tag": text, "series": text,
        "tags": [{"name": text, "count": 1, "href": "/tags/x/"}], "terms": [{"id": "term-x", "term": text, "definition": text, "href": "/a/"}],
        "entries": [{"key": "k", "html": Markup("Entry"), "cited_in": [one, one]}],
    }  # fmt: skip


class Reader(HTMLParser):
    """Notes ids, scripts, handlers, and whether tags nest."""

    VOID = frozenset(["meta", "link", "img", "input", "br", "hr", "path", "circle", "rect"])

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.scripts: list[Mapping[str, str | None]] = []
        self.handlers: list[str] = []
        self.open: list[str] = []
        self.crossed: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        self.ids += [named["id"] or ""] if "id" in named else []
        self.handlers += [name for name in named if name.startswith("on")]
        if tag == "script":
            self.scripts.append(named)
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.crossed.append(tag)


def read(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    return reader


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("kind", ["least", "most"])
def test_fills_and_nests(name: str, kind: str) -> None:
    html = environment().get_template(name).render(variables() if kind == "least" else full("Words"))
    seen = read(html)
    assert seen.crossed == []
    assert seen.open == []
    assert len(seen.ids) == len(set(seen.ids))
    assert "<h1>" in html or name in {"base.html"}


@pytest.mark.parametrize("name", PAGES)
def test_escapes_and_runs_nothing_inline(name: str) -> None:
    html = environment().get_template(name).render(full(HOSTILE))
    assert "<script>alert" not in html
    seen = read(html)
    assert seen.handlers == []
    for script in seen.scripts:
        assert script.get("src") or script.get("type") == "application/ld+json", script
    assert "style=" not in html


def test_title_is_said_once_on_the_home() -> None:
    html = environment().get_template("home.html").render(full("Words"))
    assert re.search(r"<title>Words</title>", html)


def test_a_site_with_parts_shows_every_post() -> None:
    cards = [card(f"Title {i}", part="P" if i < 2 else "") for i in range(3)]
    groups = [{"title": "P", "items": cards[:2]}, {"title": "", "items": cards[2:]}]
    html = environment().get_template("home.html").render(variables(groups=groups, items=cards))
    assert [html.count(f">Title {i}<") for i in range(3)] == [1, 1, 1]


def test_posts_stand_under_their_year() -> None:
    items = [
        card("New", date="2025-01-02"),
        card("Old", date="2024-01-02"),
        card("Older", date="2024-01-01"),
        card("Some day"),
    ]
    html = environment().get_template("posts.html").render(variables(items=items))
    order = re.findall(r">(2025|New|2024|Older|Old|Undated|Some day)<", html)
    assert order == ["2025", "New", "2024", "Old", "Older", "Undated", "Some day"]


def test_scripts_come_only_where_they_are_needed() -> None:
    template = environment().get_template("post.html")
    plain = template.render(variables(content=Markup("<p>Words.</p>")))
    assert [s["src"] for s in read(plain).scripts] == ["/_x/theme.js", "/_x/page.js"]
    noted = template.render(variables(content=Markup('<sup class="note-ref"></sup>')))
    assert "/_x/previews.js" in noted


def test_another_language_falls_back_to_english() -> None:
    values = variables()
    values["page"]["lang"] = "xx"
    html = environment().get_template("post.html").render(values)
    assert '<html lang="xx"' in html
    assert "Skip to the text" in html


def test_every_file_a_template_names_exists() -> None:
    static = THEME / "static"
    for name in TEMPLATES:
        text = (THEME / "templates" / name).read_text("utf-8")
        for asset in re.findall(r"asset\('([^']+)'\)", text):
            assert (static / asset).is_file(), (name, asset)
        for icon in re.findall(r'icon\("([^"]+)"\)', text):
            assert (static / "icons" / f"{icon}.svg").is_file(), (name, icon)


def test_every_word_a_script_says_is_in_the_strings() -> None:
    html = environment().get_template("base.html").render(variables())
    strings = re.search(r'data-strings="([^"]*)"', html)
    assert strings
    for script in (THEME / "static").glob("*.js"):
        for word in re.findall(r"\bsay\.(\w+)", script.read_text("utf-8")):
            assert escape(f'"{word}":') in Markup(strings[1]), (script.name, word)
