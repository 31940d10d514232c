"""The processes that sessions are forked from, seen from the build: a root, and branches that have imported more.

Does not know about cells. Invariant: nothing that the other side sends is executed here; when the root is closed, its
branches and their sessions are gone.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping
from typing import Any

from xaisite.core.errors import MachineError
from xaisite.session.processes import end_tree
from xaisite.session.wire import WireError, receive_message, send_message

_IMPORT_S = 300.0
_END_S = 15.0


class ForkNode:
    """One such process: `fork` gives sessions, `branch` a process that has imported more."""

    def __init__(self, sock: socket.socket) -> None:
        sock.settimeout(_IMPORT_S)
        self._sock = sock
        self._lock = threading.Lock()
        self._owed = 0
        """Answers that are on their way and that nobody waits for."""
        self._files: dict[str, int] = {}

    def is_stale(self) -> bool:
        """Whether a module that it has imported was edited since (an editable installation)."""
        return any(_time_of(path) != seen for path, seen in self._files.items())

    def fork(self, setup: Mapping[str, Any], end: socket.socket) -> int:
        """Start a session that talks at ``end``; return its process id."""
        return self._ask({"op": "session", "setup": dict(setup)}, end)

    def branch(self, modules: tuple[str, ...]) -> ForkNode | None:
        """Return a process that has imported ``modules``, too; None if they started threads: it may not be forked."""
        return self.begin_branch(modules).wait()

    def begin_branch(self, modules: tuple[str, ...]) -> ComingBranch:
        """Let a process begin to import ``modules``, and do not wait for it."""
        ours, theirs = socket.socketpair()
        with theirs, self._lock:
            self._send({"op": "branch", "modules": list(modules)}, theirs)
            self._owed += 1
        return ComingBranch(ours)

    def close(self) -> None:
        """End the process, and so all below it."""
        self._sock.close()

    def _ask(self, message: dict[str, Any], end: socket.socket) -> int:
        with self._lock:
            self._send(message, end)
            return int(self._receive()["pid"])

    def _send(self, message: dict[str, Any], end: socket.socket) -> None:
        while self._owed:
            self._receive()
            self._owed -= 1
        try:
            send_message(self._sock, message)
            socket.send_fds(self._sock, [b"s"], [end.fileno()])
        except OSError as error:
            raise MachineError(f"the process for running cells has ended ({error})") from error

    def _receive(self) -> dict[str, Any]:
        try:
            return receive_message(self._sock)
        except (OSError, WireError) as error:
            raise MachineError(f"the process for running cells has ended ({error})") from error


class ComingBranch:
    """A process that is importing."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock

    def wait(self) -> ForkNode | None:
        """Return it when it has imported everything; None if it may not be forked."""
        node = ForkNode(self._sock)
        try:
            answer = receive_message(self._sock)
        except (OSError, WireError):
            answer = {"threads": 0}  # an import that ends the process: the cell will find out
        if answer.get("threads") == 1:
            node._files = {path: _time_of(path) for path in answer["files"]}
            return node
        node.close()
        return None

    def close(self) -> None:
        """End it."""
        self._sock.close()


class ForkServer(ForkNode):
    """The root: a fresh interpreter."""

    def __init__(self, environ: Mapping[str, str], folder: str) -> None:
        ours, theirs = socket.socketpair()
        package_root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
        code = (
            f"import sys; sys.path.append({package_root!r}) if {package_root!r} not in sys.path else None; "
            f"from xaisite.session.server import main; main({theirs.fileno()})"
        )
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-s", "-c", code],
            env=dict(environ),
            cwd=folder,
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        theirs.close()
        super().__init__(ours)

    def close(self) -> None:
        """End the process and all below it: it does so itself, and knows best when nothing is left."""
        super().close()
        try:
            self._process.wait(_END_S)
        except subprocess.TimeoutExpired:
            end_tree(self._process.pid)
            self._process.wait()


def _time_of(path: str) -> int:
    try:
        return os.stat(path).st_mtime_ns
    except OSError:
        return -1
