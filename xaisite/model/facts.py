"""What one page may ask about the rest of the site. Every answer is recorded, so that a page knows what it shows."""

from __future__ import annotations

from typing import Protocol

from xaisite.core.record import record
from xaisite.model.result import Media
from xaisite.model.site import Card, LabelTarget


@record
class FileFact:
    """A file of the site as a page sees it."""

    path: str
    """Relative to the root."""
    address: str
    """Where it is published, `/assets/a.png`."""
    digest: str
    width_px: int = 0
    height_px: int = 0


@record
class CellFile:
    """A figure that a cell publishes at an address of the author's choice (`#| file:`)."""

    address: str
    path: str
    """Of the post."""
    cell: int
    position: int
    """Which figure of the cell."""
    media: Media | None = None
    """None before the cell has run."""


@record
class ShownFigure:
    """A labelled picture of one post, as another post shows it."""

    address: str
    """Where the picture is published; empty while the cell that draws it has not run."""
    width_px: int
    height_px: int
    dark_address: str
    alt: str
    target: LabelTarget


class SiteFacts(Protocol):
    """The questions. Paths are relative to the root, addresses begin with a slash."""

    def page_url(self, path: str) -> str | None:
        """Return the address of the page made from the file at ``path``."""

    def page_path(self, url: str) -> str | None:
        """Return the source file of the page at ``url``."""

    def is_draft(self, path: str) -> bool:
        """Return whether the file is a draft that this build leaves out."""

    def is_generated(self, url: str) -> bool:
        """Return whether a page without a source file (a list, a tag) stands at ``url``."""

    def anchors(self, path: str) -> frozenset[str]:
        """Return the anchors of a page."""

    def may_make(self, path: str, anchor: str) -> bool:
        """Return whether a cell of the page, not run so far, has the name of ``anchor`` in its code."""

    def label(self, name: str) -> tuple[LabelTarget, ...]:
        """Return all definitions of a label."""

    def file(self, path: str) -> FileFact | None:
        """Return the file at ``path``, if the site has it and may publish it."""

    def file_at(self, address: str) -> FileFact | None:
        """Return the static file published at ``address``."""

    def cell_file(self, address: str) -> CellFile | None:
        """Return the figure that a cell publishes at ``address``."""

    def figure(self, path: str, label: str) -> ShownFigure | None:
        """Return a labelled figure of the post at ``path``."""

    def term(self, name: str) -> tuple[str, str] | None:
        """Return (definition, address) of a glossary term."""

    def card(self, path: str) -> Card | None:
        """Return how lists show a page."""

    def near_pages(self, name: str) -> str:
        """Return ``did you mean “…”?`` for a path or address that is none."""

    def near_labels(self, name: str) -> str:
        """Return ``did you mean “…”?`` for a label that is none."""

    def near_files(self, name: str) -> str:
        """Return ``did you mean “…”?`` for a file that is none."""
