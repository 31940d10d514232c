"""Sessions that outlive a build, as snapshots: one process for each state that a cell started from.

Does not know cells or states: a snapshot has a name, and whoever keeps it says what it depends on. Invariant: memory
stays within the budget, the least recently used go first; when closed, no process and no scratch tree is left.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from xaisite.run.live import Branch, LiveSession
from xaisite.run.memory import free_bytes, private_bytes, share_of_memory
from xaisite.run.pool import ProcessPool
from xaisite.session.processes import find_descendants, is_gone, send_signal, wait_until_gone

_MOST_SNAPSHOTS = 120
_SHARE_OF_FREE = 4


@dataclass
class Snapshot:
    """A process that waits in a state."""

    name: str
    live: LiveSession
    needs: tuple[Any, ...]
    """What must still hold for the state to be true; for the one who keeps it."""
    used: int = 0
    size_bytes: int = 0


@dataclass
class KeptSession:
    """The session of one post: its first process, and the snapshots that came from it."""

    root: LiveSession
    key: object
    modules: frozenset[str]
    snapshots: dict[str, Snapshot] = field(default_factory=dict)

    def keep(self, snapshot: Snapshot) -> None:
        """Add a snapshot; one of the same name is replaced."""
        self.drop(snapshot.name)
        for other in self.snapshots.values():
            other.size_bytes = 0
        self.snapshots[snapshot.name] = snapshot

    def drop(self, name: str) -> None:
        """End a snapshot."""
        old = self.snapshots.pop(name, None)
        if old is not None and isinstance(old.live, Branch):
            old.live.end_alone()  # the first process stays: the others would end with it

    def sweep(self) -> None:
        """End what cells left running outside the snapshots."""
        waiting = {s.live.pid for s in self.snapshots.values()}
        for pid in find_descendants(self.root.pid):
            if pid not in waiting and pid not in self.root.frame:
                send_signal(pid)

    def close(self) -> None:
        """End everything."""
        for name in list(self.snapshots):
            self.drop(name)
        self.root.end()


class Keeper:
    """Keeps processes and sessions between builds of one site."""

    def __init__(self, budget_bytes: int | None = None) -> None:
        self._budget = budget_bytes if budget_bytes is not None else free_bytes() // _SHARE_OF_FREE
        self._pool: ProcessPool | None = None
        self._pool_key: object = None
        self._sessions: dict[str, KeptSession] = {}
        self._clock = count(1)
        self._lock = threading.Lock()

    def pool(self, key: object, make: Callable[[], ProcessPool]) -> ProcessPool:
        """Return the processes that sessions are forked from; under another key all is made anew."""
        if self._pool is None or key != self._pool_key:
            self.close()
            self._pool, self._pool_key = make(), key
        return self._pool

    def find(self, post: str, key: object, modules: frozenset[str]) -> KeptSession | None:
        """Return the session of a post, if it is one that the post could have now."""
        with self._lock:
            found = self._sessions.get(post)
            if found is None:
                return None
            if found.key == key and found.modules <= modules and not is_gone(found.root.pid):
                return found
            del self._sessions[post]
        found.close()
        return None

    def add(self, post: str, session: KeptSession) -> None:
        """Keep a new session of a post."""
        with self._lock:
            old = self._sessions.pop(post, None)
            self._sessions[post] = session
        if old is not None:
            old.close()

    def discard(self, post: str) -> None:
        """End the session of a post."""
        with self._lock:
            old = self._sessions.pop(post, None)
        if old is not None:
            old.close()

    def use(self, snapshot: Snapshot) -> None:
        """Note that a snapshot was made or used."""
        snapshot.used = next(self._clock)
        snapshot.size_bytes = 0

    def retain(self, posts: Iterable[str]) -> None:
        """End the sessions of posts that are gone."""
        kept = set(posts)
        for post in [p for p in self._sessions if p not in kept]:
            self.discard(post)

    def evict(self) -> None:
        """End the snapshots that were not used for longest, beyond the budget."""
        entries = [(s.used, session, s) for session in self._sessions.values() for s in session.snapshots.values()]
        entries.sort(key=lambda entry: entry[0])
        while entries and (len(entries) > _MOST_SNAPSHOTS or self._size() > self._budget):
            _, session, snapshot = entries.pop(0)
            session.drop(snapshot.name)
            wait_until_gone(snapshot.live.pid)
            for other in session.snapshots.values():
                other.size_bytes = 0  # what they shared with it is now theirs
        for post in [p for p, session in self._sessions.items() if not session.snapshots]:
            self.discard(post)

    def _size(self) -> int:
        total = 0
        for session in self._sessions.values():
            for snapshot in session.snapshots.values():
                snapshot.size_bytes = snapshot.size_bytes or share_of_memory(snapshot.live.pid)
                total += snapshot.size_bytes
        return total

    def sizes(self) -> dict[str, int]:
        """Return the private memory of each snapshot in bytes, by post and number."""
        return {
            f"{post}:{number}": private_bytes(snapshot.live.pid)
            for post, session in self._sessions.items()
            for number, snapshot in enumerate(session.snapshots.values())
        }

    def close(self) -> None:
        """End all sessions and processes."""
        for session in self._sessions.values():
            session.close()
        self._sessions.clear()
        if self._pool is not None:
            self._pool.close()
            self._pool = None
