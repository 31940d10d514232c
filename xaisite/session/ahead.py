"""Modules that were imported ahead for a whole post, hidden from a cell until it, or one before it, imports them.

Without this a cell could use what only a later cell imports: `import matplotlib; matplotlib.pyplot` works where pyplot
is loaded already, and fails in a fresh interpreter. Does not hide the standard library (a session uses it itself).
Invariant: no module is ever executed twice: whoever asks for a hidden one, a library's late import too, gets it.
"""

from __future__ import annotations

import contextlib
import copy
import importlib.machinery
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from types import ModuleType
from typing import Any


class ImportedAhead:
    """What each import of a post brought along, in the order of the imports."""

    def __init__(self) -> None:
        self._groups: list[tuple[str, dict[str, ModuleType]]] = []
        self._revealed = 0
        """How many of the groups are shown, from the first on."""
        self._backstage: dict[str, ModuleType] = {}
        """What our own doing has loaded."""
        self._finder = _Finder(self)
        self.on_reveal: Callable[[], None] | None = None
        """Called when a hidden module was imported by whoever it may be."""

    def note(self, name: str, before: Iterable[str]) -> None:
        """Note that importing ``name`` loaded what was not there ``before``."""
        known = set(before)
        new = {n: m for n, m in list(sys.modules.items()) if n not in known and _may_hide(n)}
        self._groups.append((name, new))
        self._revealed = len(self._groups)

    def hide(self) -> None:
        """Hide everything, as if nothing had been imported."""
        for _, modules in self._groups[: self._revealed]:
            for name, module in modules.items():
                sys.modules.pop(name, None)
                parent = name.rpartition(".")[0]
                if parent not in modules:
                    _detach(self._module(parent), name, module)
        self._revealed = 0
        if any(modules for _, modules in self._groups):
            self._look_here_first()

    @contextlib.contextmanager
    def backstage(self) -> Iterator[None]:
        """Show what our own doing has loaded, and hide it again afterwards, with all that was loaded meanwhile."""
        shown, self._backstage = self._backstage, {}
        for name, module in shown.items():
            _show(name, module)
        known = set(sys.modules) - set(shown)
        try:
            yield
        finally:
            for name in [n for n in sys.modules if n not in known and _may_hide(n)]:
                self._backstage[name] = module = sys.modules.pop(name)
                _detach(sys.modules.get(name.rpartition(".")[0]), name, module)
            if self._backstage:
                self._look_here_first()

    def _look_here_first(self) -> None:
        if self._finder not in sys.meta_path:
            sys.meta_path.insert(0, self._finder)

    def show_all(self) -> None:
        """Show everything, to import more."""
        self._reveal_until(len(self._groups))

    def reveal(self, names: Iterable[str]) -> None:
        """Show what these imports bring along, and what those before them in the post do."""
        wanted = set(names)
        self._reveal_until(max((at + 1 for at, (name, _) in enumerate(self._groups) if name in wanted), default=0))

    def reveal_module(self, name: str) -> ModuleType:
        """Show a hidden module with all that was imported with and before it."""
        if name in self._backstage:
            return self._backstage.pop(name)
        at = self._group_of(name)
        assert at is not None
        self._reveal_until(at + 1)
        return self._groups[at][1][name]

    def find_hidden(self, name: str) -> ModuleType | None:
        """Return a module that is hidden now."""
        if name in self._backstage:
            return self._backstage[name]
        at = self._group_of(name)
        return self._groups[at][1][name] if at is not None and at >= self._revealed else None

    def _reveal_until(self, count: int) -> None:
        for _, modules in self._groups[self._revealed : count]:
            for name, module in modules.items():
                sys.modules.setdefault(name, module)
            for name, module in modules.items():
                parent, _, child = name.rpartition(".")
                if parent and parent not in modules and parent in sys.modules:
                    setattr(sys.modules[parent], child, module)
        self._revealed = max(self._revealed, count)

    def _group_of(self, name: str) -> int | None:
        return next((at for at, (_, modules) in enumerate(self._groups) if name in modules), None)

    def _module(self, name: str) -> ModuleType | None:
        return sys.modules.get(name) or next((modules[name] for _, modules in self._groups if name in modules), None)


def _show(name: str, module: ModuleType) -> None:
    sys.modules[name] = module
    parent, _, child = name.rpartition(".")
    if parent in sys.modules:
        setattr(sys.modules[parent], child, module)


def _detach(holder: ModuleType | None, name: str, module: ModuleType) -> None:
    """Take a module out of the one that holds it."""
    child = name.rpartition(".")[2]
    if holder is not None and holder.__dict__.get(child) is module:
        delattr(holder, child)


def _may_hide(name: str) -> bool:
    top = name.partition(".")[0]
    return top not in sys.stdlib_module_names and top != "__main__" and not name.startswith("xaisite.session")


class _Finder:
    """Finds hidden modules for whoever imports one."""

    def __init__(self, ahead: ImportedAhead) -> None:
        self._ahead = ahead

    def find_spec(
        self,
        name: str,
        path: Sequence[str] | None = None,  # noqa: ARG002  # the protocol of finders
        target: ModuleType | None = None,  # noqa: ARG002
    ) -> importlib.machinery.ModuleSpec | None:
        """Return how to load a hidden module; looking for it does not show it."""
        module = self._ahead.find_hidden(name)
        if module is None:
            return None
        own = module.__spec__
        spec = copy.copy(own) if own is not None else importlib.machinery.ModuleSpec(name, None)
        spec.loader = _Loader(self._ahead, own)  # type: ignore[assignment]
        return spec


class _Loader:
    """Shows a module instead of executing it again."""

    def __init__(self, ahead: ImportedAhead, spec: importlib.machinery.ModuleSpec | None) -> None:
        self._ahead = ahead
        self._spec = spec

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        """Return the module that is there already."""
        return self._ahead.reveal_module(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Put back what the import system has just overwritten."""
        module.__spec__ = self._spec
        if self._ahead.on_reveal is not None:
            self._ahead.on_reveal()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._spec.loader if self._spec is not None else None, name)
