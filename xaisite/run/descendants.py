"""The processes below one, and the memory they use, as the kernel tells.

Does not signal them. Invariant: a process that ends meanwhile is no error.
"""

from __future__ import annotations

import os

from xaisite.run.memory import share_of_memory


def find_descendants(pid: int, *, at_most: int = 5000) -> list[int]:
    """Return a process and all below it (no more than ``at_most`` and a few)."""
    found: list[int] = []
    waiting = [pid]
    while waiting and len(found) <= at_most:
        at = waiting.pop()
        found.append(at)
        waiting.extend(find_children(at))
    return found


def is_gone(pid: int) -> bool:
    """Return whether a process has ended (a zombie counts as ended)."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
            return file.read().rpartition(")")[2].split()[0] in ("Z", "X")
    except (OSError, IndexError):
        return True


def find_children(pid: int) -> list[int]:
    """Return the processes that a process started and that still run."""
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


def memory_of(pids: list[int], *, at_most: int) -> int:
    """Return the memory of processes in bytes: resident sizes; shared pages counted once only when it matters."""
    resident = sum(map(_resident, pids))
    return resident if resident <= at_most else sum(map(share_of_memory, pids))


def _resident(pid: int) -> int:
    try:
        with open(f"/proc/{pid}/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return 0
