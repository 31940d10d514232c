"""What search engines, reference managers and link previews read in a page's head.

Highwire Press tags (Google Scholar, Zotero), Open Graph and Twitter cards, JSON-LD of schema.org. Data for templates:
escaping attributes is the template's business, escaping inside `<script>` is done here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from xaisite.model.config import Author
from xaisite.model.export import CitedWork, Publication

Tag = Mapping[str, str]


def meta_tags(page: Publication) -> tuple[Tag, ...]:
    """Return the attributes of each `<meta>`."""
    scholar = _highwire(page) if page.kind == "post" else ()
    return (*scholar, *_open_graph(page), *_twitter(page))


def make_json_ld(page: Publication) -> str:
    """Return the page as JSON-LD, safe inside `<script type="application/ld+json">`."""
    text = json.dumps(json_ld_value(page), ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026").replace("\u2028", "\\u2028")


def json_ld_value(page: Publication) -> dict[str, object]:
    """Return a `ScholarlyArticle` for a post, a `WebSite` for the home, a `WebPage` for others."""
    kind = {"post": "ScholarlyArticle", "home": "WebSite", "page": "WebPage"}[page.kind]
    value: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": kind,
        "@id": page.url,
        "url": page.url,
        "name": page.title,
        "headline": page.title[:110] if kind == "ScholarlyArticle" else "",
        "alternativeHeadline": page.subtitle,
        "description": page.description,
        "inLanguage": page.lang,
        "author": [_person(a) for a in page.authors],
        "datePublished": page.date,
        "dateModified": page.date_modified or page.date,
        "keywords": list(page.tags),
        "image": [page.image_url] if page.image_url else [],
        "license": page.license_url or page.license_name,
        "identifier": _doi_url(page.doi),
        "wordCount": page.words,
    }
    if kind == "ScholarlyArticle":
        value["isPartOf"] = {"@type": "WebSite", "name": page.site_title}
        value["mainEntityOfPage"] = page.url
        value["citation"] = [_cited(work) for work in page.cites]
    return {key: item for key, item in value.items() if item not in ("", [], 0, None)}


def _highwire(page: Publication) -> Iterator[Tag]:
    yield _named("citation_title", page.title)
    for author in page.authors:
        yield _named("citation_author", author.name)
        for place in author.affiliations:
            yield _named("citation_author_institution", place.name)
        if author.orcid:
            yield _named("citation_author_orcid", orcid_url(author.orcid))
        if author.email:
            yield _named("citation_author_email", author.email)
    single = {
        "citation_publication_date": page.date[:10].replace("-", "/"),
        "citation_online_date": (page.date_modified or page.date)[:10].replace("-", "/"),
        "citation_journal_title": str(page.overrides.get("container-title", "") or page.site_title),
        "citation_volume": str(page.overrides.get("volume", "")),
        "citation_issue": str(page.overrides.get("issue", "")),
        "citation_doi": page.doi,
        "citation_fulltext_html_url": page.url,
        "citation_public_url": page.url,
        "citation_language": page.lang,
        "citation_keywords": "; ".join(page.tags),
    }
    yield from (_named(name, value) for name, value in single.items() if value)
    yield from (_named("citation_reference", _reference(work)) for work in page.cites)


def _open_graph(page: Publication) -> Iterator[Tag]:
    pairs = [
        ("og:type", "article" if page.kind == "post" else "website"),
        ("og:title", page.title),
        ("og:site_name", page.site_title),
        ("og:description", page.description),
        ("og:url", page.url),
        ("og:locale", page.lang.replace("-", "_")),
    ]
    if page.image_url:
        pairs += [
            ("og:image", page.image_url),
            ("og:image:width", str(page.image_width_px)),
            ("og:image:height", str(page.image_height_px)),
            ("og:image:alt", page.image_alt or page.title),
        ]
    if page.kind == "post":
        pairs += [("article:published_time", page.date), ("article:modified_time", page.date_modified)]
        pairs += [("article:tag", tag) for tag in page.tags]
    return ({"property": name, "content": value} for name, value in pairs if value)


def _twitter(page: Publication) -> Iterator[Tag]:
    if page.image_url:
        yield _named("twitter:card", "summary_large_image")
        yield _named("twitter:image:alt", page.image_alt or page.title)
    else:
        yield _named("twitter:card", "summary")


def _named(name: str, content: str) -> Tag:
    return {"name": name, "content": content}


def _person(author: Author) -> dict[str, object]:
    value: dict[str, object] = {
        "@type": "Person",
        "name": author.name,
        "url": author.url,
        "identifier": orcid_url(author.orcid) if author.orcid else "",
        "affiliation": [
            {k: v for k, v in {"@type": "Organization", "name": a.name, "url": a.url}.items() if v}
            for a in author.affiliations
        ],
    }
    return {key: item for key, item in value.items() if item}


def _cited(work: CitedWork) -> dict[str, object]:
    value: dict[str, object] = {
        "@type": "CreativeWork",
        "name": work.title,
        "author": [{"@type": "Person", "name": name} for name in work.authors],
        "datePublished": work.year,
        "url": _doi_url(work.doi) or work.url,
    }
    return {key: item for key, item in value.items() if item}


def _reference(work: CitedWork) -> str:
    pairs = [
        ("citation_title", work.title),
        *(("citation_author", name) for name in work.authors),
        ("citation_publication_date", work.year),
        ("citation_journal_title", work.venue),
        ("citation_doi", work.doi),
    ]
    return "; ".join(f"{key}={value.replace(';', ',')}" for key, value in pairs if value)


def orcid_url(orcid: str) -> str:
    """Return an ORCID as an address, however it was written."""
    return orcid if "://" in orcid else f"https://orcid.org/{orcid}"


def _doi_url(doi: str) -> str:
    return f"https://doi.org/{doi.removeprefix('https://doi.org/')}" if doi else ""
