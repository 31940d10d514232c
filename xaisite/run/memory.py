"""Free memory, and a gate that lets posts run side by side only as far as it reaches.

Does not limit a session (its own limits do). Invariant: with nothing running, the next may always start.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

USUAL_BYTES = 600 << 20
"""What a post that draws and fits models takes."""
_LOOK_S = 0.2


def free_bytes() -> int:
    """Return how much memory is free for new processes, by the machine and by the container."""
    return min(_machine_bytes(), container_bytes())


def _machine_bytes() -> int:
    try:
        with open("/proc/meminfo", encoding="ascii") as file:
            for line in file:
                if line.startswith("MemAvailable:"):
                    return int(line.split()[1]) * 1024
    except (OSError, ValueError, IndexError):
        pass
    return 1 << 50


def container_bytes(group: str = "/sys/fs/cgroup") -> int:
    """Return what the container (control group) may still take."""
    try:
        with open(f"{group}/memory.max", encoding="ascii") as file:
            limit = int(file.read())
        with open(f"{group}/memory.current", encoding="ascii") as file:
            used = int(file.read())
        with open(f"{group}/memory.stat", encoding="ascii") as file:
            cached = sum(int(size) for name, size in map(str.split, file) if name in ("active_file", "inactive_file"))
        return max(0, limit - used + cached)  # what was read from files is given up when memory is asked for
    except (OSError, ValueError):  # no limit is called `max`
        return 1 << 50


def private_bytes(pid: int) -> int:
    """Return the memory that only this process has: what its end would free."""
    return _sum_of(pid, ("Private_Clean:", "Private_Dirty:"))


def share_of_memory(pid: int) -> int:
    """Return the memory of a process, shared pages counted in parts."""
    return _sum_of(pid, ("Pss:",))


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


def _sum_of(pid: int, fields: tuple[str, ...]) -> int:
    try:
        with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as file:
            return sum(int(line.split()[1]) * 1024 for line in file if line.startswith(fields))
    except (OSError, ValueError, IndexError):
        return 0


class MemoryGate:
    """Holds posts back while memory is short and others run."""

    def __init__(self, free: Callable[[], int] = free_bytes) -> None:
        self._free = free
        self._running = 0
        self._changed = threading.Condition()

    @contextmanager
    def room(self) -> Iterator[None]:
        """Wait until there is room for one more; it is taken until the block ends."""
        with self._changed:
            while self._running and self._free() < USUAL_BYTES:
                self._changed.wait(_LOOK_S)
            self._running += 1
        try:
            yield
        finally:
            with self._changed:
                self._running -= 1
                self._changed.notify_all()
