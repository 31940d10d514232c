"""Ids of headings by GitHub's rule: lower case, punctuation dropped, blanks as hyphens, `-1` for repeats."""

from __future__ import annotations

import re
from collections.abc import Container, MutableMapping

_DROPPED = re.compile(r"[^\w\- ]+")
RESERVED = ("ref-", "fn-", "fnref-", "cell-", "cite-")


def make_slug(text: str) -> str:
    """Return the id of a heading whose text is ``text``; never empty, never one the page makes itself."""
    slug = _DROPPED.sub("", text.strip().lower()).replace(" ", "-") or "section"
    return f"section-{slug}" if slug.startswith(RESERVED) else slug


def make_unique(slug: str, taken: Container[str], counts: MutableMapping[str, int]) -> str:
    """Return ``slug``, or ``slug-1``, ``slug-2``… when it is taken; ``counts`` remembers how far one has come."""
    if slug not in taken:
        return slug
    number = counts.get(slug, 0) + 1
    while f"{slug}-{number}" in taken:
        number += 1
    counts[slug] = number
    return f"{slug}-{number}"
