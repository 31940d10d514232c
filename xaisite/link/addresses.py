"""The address of each source file.

Does not look for collisions (`collisions.py`). Invariant: an address depends on typed text only, never on results.
"""

from __future__ import annotations

import re
from datetime import datetime

from xaisite.core.paths import POST_SUFFIXES, normal_name
from xaisite.model.config import SiteConfig
from xaisite.model.post import Outline
from xaisite.model.result import Media

_DATED = re.compile(r"^(\d{4}-\d{2}-\d{2})-(.+)$")


def find_date_prefix(path: str) -> str:
    """Return the ``YYYY-MM-DD`` that a file name begins with, or an empty string."""
    found = _DATED.match(_stem(path.rpartition("/")[2]))
    return found.group(1) if found else ""


def make_url(outline: Outline, config: SiteConfig) -> str:
    """Return the address of the page made from ``outline``: ``/a/b/``, ``/`` for the home, or its permalink."""
    front = outline.front
    if front.permalink:
        return normal_permalink(front.permalink)
    relative = outline.path.removeprefix(config.content.folder.rstrip("/") + "/")
    *folders, name = relative.split("/")
    segments = [normal_name(part) for part in folders]
    stem = _stem(name)
    if stem.lower() == "index":
        last = segments.pop() if segments else ""
    else:
        dated = _DATED.match(stem)
        last = normal_name(dated.group(2) if dated else stem)
    if front.slug:
        last = normal_name(front.slug)
    segments = [*segments, last] if last else segments
    return "/" + "".join(part + "/" for part in segments)


def normal_permalink(permalink: str) -> str:
    """Return a permalink with one leading slash, and a trailing one unless it names a file (not `index.html`)."""
    path = "/" + permalink.strip("/")
    if path.endswith("/index.html"):
        path = path.removesuffix("/index.html") or "/"
    if path == "/":
        return "/"
    return path if "." in path.rpartition("/")[2] else path + "/"


def output_address(url: str) -> str:
    """Return the output file of the page at ``url``, relative to the output folder."""
    path = url.lstrip("/")
    return path + "index.html" if not path or path.endswith("/") else path


def date_text(iso: str) -> str:
    """Return ``4 February 2024`` for an ISO date; an empty string for an empty one."""
    if not iso:
        return ""
    date = datetime.fromisoformat(iso)
    return f"{date.day} {_MONTHS[date.month - 1]} {date.year}"


_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July",
    "August", "September", "October", "November", "December",
)  # fmt: skip


def _stem(name: str) -> str:
    for ending in POST_SUFFIXES:
        if name.lower().endswith(ending):
            return name[: -len(ending)]
    return name


def media_address(media: Media, name: str) -> str:
    """Return the hashed address of a stored picture or file."""
    return f"/_x/{name}.{media.digest[:16]}{_MEDIA_ENDINGS.get(media.mime, '.bin')}"


_MEDIA_ENDINGS = {
    "image/svg+xml": ".svg",
    "image/png": ".png",
    "image/webp": ".webp",
    "image/jpeg": ".jpg",
    "image/gif": ".gif",
    "text/csv": ".csv",
    "application/json": ".json",
    "text/javascript": ".js",
    "application/javascript": ".js",
    "video/mp4": ".mp4",
    "application/pdf": ".pdf",
}
