"""sitemap.xml and robots.txt.

Invariant: no file holds more than the 50,000 addresses that the protocol allows; reads no clock.
"""

from __future__ import annotations

from collections.abc import Sequence

from xaisite.export.xml import element

MAX_URLS = 50_000
_SPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"


def make_sitemap(pages: Sequence[tuple[str, str]], base_url: str, *, limit: int = MAX_URLS) -> dict[str, str]:
    """Return {address: text} for (absolute url, ISO date or empty) of every page, sorted by url."""
    ordered = sorted(set(pages))
    if len(ordered) <= limit:
        return {"sitemap.xml": _document("urlset", "url", ordered)}
    files: dict[str, str] = {}
    for number, first in enumerate(range(0, len(ordered), limit), start=1):
        files[f"sitemap-{number}.xml"] = _document("urlset", "url", ordered[first : first + limit])
    index = [(base_url.rstrip("/") + "/" + name, "") for name in files]
    return {"sitemap.xml": _document("sitemapindex", "sitemap", index), **files}


def make_robots(base_url: str) -> str:
    """Return robots.txt: everything may be read; with a ``base_url`` it names the sitemap."""
    lines = ["User-agent: *", "Allow: /"]
    if base_url:
        lines += ["", f"Sitemap: {base_url.rstrip('/')}/sitemap.xml"]
    return "\n".join(lines) + "\n"


def _document(root: str, item: str, pages: Sequence[tuple[str, str]]) -> str:
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f'<{root} xmlns="{_SPACE}">']
    for url, date in pages:
        changed = element("lastmod", date) if date else ""
        lines.append(f"<{item}>{element('loc', url)}{changed}</{item}>")
    return "\n".join([*lines, f"</{root}>"]) + "\n"
