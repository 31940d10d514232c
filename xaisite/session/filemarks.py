"""Rights and times that cells gave to files of the scratch tree: part of the state, and put back with the files.

Looks only at files that a cell gave rights or a time to: other times are when something ran, and other rights follow
from the mask. Invariant: what `shutil` copies along with a file does not count.
"""

from __future__ import annotations

import os
import sys
from typing import Any

Marks = dict[str, list[int | None]]
"""Name in the layer → rights, and time of change in nanoseconds (None: when something ran)."""


class FileMarks:
    """The files that cells gave rights or times to."""

    def __init__(self) -> None:
        self._paths: dict[str, int | None] = {}
        self._last: Marks = {}

    def hear(self, event: str, args: tuple[Any, ...], path: str) -> None:
        """Note that a cell is about to change a file's rights or times."""
        if not _is_asked_by("shutil"):
            self._paths[path] = _time_asked(args) if event == "os.utime" else self._paths.get(path)

    def read(self, folders: dict[str, str]) -> Marks:
        """Return how these files are now; a file that is gone is forgotten."""
        found: Marks = {}
        for path, asked in sorted(self._paths.items()):
            name = _name_in(folders, path)
            try:
                about = os.stat(path, follow_symlinks=False)
            except OSError:
                continue
            if name:
                is_asked = asked is not None and abs(about.st_mtime_ns - asked) < 1000  # seconds are given as floats
                found[name] = [about.st_mode & 0o7777, about.st_mtime_ns if is_asked else None]
        self._last = found
        return found

    def put(self, marks: Marks, folders: dict[str, str]) -> None:
        """Make files be as they were read."""
        self._paths.clear()
        for name, (mode, time_ns) in marks.items():
            place, _, rest = name.partition("/")
            path = os.path.join(folders[place], rest)
            self._paths[path] = time_ns
            if os.path.lexists(path):
                os.chmod(path, mode or 0)
                if time_ns is not None:
                    os.utime(path, ns=(time_ns, time_ns))

    def put_again(self, folders: dict[str, str]) -> None:
        """Do it once more, in folders that were made anew."""
        self.put(self._last, folders)


def _time_asked(args: tuple[Any, ...]) -> int | None:
    times, nanoseconds = args[1], args[2]
    if isinstance(nanoseconds, tuple):
        return int(nanoseconds[1])
    return int(times[1] * 1e9) if isinstance(times, tuple) else None


def _is_asked_by(module: str) -> bool:
    """Whether the function that does it is of this module (called by `hear`, that by an audit hook)."""
    frame: Any = sys._getframe(1)
    while frame is not None and str(frame.f_globals.get("__name__")).startswith("xaisite.session"):
        frame = frame.f_back
    return frame is not None and frame.f_globals.get("__name__") == module


def _name_in(folders: dict[str, str], path: str) -> str:
    for place, folder in folders.items():
        if path.startswith(folder + "/"):
            return place + path[len(folder) :]
    return ""
