"""Collects what a cell shows, in order: printed text, warnings, figures, values.

Does not draw or encode. Invariant: the record is plain JSON; text past the limit is dropped and said to be dropped.
"""

from __future__ import annotations

import io
from typing import Any

from xaisite.session.textout import LIMIT_CHARS, collapse_text


class OutputLimitError(Exception):
    """The cell printed more than a page can hold."""


class Recorder:
    """The outputs of one cell."""

    def __init__(self) -> None:
        self.outputs: list[dict[str, Any]] = []
        self._room = LIMIT_CHARS
        self.overflowed = False

    def write(self, name: str, text: str, *, is_warning: bool = False) -> None:
        """Add printed text; it joins what was printed just before on the same stream."""
        if len(text) > self._room:
            text, self.overflowed = text[: self._room], True
        self._room -= len(text)
        if not text:
            return
        last = self.outputs[-1] if self.outputs else None
        if last and last["kind"] == "stream" and last["name"] == name and last["is_warning"] == is_warning:
            last["parts"].append(text)
        else:
            self.outputs.append({"kind": "stream", "name": name, "parts": [text], "is_warning": is_warning})

    def add(self, output: dict[str, Any]) -> None:
        """Add a figure, a value or an exception."""
        self.outputs.append(output)

    def finish(self) -> list[dict[str, Any]]:
        """Return the outputs with their streams collapsed."""
        done = []
        for output in self.outputs:
            if output["kind"] == "stream":
                text = collapse_text("".join(output["parts"]))
                if self.overflowed and output is self.outputs[-1]:
                    text += "\n… (output cut)"
                if text:
                    done.append(
                        {"kind": "stream", "name": output["name"], "text": text, "is_warning": output["is_warning"]}
                    )
            else:
                done.append(output)
        return done


class RecordingStream(io.TextIOBase):
    """`sys.stdout` and `sys.stderr` of a cell."""

    def __init__(self, name: str, fd: int) -> None:
        super().__init__()
        self._name = name
        self._fd = fd
        self.recorder: Recorder | None = None

    @property
    def name(self) -> str:
        """As Python's own streams are called."""
        return f"<{self._name}>"

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """Always UTF-8."""
        return "utf-8"

    @property
    def errors(self) -> str:  # type: ignore[override]
        """Nothing that can be printed is refused."""
        return "surrogatepass"

    def writable(self) -> bool:
        """Say that it is for writing."""
        return True

    def isatty(self) -> bool:
        """Not a terminal."""
        return False

    def fileno(self) -> int:
        """Return the file descriptor that C code and subprocesses write to."""
        return self._fd

    def write(self, text: str, /) -> int:
        """Record the text."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        if self.recorder is not None:
            self.recorder.write(self._name, text)
            if self.recorder.overflowed:
                raise OutputLimitError(f"more than {LIMIT_CHARS:,} characters printed")
        return len(text)
