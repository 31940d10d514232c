"""The processes below one, as the kernel tells, and a sure end of all of them.

Does not judge them. Invariants: a process that ends meanwhile is no error; after ``end_tree`` none of them runs,
whatever they do to prevent it.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
from typing import Literal


def find_descendants(pid: int, *, at_most: int = 5000) -> list[int]:
    """Return a process and all below it (no more than ``at_most`` and a few)."""
    found: list[int] = []
    waiting = [pid]
    while waiting and len(found) <= at_most:
        at = waiting.pop()
        found.append(at)
        waiting.extend(find_children(at))
    return found


def find_children(pid: int | Literal["self"]) -> list[int]:
    """Return the processes that a process started, or was given when their parent ended, and nobody waited for.

    ``self``: this process, whatever it is called where `/proc` was mounted.
    """
    found: list[int] = []
    try:
        tasks = os.listdir(f"/proc/{pid}/task")
    except OSError:
        return found
    for task in tasks:
        try:
            with open(f"/proc/{pid}/task/{task}/children", encoding="ascii") as file:
                found.extend(map(int, file.read().split()))
        except (OSError, ValueError):
            continue
    return found


def is_gone(pid: int) -> bool:
    """Return whether a process has ended (a zombie counts as ended)."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
            return file.read().rpartition(")")[2].split()[0] in ("Z", "X")
    except (OSError, IndexError):
        return True


def end_tree(pid: int) -> None:
    """Kill a process and all below it."""
    send_signal(pid, signal.SIGSTOP)
    end_below(pid)
    send_signal(pid, signal.SIGKILL)


def end_below(pid: int, spared: frozenset[int] = frozenset(), limit_s: float = 10.0) -> None:
    """Kill all processes below one (they may still be dying afterwards).

    They are stopped first, so that none starts another meanwhile; what starts while the kernel lists them is found the
    next time round. ``spared``: children that are left alone, with all below them.
    """
    end = time.monotonic() + limit_s
    stopped: set[int] = set()
    killed = False
    while time.monotonic() < end:
        tops = [child for child in find_children(pid) if child not in spared]
        found = [p for top in tops for p in find_descendants(top) if p not in stopped and not is_gone(p)]
        for other in found:
            send_signal(other, signal.SIGSTOP)
        stopped.update(found)
        if not found and killed:
            return
        killed = not found
        for other in stopped if killed else ():
            send_signal(other, signal.SIGKILL)


def send_signal(pid: int, number: signal.Signals = signal.SIGKILL) -> None:
    """Send a signal; a process that is gone, or that is not ours, is no error."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, number)


def wait_until_gone(pid: int, limit_s: float = 0.5) -> None:
    """Wait until a process that was killed has given its memory back."""
    end = time.monotonic() + limit_s
    while not is_gone(pid) and time.monotonic() < end:
        time.sleep(0.002)
