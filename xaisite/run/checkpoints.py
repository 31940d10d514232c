"""Saved states of sessions: private to this machine and environment, within a size budget, the least used thrown out.

Does not load them (sessions do, inside their walls). Invariant: losing any of them costs time only.
"""

from __future__ import annotations

import contextlib
import json
import os

from xaisite.session.unsaved import UNSAVED

_BUDGET_BYTES = 2 << 30
_MOST_NOTES = 2000


class Checkpoints:
    """A folder of saved states."""

    def __init__(self, folder: str, budget_bytes: int = _BUDGET_BYTES) -> None:
        self._folder = folder
        self._budget = budget_bytes

    def find(self, name: str) -> tuple[str, list[str]] | None:
        """Return a saved state and the modules to import before it, and mark it as used."""
        path = self._path(name)
        try:
            with open(path + ".json", encoding="utf-8") as file:
                modules = json.load(file)["modules"]
            os.utime(path)
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return path, [str(module) for module in modules]

    def adopt(self, spooled: str, name: str, modules: list[str]) -> None:
        """Take a state that a session saved, or the word that it left instead (neither: it was not worth it)."""
        path = self._path(name)
        os.makedirs(self._folder, mode=0o700, exist_ok=True)
        if os.path.isfile(spooled) and not os.path.islink(spooled):
            self._note(name, {"modules": modules})
            os.replace(spooled, path)
        elif os.path.lexists(spooled + UNSAVED):
            self._note(name, {"modules": [], "unsaved": _read_word(spooled + UNSAVED)})

    def refuse(self, name: str, why: str) -> None:
        """Forget a state, and remember why there is none."""
        self.drop(name)
        self._note(name, {"modules": [], "unsaved": why})

    def why_unsaved(self, name: str) -> str:
        """Return why there is no such state, as far as that is known."""
        try:
            with open(self._path(name) + ".json", encoding="utf-8") as file:
                return str(json.load(file).get("unsaved", ""))
        except (OSError, ValueError, AttributeError):
            return ""

    def _note(self, name: str, note: dict[str, object]) -> None:
        with open(self._path(name) + ".json", "w", encoding="utf-8") as file:
            json.dump(note, file)

    def drop(self, name: str) -> None:
        """Forget a state that proved useless."""
        for path in (self._path(name), self._path(name) + ".json"):
            with contextlib.suppress(FileNotFoundError):
                os.unlink(path)

    def evict(self) -> None:
        """Throw out the least recently used ones beyond the budget."""
        try:
            entries = [
                (e.stat().st_mtime_ns, e.stat().st_size, e.name)
                for e in os.scandir(self._folder)
                if not e.name.endswith(".json")
            ]
        except OSError:
            return
        self._forget_notes({name for _, _, name in entries})
        room = self._budget
        for _, size, name in sorted(entries, reverse=True):
            room -= size
            if room < 0:
                self.drop(name)

    def _forget_notes(self, kept: set[str]) -> None:
        """Throw out the oldest words about states that are not there."""
        notes = [e for e in os.scandir(self._folder) if e.name.endswith(".json") and e.name[:-5] not in kept]
        for entry in sorted(notes, key=lambda e: -e.stat().st_mtime_ns)[_MOST_NOTES:]:
            os.unlink(entry.path)

    def _path(self, name: str) -> str:
        return os.path.join(self._folder, name)


def _read_word(path: str) -> str:
    """Return what a session says of a state that it did not save (its text is not to be trusted, only shown)."""
    if os.path.islink(path):
        return ""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read(300)
    except OSError:
        return ""
