"""What publishing did."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
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
