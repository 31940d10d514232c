"""Saved states of sessions: private to this machine and environment, within a size budget, the least used thrown out.

Does not load them (sessions do, inside their walls). Invariant: losing any of them costs time only.
"""

from __future__ import annotations

import contextlib
import json
import os

_BUDGET_BYTES = 2 << 30


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
        """Take a state that a session saved."""
        path = self._path(name)
        if not os.path.isfile(spooled) or os.path.islink(spooled):
            return
        os.makedirs(self._folder, mode=0o700, exist_ok=True)
        with open(path + ".json", "w", encoding="utf-8") as file:
            json.dump({"modules": modules}, file)
        os.replace(spooled, path)

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
        room = self._budget
        for _, size, name in sorted(entries, reverse=True):
            room -= size
            if room < 0:
                self.drop(name)

    def _path(self, name: str) -> str:
        return os.path.join(self._folder, name)
