"""Forms of code, remembered between builds by the text of the code.

Only speeds up. Invariant: a form is used for the very text, the version of Python and of our reader it was made with.
"""

from __future__ import annotations

import json
import os
import sys

from xaisite.core.digest import digest_text
from xaisite.engine.code import CodeForm
from xaisite.engine.store import write_atomically

TYPE_VERSION = "2"


class FormCache:
    """The form of each piece of code."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._reader = f"{TYPE_VERSION} {sys.version_info[:3]} {_reader_mark()}"
        self._known: dict[str, list[object]] = {}
        self._used: dict[str, list[object]] = {}
        try:
            with open(path, "rb") as file:
                raw = json.load(file)
            if raw["reader"] == self._reader:
                self._known = dict(raw["forms"])
        except (OSError, ValueError, KeyError, TypeError):
            self._known = {}

    def find(self, code: str) -> CodeForm | None:
        """Return the form of a piece of code, if it is known."""
        name = digest_text(code)
        found = self._used.get(name) or self._known.get(name)
        if found is None:
            return None
        self._used[name] = found
        digest, *groups = found
        assert all(isinstance(group, list) for group in groups)
        names, identifiers, bound, may_bind = (tuple(map(str, group)) for group in groups)  # type: ignore[call-overload]
        return CodeForm(str(digest), names, frozenset(identifiers), bound, may_bind)

    def add(self, code: str, form: CodeForm) -> None:
        """Remember a form."""
        groups = (form.names, sorted(form.identifiers), form.bound, form.may_bind)
        self._used[digest_text(code)] = [form.digest, *map(list, groups)]

    def save(self) -> None:
        """Keep what was used, if anything is new."""
        if self._used and not self._used.keys() <= self._known.keys():
            write_atomically(
                self._path, json.dumps({"reader": self._reader, "forms": self._known | self._used}).encode()
            )


def _reader_mark() -> str:
    """Tell versions of the reader apart by the size and time of its files."""
    folder = os.path.dirname(os.path.abspath(__file__))
    marks = [os.stat(os.path.join(folder, name)) for name in ("code.py", "generators.py", "names.py")]
    return " ".join(f"{mark.st_size}.{mark.st_mtime_ns}" for mark in marks)
