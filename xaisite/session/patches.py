"""Notices that a cell changed a library: a function replaced, a class patched, a registry filled.

Compares identities before and after where the code could do such a thing, for looking at everything costs tens of
milliseconds; and always those containers of libraries that the author's names reach. Does not undo anything. Invariant:
a rebound attribute of a loaded module or of its classes, and a filled container of either, is noticed when the cell
shows that it may do so, or when a name of the author reaches the container.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from xaisite.session.identity import identity_of
from xaisite.session.librarymarks import LibraryMarks, mark_of, scan_libraries, scan_new
from xaisite.session.localsources import read_new_sources
from xaisite.session.patchcode import NOTHING, Suspicion, find_stores


class PatchWatch:
    """Looks before and after each cell that might patch something."""

    def __init__(self, containers: dict[int, int]) -> None:
        self.functions_may = NOTHING
        """What functions that cells defined may change, whenever they are called."""
        self._before: LibraryMarks | None = None
        self._was_told = False
        self.has_found = False
        """Whether a library has ever been changed."""
        self._read: set[str] = set()
        """Modules whose sources were looked at."""
        self._containers = containers
        """Containers of libraries and what they held before any cell ran."""

    def begin(self, codes: list[str], namespace: dict[str, Any]) -> None:
        """Look, if the code may patch something."""
        suspicion = self.functions_may
        for code in codes:
            whole, in_functions = find_stores(code, namespace)
            suspicion = suspicion | whole
            self.functions_may = self.functions_may | in_functions
        for source in read_new_sources(codes, self._read):
            whole, in_functions = find_stores(source, {})
            suspicion = suspicion | whole
            # more would have every cell looked at that follows the import
            self.functions_may = self.functions_may | Suspicion(libraries=in_functions.libraries)
        self._before = scan_libraries(suspicion) if suspicion else None

    def look_at_new(self) -> None:
        """Look at what the cell has just imported."""
        if self._before is not None:
            scan_new(self._before)

    def suspects(self) -> bool:
        """Whether the cell may have patched something."""
        return self._before is not None

    def tell(self) -> None:
        """Note that the cell changed what cannot be looked at."""
        self._was_told = True

    def found(self) -> bool:
        """Whether a library is not as it was."""
        found = self._finds()
        self.has_found = self.has_found or found
        return found

    def _finds(self) -> bool:
        before, self._before = self._before, None
        if self._was_told:
            self._was_told = False
            return True
        if before is None:
            return False
        now = scan_libraries(before.suspicion)
        self._containers.update(now.containers)
        return now.differs_from(before)

    def reached(self, values: Iterable[Any]) -> list[tuple[int, int]]:
        """Return the containers of libraries among these values that are not as they were, with their new marks."""
        known = self._containers
        held = [(identity_of(value), value) for value in values]
        return [(at, mark_of(value)) for at, value in held if at in known and mark_of(value) != known[at]]

    def holds_any(self, values: Iterable[Any]) -> bool:
        """Whether a container of a library is among these values."""
        return any(identity_of(value) in self._containers for value in values)

    def note(self, changed: Iterable[Iterable[int]]) -> None:
        """Remember how changed containers are now."""
        self._containers.update((identity, mark) for identity, mark in changed)
