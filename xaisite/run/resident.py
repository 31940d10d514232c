"""The resident server, seen from a build: sessions are forked from processes that have imported already.

Does not decide whether one may be used. Invariant: whatever is wrong with the server, the build goes on without it;
it is asked only if it belongs to this user, and it gives sessions only in the environment it was started in.
"""

from __future__ import annotations

import contextlib
import os
import select
import socket
import subprocess
import sys
from collections.abc import Iterable, Mapping
from typing import Any

from xaisite.core.errors import MachineError
from xaisite.run.forktree import LocalForks, Modules
from xaisite.run.place import environment_stamp, is_this_user, socket_path
from xaisite.session.wire import WireError, receive_message, send_message

IDLE_S = 900.0
_START_S = 10.0
_FORK_S = 300.0


class ResidentForks:
    """Sessions from the resident server; from processes of this build's own where it refuses."""

    def __init__(self, path: str, folder: str) -> None:
        self._path = path
        self._local = LocalForks(folder)
        self._stamp = environment_stamp()
        self._lists: tuple[Modules, ...] = ()

    def expect(self, lists: Iterable[Modules]) -> None:
        """Be told which lists of imports will be asked for."""
        self._lists = tuple(lists)
        self._local.expect(self._lists)

    def begin(self, environ: Mapping[str, str], modules: Modules) -> None:
        """Do nothing: the server has imported already, or will when it is asked for a session."""

    def fork(
        self, environ: Mapping[str, str], modules: Modules, setup: Mapping[str, Any], end: socket.socket
    ) -> tuple[int, socket.socket | None]:
        """Start a session; return its process id, and a socket: when that is closed, the session is ended."""
        request = {
            "stamp": self._stamp,
            "environ": dict(environ),
            "modules": list(modules),
            "lists": [list(names) for names in self._lists],
            "setup": dict(setup),
        }
        control = connect(self._path)
        if control is not None:
            try:
                control.settimeout(_FORK_S)
                send_message(control, request)
                socket.send_fds(control, [b"s"], [end.fileno()])
                return int(receive_message(control)["pid"]), control
            except (OSError, WireError, KeyError):
                control.close()
        return self._local.fork(environ, modules, setup, end)

    def close(self) -> None:
        """End what is not the server's."""
        self._local.close()


def find_resident(folder: str, *, start: bool, idle_s: float = IDLE_S) -> ResidentForks | None:
    """Return the server of this user and environment, if it runs or ``start`` asks for it; never in CI."""
    path = socket_path() if may_be_resident() else None
    if path is None:
        return None
    control = connect(path)
    if control is None and not (start and _start_server(path, idle_s)):
        return None
    if control is not None:
        control.close()
    return ResidentForks(path, folder)


def may_be_resident() -> bool:
    """Whether this machine is one where processes may outlive the command: no CI."""
    return os.environ.get("CI", "").lower() in ("", "0", "false") and hasattr(os, "pidfd_open")


def connect(path: str) -> socket.socket | None:
    """Return a connection to the server; None if there is none, or if it is not this user's."""
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        sock.connect(path)
        if is_this_user(sock):
            return sock
    except OSError:
        pass
    sock.close()
    return None


def _start_server(path: str, idle_s: float) -> bool:
    """Start the server and wait until it listens."""
    package_root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    reader, writer = os.pipe()
    code = (
        f"import sys; sys.path.append({package_root!r}) if {package_root!r} not in sys.path else None; "
        f"from xaisite.run.resident_server import main; main({path!r}, {writer}, {idle_s!r})"
    )
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "LD_LIBRARY_PATH") if name in os.environ}
    try:
        subprocess.run(
            [sys.executable, "-P", "-s", "-c", code],
            env=kept,
            cwd=os.path.dirname(path),
            pass_fds=[writer],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            check=False,
            timeout=_START_S,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise MachineError(f"a process for running cells could not be started ({error})") from error
    finally:
        os.close(writer)
    try:
        listens = bool(select.select([reader], [], [], _START_S)[0]) and os.read(reader, 1) == b"y"
    finally:
        os.close(reader)
    return listens


def stop_resident() -> bool:
    """Ask the server to end; say whether there was one."""
    path = socket_path()
    control = connect(path) if path else None
    if control is None:
        return False
    with contextlib.suppress(OSError, WireError), control:
        control.settimeout(_START_S)
        send_message(control, {"stop": True})
        receive_message(control)
    return True
