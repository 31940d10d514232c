"""Lets numba keep what it compiles of a cell's functions (`cache=True`), as it does for those of a notebook.

It is kept in the session's own folder and ends with it: numba does not look at the globals that a function uses.
"""

from __future__ import annotations

import os
from typing import Any


def adjust_numba(caching: Any) -> None:
    """Make numba find a place for functions of cells; ``caching`` is ``numba.core.caching``."""
    base: Any = _find(caching, "IPythonCacheLocator")
    kind: Any = _find(caching, "CacheImpl")
    if base is None or not hasattr(kind, "_locator_classes"):
        return

    class CellCacheLocator(base):  # type: ignore[misc]
        def get_cache_path(self) -> str:
            return os.path.join(os.environ["NUMBA_CACHE_DIR"], "cells")

        @classmethod
        def from_function(cls, py_func: Any, py_file: str) -> Any:
            if not py_file.startswith("<cell "):
                return None
            found = cls(py_func, py_file)
            found.ensure_cache_path()
            return found

    kind._locator_classes = [*kind._locator_classes, CellCacheLocator]


def _find(module: Any, name: str) -> Any:
    """Return a class of the module, which older versions call private."""
    return getattr(module, name, None) or getattr(module, f"_{name}", None)
