"""The scratch tree of a session: real folders, links to the site's sources, and private temporary folders.

Does not copy sources. Invariant: removing a scratch tree never follows a link, so the site is never touched.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Callable

from xaisite.core.record import record

_HIDDEN_TOPS = frozenset({"build", "build-docs", "node_modules", "__pycache__", "dist"})
_MOST_ENTRIES = 20_000
_FOLDERS = ("site", "tmp", "home", "cache", "private", "spool")


def is_hidden_name(relative: str) -> bool:
    """Whether a path relative to the site's root is left out of scratch trees: output, caches, dot files."""
    parts = relative.split("/")
    return parts[0] in _HIDDEN_TOPS or any(part.startswith(".") or part == "__pycache__" for part in parts)


@record
class Scratch:
    """The folders of one session."""

    base: str

    def folder(self, name: str) -> str:
        """Return the path of `site`, `tmp`, `home`, `cache`, `private` or `spool`."""
        return os.path.join(self.base, name)

    def renew(self, root: str) -> None:
        """Make the folders that a session sees as they were at its start, from the sources as they are now."""
        for name in ("site", "tmp", "home"):
            _remove_folder(self.folder(name))
            os.mkdir(self.folder(name))
        _mirror(root, self.folder("site"), "", _MOST_ENTRIES)

    def remove(self) -> None:
        """Delete everything."""
        _remove_folder(self.base)


def _remove_folder(base: str) -> None:
    with contextlib.suppress(RecursionError):
        shutil.rmtree(base, ignore_errors=True)
    if os.path.isdir(base):
        import subprocess

        # folders that may not be read, or nested too deep: these two follow no links either
        for command in (["chmod", "-R", "u+rwX", base], ["rm", "-rf", base]):
            subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)


def remove_leftovers(state: str) -> None:
    """Delete the scratch trees of builds that were killed."""
    _remove_where(state, lambda owner: not owner.isdigit() or not os.path.exists(f"/proc/{owner}"))


def remove_own(state: str) -> None:
    """Delete the scratch trees that this process made, when it ends in the middle of its work."""
    _remove_where(state, lambda owner: owner == str(os.getpid()))


def _remove_where(state: str, is_done: Callable[[str], bool]) -> None:
    home = os.path.join(state, "scratch")
    try:
        names = os.listdir(home)
    except OSError:
        return
    for name in names:
        if is_done(name.partition("-")[0]):
            Scratch(os.path.join(home, name)).remove()


def make_scratch(state: str, root: str) -> Scratch:
    """Make the scratch tree of a session below the state folder."""
    import tempfile

    home = os.path.join(state, "scratch")
    os.makedirs(home, mode=0o700, exist_ok=True)
    scratch = Scratch(tempfile.mkdtemp(prefix=f"{os.getpid()}-", dir=home))
    for name in _FOLDERS:
        os.mkdir(scratch.folder(name))
    _mirror(root, scratch.folder("site"), "", _MOST_ENTRIES)
    return scratch


def _mirror(source: str, target: str, relative: str, room: int) -> int:
    """Link a folder's files and mirror its folders; past the limit folders are linked whole. Return the room left."""
    try:
        entries = sorted(os.scandir(source), key=lambda e: e.name)
    except OSError:
        return room
    for entry in entries:
        child = f"{relative}/{entry.name}" if relative else entry.name
        if is_hidden_name(child):
            continue
        path = os.path.join(target, entry.name)
        room -= 1
        if entry.is_dir(follow_symlinks=False) and room > 0:
            os.mkdir(path)
            room = _mirror(entry.path, path, child, room)
        else:
            os.symlink(os.path.abspath(entry.path), path)
    return room
