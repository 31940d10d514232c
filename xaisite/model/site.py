"""The linked site: addresses, numbers, neighbours."""

from __future__ import annotations

from collections.abc import Mapping

from xaisite.core.record import field, record
from xaisite.core.source import Span
from xaisite.model.config import SiteConfig
from xaisite.model.files import SiteFiles
from xaisite.model.post import Outline


@record
class LabelTarget:
    """A label as other pages see it."""

    name: str
    kind: str
    number: str
    url: str
    title: str
    path: str
    span: Span | None = None


@record
class Card:
    """A post as lists, neighbours and feeds show it."""

    path: str
    url: str
    title: str
    subtitle: str = ""
    description: str = ""
    date: str = ""
    """ISO 8601 with offset; empty: undated."""
    date_modified: str = ""
    authors: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    image: str = ""
    image_alt: str = ""
    minutes: int = 1
    series: str = ""
    order: float | None = None
    part: str = ""
    level: str = ""
    lang: str = ""
    draft: bool = False


@record
class Site:
    """Everything pages may ask about each other. Made by `link` alone; pure."""

    config: SiteConfig
    outlines: Mapping[str, Outline]
    """By path, drafts excluded unless asked for."""
    urls: Mapping[str, str]
    """Path → address (`/a/b/`)."""
    paths: Mapping[str, str]
    """Address → path."""
    cards: Mapping[str, Card]
    posts: tuple[str, ...]
    """Paths of posts, newest first, undated last, ties by URL."""
    pages: tuple[str, ...]
    labels: Mapping[str, tuple[LabelTarget, ...]]
    """Label → its definitions (several pages may each have `fig-a`; a page's own wins)."""
    tags: Mapping[str, tuple[str, ...]]
    """Tag → paths of posts."""
    series: Mapping[str, tuple[str, ...]]
    """Series → paths by `order`."""
    glossary: Mapping[str, tuple[str, str]]
    """Term (casefolded) → (definition, url of the page that defines it)."""
    prerequisites: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Path → paths of the posts to read first."""
    files: SiteFiles = field(default_factory=SiteFiles)
    redirects: Mapping[str, str] = field(default_factory=dict)
    """Alias address → address."""
