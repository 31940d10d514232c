"""Heavy libraries, imported by the function that needs them.

What it does: turns a missing library into an :class:`ExplainError` that names the install command.
It deliberately caches nothing: ``sys.modules`` does.
Invariant: importing ``xaisite.explain`` imports none of them.
"""

from __future__ import annotations

import importlib
import warnings
from typing import Any

from xaisite.explain.errors import ExplainError

_EXTRA = {"torch": "deep", "captum": "deep"}


def load_library(name: str) -> Any:
    """Import ``name`` (dotted names too), or say how to install it."""
    try:
        with warnings.catch_warnings():
            # Deprecations inside other people's import code are not the author's to fix.
            warnings.simplefilter("ignore")
            return importlib.import_module(name)
    except ModuleNotFoundError as missing:
        root = (missing.name or name).partition(".")[0]
        extra = _EXTRA.get(root, "explain")
        raise ExplainError(
            f"The library {root!r} is needed here and is not installed.",
            f'install it, for example with: pip install "xaisite[{extra}]".',
        ) from missing
