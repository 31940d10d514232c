"""What search takes from a page."""

from __future__ import annotations

from xaisite.core.record import record


@record
class SearchRecord:
    """What search knows of a page; its words are kept apart, under their digest."""

    url: str
    title: str
    description: str
    postings_digest: str
