"""The resident server: processes that have imported what posts import, kept between builds for a while.

Runs no author's code itself and keeps no results. One connection is one session; when it closes, the session is ended.
Invariant: it serves its own user, outside sessions, in the environment that it was started in, and ends when that
changes or when nobody asked for a while.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import select
import signal
import socket
import sys
import threading
import time
from typing import Any

from xaisite.core.errors import MachineError
from xaisite.run.forktree import LocalForks
from xaisite.run.place import environment_stamp, is_outside_walls, is_this_user
from xaisite.session.processes import end_tree
from xaisite.session.wire import WireError, receive_message, receive_socket, send_message

_LOOK_S = 5.0
_REQUEST_S = 10.0


class ResidentServer:
    """The server's state: its trees, and how many sessions are under way."""

    def __init__(self, path: str, idle_s: float) -> None:
        self._path = path
        self._idle_s = idle_s
        self._stamp = environment_stamp()
        self._forks = LocalForks(os.path.dirname(path))
        self._active = 0
        self._asked = time.monotonic()
        self._lock = threading.Lock()
        self._stopping = False
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)

    def listen(self) -> None:
        """Take the address."""
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self._path)
        self._listener.bind(self._path)
        self._listener.listen(64)
        self._listener.settimeout(min(_LOOK_S, self._idle_s))

    def serve(self) -> None:
        """Answer until idle, stale or told to stop; the sessions under way are waited for."""
        while not self._is_over():
            try:
                control, _ = self._listener.accept()
            except TimeoutError:
                continue
            threading.Thread(target=self._converse, args=(control,), daemon=True).start()
        self._listener.close()
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self._path)
        while self._active:
            time.sleep(0.05)
        self._forks.close()

    def _is_over(self) -> bool:
        idle = self._active == 0 and time.monotonic() - self._asked > self._idle_s
        return self._stopping or idle or environment_stamp() != self._stamp

    def _converse(self, control: socket.socket) -> None:
        with self._lock:
            self._active += 1
        try:
            with control:
                if is_this_user(control) and is_outside_walls(control):
                    control.settimeout(_REQUEST_S)
                    self._answer(control, receive_message(control))
        except (OSError, WireError, MachineError, KeyError, ValueError):
            pass  # the build at the other end sees the connection close, and goes on by itself
        finally:
            with self._lock:
                self._active -= 1
                self._asked = time.monotonic()

    def _answer(self, control: socket.socket, message: dict[str, Any]) -> None:
        if message.get("stop"):
            self._stopping = True
            send_message(control, {"stopping": True})
            return
        end = receive_socket(control)
        with end:
            if message["stamp"] != self._stamp or environment_stamp() != self._stamp:
                self._stopping = True
                return
            tree = self._forks.tree(message["environ"])
            tree.expect(tuple(names) for names in message["lists"])
            pid, _ = self._forks.fork(message["environ"], tuple(message["modules"]), message["setup"], end)
        process = os.pidfd_open(pid)
        try:
            send_message(control, {"pid": pid})
            control.settimeout(None)
            control.recv(1)
        finally:
            if not select.select([process], [], [], 0)[0]:
                end_tree(pid)
            os.close(process)


def main(path: str, ready: int, idle_s: float) -> None:
    """Be the server at ``path`` unless there is one, not as a child of the caller; say on ``ready`` when it listens."""
    if os.fork():
        return
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    lock = os.open(f"{path}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.write(ready, b"y")  # another was faster
        return
    if _is_confined():
        return
    server = ResidentServer(path, idle_s)
    server.listen()
    os.write(ready, b"y")
    os.close(ready)
    server.serve()


def _is_confined() -> bool:
    """Whether this process could not be told from a session."""
    with open("/proc/self/status", encoding="ascii", errors="replace") as file:
        return any(line.split() == ["NoNewPrivs:", "1"] for line in file)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]))
