"""Times in which Python does not look for garbage.

Does not collect. Invariant: afterwards it looks as often as before, unless somebody has asked for something else.
"""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator


@contextlib.contextmanager
def uncollected() -> Iterator[None]:
    """Do not look for garbage meanwhile: it takes a fifth of the time in which libraries load."""
    given = gc.get_threshold()
    gc.set_threshold(0)
    off = gc.get_threshold()
    try:
        yield
    finally:
        if gc.get_threshold() == off:  # no library has asked for something else
            gc.set_threshold(*given)
