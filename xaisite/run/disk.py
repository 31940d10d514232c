"""What a session has written, against what it may: files, folders, bytes, those without a name included.

Does not delete. Invariants: whatever a cell builds (endless nesting, files it may not read), looking ends without an
exception; one session never takes more than half of what is free.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterable

_MOST_FILES = 100_000
_MOST_BYTES = 20 << 30


def room_for_session(folder: str) -> int:
    """Return how many bytes a session may write below a folder."""
    try:
        about = os.statvfs(folder)
    except OSError:
        return _MOST_BYTES
    return min(_MOST_BYTES, about.f_bavail * about.f_frsize // 2)


def is_flooded(folder: str, most_bytes: int, pids: Iterable[int]) -> bool:
    """Whether too much lies below ``folder`` or in deleted files that processes hold open."""
    files, size, waiting = 0, sum(map(_nameless_bytes, pids)), [folder]
    while waiting and files <= _MOST_FILES and size <= most_bytes:
        with contextlib.suppress(OSError), os.scandir(waiting.pop()) as entries:
            for entry in entries:
                files += 1
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)
                else:
                    size += entry.stat(follow_symlinks=False).st_blocks * 512
    return files > _MOST_FILES or size > most_bytes


def _nameless_bytes(pid: int) -> int:
    """Return the size of files that a process holds open and that have no name any more."""
    size = 0
    with contextlib.suppress(OSError):
        for name in os.listdir(f"/proc/{pid}/fd"):
            with contextlib.suppress(OSError):
                about = os.stat(f"/proc/{pid}/fd/{name}")
                size += about.st_blocks * 512 if stat.S_ISREG(about.st_mode) and about.st_nlink == 0 else 0
    return size
