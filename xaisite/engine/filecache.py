"""Digests of files, remembered by size, times and inode.

Only speeds up: digests decide. Invariant (git's racy rule): a file whose time is not clearly older than the moment it
was digested is digested again.
"""

from __future__ import annotations

import json
import os
import stat
import time
from hashlib import blake2b

_RACY_NS = 50_000_000
_Entry = tuple[int, int, int, int, int, str]


class FileCache:
    """Digest of each file asked for."""

    def __init__(self, path: str = "") -> None:
        self._path = path
        self._entries: dict[str, _Entry] = {}
        self._dirty = False
        if path:
            self._entries = _load(path)

    def digest(self, path: str) -> str:
        """Return the digest of a file's bytes; `absent` or `dir` where there is none."""
        try:
            about = os.stat(path)
        except OSError:
            return "absent"
        if stat.S_ISDIR(about.st_mode):
            return "dir"
        if not stat.S_ISREG(about.st_mode):
            return "special"
        mark = (about.st_size, about.st_mtime_ns, about.st_ctime_ns, about.st_ino)
        known = self._entries.get(path)
        if known is not None and tuple(known[:4]) == mark and max(mark[1], mark[2]) < known[4] - _RACY_NS:
            return known[5]
        now = time.time_ns()
        digest = _digest(path)
        self._entries[path] = (*mark, now, digest)
        self._dirty = True
        return digest

    def save(self) -> None:
        """Write what was learned."""
        if self._path and self._dirty:
            from xaisite.engine.store import write_atomically

            write_atomically(self._path, json.dumps(self._entries).encode())


def _digest(path: str) -> str:
    h = blake2b(digest_size=16)
    try:
        with open(path, "rb") as file:
            while part := file.read(1 << 20):
                h.update(part)
    except OSError:
        return "unreadable"
    return h.hexdigest()


def _load(path: str) -> dict[str, _Entry]:
    try:
        with open(path, "rb") as file:
            raw = json.load(file)
        return {str(k): (int(v[0]), int(v[1]), int(v[2]), int(v[3]), int(v[4]), str(v[5])) for k, v in raw.items()}
    except (OSError, ValueError, TypeError, IndexError, AttributeError):
        return {}
