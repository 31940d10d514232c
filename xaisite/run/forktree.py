"""A tree of processes to fork from, one per list of imports in use; lists that begin alike share their beginning.

Modules are imported in the order in which a post imports them, so that a branch is what a fresh interpreter would be
after the same imports, whichever posts came before. Does not know sessions. Invariant: a branch has imported nothing
that the post it serves does not import itself.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterable, Mapping
from itertools import count, pairwise, takewhile
from typing import Any

from xaisite.core.errors import MachineError
from xaisite.run.forkserver import ComingBranch, ForkNode, ForkServer

Modules = tuple[str, ...]
_MOST_BRANCHES = 24


class ForkTree:
    """The processes under one set of variables."""

    def __init__(self, environ: Mapping[str, str], folder: str) -> None:
        self._nodes: dict[Modules, ForkNode] = {(): ForkServer(environ, folder)}
        self._coming: dict[Modules, ComingBranch] = {}
        self._locks: dict[Modules, threading.Lock] = {}
        self._stems: set[Modules] = set()
        self._uses: dict[Modules, int] = {}
        self._clock = count()

    def expect(self, lists: Iterable[Modules]) -> None:
        """Be told which lists will be asked for: what several of them begin with becomes a branch of its own."""
        self._stems = shared_beginnings(lists)

    def begin(self, modules: Modules) -> None:
        """Let a process begin to import what this list begins with, if none has: it will be asked for."""
        first = min((s for s in self._stems if s and modules[: len(s)] == s), key=len, default=modules)
        if first and first not in self._nodes and first not in self._coming:
            self._coming[first] = self._nodes[()].begin_branch(first)

    def fork(self, modules: Modules, setup: Mapping[str, Any], end: socket.socket) -> int:
        """Start a session in which ``modules`` are imported ahead; return its process id."""
        try:
            return self._node(modules).fork(setup, end)
        except MachineError:
            if modules == ():
                raise
            self._drop(modules)  # something ended it: once more, from what still stands
            return self._node(modules).fork(setup, end)

    def close(self) -> None:
        """End all processes."""
        for coming in self._coming.values():
            coming.close()
        for node in self._nodes.values():
            node.close()
        self._coming.clear()
        self._nodes.clear()

    def _node(self, modules: Modules) -> ForkNode:
        with self._locks.setdefault(modules, threading.Lock()):
            self._uses[modules] = next(self._clock)
            if modules in self._nodes and self._nodes[modules].is_stale():
                self._drop(modules)
            if modules not in self._nodes:
                self._nodes[modules] = self._grow(modules)
                self._make_room()
            return self._nodes[modules]

    def _grow(self, modules: Modules) -> ForkNode:
        if modules in self._coming:
            return self._coming.pop(modules).wait() or self._nodes[()]
        stem = self._stem_of(modules)
        parent = self._node(stem)
        return parent.branch(modules[len(stem) :]) or parent

    def _stem_of(self, modules: Modules) -> Modules:
        known = (*self._stems, *list(self._nodes), *list(self._coming))
        return max((s for s in known if len(s) < len(modules) and modules[: len(s)] == s), key=len, default=())

    def _make_room(self) -> None:
        """End the branch that was not used for longest, if there are many (never one that others grew from)."""
        names = list(self._nodes)
        if len(names) <= _MOST_BRANCHES:
            return
        leaves = [n for n in names if not any(other[: len(n)] == n for other in names if other != n)]
        oldest = min(leaves, key=lambda name: self._uses[name])
        node = self._nodes.pop(oldest)
        if node not in self._nodes.values():
            node.close()

    def _drop(self, modules: Modules) -> None:
        for name in [n for n in self._nodes if n and (modules[: len(n)] == n or n[: len(modules)] == modules)]:
            node = self._nodes.pop(name)
            if node not in self._nodes.values():
                node.close()


def shared_beginnings(lists: Iterable[Modules]) -> set[Modules]:
    """Return what two or more of the lists have in common from their first module on."""
    ordered = sorted(set(lists))
    found = set()
    for one, other in pairwise(ordered):
        length = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
        if length:
            found.add(one[:length])
    return found


class LocalForks:
    """Trees of this build's own, a tree per set of variables. They end with it."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._trees: dict[tuple[tuple[str, str], ...], ForkTree] = {}
        self._lock = threading.Lock()
        self._lists: tuple[Modules, ...] = ()

    def expect(self, lists: Iterable[Modules]) -> None:
        """Be told which lists of imports will be asked for."""
        self._lists = tuple(lists)
        for tree in self._trees.values():
            tree.expect(self._lists)

    def begin(self, environ: Mapping[str, str], modules: Modules) -> None:
        """Let what a session will need begin to be imported; do not wait for it."""
        self.tree(environ).begin(modules)

    def fork(
        self, environ: Mapping[str, str], modules: Modules, setup: Mapping[str, Any], end: socket.socket
    ) -> tuple[int, None]:
        """Start a session that talks at ``end``; return its process id."""
        return self.tree(environ).fork(modules, setup, end), None

    def tree(self, environ: Mapping[str, str]) -> ForkTree:
        """Return the tree under these variables."""
        key = tuple(sorted(environ.items()))
        with self._lock:
            if key not in self._trees:
                self._trees[key] = ForkTree(environ, self._folder)
                self._trees[key].expect(self._lists)
            return self._trees[key]

    def close(self) -> None:
        """End all processes."""
        for tree in self._trees.values():
            tree.close()
        self._trees.clear()
