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


class ForkNode:
    """One such process: `fork` gives sessions, `branch` a process that has imported more."""

    def __init__(self, sock: socket.socket) -> None:
        sock.settimeout(_IMPORT_S)
        self._sock = sock
        self._lock = threading.Lock()
        self._files: dict[str, int] = {}

    def is_stale(self) -> bool:
        """Whether a module that it has imported was edited since (an editable installation)."""
        return any(_time_of(path) != seen for path, seen in self._files.items())

    def fork(self, setup: Mapping[str, Any], end: socket.socket) -> int:
        """Start a session that talks at ``end``; return its process id."""
        return self._ask({"op": "session", "setup": dict(setup)}, end)

    def branch(self, modules: tuple[str, ...]) -> ForkNode | None:
        """Return a process that has imported ``modules``, too; None if they started threads: it may not be forked."""
        ours, theirs = socket.socketpair()
        with theirs:
            self._ask({"op": "branch", "modules": list(modules)}, theirs)
        node = ForkNode(ours)
        try:
            answer = receive_message(ours)
        except (OSError, WireError):
            answer = {"threads": 0}  # an import that ends the process: the cell will find out
        if answer.get("threads") == 1:
            node._files = {path: _time_of(path) for path in answer["files"]}
            return node
        node.close()
        return None

    def close(self) -> None:
        """End the process, and so all below it."""
        self._sock.close()

    def _ask(self, message: dict[str, Any], end: socket.socket) -> int:
        with self._lock:
            try:
                send_message(self._sock, message)
                socket.send_fds(self._sock, [b"s"], [end.fileno()])
                return int(receive_message(self._sock)["pid"])
            except (OSError, WireError) as error:
                raise MachineError(f"the process for running cells has ended ({error})") from error


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
        """End the process and all below it."""
        super().close()
        end_tree(self._process.pid)
        self._process.wait()


def _time_of(path: str) -> int:
    try:
        return os.stat(path).st_mtime_ns
    except OSError:
        return -1
