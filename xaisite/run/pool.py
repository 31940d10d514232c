"""Processes for sessions: where they are forked from, what they are told, and their scratch trees.

Does not know cells. Invariant: when closed, no process and no scratch tree is left.
"""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from xaisite.model.cell import SessionPlan
from xaisite.model.config import ExecutionTable
from xaisite.run.disk import room_for_session
from xaisite.run.environment import base_environment, private_environment
from xaisite.run.fonts import prepare_fonts
from xaisite.run.forktree import LocalForks
from xaisite.run.live import LiveSession
from xaisite.run.place import socket_folders
from xaisite.run.scratch import make_scratch, remove_leftovers
from xaisite.run.walls import describe_missing

FILE_BYTES = 8 << 30
_START_S = 60.0


class Forks(Protocol):
    """Where sessions are forked from: this build's own processes, or those of the resident server."""

    def expect(self, lists: Iterable[tuple[str, ...]]) -> None:
        """Be told which lists of imports will be asked for."""

    def begin(self, environ: Mapping[str, str], modules: tuple[str, ...]) -> None:
        """Let what a session will need begin to be imported; do not wait for it."""

    def fork(
        self, environ: Mapping[str, str], modules: tuple[str, ...], setup: Mapping[str, Any], end: socket.socket
    ) -> tuple[int, socket.socket | None]:
        """Start a session that talks at ``end``; return its process id, and what to close when it is over."""
        ...

    def close(self) -> None:
        """End what ends with this build."""


class ProcessPool:
    """Starts sessions."""

    writable: tuple[str, ...] = ()
    """Folders outside its scratch tree that a session may write to."""

    def __init__(
        self,
        root: str,
        state: str,
        execution: ExecutionTable,
        matplotlib: str,
        *,
        variables: Mapping[str, str],
        forks: Forks | None = None,
    ) -> None:
        self._matplotlib = matplotlib
        self._cache_folder = cache_folder(state)
        self._base = process_environment(state, variables)
        self.root = root
        self.state = state
        self.execution = execution
        os.makedirs(state, exist_ok=True)
        remove_leftovers(state)
        self.protections: tuple[str, ...] = ()
        """Walls that stood in the sessions so far."""
        self.forks: Forks = forks or LocalForks(state)

    def prepare(self, *, fonts: bool, lists: Iterable[tuple[str, ...]] = ()) -> None:
        """Get ready for sessions that import ``lists``; ``fonts``: some may draw."""
        self.forks.expect(lists)
        if fonts:
            prepare_fonts(self._base, self._matplotlib)

    def begin(self, modules: tuple[str, ...], environ: Mapping[str, str | None]) -> None:
        """Let the process begin to import that such a session will be forked from; do not wait for it."""
        self.forks.begin(self._environ_of(modules, environ), modules)

    def start(self, plan: SessionPlan, modules: tuple[str, ...], environ: Mapping[str, str | None]) -> LiveSession:
        """Start the session of a post that imports ``modules``."""
        scratch = make_scratch(self.state, self.root)
        folders = {name: scratch.folder(name) for name in ("site", "tmp", "home", "cache", "private", "spool")}
        site = folders["site"]
        most_bytes = max([self.execution.memory_bytes, *(c.observed.memory_bytes or 0 for c in plan.cells)])
        cwd = os.path.join(site, os.path.dirname(plan.path)) if plan.execute_dir == "file" else site
        setup = {
            "secrets": {name: os.environ[name] for name in self.execution.secrets if name in os.environ},
            "root": site,
            "cwd": cwd,
            "sources": self.root,
            "base": scratch.base,
            "outer": scratch.base,
            "isolate": True,
            "network": self.execution.network,
            "writable": list(self.writable),
            "hidden": socket_folders(),
            "memory_bytes": most_bytes,
            "file_bytes": min(FILE_BYTES, room_for_session(scratch.base)),
            "spool": folders["spool"],
            "private": folders["private"],
            "folders": {name: folders[name] for name in ("site", "tmp", "home")},
            "seed": plan.seed,
            "environ": {
                "XAISITE_ARTIFACTS": os.path.join(self.state, "artifacts"),
                **private_environment(folders),
                **{k: v for k, v in environ.items() if v is not None},
            },
            "ignored": [
                *_installation(),
                folders["private"] + "/",
                folders["spool"] + "/",
                folders["cache"] + "/",
                self._cache_folder + "/",
                "/proc/",
                "/dev/",
                "/sys/",
                "/etc/",
                "/usr/lib/",
                "/usr/share/",
            ],
        }
        ours, theirs = socket.socketpair()
        with theirs:
            pid, control = self.forks.fork(self._environ_of(modules, environ), modules, setup, theirs)
        live = LiveSession(pid, ours, scratch, most_bytes, control)
        live.greet(_START_S)
        self.protections = live.walls
        return live

    def _environ_of(self, modules: tuple[str, ...], environ: Mapping[str, str | None]) -> dict[str, str]:
        """Return the variables under which libraries are imported ahead."""
        declared = {k: v for k, v in environ.items() if v is not None} if modules else {}
        return {**self._base, **declared}

    def missing_walls(self) -> tuple[str, ...]:
        """Return what the cells of this build could do for want of a wall (nothing if none ran)."""
        return describe_missing(self.protections, network=self.execution.network) if self.protections else ()

    def close(self) -> None:
        """End all servers."""
        self.forks.close()


def process_environment(state: str, variables: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of the processes that sessions of a site are forked from."""
    return {**base_environment(cache_folder(state)), **variables}


def cache_folder(state: str) -> str:
    """Return the user's cache folder, or one in the state folder where there is none to write to."""
    base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    folder = os.path.join(base, "xaisite", f"python-{sys.version_info[0]}.{sys.version_info[1]}")
    try:
        os.makedirs(folder, exist_ok=True)
    except OSError:
        folder = ""
    return folder if folder and os.access(folder, os.W_OK) else os.path.join(state, "cache")


def _installation() -> list[str]:
    """Return the folders of the interpreter and of this package's session code, which are not the author's files."""
    package = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    return sorted(
        {
            os.path.realpath(sys.prefix) + "/",
            sys.prefix + "/",
            os.path.realpath(sys.base_prefix) + "/",
            sys.base_prefix + "/",
            os.path.join(package, "session") + "/",
        }
    )
