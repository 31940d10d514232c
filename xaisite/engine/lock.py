"""One writer at a time per site."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from xaisite.core.errors import MachineError


@contextlib.contextmanager
def hold_lock(state: Path) -> Iterator[None]:
    """Hold the site's build lock; wait for another build to end. Raises ``MachineError`` where there can be none."""
    try:
        state.mkdir(parents=True, exist_ok=True)
        handle = os.open(state / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as problem:
        raise MachineError(f"cannot keep state in {state}: {problem.strerror}") from problem
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
