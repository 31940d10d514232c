"""The scratch folders as they are now, kept so that what is tried out leaves no file behind.

Copies what cells wrote; of links to sources it remembers where they lead. Invariant: after `restore` every name is
what it was; files that were not touched are the same files still (size, time and inode).
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator

_Entry = tuple[str, str, tuple[int, int, int]]
"""Kind (`link`, `dir`, `file`), target of a link or copy of a file, and the file's mark."""
_NO_MARK = (0, 0, 0)


class KeptFiles:
    """Folders as they were when this was made."""

    def __init__(self, folders: Iterable[str], place: str) -> None:
        self._folders = tuple(folders)
        self._place = place
        os.makedirs(place, exist_ok=True)
        self._entries = {path: self._keep(path, number) for number, path in enumerate(_walk(self._folders))}

    def _keep(self, path: str, number: int) -> _Entry:
        kind, mark = _kind_of(path), _NO_MARK
        if kind == "link":
            return kind, os.readlink(path), mark
        if kind == "file":
            copy = os.path.join(self._place, str(number))
            shutil.copy2(path, copy)
            return kind, copy, _mark_of(path)
        return kind, "", mark

    def restore(self) -> None:
        """Put everything back."""
        for path in sorted(_walk(self._folders), reverse=True):
            kind = _kind_of(path)
            known = self._entries.get(path)
            if known is None or known[0] != kind or (kind == "link" and os.readlink(path) != known[1]):
                _remove(path)
        for path, (kind, kept, mark) in sorted(self._entries.items()):
            if kind == "dir":
                os.makedirs(path, exist_ok=True)
            elif kind == "link" and not os.path.lexists(path):
                os.symlink(kept, path)
            elif kind == "file" and (not os.path.lexists(path) or _mark_of(path) != mark):
                _remove(path)
                shutil.copy2(kept, path)

    def forget(self) -> None:
        """Delete the copies."""
        shutil.rmtree(self._place, ignore_errors=True)


def _walk(folders: Iterable[str]) -> Iterator[str]:
    for folder in folders:
        try:
            entries = sorted(os.scandir(folder), key=lambda e: e.name)
        except OSError:
            continue
        for entry in entries:
            yield entry.path
            if entry.is_dir(follow_symlinks=False):
                yield from _walk((entry.path,))


def _kind_of(path: str) -> str:
    return "link" if os.path.islink(path) else "dir" if os.path.isdir(path) else "file" if os.path.isfile(path) else ""


def _mark_of(path: str) -> tuple[int, int, int]:
    about = os.lstat(path)
    return about.st_size, about.st_mtime_ns, about.st_ino


def _remove(path: str) -> None:
    if os.path.isdir(path) and not os.path.islink(path):
        shutil.rmtree(path, ignore_errors=True)
    elif os.path.lexists(path):
        os.unlink(path)
