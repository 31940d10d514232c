"""The three kinds of `Progress`: for a terminal, for a log, for programs.

Invariant: a failing stream (closed pipe, full disk) never stops a build.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections import Counter
from types import TracebackType
from typing import Self, TextIO

from xaisite.report.elapsed import CellEnd, Clock, format_elapsed
from xaisite.report.style import BOLD, CYAN, DIM, char_width, one_line, paint, text_width

_REFRESH_S = 0.1
_SHOWN_CELLS = 8


class SilentProgress:
    """Says nothing: standard output carries an object for a program."""

    def phase(self, name: str) -> None:
        """Do nothing."""

    def posts(self, done: int, total: int) -> None:
        """Do nothing."""

    def cell_started(self, cell: str) -> None:
        """Do nothing."""

    def cell_ended(self, cell: str, status: CellEnd, seconds: float = 0.0) -> None:
        """Do nothing."""

    def say(self, text: str) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Do nothing."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None) -> None:
        self.close()


class PlainProgress(SilentProgress):
    """One line per event worth a line in a log: cells that ran or failed. Reused cells are only counted at the end."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._lock = threading.Lock()
        self._counts: Counter[CellEnd] = Counter()

    def cell_ended(self, cell: str, status: CellEnd, seconds: float = 0.0) -> None:
        """Write a line for what took time."""
        with self._lock:
            self._counts[status] += 1
            if status in ("ran", "failed"):
                _write(self._stream, f"{status} {one_line(cell)} {format_elapsed(seconds)}\n")

    def say(self, text: str) -> None:
        """Write it."""
        with self._lock:
            _write(self._stream, _ended(text))

    def close(self) -> None:
        """Write the counts, once."""
        with self._lock:
            if self._counts:
                _write(self._stream, f"cells: {counts_line(self._counts)}\n")
            self._counts.clear()


class LiveProgress(SilentProgress):
    """A region of a few lines at the bottom of a terminal: phase, posts, cells running with elapsed time, counts."""

    def __init__(self, stream: TextIO, *, color: bool, clock: Clock = time.monotonic) -> None:
        self._stream, self._color, self._clock = stream, color, clock
        self._lock = threading.RLock()
        self._began = clock()
        self._phase = ""
        self._posts = (0, 0)
        self._running: dict[str, float] = {}
        self._counts: Counter[CellEnd] = Counter()
        self._drawn = 0
        self._last_draw = -1.0
        self._ticker: threading.Thread | None = None
        self._wake = threading.Event()

    def phase(self, name: str) -> None:
        """Show the pass that begins."""
        with self._lock:
            self._phase, self._posts = name, (0, 0)
            self._draw()

    def posts(self, done: int, total: int) -> None:
        """Show how far the pass is (at most ten times a second)."""
        with self._lock:
            self._posts = (done, total)
            if done == total or self._clock() - self._last_draw >= _REFRESH_S:
                self._draw()

    def cell_started(self, cell: str) -> None:
        """Show a running cell, and keep its time going."""
        with self._lock:
            self._running[cell] = self._clock()
            self._draw()
            if self._ticker is None:
                self._wake.clear()
                self._ticker = threading.Thread(target=self._tick, name="xaisite-progress", daemon=True)
                self._ticker.start()

    def cell_ended(self, cell: str, status: CellEnd, seconds: float = 0.0) -> None:  # noqa: ARG002 the counts say enough
        """Count it; when it was the last one running, stop the clock."""
        with self._lock:
            self._running.pop(cell, None)
            self._counts[status] += 1
            if self._running or status != "reused":
                self._draw()
        if not self._running:
            self._stop()

    def say(self, text: str) -> None:
        """Print above the region."""
        with self._lock:
            _write(self._stream, self._wiped() + _ended(text))
            if self._phase:
                self._draw()

    def close(self) -> None:
        """Wipe the region."""
        self._stop()
        with self._lock:
            self._phase = ""
            self._running.clear()
            _write(self._stream, self._wiped())

    def _stop(self) -> None:
        ticker, self._ticker = self._ticker, None
        if ticker is not None and ticker is not threading.current_thread():
            self._wake.set()
            ticker.join(timeout=1)

    def _tick(self) -> None:
        while not self._wake.wait(_REFRESH_S):
            with self._lock:
                if self._running:
                    self._draw()

    def _draw(self) -> None:
        self._last_draw = self._clock()
        columns = _columns(self._stream)
        rows = [fit(row, columns) for row in self._rows()]
        rows[0] = paint(rows[0], BOLD, color=self._color)
        rows[1:] = [paint(row, CYAN if row.startswith("  ") else DIM, color=self._color) for row in rows[1:]]
        _write(self._stream, self._wiped() + "".join(row + "\n" for row in rows))
        self._drawn = len(rows)

    def _rows(self) -> list[str]:
        now = self._clock()
        done, total = self._posts
        parts = [
            self._phase,
            f"{done}/{total} posts" if total else "",
            _cells(self._counts),
            format_elapsed(now - self._began),
        ]
        rows = [" · ".join(part for part in parts if part)]
        running = sorted(self._running.items(), key=lambda item: (item[1], item[0]))
        rows += [f"  {one_line(cell)}  {format_elapsed(now - since)}" for cell, since in running[:_SHOWN_CELLS]]
        if len(running) > _SHOWN_CELLS:
            rows.append(f"  and {len(running) - _SHOWN_CELLS} more")
        return rows

    def _wiped(self) -> str:
        """Return what takes the drawn region away; the cursor is then at its first line."""
        drawn, self._drawn = self._drawn, 0
        return f"\x1b[{drawn}A\r\x1b[J" if drawn else ""


def counts_line(counts: Counter[CellEnd]) -> str:
    """Return ``3 ran, 9 reused``."""
    order: tuple[CellEnd, ...] = ("ran", "reused", "failed", "not-run")
    return ", ".join(f"{counts[status]} {status.replace('-', ' ')}" for status in order if counts[status])


def fit(text: str, columns: int) -> str:
    """Return ``text`` cut so that it never wraps: a wrapped line could not be wiped again."""
    if text_width(text) < columns:
        return text
    kept, used = [], 0
    for char in text:
        used += char_width(char)
        if used > columns - 2:
            break
        kept.append(char)
    return "".join(kept) + "…"


def _cells(counts: Counter[CellEnd]) -> str:
    return f"cells: {counts_line(counts)}" if counts else ""


def _columns(stream: TextIO) -> int:
    with contextlib.suppress(OSError, ValueError, AttributeError):
        return max(20, os.get_terminal_size(stream.fileno()).columns)
    return 80


def _ended(text: str) -> str:
    return text if not text or text.endswith("\n") else text + "\n"


def _write(stream: TextIO, text: str) -> None:
    if text:
        with contextlib.suppress(OSError, ValueError):
            stream.write(text)
            stream.flush()
