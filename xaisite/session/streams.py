"""Standard output and error of a cell: Python's streams recorded in order, file descriptors 1 and 2 caught in a file.

Does not decide what is shown. Invariant: after a cell both descriptors are what they were, whatever it did to them.
"""

from __future__ import annotations

import contextlib
import os
import sys
import warnings
from collections.abc import Iterator
from typing import Any

from xaisite.session.recorder import Recorder, RecordingStream
from xaisite.session.textout import LIMIT_CHARS

_NAMES = ("stdout", "stderr")


class Streams:
    """The two streams, redirected for the life of a session."""

    def __init__(self, folder: str) -> None:
        self._paths = {name: os.path.join(folder, name) for name in _NAMES}
        self._fds = {
            name: os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
            for name, path in self._paths.items()
        }
        self._at = dict.fromkeys(_NAMES, 0)
        self.python = {"stdout": RecordingStream("stdout", 1), "stderr": RecordingStream("stderr", 2)}

    @contextlib.contextmanager
    def recording(self, recorder: Recorder) -> Iterator[None]:
        """Record all that is written meanwhile."""
        self._redirect()
        for stream in self.python.values():
            stream.recorder = recorder
        sys.stdout = sys.__stdout__ = self.python["stdout"]  # type: ignore[misc, assignment]
        sys.stderr = sys.__stderr__ = self.python["stderr"]  # type: ignore[misc, assignment]
        shown = warnings.showwarning
        warnings.showwarning = _warning_writer(recorder)
        try:
            yield
        finally:
            if warnings.showwarning.__name__ == "_write_warning":
                warnings.showwarning = shown
            self._redirect()
            for name in _NAMES:
                self._drain(name, recorder)
            for stream in self.python.values():
                stream.recorder = None

    def _redirect(self) -> None:
        os.dup2(self._fds["stdout"], 1)
        os.dup2(self._fds["stderr"], 2)

    def _drain(self, name: str, recorder: Recorder) -> None:
        """Add what C code and subprocesses wrote."""
        size = os.fstat(self._fds[name]).st_size
        if size > self._at[name]:
            raw = os.pread(self._fds[name], min(size - self._at[name], LIMIT_CHARS + 1), self._at[name])
            recorder.write(name, raw.decode("utf-8", "replace"))
        os.ftruncate(self._fds[name], 0)
        self._at[name] = 0


def _warning_writer(recorder: Recorder) -> Any:
    def _write_warning(  # noqa: PLR0917  # the signature is Python's
        message: Any, category: Any, filename: str, lineno: int, file: Any = None, line: str | None = None
    ) -> None:
        if file is not None:
            file.write(warnings.formatwarning(message, category, filename, lineno, line))
            return
        place = f"{filename}:{lineno}: " if filename.startswith("<cell ") else ""
        recorder.write("stderr", f"{place}{category.__name__}: {message}\n", is_warning=True)

    return _write_warning
