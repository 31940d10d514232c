"""A sure end of a process and all that it started.

Invariant: afterwards none of them runs, whatever they do to prevent it.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time

from xaisite.run.descendants import find_descendants, is_gone


def end_tree(pid: int) -> None:
    """Kill a process and all below it; they are stopped first, so that none starts another meanwhile."""
    seen: set[int] = set()
    for _ in range(100):
        fresh = [p for p in find_descendants(pid) if p not in seen]
        if not fresh:
            break
        for other in fresh:
            send_signal(other, signal.SIGSTOP)
        seen.update(fresh)
    for other in seen:
        send_signal(other, signal.SIGKILL)
    send_signal(pid, signal.SIGKILL)


def send_signal(pid: int, number: signal.Signals = signal.SIGKILL) -> None:
    """Send a signal; a process that is gone, or that is not ours, is no error."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, number)


def wait_until_gone(pid: int, limit_s: float = 0.5) -> None:
    """Wait until a process that was killed has given its memory back."""
    end = time.monotonic() + limit_s
    while not is_gone(pid) and time.monotonic() < end:
        time.sleep(0.002)
