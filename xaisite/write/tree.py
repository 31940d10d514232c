"""What lies in a folder, without following a link.

Invariant: paths are relative, POSIX, and a link is an entry, never a folder.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping

from xaisite.core.record import record


@record
class Tree:
    """All that lies below a folder."""

    inode: int
    entries: Mapping[str, os.stat_result]
    """Files and links (and whatever is not a folder) by path."""
    folders: frozenset[str]


def scan_tree(root: str) -> Tree | None:
    """Return what lies below ``root``, None when it is not a real folder."""
    try:
        inode = os.lstat(root).st_ino
        entries: dict[str, os.stat_result] = {}
        folders: list[str] = []
        _scan(root, "", entries, folders)
    except (FileNotFoundError, NotADirectoryError):
        return None
    return Tree(inode, entries, frozenset(folders))


def _scan(path: str, prefix: str, entries: dict[str, os.stat_result], folders: list[str]) -> None:
    below: list[str] = []
    with os.scandir(path) as listing:
        for entry in listing:
            if entry.is_dir(follow_symlinks=False):
                below.append(entry.name)
            else:
                entries[prefix + entry.name] = entry.stat(follow_symlinks=False)
    for name in below:
        folders.append(prefix + name)
        _scan(f"{path}/{name}", f"{prefix}{name}/", entries, folders)


def folders_of(paths: Iterable[str]) -> set[str]:
    """Return every folder that must exist to hold ``paths``."""
    found: set[str] = set()
    for path in paths:
        folder = path.rpartition("/")[0]
        while folder and folder not in found:
            found.add(folder)
            folder = folder.rpartition("/")[0]
    return found
