"""Being woken when something below some folders changes (Linux `inotify`), instead of looking all the time.

A hint only: what changed is found by looking. Invariant: where it cannot be had, `wait` is a plain sleep.
"""

from __future__ import annotations

import os
import select
import sys
import time
from collections.abc import Iterable
from types import TracebackType
from typing import Any, Self

_EVENTS = 0x2 | 0x4 | 0x8 | 0x40 | 0x80 | 0x100 | 0x200 | 0x400 | 0x800  # modify … move self
_ONLY_FOLDERS = 0x01000000
_FLAGS = os.O_NONBLOCK | os.O_CLOEXEC


class Waker:
    """One inotify instance. A resource: `close` it."""

    def __init__(self) -> None:
        self._libc: Any = None
        self._fd = -1
        if sys.platform == "linux":
            import ctypes

            self._libc = ctypes.CDLL(None, use_errno=True)
            self._fd = self._libc.inotify_init1(_FLAGS)

    def watch(self, folders: Iterable[str]) -> bool:
        """Watch these folders, all of them or (False) none reliably: there may be too many, or no inotify."""
        if self._fd < 0:
            return False
        for folder in folders:  # also those watched already: a folder may have been replaced under its name
            if self._libc.inotify_add_watch(self._fd, os.fsencode(folder), _EVENTS | _ONLY_FOLDERS) < 0:
                return False
        return True

    def wait(self, timeout_s: float) -> bool:
        """Return True as soon as something may have changed, False after ``timeout_s``."""
        if self._fd < 0:
            time.sleep(timeout_s)
            return False
        ready, _, _ = select.select([self._fd], [], [], timeout_s)
        if ready:
            self._drain()
        return bool(ready)

    def _drain(self) -> None:
        try:
            while os.read(self._fd, 1 << 16):
                pass
        except BlockingIOError:
            return

    def close(self) -> None:
        """Let go of it."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None) -> None:
        self.close()
