"""What publishing did."""

from __future__ import annotations

from typing import Literal

from xaisite.core.record import record


@record
class Published:
    """The state of a target after publishing to it."""

    target: str
    status: Literal["published", "unchanged", "rolled back"]
    release: str
    """Number of the release, or commit."""
    files: int
    """How many files the site has."""
    place: str
    """Where it is now."""
