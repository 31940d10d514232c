"""A running session, seen from the build: requests with limits of time, memory and disk, and a sure end.

Does not interpret answers. Invariant: every request ends, with an answer or with the reason why there is none; after
`end` no process of the session runs and its scratch tree is gone.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import struct
import time
from typing import Any, Literal

from xaisite.core.errors import InternalError, MachineError
from xaisite.core.record import record
from xaisite.run.disk import is_flooded, room_for_session
from xaisite.run.memory import memory_of
from xaisite.run.scratch import Scratch
from xaisite.session.processes import end_tree, find_children, find_descendants, is_gone, send_signal
from xaisite.session.processsettings import LOWEST_PRIORITY
from xaisite.session.wire import WireError, receive_message, send_message

Ending = Literal["timeout", "died", "memory", "disk", "processes", "output"]
_SAMPLE_S = 0.1
_BRANCH_S = 30.0
_DISK_EVERY = 20
_MANY_PROCESSES = 16
_MOST_PROCESSES = min(300, 64 + 4 * (os.cpu_count() or 1))
_MOST_PRINTED = 64 << 20


@record
class Ended:
    """A request that got no answer."""

    why: Ending
    detail: str = ""


class LiveSession:
    """One post's process and its scratch tree."""

    def __init__(
        self, pid: int, sock: socket.socket, scratch: Scratch, memory_bytes: int, control: socket.socket | None = None
    ) -> None:
        self.pid = pid
        self._control = control
        self.scratch = scratch
        self.walls: tuple[str, ...] = ()
        self.base = scratch.base
        """The scratch folder as the session calls it."""
        self.peak_bytes = 0
        self.is_over = False
        self.frame: frozenset[int] = frozenset()
        """The processes of a session at its start."""
        self._sock = sock
        self._memory_bytes = memory_bytes
        self._most_bytes = room_for_session(scratch.base)

    def limit_memory(self, limit_bytes: int) -> None:
        """Let the next requests use this much."""
        self._memory_bytes = limit_bytes

    def greet(self, timeout_s: float) -> None:
        """Wait until the session is ready."""
        self._sock.settimeout(timeout_s)
        try:
            hello = receive_message(self._sock)
        except (OSError, WireError) as error:
            self.end()
            raise MachineError(f"a process for running cells could not be started ({error})") from error
        self._check(hello)
        self.walls = tuple(map(str, hello["walls"]))
        self.base = str(hello["base"])
        self.frame = frozenset(find_descendants(self.pid))

    def branch(self) -> LiveSession | None:
        """Go on in a fork: return it, and leave this one as it is; None if a fork would not be the same."""
        ours, theirs = socket.socketpair()
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        try:
            with theirs:
                self._sock.settimeout(_BRANCH_S)
                send_message(self._sock, {"op": "branch"})
                socket.send_fds(self._sock, [b"s"], [theirs.fileno()])
                why = receive_message(self._sock).get("why", "it failed")
            if not why:
                ours.settimeout(_BRANCH_S)
                pid = _receive_pid(ours)
                receive_message(ours)
                return Branch(pid, ours, self)
        except (OSError, WireError):
            pass
        ours.close()
        return None

    def folder(self, name: str) -> str:
        """Return a scratch folder as the session calls it."""
        return os.path.join(self.base, name)

    def ask(self, message: dict[str, Any], timeout_s: float) -> dict[str, Any] | Ended:
        """Send a request and wait for its answer, watching time, memory, processes and disk."""
        deadline = time.monotonic() + timeout_s
        try:
            self._sock.settimeout(30.0)
            send_message(self._sock, message)
            why = self._watch(deadline)
            if why is not None:
                self.end()
                return Ended(why)
            answer = receive_message(self._sock)
        except TimeoutError:
            self.end()
            return Ended("timeout")
        except (OSError, WireError):
            with contextlib.suppress(OSError, WireError):
                self._check(receive_message(self._sock))  # its last words
            self.end()
            return Ended("died")
        self._check(answer)
        return answer

    def _check(self, answer: dict[str, Any]) -> None:
        if "crash" in answer:
            self.end()
            raise InternalError(f"the session failed:\n{answer['crash']}")

    def _watch(self, deadline: float) -> Ending | None:
        """Wait until there is an answer, or until a limit is passed."""
        samples = processes = 0
        while not select.select([self._sock], [], [], min(_SAMPLE_S, max(0.0, deadline - time.monotonic())))[0]:
            if time.monotonic() >= deadline:
                return "timeout"
            samples += 1
            if is_gone(self.pid) and not select.select([self._sock], [], [], 0)[0]:
                return "died"  # its end of the socket may be held open by others
            pids = find_descendants(self.pid, at_most=_MOST_PROCESSES)
            if len(pids) > _MOST_PROCESSES:
                return "processes"
            grown, processes = len(pids) > processes, len(pids)
            if processes > _MANY_PROCESSES:
                _step_back(pids)
                if grown:
                    continue  # to weigh processes that fork takes seconds: first see how many they become
            used = memory_of(pids, at_most=self._memory_bytes)
            self.peak_bytes = max(self.peak_bytes, used)
            if used > self._memory_bytes:
                return "memory"
            if self._printed() > _MOST_PRINTED:
                return "output"
            if samples % _DISK_EVERY == 0 and is_flooded(self.scratch.base, self._most_bytes, pids):
                return "disk"
        return None

    def _printed(self) -> int:
        """Bytes that code below Python wrote to the standard streams."""
        size = 0
        for name in ("stdout", "stderr"):
            with contextlib.suppress(OSError):
                size += os.stat(os.path.join(self.scratch.folder("private"), name)).st_size
        return size

    def end(self) -> None:
        """Kill the session's processes and remove its scratch tree."""
        if self.is_over:
            return
        self.is_over = True
        self._sock.close()
        _kill_tree(self.pid, has_namespace="processes" in self.walls)
        if self._control is not None:
            self._control.close()
        self.scratch.remove()


class Branch(LiveSession):
    """A fork of a session, in the same scratch tree and behind the same walls."""

    def __init__(self, pid: int, sock: socket.socket, origin: LiveSession) -> None:
        super().__init__(pid, sock, origin.scratch, origin._memory_bytes)
        self.walls, self.base = origin.walls, origin.base

    def end(self) -> None:
        """Kill this process and all it started; the session that it belongs to stays."""
        if not self.is_over:
            self.is_over = True
            self._sock.close()
            end_tree(self.pid)

    def end_alone(self) -> None:
        """Kill this process only: others branched from it."""
        if not self.is_over:
            self.is_over = True
            self._sock.close()
            send_signal(self.pid, signal.SIGKILL)


def _step_back(pids: list[int]) -> None:
    """Let a crowd take only the time that others leave: this watch must get its turn before they are too many."""
    for pid in pids:
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, pid, LOWEST_PRIORITY)


def _receive_pid(sock: socket.socket) -> int:
    """Return the process that sent the next byte, as it is called here."""
    _, ancillary, _, _ = sock.recvmsg(1, socket.CMSG_SPACE(struct.calcsize("3i")))
    for level, kind, data in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_CREDENTIALS:
            return int(struct.unpack("3i", data[: struct.calcsize("3i")])[0])
    raise WireError("no process id came")


def _kill_tree(pid: int, *, has_namespace: bool) -> None:
    """Kill a process and all it started. Killing the first process of a namespace ends all of them at once."""
    if has_namespace:
        for init in find_children(pid):
            send_signal(init, signal.SIGKILL)
        send_signal(pid, signal.SIGKILL)
    else:
        end_tree(pid)
