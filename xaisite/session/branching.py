"""A session that goes on in a fork of itself, while the process it was stays as it is: a snapshot to come back to.

Decides whether that can be done without a later cell noticing. Does not touch files. Invariant: what a fork would share
with the one it came from (threads, children, open files, shared memory) forbids it.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
from collections.abc import Collection
from typing import Any

from xaisite.session.forkcall import plain_fork, single_threaded
from xaisite.session.processes import find_children

_HARMLESS_SHARED = ("/dev/shm/sem.", "/SYSV")  # noqa: S108  # locks, free while nobody runs


class Branching:
    """What of a session's own is not the author's: its descriptors."""

    def __init__(self) -> None:
        self._own = frozenset(_descriptors().items())
        self._is_snapshot = False
        self._handler: Any = signal.SIG_DFL

    def why_not(self, socks: Collection[int], ignored: tuple[str, ...], known: Collection[int]) -> str:
        """Return why this process must not be forked for good (empty: it may)."""
        if self._is_snapshot:
            return ""  # it has done nothing since
        if not single_threaded():
            return "threads run"
        if set(find_children("self")) - set(known):
            return "a process that a cell started still runs"
        opened = self.what_is_open(socks, ignored)
        if opened:
            return f"{opened} is open"
        return "memory is shared" if _shares_memory() else ""

    def what_is_open(self, socks: Collection[int], ignored: tuple[str, ...]) -> str:
        """Return a file, socket or pipe that a cell left open (empty: none); libraries keep their own files open."""
        for fd, path in _descriptors().items():
            if (fd, path) not in self._own and fd not in socks and not path.startswith(ignored):
                return path
        return ""

    def branch(self, sock: socket.socket, end: socket.socket) -> bool:
        """Fork for good. Return whether this is the new process; its end of a socket is ``end``."""
        if not self._is_snapshot:
            self._handler = signal.getsignal(signal.SIGCHLD)
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # who branched is never waited for
        if plain_fork():
            self._is_snapshot = True
            end.close()
            return False
        self._is_snapshot = False
        signal.signal(signal.SIGCHLD, self._handler if self._handler is not None else signal.SIG_DFL)
        sock.close()
        end.sendall(b"!")  # brings the process id, as the build sees it
        return True


def _descriptors() -> dict[int, str]:
    found = {}
    for name in os.listdir("/proc/self/fd"):
        with contextlib.suppress(OSError):  # the one that listed
            found[int(name)] = os.readlink(f"/proc/self/fd/{name}")
    return found


def _shares_memory() -> bool:
    """Whether writable memory is mapped that a fork would write to, too."""
    with open("/proc/self/maps", encoding="utf-8", errors="replace") as file:
        return any(_is_shared(line.split(None, 5)) for line in file)


def _is_shared(fields: list[Any]) -> bool:
    if fields[1][1] != "w" or fields[1][3] != "s":
        return False
    return not (len(fields) > 5 and str(fields[5]).startswith(_HARMLESS_SHARED))
