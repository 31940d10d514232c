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

_LOOKS = 3
"""So often nothing new must be found before all are taken to be known."""


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

    They are stopped first, so that none starts another meanwhile; whole groups at once, which no fork escapes. The
    kernel's lists leave some out while others end: what is found later is ended too. ``spared``: children that are left
    alone, with all below them.
    """
    end = time.monotonic() + limit_s
    not_theirs = {0, 1, _group_of(pid), os.getpgrp()}
    known: set[int] = set()
    targets: set[int] = set()
    looks = 0
    while looks < _LOOKS and time.monotonic() < end:
        tops = [child for child in find_children(pid) if child not in spared]
        found = [p for top in tops for p in find_descendants(top) if p not in known and not is_gone(p)]
        new = {_group_or_process(p, not_theirs) for p in found}
        for target in new:
            send_signal(target, signal.SIGSTOP)
        known.update(found)
        targets |= new
        looks = 0 if found else looks + 1
        if looks:
            _kill(targets)
    _kill(targets)


def end_all_below_this(limit_s: float = 10.0) -> None:
    """End all processes below this one, which collects orphans, and wait until the kernel says that none is left."""
    end = time.monotonic() + limit_s
    while _has_children() and time.monotonic() < end:
        end_below(os.getpid(), limit_s=1.0)
        time.sleep(0.001)


def _has_children() -> bool:
    """Whether a child of this process still runs (one that has ended is collected)."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return False
    return True


def _group_or_process(pid: int, not_theirs: set[int]) -> int:
    """Return whom to signal: the whole group of a process (as a negative number), unless others are in it."""
    group = _group_of(pid)
    return pid if group in not_theirs else -group


def _group_of(pid: int) -> int:
    """Return the process group of a process (its own number if it is gone)."""
    try:
        return os.getpgid(pid)
    except OSError:
        return pid


def _kill(targets: set[int]) -> None:
    while targets:
        send_signal(targets.pop())


def send_signal(pid: int, number: signal.Signals = signal.SIGKILL) -> None:
    """Send a signal; a process that is gone, or that is not ours, is no error."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, number)


def wait_until_gone(pid: int, limit_s: float = 0.5) -> None:
    """Wait until a process that was killed has given its memory back."""
    end = time.monotonic() + limit_s
    while not is_gone(pid) and time.monotonic() < end:
        time.sleep(0.002)
