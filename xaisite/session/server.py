"""The process that sessions are forked from: it imports what their posts import, and forks one child per post.

Stays single-threaded and never runs an author's code itself. Invariant: a child starts from what a fresh interpreter
would have after importing the same modules, no more.
"""

from __future__ import annotations

import array
import contextlib
import gc
import importlib
import os
import signal
import socket
import sys
import warnings
from typing import Any

from xaisite.session.observe import Observer
from xaisite.session.wire import WireError, receive_message, send_message


def main(fd: int) -> None:
    """Serve the build at the other end of ``fd``."""
    sock = socket.socket(fileno=fd)
    sock.set_inheritable(False)
    observer = Observer()
    observer.watch_modules()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while True:
        try:
            message = receive_message(sock)
        except (WireError, OSError):
            os._exit(0)
        if message["op"] == "preload":
            send_message(sock, preload(message["modules"], observer))
        elif message["op"] == "session":
            ends = _receive_socket(sock)
            send_message(sock, {"pid": _fork_session(sock, ends, message, observer)})
        elif message["op"] == "reap":
            send_message(sock, {"ended": _reap()})
        else:
            os._exit(0)


def preload(modules: list[str], observer: Observer) -> dict[str, Any]:
    """Import modules ahead of sessions; what cannot be imported is left for the cell to find out.

    Warning filters that an import adds are put aside, to be added when a cell imports that module.
    """
    failed = []
    for name in modules:
        before = list(warnings.filters)
        try:
            importlib.import_module(name)
        except BaseException:  # noqa: BLE001  # any library may fail in any way
            failed.append(name)
        added = [entry for entry in warnings.filters if entry not in before]
        if added:
            observer.deferred[name] = added
        warnings.filters[:] = before  # type: ignore[index]
    warnings._filters_mutated()  # type: ignore[attr-defined]
    gc.collect()
    gc.freeze()
    return {"failed": failed, "threads": len(os.listdir("/proc/self/task"))}


def _fork_session(sock: socket.socket, end: socket.socket, message: dict[str, Any], observer: Observer) -> int:
    pid = os.fork()
    if pid:
        end.close()
        return pid
    status = 70
    try:
        sock.close()
        _become_session(end, message, observer)
        status = 0
    except BaseException:  # noqa: BLE001  # our own bug: the build reports it as such
        _report_crash(end)
    finally:
        os._exit(status)


def _report_crash(end: socket.socket) -> None:
    import traceback

    with contextlib.suppress(Exception):
        send_message(end, {"crash": traceback.format_exc()})


def _become_session(end: socket.socket, message: dict[str, Any], observer: Observer) -> None:
    from xaisite.session.jail import enter_jail
    from xaisite.session.worker import Session

    signal.signal(signal.SIGINT, signal.default_int_handler)

    def serve(setup: dict[str, Any]) -> None:
        try:
            send_message(end, {"walls": setup["walls"], "base": setup["base"]})
            observer.begin()
            Session(end, setup, observer).serve()
        except BaseException:  # noqa: BLE001  # our own bug: the build reports it as such
            _report_crash(end)
        finally:
            os._exit(0)

    enter_jail(message["setup"], serve)


def _receive_socket(sock: socket.socket) -> socket.socket:
    fds = array.array("i")
    _, ancillary, _, _ = sock.recvmsg(1, socket.CMSG_SPACE(fds.itemsize))
    for level, kind, data in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            fds.frombytes(data[: len(data) - len(data) % fds.itemsize])
    end = socket.socket(fileno=fds[0])
    end.set_inheritable(False)
    return end


def _reap() -> list[list[int]]:
    ended: list[list[int]] = []
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return ended
        if pid == 0:
            return ended
        ended.append([pid, status])


if __name__ == "__main__":
    main(int(sys.argv[1]))
