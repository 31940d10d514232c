"""The loaded modules that come from outside the installation: their data is part of the state.

Looks only at what is new, for to look at a module copies the page that it lies on, which a forked process shares.
Invariant: what was loaded, or took another's place, since the last look is looked at; when in doubt, everything is.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from itertools import islice
from types import ModuleType

from xaisite.session.describe import is_local


class LocalModules:
    """The modules of one process."""

    def __init__(self, installed: Mapping[str, ModuleType] | None = None) -> None:
        self._installed = installed or {}
        """Modules that are known to be of the installation."""
        self._names: set[str] = set()
        self._count = 0
        self._last: tuple[str, object] = ("", None)

    def find(self, *, afresh: bool) -> dict[str, ModuleType]:
        """Return them by name; ``afresh``: a cell may have put modules in the place of others."""
        loaded = list(reversed(sys.modules)) if afresh else self._find_new()
        self._names.update(name for name in loaded if self._is_own(name, sys.modules.get(name)))
        self._count, self._last = len(sys.modules), next(reversed(sys.modules.items()), ("", None))
        found = {name: sys.modules.get(name) for name in sorted(self._names)}
        return {name: module for name, module in found.items() if module is not None and self._is_own(name, module)}

    def _find_new(self) -> list[str]:
        """Return the names that were added at the end; all of them if any has gone."""
        *new, last = islice(reversed(sys.modules.items()), max(0, len(sys.modules) - self._count) + 1)
        name, module = self._last
        is_known = len(sys.modules) >= self._count > 0 and last[0] == name and last[1] is module
        return [name for name, _ in new] if is_known else list(sys.modules)

    def _is_own(self, name: str, module: object) -> bool:
        if module is self._installed.get(name):
            return False
        is_ours = name == "__main__" or name.startswith("xaisite")
        return isinstance(module, ModuleType) and not is_ours and is_local(module)
