"""One walk over a folder: regular files with their stat results, nothing that leads out of the site.

Does not open files. Invariants: never raises; a symbolic link is followed only to places inside the root, and never in
a circle; the order is that of names, not of the disk.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator

from xaisite.core.diagnostic import Diagnostic, error
from xaisite.core.record import field, record
from xaisite.core.source import Span
from xaisite.load.names import bad_name, is_never_published


@record
class Walk:
    """What walks have found, and what was wrong on the way."""

    root: str
    """Real path of the site's root."""
    stats: dict[str, os.stat_result] = field(default_factory=dict)
    found: list[Diagnostic] = field(default_factory=list)
    entered: set[str] = field(default_factory=set)
    """Real paths of linked folders that were entered."""

    def files(self, folder: str) -> Iterator[str]:
        """Yield the path of every file below ``folder``, both relative to the root; names are sorted per folder."""
        for entry in self._entries(folder):
            path = f"{folder}/{entry.name}" if folder else entry.name
            try:
                kind = self._kind(entry, path)
            except OSError as e:
                self._problem("load-unreadable", path, f"{path} cannot be read: {e.strerror}", "see its permissions")
                continue
            if kind == "folder":
                yield from self.files(path)
            elif kind == "file":
                yield path

    def _entries(self, folder: str) -> list[os.DirEntry[str]]:
        try:
            with os.scandir(os.path.join(self.root, folder)) as listing:
                entries = [entry for entry in listing if not is_never_published(entry.name)]
        except FileNotFoundError:
            return []
        except OSError as e:
            self._problem("load-unreadable", folder, f"{folder}/ cannot be read: {e.strerror}", "see its permissions")
            return []
        return sorted(entries, key=lambda entry: entry.name)

    def _kind(self, entry: os.DirEntry[str], path: str) -> str:
        wrong = bad_name(entry.name)
        if wrong:
            shown = path.encode("utf-8", "replace").decode()
            self._problem("load-bad-name", shown, f"the name of {shown!r} {wrong}", "rename it")
            return ""
        if entry.is_symlink():
            return self._link_kind(entry, path)
        if entry.is_dir(follow_symlinks=False):
            return "folder"
        result = entry.stat(follow_symlinks=False)
        if not stat.S_ISREG(result.st_mode):
            return ""
        self.stats[path] = result
        return "file"

    def _link_kind(self, entry: os.DirEntry[str], path: str) -> str:
        target = os.path.realpath(entry.path)
        if target != self.root and not target.startswith(self.root + os.sep):
            message = f"{path} is a symbolic link that leads out of the site"
            self._problem("load-symlink-outside", path, message, "copy the file into the site")
            return ""
        result = entry.stat()
        if stat.S_ISDIR(result.st_mode):
            here = os.path.realpath(os.path.dirname(entry.path))
            if target in self.entered or here == target or here.startswith(target + os.sep):
                return ""  # a circle, or a folder that was seen by another link
            self.entered.add(target)
            return "folder"
        if not stat.S_ISREG(result.st_mode):
            return ""
        self.stats[path] = result
        return "file"

    def _problem(self, code: str, path: str, message: str, help: str) -> None:
        self.found.append(error(code, message, Span(path, 0, 0), help=help))
