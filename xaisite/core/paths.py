"""Paths that stay inside the site.

Does not touch the disk. Invariant: what `join_path` returns never leaves the root.
"""

from __future__ import annotations

import posixpath
import unicodedata

POST_SUFFIXES = (".md", ".markdown", ".qmd", ".ipynb")
"""Endings of the files that are posts and pages."""


def join_path(folder: str, path: str) -> str | None:
    """Return ``path`` as seen from ``folder``, both relative POSIX paths below the root; None if it leaves the root.

    A leading ``/`` means the root.
    """
    raw = path.lstrip("/") if path.startswith("/") else posixpath.join(folder, path)
    if "\0" in raw or "\\" in raw:
        return None
    normal = posixpath.normpath(raw) if raw else ""
    if normal == "..":
        return None
    if normal.startswith("../"):
        return None
    return "" if normal == "." else normal


def normal_name(name: str) -> str:
    """Return a file or folder name as it appears in an address: NFC, lower case, blanks as hyphens."""
    return "-".join(unicodedata.normalize("NFC", name).lower().split())


def relative_url(page_url: str, target: str) -> str:
    """Return the link from the page at ``page_url`` (``/a/b/``) to the site-absolute ``target`` (``/x/#y``)."""
    path, mark, fragment = target.partition("#")
    folder = page_url if page_url.endswith("/") else posixpath.dirname(page_url) + "/"
    if path in ("", page_url):
        return mark + fragment if mark else "./" if page_url.endswith("/") else posixpath.basename(page_url)
    relative = posixpath.relpath(path, folder)
    if path.endswith("/"):
        relative = "./" if relative == "." else relative + "/"
    return relative + mark + fragment


def tag_url(tag: str) -> str:
    """Return the address of a tag's page."""
    return f"/tags/{normal_name(tag.replace('/', '-'))}/"
