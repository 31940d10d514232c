"""What is going on, while it goes on: a live region on a terminal, plain lines elsewhere, nothing for programs.

Does not write to standard output. Invariants: one region, redrawn in place and wiped before anything else is printed;
no thread runs unless a cell does (the process may fork between).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import Protocol, Self, TextIO

from xaisite.report.elapsed import CellEnd
from xaisite.report.progress_kinds import LiveProgress, PlainProgress, SilentProgress
from xaisite.report.style import wants_color


class Progress(Protocol):
    """What the passes may say while they work. Threads may call; every call returns at once."""

    def phase(self, name: str) -> None:
        """Say which pass begins (`reading`, `running`, `rendering`)."""

    def posts(self, done: int, total: int) -> None:
        """Say how many posts of this pass are done."""

    def cell_started(self, cell: str) -> None:
        """Say that a cell (`post:label`) runs from now on."""

    def cell_ended(self, cell: str, status: CellEnd, seconds: float = 0.0) -> None:
        """Say how it ended; a reused cell never started."""

    def say(self, text: str) -> None:
        """Print lines above the live region: diagnostics, addresses, summaries."""

    def close(self) -> None:
        """Wipe the live region. Nothing may be called afterwards but `say` and `close`."""

    def __enter__(self) -> Self: ...
    def __exit__(self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None) -> None:
        """Close, whatever happened."""


def make_progress(stream: TextIO, env: Mapping[str, str], *, quiet: bool = False) -> Progress:
    """Return the progress fit for ``stream`` (standard error): ``quiet`` for machine-readable formats."""
    if quiet:
        return SilentProgress()
    if is_live(stream, env):
        return LiveProgress(stream, color=wants_color(stream, env))
    return PlainProgress(stream)


def is_live(stream: TextIO, env: Mapping[str, str]) -> bool:
    """Whether a region may be redrawn in place: a real terminal, and not a build service's."""
    return stream.isatty() and env.get("TERM", "") not in ("", "dumb") and env.get("CI", "") in ("", "false", "0")
