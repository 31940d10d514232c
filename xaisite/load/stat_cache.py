"""Digests of files that have not been touched, without reading them.

A file whose size, times and inode are those of last time has the digest of last time. Only a speed-up: digests decide
what is stale, and whatever is doubtful is read again. Doubtful is what git calls racily clean: a file modified so
shortly before it was digested that a second change could have left all its numbers as they were. So a digest is kept
for next time only when the file was last changed well before this session began (FAT counts in steps of 2 s).

Invariants: a damaged or foreign cache is an empty one; it can run no code; it names no absolute path.
"""

from __future__ import annotations

import contextlib
import hashlib
import marshal
import os
import time
from collections.abc import Iterable, Mapping
from hashlib import blake2b
from io import BufferedReader
from pathlib import Path

from xaisite.core.digest import digest_bytes

_COARSEST_NS = 2_000_000_000
_MAGIC = b"xaisite stat cache 1\n"
_CHECK_BYTES = 16
_LARGE_BYTES = 4 << 20

_Entry = tuple[int, int, int, int, str]
"""(size, mtime_ns, ctime_ns, inode, digest)."""


class StatCache:
    """Digests of the files below one root, by path relative to it."""

    def __init__(self, root: Path, entries: Mapping[str, _Entry] | None = None) -> None:
        self._root = os.fspath(root)
        self._known: Mapping[str, _Entry] = entries or {}
        self._now: dict[str, _Entry] = {}
        self._is_new = False
        self._began_ns = time.time_ns() - _COARSEST_NS
        self.digested = 0
        """How many files had to be read."""

    def digest(self, path: str, result: os.stat_result | None = None) -> str | None:
        """Return the digest of the file at ``path``; None when it cannot be read. ``result``: its stat, if at hand."""
        try:
            if result is None:
                result = os.stat(os.path.join(self._root, path))
            entry = self._known.get(path)
            if entry is not None and entry[:4] == _numbers(result):
                self._now[path] = entry
                return entry[4]
            return self._read(path)
        except (OSError, ValueError):
            return None

    def digest_all(self, stats: Mapping[str, os.stat_result]) -> dict[str, str]:
        """Return the digests of many files whose stat is at hand (those that cannot be read are left out)."""
        digests = ((path, self.digest(path, result)) for path, result in stats.items())
        return {path: digest for path, digest in digests if digest is not None}

    def keep(self, paths: Iterable[str]) -> None:
        """Carry what is known of ``paths`` over to the next session without looking at them."""
        for path in paths:
            entry = self._known.get(path)
            if entry is not None:
                self._now.setdefault(path, entry)

    def _read(self, path: str) -> str:
        # Stat of the open file, before and after: what was read is what is described, or it is not kept.
        with open(os.path.join(self._root, path), "rb") as file:
            before = _numbers(os.fstat(file.fileno()))
            digest = digest_bytes(file.read()) if before[0] < _LARGE_BYTES else _digest_stream(file)
            after = _numbers(os.fstat(file.fileno()))
        self.digested += 1
        if before == after and max(before[1], before[2]) < self._began_ns:
            self._now[path] = (*before, digest)
            self._is_new = True
        return digest

    def save(self, file: Path) -> None:
        """Write what this session saw (nothing when that is what was loaded). A disk that refuses is no error."""
        if not self._is_new and len(self._now) == len(self._known):
            return
        body = marshal.dumps(self._now)
        temporary = f"{os.fspath(file)}.{os.getpid()}.tmp"
        try:
            os.makedirs(os.path.dirname(temporary), exist_ok=True)
            with open(temporary, "wb") as out:
                out.write(_MAGIC + _check(body) + body)
            os.replace(temporary, file)
        except OSError:
            with contextlib.suppress(OSError):
                os.unlink(temporary)


def load_stat_cache(root: Path, file: Path) -> StatCache:
    """Return the cache kept in ``file``; an empty one when there is none or it is damaged."""
    try:
        with open(file, "rb") as stream:
            raw = stream.read()
    except OSError:
        return StatCache(root)
    head = len(_MAGIC) + _CHECK_BYTES
    body = raw[head:]
    # `marshal` trusts its input, so nothing reaches it that we did not write ourselves.
    if raw[: len(_MAGIC)] != _MAGIC or raw[len(_MAGIC) : head] != _check(body):
        return StatCache(root)
    try:
        entries = marshal.loads(body)  # noqa: S302 - see above
    except (ValueError, EOFError, TypeError):  # another Python's format
        return StatCache(root)
    return StatCache(root, entries if isinstance(entries, dict) else None)


def _digest_stream(file: BufferedReader) -> str:
    """Return the same digest as `digest_bytes`, without holding the file in memory."""
    return hashlib.file_digest(file, lambda: blake2b(digest_size=_CHECK_BYTES)).hexdigest()


def _numbers(result: os.stat_result) -> tuple[int, int, int, int]:
    return (result.st_size, result.st_mtime_ns, result.st_ctime_ns, result.st_ino)


def _check(body: bytes) -> bytes:
    return blake2b(_MAGIC + body, digest_size=_CHECK_BYTES).digest()
