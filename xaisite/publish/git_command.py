"""Git as a process, quiet and predictable.

Invariant: it never asks a question, never uses an index or folder of the surroundings, and always speaks English.
"""

from __future__ import annotations

import os
import subprocess
from typing import NoReturn

from xaisite.core.errors import MachineError
from xaisite.core.record import field, record


class GitError(Exception):
    """Git said no."""

    def __init__(self, command: str, output: str) -> None:
        self.output = output
        lines = [line.strip() for line in output.splitlines() if line.strip()]
        said = next(
            (line for line in lines if line.startswith(("fatal:", "error:", "remote: error", "!"))),
            lines[-1] if lines else "it gave no reason",
        )
        super().__init__(f"git {command}: {said}")


def environment() -> dict[str, str]:
    """Return the environment without what a hook or an outer git command left in it."""
    ours = {
        name: value
        for name, value in os.environ.items()
        if name not in ("GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE", "GIT_PREFIX", "GIT_OBJECT_DIRECTORY")
    }
    return ours | {"GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}


@record
class Git:
    """Git in one repository, with an index of its own."""

    cwd: str
    """Where relative remotes are found."""
    git_dir: str
    index: str
    base_env: dict[str, str] = field(default_factory=environment)

    def run(self, *arguments: str, stdin: str = "", cwd: str = "", env: dict[str, str] | None = None) -> str:
        """Return what the command printed; raise `GitError` when it failed."""
        done = self._start(arguments, stdin, cwd, env or {})
        if done.returncode:
            _fail(arguments[0], done)
        return done.stdout.decode("utf-8", "surrogateescape").strip()

    def succeeds(self, *arguments: str) -> bool:
        """Whether the command succeeds."""
        return self._start(arguments, "", "", {}).returncode == 0

    def find(self, *arguments: str) -> str:
        """Return what the command printed, empty when it failed."""
        done = self._start(arguments, "", "", {})
        return "" if done.returncode else done.stdout.decode("utf-8", "surrogateescape").strip()

    def _start(
        self, arguments: tuple[str, ...], stdin: str, cwd: str, env: dict[str, str]
    ) -> subprocess.CompletedProcess[bytes]:
        own = {"GIT_DIR": self.git_dir, "GIT_INDEX_FILE": self.index}
        return _git(arguments, cwd or self.cwd, self.base_env | own | env, stdin)


def find_repository(folder: str) -> str:
    """Return the git directory that ``folder`` belongs to; empty when it belongs to none."""
    done = _git(("rev-parse", "--absolute-git-dir"), folder, environment(), "")
    return "" if done.returncode else done.stdout.decode("utf-8", "surrogateescape").strip()


def _git(arguments: tuple[str, ...], cwd: str, env: dict[str, str], stdin: str) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(
            ("git", *arguments),
            cwd=cwd,
            env=env,
            input=stdin.encode("utf-8", "surrogateescape"),
            capture_output=True,
            check=False,
        )
    except FileNotFoundError as problem:
        raise MachineError("git is not installed, or the site's folder is gone") from problem


def _fail(command: str, done: subprocess.CompletedProcess[bytes]) -> NoReturn:
    raise GitError(command, (done.stderr + b"\n" + done.stdout).decode("utf-8", "replace"))
