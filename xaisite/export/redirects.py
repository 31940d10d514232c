"""Pages that send readers from an old address to the new one."""

from __future__ import annotations

from html import escape


def make_redirect(href: str, base_url: str, url: str, language: str) -> str:
    """Return a page that leads to ``href`` without JavaScript; the canonical link needs the site's ``base_url``."""
    canonical = f'<link rel="canonical" href="{escape(base_url.rstrip("/") + url)}">\n' if base_url else ""
    target = escape(href)
    return (
        f'<!doctype html>\n<html lang="{escape(language)}">\n<head>\n<meta charset="utf-8">\n'
        f'<title>Moved</title>\n<meta http-equiv="refresh" content="0; url={target}">\n{canonical}'
        '<meta name="robots" content="noindex">\n</head>\n<body>\n'
        f'<p>This page is at <a href="{target}">{target}</a>.</p>\n'
        "</body>\n</html>\n"
    )
