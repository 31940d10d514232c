"""What templates may use: `site`, `page`, cards. The list is documented in docs/reference/templates.md.

Pure: from linked values to plain mappings. Invariant: every documented name is always there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from xaisite.core.paths import tag_url
from xaisite.core.record import record
from xaisite.model.config import Author, SiteConfig
from xaisite.model.nodes import Heading
from xaisite.model.post import Outline
from xaisite.model.site import Card

if TYPE_CHECKING:
    from xaisite.model.front import TocEntry

LinkTo = Callable[[str], str]
_NOT_TOKEN = re.compile(r"[^a-zA-Z0-9_-]")
_NOT_VALUE = re.compile(r"[;{}<>]")
_LICENSES = {
    "CC BY 4.0": "https://creativecommons.org/licenses/by/4.0/",
    "CC BY-SA 4.0": "https://creativecommons.org/licenses/by-sa/4.0/",
    "CC BY-NC 4.0": "https://creativecommons.org/licenses/by-nc/4.0/",
    "CC0": "https://creativecommons.org/publicdomain/zero/1.0/",
    "MIT": "https://opensource.org/license/mit",
}


@record
class PageParts:
    """Everything about one page that is not in its card: made by the pipeline, shown by templates."""

    kind: str
    layout: str
    url: str
    title: str
    title_html: str = ""
    """With formulas typeset; empty when it has none."""
    outline: Outline | None = None
    card: Card | None = None
    authors: tuple[Author, ...] = ()
    previous: Card | None = None
    next: Card | None = None
    related: tuple[Card, ...] = ()
    prerequisites: tuple[Card, ...] = ()
    series: tuple[Card, ...] = ()
    heading_numbers: Mapping[str, str] | None = None
    downloads: tuple[tuple[str, str, str], ...] = ()
    """(label, address, MIME type)."""
    cite_text: str = ""
    cite_bibtex: str = ""
    meta: tuple[Mapping[str, str], ...] = ()
    json_ld: str = ""
    image: str = ""
    """Address."""
    image_alt: str = ""
    styles: tuple[str, ...] = ()
    """Addresses."""
    scripts: tuple[str, ...] = ()
    has_math: bool = False
    description: str = ""


def site_variables(config: SiteConfig, to: LinkTo, *, has_feed: bool, has_search: bool) -> dict[str, Any]:
    """Return `site`."""
    site = config.site
    return {
        "title": site.title,
        "description": site.description,
        "base_url": site.base_url,
        "language": site.language,
        "authors": [_author(author) for author in site.authors.values()],
        "nav": [{"title": item.title, "href": _nav_href(item.url, to)} for item in site.nav],
        "license": license_of(site.license),
        "repository": site.repository,
        "feed_href": to("/feed.xml") if has_feed else "",
        "search_href": to("/search/") if has_search else "",
        "home_href": to("/"),
        "tokens_css": _tokens_css(config.theme.tokens),
        "comments": dict(config.theme.comments),
    }


def page_variables(parts: PageParts, config: SiteConfig, to: LinkTo, date_text: Callable[[str], str]) -> dict[str, Any]:
    """Return `page`."""
    front = parts.outline.front if parts.outline else None
    card = parts.card
    base = config.site.base_url
    return {
        "title": parts.title,
        "title_html": Markup(parts.title_html) if parts.title_html else escape(parts.title),  # noqa: S704 - ours
        "subtitle": card.subtitle if card else "",
        "description": parts.description or (card.description if card else ""),
        "url": parts.url,
        "lang": (card.lang if card else "") or config.site.language,
        "kind": parts.kind,
        "layout": parts.layout,
        "authors": [_author(author) for author in parts.authors],
        "date": card.date if card else "",
        "date_text": date_text(card.date) if card else "",
        "date_modified": card.date_modified if card else "",
        "date_modified_text": date_text(card.date_modified) if card else "",
        "tags": [{"name": tag, "href": to(tag_url(tag))} for tag in card.tags] if card else [],
        "minutes": card.minutes if card else 0,
        "words": parts.outline.words if parts.outline else 0,
        "draft": card.draft if card else False,
        "toc": make_toc(parts) if front and front.toc else [],
        "series": _series(parts, to, date_text),
        "previous": card_variables(parts.previous, to, date_text) if parts.previous else None,
        "next": card_variables(parts.next, to, date_text) if parts.next else None,
        "related": [card_variables(c, to, date_text) for c in parts.related],
        "prerequisites": [card_variables(c, to, date_text) for c in parts.prerequisites],
        "part": card.part if card else "",
        "level": card.level if card else "",
        "order": card.order if card else None,
        "image": {"href": to(parts.image), "alt": parts.image_alt} if parts.image else None,
        "downloads": [{"label": label, "href": to(address), "type": kind} for label, address, kind in parts.downloads],
        "cite": {"text": parts.cite_text, "bibtex": parts.cite_bibtex},
        "license": license_of(front.license if front and front.license else config.site.license),
        "edit_href": _source_href(config, parts, "edit"),
        "report_href": _report_href(config, parts),
        "meta": list(parts.meta),
        "json_ld": Markup(parts.json_ld),  # noqa: S704 - made by export with `<` escaped
        "canonical": base.rstrip("/") + parts.url if base else "",
        "has_math": parts.has_math,
        "has_cells": bool(parts.outline and parts.outline.cells),
        "styles": [to(address) for address in parts.styles],
        "scripts": [to(address) for address in parts.scripts],
        "math_css": "",
        "lightbox": front.lightbox if front else False,
        "comments": front.comments if front else False,
        "code_tools": front.code_tools if front else False,
        "doi": front.doi if front else "",
        "extra": dict(front.extra) if front else {},
    }


def card_variables(card: Card, to: LinkTo, date_text: Callable[[str], str]) -> dict[str, Any]:
    """Return a post as lists show it."""
    return {
        "title": card.title,
        "title_html": escape(card.title),
        "subtitle": card.subtitle,
        "description": card.description,
        "href": to(card.url),
        "date": card.date,
        "date_text": date_text(card.date),
        "authors": list(card.authors),
        "tags": list(card.tags),
        "image": to(card.image) if card.image.startswith("/") else "",
        "image_alt": card.image_alt,
        "minutes": card.minutes,
        "part": card.part,
        "level": card.level,
        "order": card.order,
        "draft": card.draft,
    }


def make_toc(parts: PageParts) -> list[dict[str, Any]]:
    """Return the table of contents as a tree: from the headings, or as the author wrote it."""
    outline = parts.outline
    if outline is None:
        return []
    if outline.front.toc_entries:
        return [_typed_entry(entry, outline.headings) for entry in outline.front.toc_entries]
    top = 2 if any(h.level >= 2 for h in outline.headings) else 1
    deepest = top + outline.front.toc_depth - 1
    shown = [h for h in outline.headings if h.is_listed and top <= h.level <= deepest]
    return _nest(shown, parts.heading_numbers or {})


def _nest(headings: Iterable[Heading], numbers: Mapping[str, str]) -> list[dict[str, Any]]:
    roots: list[dict[str, Any]] = []
    trail: list[dict[str, Any]] = []
    for h in headings:
        item = {
            "id": h.id,
            "html": Markup(h.html),  # noqa: S704 - rendered by us, escaped
            "text": h.text,
            "level": h.level,
            "number": numbers.get(h.id, ""),
            "children": [],
        }
        while trail and trail[-1]["level"] >= h.level:
            trail.pop()
        (trail[-1]["children"] if trail else roots).append(item)
        trail.append(item)
    return roots


def _typed_entry(entry: TocEntry, headings: tuple[Heading, ...]) -> dict[str, Any]:
    wanted = entry.name.casefold().strip()
    found = next((h for h in headings if h.text.casefold().strip() == wanted), None)
    return {
        "id": found.id if found else "",
        "html": escape(entry.name),
        "text": entry.name,
        "level": found.level if found else 2,
        "number": "",
        "children": [_typed_entry(sub, headings) for sub in entry.subsections],
    }


def _series(parts: PageParts, to: LinkTo, date_text: Callable[[str], str]) -> dict[str, Any] | None:
    if not parts.series or parts.card is None:
        return None
    at = next((i for i, c in enumerate(parts.series) if c.path == parts.card.path), 0)
    posts = [card_variables(c, to, date_text) for c in parts.series]
    return {"name": parts.card.series, "part": at + 1, "index": at, "posts": posts}


def _tokens_css(tokens: Mapping[str, str]) -> Markup:
    """Return the design tokens as CSS declarations; what could end a declaration or the style element is cut."""
    safe = {_NOT_TOKEN.sub("", name): _NOT_VALUE.sub("", value) for name, value in tokens.items()}
    return Markup("".join(f"--{name}:{value};" for name, value in safe.items()))  # noqa: S704


def _author(author: Author) -> dict[str, Any]:
    return {
        "id": author.id,
        "name": author.name,
        "url": author.url,
        "orcid": author.orcid,
        "affiliations": [{"name": a.name, "url": a.url} for a in author.affiliations],
        "corresponding": author.corresponding,
        "email": author.email,
    }


def license_of(name: str) -> dict[str, str] | None:
    """Return name and address of a licence."""
    if not name:
        return None
    is_url = name.startswith(("http://", "https://"))
    return {"name": name, "url": name if is_url else _LICENSES.get(name, "")}


def _nav_href(url: str, to: LinkTo) -> str:
    return to(url) if url.startswith("/") else url


def _source_href(config: SiteConfig, parts: PageParts, verb: str) -> str:
    repository = config.site.repository.rstrip("/")
    return f"{repository}/{verb}/main/{parts.outline.path}" if repository and parts.outline else ""


def _report_href(config: SiteConfig, parts: PageParts) -> str:
    from urllib.parse import quote

    repository = config.site.repository.rstrip("/")
    return f"{repository}/issues/new?title={quote('Error in “' + parts.title + '”')}" if repository else ""
