"""The process that builds for a preview: it keeps its libraries loaded, and the sessions of posts as snapshots.

A fresh interpreter, never a fork of the server, which has threads. Builds when told to; shows nothing itself.
Invariant: when the preview ends, in whatever way, this process and all that it started end.
"""

from __future__ import annotations

import ctypes
import os
import pickle
import signal
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NoReturn

from xaisite.core.diagnostic import Diagnostic, Severity
from xaisite.core.errors import MachineError
from xaisite.core.record import record

if TYPE_CHECKING:
    from xaisite.pipeline.options import BuildOptions
    from xaisite.run.keeper import Keeper

_PR_SET_PDEATHSIG = 1


@record
class WorkerAnswer:
    """What the worker says of a build."""

    diagnostics: tuple[Diagnostic, ...]
    changed: frozenset[str] | None
    watch: frozenset[str] = frozenset()


def main(parent: int) -> None:
    """Build whenever a byte comes in; answer with a pickled `WorkerAnswer`."""
    _end_with(parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    asked, answer = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # nothing that prints may get between the answers
    from xaisite.run.keeper import Keeper

    root, options = pickle.load(asked)  # noqa: S301  # from the preview itself
    keeper = Keeper()
    state = os.fspath(root / ".xaisite")
    signal.signal(signal.SIGTERM, lambda *_: _leave(keeper, state))
    try:
        _work(root, options, keeper, asked, answer)
    finally:
        _close(keeper, state)


def _end_with(parent: int) -> None:
    """Have the kernel end this process when the preview is killed."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    if os.getppid() != parent:
        sys.exit(0)


def _leave(keeper: Keeper, state: str) -> NoReturn:
    """End at once, also in the middle of a build: what is on the disk may be left at any point."""
    _close(keeper, state)
    os._exit(0)


def _close(keeper: Keeper, state: str) -> None:
    """End all sessions. The preview closes its pipe and sends SIGTERM too: the second must not cut the first short."""
    from xaisite.run.scratch import remove_own

    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    keeper.close()
    remove_own(state)


def _work(root: Path, options: BuildOptions, keeper: Keeper, asked: BinaryIO, answer: BinaryIO) -> None:
    while asked.read(1):
        pickle.dump(_build(root, options, keeper), answer, 5)
        answer.flush()


def _build(root: Path, options: BuildOptions, keeper: Keeper) -> WorkerAnswer:
    from xaisite.pipeline.build import build
    from xaisite.report.progress_kinds import SilentProgress

    try:
        result = build(root, options, SilentProgress(), keeper)
    except MachineError as problem:
        return WorkerAnswer((Diagnostic("serve-machine", Severity.ERROR, str(problem)),), frozenset())
    except Exception as problem:  # noqa: BLE001 - shown in the page, and the preview goes on
        text = "".join(traceback.format_exception_only(problem)).strip()
        bug = Diagnostic("serve-bug", Severity.ERROR, f"this is a bug of xaisite, not of your site: {text}")
        return WorkerAnswer((bug,), frozenset())
    return WorkerAnswer(result.diagnostics, frozenset(result.changed), frozenset(result.read_outside))


if __name__ == "__main__":
    main(int(sys.argv[1]))
