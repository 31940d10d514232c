"""Addresses with two owners."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from xaisite.core.diagnostic import Diagnostic, Note, error
from xaisite.core.source import Span
from xaisite.link.addresses import normal_permalink
from xaisite.model.post import Outline
from xaisite.model.site import Site

RESERVED = ("/_x/", "/feed.xml", "/sitemap.xml", "/robots.txt")
"""Addresses that are always ours."""


def check_addresses(site: Site) -> tuple[Diagnostic, ...]:
    """Return an error for each address with two owners: pages, aliases, reserved addresses, static files."""
    owners: dict[str, str] = {}
    static = {_static_url(path, site): path for path in site.files.static}
    found: list[Diagnostic] = []
    for path, url in site.urls.items():
        file_url = url + "index.html" if url.endswith("/") else url
        if url in owners:
            found.append(_shared(url, path, owners[url], site))
        elif file_url in static:
            found.append(_shared(url, path, static[file_url], site))
        elif url.startswith(RESERVED):
            found.append(
                error(
                    "address-reserved",
                    f"the address {url} is reserved for xaisite's own files",
                    find_place(site.outlines[path], "permalink", "slug"),
                    help="rename the file, or give it another `slug` or `permalink`",
                )
            )
        owners.setdefault(url, path)
    return (*found, *_check_aliases(site, owners))


def _check_aliases(site: Site, owners: Mapping[str, str]) -> Iterator[Diagnostic]:
    taken: dict[str, str] = {}
    for path, outline in site.outlines.items():
        for alias in outline.front.aliases:
            url = normal_permalink(alias)
            other = owners.get(url) or taken.get(url)
            if other is not None and other != path:
                yield _shared(url, path, other, site, field="aliases")
            taken.setdefault(url, path)


def _shared(url: str, path: str, other: str, site: Site, field: str = "permalink") -> Diagnostic:
    first = site.outlines.get(other)
    note = Note(f"{other} has it too", find_place(first, "permalink", "slug", "aliases") if first else None)
    return error(
        "address-taken",
        f"two files want the address {url}: {other} and {path}",
        find_place(site.outlines[path], field, "slug"),
        notes=(note,),
        help="rename one of them, or give it another `slug` or `permalink`",
    )


def find_place(outline: Outline | None, *fields: str) -> Span | None:
    """Return where the first of these front matter fields stands, else the start of the file."""
    if outline is None:
        return None
    spans = outline.front.spans
    return next((spans[f] for f in fields if f in spans), Span(outline.path, 0, 0))


def _static_url(path: str, site: Site) -> str:
    for folder in site.config.content.static:
        if folder == "static" and path.startswith("static/"):
            return "/" + path.removeprefix("static/")
    return "/" + path
