"""The KaTeX process seen from the parent: started when first needed, restarted when a formula killed it.

Does not cache and knows no macros' meaning. Invariant: every request gets an answer, in order, whatever a formula does;
a forked child never talks to its parent's process but starts its own.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Any, Self

from xaisite.core.errors import MachineError
from xaisite.math.assets import KatexAssets, load_assets
from xaisite.math.worker import EXIT_MEMORY, HEAP_LIMIT_BYTES, TIME_LIMIT_S
from xaisite.model.math import Formula

_HERE = Path(__file__).resolve().parent
SHIM = _HERE / "shim.js"

Answer = dict[str, Any]
"""`html` (None: failed), `problems`, `after` (macros, when asked for)."""


class KatexProcess:
    """A worker process, its pipes and a lock; use as a context manager or call `close`."""

    def __init__(self, assets: KatexAssets | None = None) -> None:
        self._assets = assets
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0
        self._lock = Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def is_running(self) -> bool:
        """Whether V8 was started by this very process."""
        return self._process is not None and self._owner == os.getpid()

    def close(self) -> None:
        """End the worker. It is started again if formulas come."""
        process, self._process = self._process, None
        if process is None:
            return
        if self._owner != os.getpid():  # the parent's: let go of our copies of the pipes, no more
            _forget(process)
            return
        process.kill()
        _close_pipes(process)
        process.wait()

    def typeset(self, formulas: Sequence[Formula], macros: str, *, wants_macros: bool = False) -> list[Answer]:
        """Typeset each formula under ``macros`` (JSON of a macro state), independently of each other."""
        if self._owner != os.getpid():
            self.close()
            self._lock = Lock()  # the parent's may have been held when it forked
        with self._lock:
            answers: list[Answer] = []
            while len(answers) < len(formulas):
                answers += self._exchange(formulas[len(answers) :], macros, wants_macros)
            return answers

    def _exchange(self, formulas: Sequence[Formula], macros: str, wants_macros: bool) -> list[Answer]:
        """Return at least one answer: those up to the first formula that killed the worker, with that one's."""
        process = self._start() if self._process is None else self._process
        assert process.stdin is not None
        assert process.stdout is not None
        texts = [(f.tex, f.display) for f in formulas]
        batch = {"macros": json.loads(macros), "wants_macros": wants_macros, "formulas": texts}
        answers: list[Answer] = []
        try:
            process.stdin.write(json.dumps(batch).encode() + b"\n")
            process.stdin.flush()
        except BrokenPipeError:
            self._bury(process)
            return self._exchange(formulas, macros, wants_macros)
        for formula in formulas:
            line = process.stdout.readline()
            if not line.endswith(b"\n"):
                return [*answers, _death_answer(formula, self._bury(process))]
            answers.append(json.loads(line))
        return answers

    def _start(self) -> subprocess.Popen[bytes]:
        assets = self._assets = self._assets or load_assets()
        command = [sys.executable, "-P", str(_HERE / "worker.py"), *map(str, (assets.script, assets.chemistry, SHIM))]
        # A session of its own: Ctrl-C ends the build, and the build ends the worker.
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True)
        self._process, self._owner = process, os.getpid()
        assert process.stdin is not None
        assert process.stdout is not None
        probe = {"macros": {}, "wants_macros": False, "formulas": [("x", False)]}
        try:
            process.stdin.write(json.dumps(probe).encode() + b"\n")
            process.stdin.flush()
            ready = process.stdout.readline()
        except BrokenPipeError:
            ready = b""
        if not ready:
            code = self._bury(process)
            raise MachineError(
                f"the KaTeX process does not start (exit {code}): is `mini-racer` installed for this Python?"
            )
        return process

    def _bury(self, process: subprocess.Popen[bytes]) -> int:
        """Wait for a worker that ended its output, and return its exit code."""
        _close_pipes(process)
        try:
            code = process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            process.kill()
            code = process.wait()
        self._process = None
        return code


def _close_pipes(process: subprocess.Popen[bytes]) -> None:
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with suppress(BrokenPipeError):
                pipe.close()


def _forget(process: subprocess.Popen[bytes]) -> None:
    """Drop a process of which we are not the parent, without waiting for it."""
    _close_pipes(process)
    process.returncode = 0  # Popen would warn that it is still running


def _death_answer(formula: Formula, code: int) -> Answer:
    # Which limit is met first is chance; the message must not be.
    limits = f"typesetting it takes more than a formula may ({TIME_LIMIT_S:g} s, {HEAP_LIMIT_BYTES >> 20} MB)"
    is_limit = code in (-signal.SIGPROF, -signal.SIGALRM, EXIT_MEMORY)
    message = limits if is_limit else f"typesetting it crashes the engine (exit {code})"
    problem = ["too-costly", message, 0, len(formula.tex), "simplify it, or split it into several formulas"]
    return {"html": None, "problems": [problem], "after": None, "died": True}
