"""What leaves the site for other programs: feed entries, publication facts, pieces of notebooks.

Addresses are absolute.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from xaisite.core.record import field, record
from xaisite.model.cell import Cell
from xaisite.model.config import Author


@record
class FeedEntry:
    """One post in the feed."""

    url: str
    title: str
    date: str
    """ISO 8601 with offset; an undated post does not enter a feed."""
    date_modified: str = ""
    authors: tuple[Author, ...] = ()
    tags: tuple[str, ...] = ()
    summary: str = ""
    """Plain text."""
    content_html: str = ""
    """As `feed_content` makes it."""
    lang: str = ""
    rights: str = ""

    @property
    def updated(self) -> str:
        """The newer of the two dates."""
        return self.date_modified or self.date


@record
class FeedFacts:
    """The feed as a whole."""

    title: str
    home_url: str
    feed_url: str
    subtitle: str = ""
    language: str = "en"
    rights: str = ""
    authors: tuple[Author, ...] = ()
    """Of entries without authors."""


@record
class CitedWork:
    """An entry of a page's reference list, for reference managers and search engines."""

    title: str
    authors: tuple[str, ...] = ()
    year: str = ""
    venue: str = ""
    doi: str = ""
    url: str = ""


@record
class Publication:
    """What a page says about itself to machines."""

    url: str
    """Absolute; empty when the site has no `base_url`: then nothing that needs an address is said."""
    title: str
    site_title: str
    kind: Literal["post", "page", "home"] = "post"
    subtitle: str = ""
    description: str = ""
    authors: tuple[Author, ...] = ()
    date: str = ""
    date_modified: str = ""
    tags: tuple[str, ...] = ()
    lang: str = "en"
    license_name: str = ""
    license_url: str = ""
    doi: str = ""
    image_url: str = ""
    """Of the share image (1200 by 630)."""
    image_alt: str = ""
    image_width_px: int = 1200
    image_height_px: int = 630
    words: int = 0
    cites: tuple[CitedWork, ...] = ()
    overrides: Mapping[str, object] = field(default_factory=dict)
    """Front matter's `citation:` (`key`, `type`, `container-title`, `volume`, `issue`, `page`, `publisher`, `url`…)."""


@record
class Prose:
    """Markdown between cells; inline values are filled in."""

    text: str


@record
class CodePiece:
    """A cell as written, options included."""

    cell: Cell
    source: str
    """Option lines and code, dedented."""


Piece = Prose | CodePiece


@record
class SetUp:
    """What the session fixed before the first cell, for a notebook that gives the same numbers."""

    seed: int = 0
    fig_width_in: float = 5.5
    fig_height_in: float = 3.5
    fig_dpi: int = 144
    env: Mapping[str, str] = field(default_factory=dict)
    is_native: bool = False
    """Whether all of the processor was used."""
    params: Mapping[str, object] = field(default_factory=dict)


@record
class ShareImage:
    """What a page's share image shows."""

    title: str
    site_title: str
    line: str = ""
    """Authors and date."""
    picture: bytes | None = None
    """PNG, JPEG or WebP shown at the right."""
    accent: str = "#1b5e8c"
