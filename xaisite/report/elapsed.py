"""How long things take, as people read it, and how cells end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

CellEnd = Literal["ran", "reused", "failed", "not-run"]
Clock = Callable[[], float]
"""Seconds that only grow; for elapsed times on the screen, never for a page."""


def format_elapsed(seconds: float) -> str:
    """Return ``0.4 s``, ``12.3 s``, ``4 min 05 s``, ``1 h 02 min``."""
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02} min"
