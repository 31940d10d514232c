"""A process that sessions are forked from: it imports what their posts import, and forks one child per post.

It is a node of a tree: a branch is a fork that imports more. Stays single-threaded and never runs an author's code
itself. Invariant: a child starts from what a fresh interpreter would have after importing the same modules in the same
order, no more.
"""

from __future__ import annotations

import contextlib
import functools
import gc
import importlib
import os
import signal
import socket
import sys
import warnings
from typing import Any

from xaisite.session.figures import load_encoders
from xaisite.session.garbage import uncollected
from xaisite.session.jail import collect_orphans, die_with_parent, fork_session, offers_namespaces
from xaisite.session.observe import Observer, quiet
from xaisite.session.processes import end_all_below_this, end_below, find_children
from xaisite.session.wire import WireError, receive_message, receive_socket, send_message


def main(fd: int) -> None:
    """Serve the build at the other end of ``fd``, as the root of a tree: nothing is imported yet."""
    sock = socket.socket(fileno=fd)
    sock.set_inheritable(False)
    observer = Observer()
    observer.watch_modules()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    serve_node(sock, observer, namespaces=offers_namespaces())


def serve_node(sock: socket.socket, observer: Observer, *, namespaces: bool) -> None:
    """Fork branches and sessions on request, until the other side closes.

    What a session without namespaces leaves behind when it is killed comes here as a child, and is ended.
    """
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # who ends is gone at once, without being waited for
    collect_orphans()
    own = set(find_children(os.getpid()))  # what an import has started
    is_ready = False
    while True:
        try:
            message = receive_message(sock)
            end = receive_socket(sock)
        except (WireError, OSError):
            end_all_below_this()
            os._exit(0)
        end_below(os.getpid(), spared=frozenset(own))
        is_session = message["op"] == "session"
        if is_session and not is_ready:
            _load_session(observer)
            is_ready = True
        pid = fork_session(message["setup"], namespaces=namespaces) if is_session else os.fork()
        if pid == 0:
            sock.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            _become(message, end, observer, namespaces=namespaces)
        own.add(pid)
        end.close()
        send_message(sock, {"pid": pid})


def _load_session(observer: Observer) -> None:
    """Do once what every session would do first: load what it is made of, look at what is there, and hide it."""
    import xaisite.session.describe
    import xaisite.session.worker  # noqa: F401

    observer.look_at_libraries()
    observer.note_installed()
    observer.ahead.hide()
    gc.freeze()


def _become(message: dict[str, Any], end: socket.socket, observer: Observer, *, namespaces: bool) -> None:
    """Be what was asked for; this process ends here."""
    status = 70
    try:
        if message["op"] == "branch":
            die_with_parent()
            send_message(end, preload(message["modules"], observer))
            serve_node(end, observer, namespaces=namespaces)
        else:
            _become_session(end, message, observer)
        status = 0
    except BaseException:  # noqa: BLE001  # our own bug: the build reports it as such
        _report_crash(end, message.get("setup", {}))
    finally:
        os._exit(status)


def preload(modules: list[str], observer: Observer) -> dict[str, Any]:
    """Import modules ahead of sessions; what cannot be imported is left for the cell to find out.

    Warning filters that an import adds are put aside, to be added when a cell imports that module.
    """
    failed = []
    observer.ahead.show_all()
    with uncollected():
        for name in modules:
            before, loaded = list(warnings.filters), list(sys.modules)
            try:
                importlib.import_module(name)
            except BaseException:  # noqa: BLE001  # any library may fail in any way
                failed.append(name)
            observer.ahead.note(name, loaded)
            added = [entry for entry in warnings.filters if entry not in before]
            if added:
                observer.deferred[name] = added
            warnings.filters[:] = before  # type: ignore[index]
        warnings._filters_mutated()  # type: ignore[attr-defined]
        with quiet(), observer.ahead.backstage():
            load_encoders()
        observer.look_at_libraries()
        gc.freeze()  # what is garbage by now is little, and looking for it takes longer than loading a library
    return {"failed": failed, "threads": len(os.listdir("/proc/self/task")), "files": _changeable_files()}


def _changeable_files() -> list[str]:
    """Return the files of imported modules that are edited in place: those outside the installation, not our own."""
    installed = tuple(os.path.realpath(folder) + os.sep for folder in (sys.prefix, sys.base_prefix))
    folder_of = functools.cache(os.path.realpath)
    files = [
        str(module.__file__)
        for name, module in list(sys.modules.items())
        if getattr(module, "__file__", None) and not name.startswith("xaisite.")
    ]
    return [path for path in files if not f"{folder_of(os.path.dirname(path))}{os.sep}".startswith(installed)]


def _report_crash(end: socket.socket, setup: dict[str, Any]) -> None:
    import traceback

    from xaisite.session.secrets import Secrets

    with contextlib.suppress(Exception):
        send_message(end, {"crash": Secrets(setup.get("secrets")).mask_text(traceback.format_exc())})


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
            _report_crash(end, setup)
        finally:
            os._exit(0)

    enter_jail(message["setup"], serve)
