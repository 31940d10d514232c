"""Which walls around sessions are missing on this machine, and what that means, in words.

Does not put them up (`session/jail.py` does). Invariant: a wall that does not stand is named.
"""

from __future__ import annotations

from collections.abc import Iterable

_MEANING = {
    "processes": ("cells see your other processes and can signal them", "signals", "cells see your other processes"),
    "mounts": ("cells see all mounted folders, and share `/dev/shm`", "", ""),
    "network": ("cells reach the network", "TCP", "cells reach the network, except by TCP"),
    "process count": ("the number of processes is looked at, not limited", "", ""),
    "writes": ("cells can write wherever you can", "", ""),
}
"""What the lack of a wall means, a wall that does a part of it, and what is left to say then."""


def describe_missing(walls: Iterable[str], *, network: bool) -> tuple[str, ...]:
    """Return what cells can do for want of a wall; ``network``: they are allowed to use it."""
    held = set(walls) | ({"network"} if network else set())
    return tuple(
        weaker if part in held else meaning for name, (meaning, part, weaker) in _MEANING.items() if name not in held
    )
