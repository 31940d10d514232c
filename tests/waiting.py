"""Waiting for what another process does, with an end."""

from __future__ import annotations

import time
from collections.abc import Callable


def wait_for(truth: Callable[[], bool], seconds: float = 10.0) -> bool:
    """Return whether it came true in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if truth():
            return True
        time.sleep(0.05)
    return False
