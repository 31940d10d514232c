"""The process that sessions are forked from, seen from the build.

Does not know about cells. Invariant: nothing that the other side sends is executed here; when this object is closed the
process and its sessions are gone.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
from typing import Any

from xaisite.core.errors import MachineError
from xaisite.session.wire import WireError, receive_message, send_message

_START_S = 120.0


class ForkServer:
    """One server process; `fork` gives sessions."""

    def __init__(self, environ: dict[str, str], folder: str) -> None:
        ours, theirs = socket.socketpair()
        package_root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
        code = (
            f"import sys; sys.path.append({package_root!r}) if {package_root!r} not in sys.path else None; "
            f"from xaisite.session.server import main; main({theirs.fileno()})"
        )
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-s", "-c", code],
            env=environ,
            cwd=folder,
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        theirs.close()
        ours.settimeout(_START_S)
        self._sock = ours
        self._lock = threading.Lock()

    def preload(self, modules: tuple[str, ...]) -> bool:
        """Import modules ahead of the sessions; say whether the process may still be forked (it has one thread)."""
        return int(self._ask({"op": "preload", "modules": list(modules)})["threads"]) == 1

    def fork(self, setup: dict[str, Any]) -> tuple[int, socket.socket]:
        """Start a session; return its process id and the socket to talk to it."""
        ours, theirs = socket.socketpair()
        with self._lock:
            try:
                send_message(self._sock, {"op": "session", "setup": setup})
                socket.send_fds(self._sock, [b"s"], [theirs.fileno()])
                answer = receive_message(self._sock)
            except (OSError, WireError) as error:
                raise MachineError(f"the process for running cells has ended ({error})") from error
            finally:
                theirs.close()
        return int(answer["pid"]), ours

    def close(self) -> None:
        """End the process."""
        self._sock.close()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def _ask(self, message: dict[str, Any]) -> dict[str, Any]:
        with self._lock:
            try:
                send_message(self._sock, message)
                return receive_message(self._sock)
            except (OSError, WireError) as error:
                raise MachineError(f"the process for running cells has ended ({error})") from error
