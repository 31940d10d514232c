"""Which of the site's files changed since the last look.

Does not read files: size, time and inode tell. Invariants: what builds and tools write (output folders, caches, dot
files, backups) never counts; a file that changes while a build runs is seen afterwards.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from xaisite.core.record import record
from xaisite.model.output import MARKER
from xaisite.serve.inotify import Waker

_SETTLE_S = 0.03
_SETTLE_LIMIT_S = 0.6
_LOOK_S = 0.1
_SAFETY_S = 2.0
"""How often to look although nothing was reported: some file systems report nothing."""
_SHARE = 0.05
"""Share of one core that looking may take while nothing happens."""
_OTHERS = frozenset({"node_modules", "__pycache__", "site-packages"})

Stat = tuple[int, int, int]


@record
class Snapshot:
    """The site's files at one moment."""

    files: Mapping[str, Stat]
    folders: frozenset[str]

    def differs(self, other: Snapshot) -> bool:
        """Whether any file came, went or changed."""
        return self.files != other.files


def take_snapshot(root: str, ignored: Collection[str] = (), extra: Collection[str] = ()) -> Snapshot:
    """Look at all files below ``root`` (not in the folders ``ignored``) and at the files ``extra`` elsewhere."""
    files: dict[str, Stat] = {}
    folders: list[str] = []
    pending = [os.path.abspath(root)]
    skipped = {os.path.abspath(path) for path in ignored}
    while pending:
        folder = pending.pop()
        found = _list(folder)
        if found is None:
            continue
        folders.append(folder)
        for path, name, is_folder, its_stat in found:
            if not is_folder:
                files[path] = its_stat
            elif path not in skipped and name not in _OTHERS:
                pending.append(path)
    files.update((path, stat) for path in extra if (stat := _stat(path)) is not None)
    return Snapshot(files, frozenset(folders))


def is_ignored(name: str) -> bool:
    """Whether a file or folder of this name is no part of a site: hidden, or an editor's backup."""
    return name.startswith((".", "#")) or name.endswith(("~", ".swp", ".swx", ".tmp")) or name == "4913"


def _list(folder: str) -> list[tuple[str, str, bool, Stat]] | None:
    """Return what counts in a folder; None when the folder itself does not (a virtual environment, an output)."""
    try:
        with os.scandir(folder) as listing:
            entries = list(listing)
    except OSError:
        return None
    if any(entry.name in (MARKER, "pyvenv.cfg") for entry in entries):
        return None
    return [found for entry in entries if not is_ignored(entry.name) and (found := _entry(entry)) is not None]


def _entry(entry: os.DirEntry[str]) -> tuple[str, str, bool, Stat] | None:
    try:
        if entry.is_dir(follow_symlinks=False):
            return entry.path, entry.name, True, (0, 0, 0)
        found = entry.stat()  # a link counts as what it leads to
    except OSError:
        return entry.path, entry.name, False, (-1, 0, 0)  # a dangling link is a state, too
    return entry.path, entry.name, False, (found.st_size, found.st_mtime_ns, found.st_ino)


def _stat(path: str) -> Stat | None:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns, found.st_ino


@dataclass
class Watcher:
    """Waits for changes of a site. A resource: `close` it."""

    root: str
    ignored: tuple[str, ...] = ()
    waker: Waker = field(default_factory=Waker)
    extra: frozenset[str] = frozenset()
    _trusted: bool = False

    def look(self) -> Snapshot:
        """Return the files as they are, and be woken by what happens in their folders from now on."""
        snapshot = take_snapshot(self.root, self.ignored, self.extra)
        self._trusted = self.waker.watch(snapshot.folders | {os.path.dirname(path) for path in self.extra})
        return snapshot

    def follow(self, extra: frozenset[str], snapshot: Snapshot) -> Snapshot:
        """Watch ``extra`` from now on; return ``snapshot`` as it would be with them."""
        dropped = self.extra - extra
        files = {path: stat for path, stat in snapshot.files.items() if path not in dropped}
        for path in extra - self.extra:
            stat = _stat(path)
            if stat:
                files.setdefault(path, stat)
        self.extra = extra
        return Snapshot(files, snapshot.folders)

    def wait(self, before: Snapshot, stopped: Callable[[], bool]) -> Snapshot | None:
        """Return the files once they differ from ``before`` and have come to rest; None when ``stopped``."""
        while not stopped():
            began = time.monotonic()
            snapshot = self.look()
            if snapshot.differs(before):
                return self._settle(snapshot)
            self._rest(time.monotonic() - began, stopped)
        return None

    def close(self) -> None:
        """Stop being woken."""
        self.waker.close()

    def _rest(self, cost_s: float, stopped: Callable[[], bool]) -> None:
        """Wait until woken, or until it is time to look again anyway (``cost_s``: what a look costs)."""
        until = time.monotonic() + max(_SAFETY_S if self._trusted else _LOOK_S, cost_s / _SHARE)
        time.sleep(min(cost_s, _LOOK_S))  # whatever wakes us again and again gets half a core at most
        while not stopped() and (left := until - time.monotonic()) > 0:
            if self.waker.wait(min(_LOOK_S, left)):
                return

    def _settle(self, snapshot: Snapshot) -> Snapshot:
        """Look until nothing changes any more: editors write in several steps, git in many."""
        until = time.monotonic() + _SETTLE_LIMIT_S
        while time.monotonic() < until:
            time.sleep(_SETTLE_S)
            later = self.look()
            if not later.differs(snapshot):
                return later
            snapshot = later
        return snapshot
