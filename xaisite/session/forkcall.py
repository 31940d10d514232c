"""Call a function in a throw-away fork, so that what it touches stays as it was here.

Does not limit time by itself beyond a generous bound. Invariant: the function's effects on this process are none; its
JSON result, or its exception, comes back. With more than one thread a fork could hang, so then it is called in place.
"""

from __future__ import annotations

import contextlib
import os
import select
import sys
import time
import traceback
from collections.abc import Callable
from typing import Any

from xaisite.session.wire import decode_json, encode_json

_BOUND_S = 600.0
_PATIENCE_S = 60.0


class CallFailedError(Exception):
    """The function raised; ``name``, ``message`` and ``trace`` say what."""

    def __init__(self, name: str, message: str, trace: str) -> None:
        super().__init__(f"{name}: {message}")
        self.name = name
        self.message = message
        self.trace = trace


class Pending:
    """A call under way."""

    def __init__(
        self, pid: int, fd: int, done: dict[str, Any] | None = None, *, lingers: bool = False, bound_s: float = _BOUND_S
    ) -> None:
        self.pid = pid
        self._bound_s = bound_s
        self._lingers = lingers
        self.descriptor = fd
        """Where the answer comes from (-1: it is there)."""
        self._done = done

    @classmethod
    def of(cls, value: Any) -> Pending:
        """Return a call whose result is there."""
        return cls(0, -1, {"value": value})

    def wait(self) -> Any:
        """Return the result (raises ``CallFailedError``)."""
        answer = self._done if self._done is not None else self._collect()
        if "error" in answer:
            raise CallFailedError(*answer["error"])
        return answer["value"]

    def _collect(self) -> dict[str, Any]:
        parts = []
        end = time.monotonic() + self._bound_s
        while select.select([self.descriptor], [], [], max(0.0, end - time.monotonic()))[0]:
            part = os.read(self.descriptor, 1 << 20)
            if not part:
                break
            parts.append(part)
        os.close(self.descriptor)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self.pid, os.WNOHANG if self._lingers or time.monotonic() > end else 0)
        try:
            answer: dict[str, Any] = decode_json(b"".join(parts).decode("utf-8", "surrogatepass"))
        except ValueError:
            return {"error": ("ProcessDied", "the helper process died", "")}
        return answer


def single_threaded() -> bool:
    """Whether this process has one thread only."""
    try:
        return len(os.listdir("/proc/self/task")) == 1
    except OSError:
        return False


def start_call(
    function: Callable[[], Any],
    *,
    watched: bool = False,
    then: Callable[[], None] | None = None,
    bound_s: float = _BOUND_S,
) -> Pending:
    """Begin ``function()`` in a fork; ``watched``: what it does is the author's, and recorded.

    ``then`` is called in the fork once the result is on its way; nobody waits for it.
    """
    if not single_threaded():
        return Pending(0, -1, _guarded(function, watched=watched))
    sys.stdout.flush()
    reader, writer = os.pipe()
    pid = plain_fork()
    if pid == 0:
        _serve_call(function, reader, writer, watched=watched, then=then)
    os.close(writer)
    return Pending(pid, reader, lingers=then is not None, bound_s=bound_s)


def plain_fork() -> int:
    """Fork without being noticed as the cell's own doing."""
    import random

    from xaisite.session.observe import quiet

    generator = random._inst
    state = generator.getstate()
    with quiet():
        pid = _fork_at_last()
    if pid == 0:
        generator.setstate(state)  # Python seeds it anew in every child
    return pid


def _fork_at_last() -> int:
    """Fork; where another post's cell has used up all processes that this user may have, wait until it is ended."""
    end = time.monotonic() + _PATIENCE_S
    while True:
        try:
            return os.fork()
        except BlockingIOError:
            if time.monotonic() > end:
                raise
        time.sleep(0.05)


def _serve_call(
    function: Callable[[], Any], reader: int, writer: int, *, watched: bool, then: Callable[[], None] | None
) -> None:
    from xaisite.session.observe import quiet

    status = 1
    try:
        os.close(reader)
        raw = encode_json(_guarded(function, watched=watched)).encode("utf-8", "surrogatepass")
        while raw:
            raw = raw[os.write(writer, raw) :]
        os.close(writer)
        if then is not None:
            with quiet():
                then()
        status = 0
    finally:
        os._exit(status)


def _guarded(function: Callable[[], Any], *, watched: bool) -> dict[str, Any]:
    from xaisite.session.observe import heard, quiet

    try:
        if watched:
            with heard():
                return {"value": function()}
        with quiet():
            return {"value": function()}
    except CallFailedError as error:  # of a fork of the fork
        return {"error": (error.name, error.message, error.trace)}
    except BaseException as error:  # noqa: BLE001  # the answer must say whatever went wrong
        return {"error": (type(error).__name__, str(error), "".join(traceback.format_exception(error)))}
