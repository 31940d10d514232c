"""A page as made: its files, what it was made from, what search and feeds take from it."""

from __future__ import annotations

from collections.abc import Mapping

from xaisite.core.diagnostic import Diagnostic
from xaisite.core.record import field, record
from xaisite.model.output import Blob
from xaisite.model.page import SearchRecord


@record
class MadePage:
    """The outcome of one page job. Kept between builds with contents left out (`standing`)."""

    name: str
    outputs: tuple[tuple[str, Blob], ...]
    """(address, content): the page first, then what it publishes beside itself."""
    inputs: Mapping[str, str]
    """Question → digest of its answer: the page stands while all are the same."""
    search: SearchRecord | None = None
    feed_html: str = ""
    """The body for the feed, for the newest posts."""
    diagnostics: tuple[Diagnostic, ...] = field(default=())

    @property
    def standing(self) -> MadePage:
        """The same page, taking its files from the last generation."""
        outputs = tuple((address, Blob(blob.digest)) for address, blob in self.outputs)
        return MadePage(self.name, outputs, self.inputs, self.search, self.feed_html, self.diagnostics)
