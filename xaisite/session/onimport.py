"""Small adjustments to libraries at the moment they are first imported: seeds, deterministic output, display.

Does not import anything by itself. Invariant: each adjustment is made once, as soon as the library is loaded, and none
changes a result other than by making it repeatable.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any


class ImportAdjuster:
    """Runs an action when a module has been loaded."""

    def __init__(self, actions: dict[str, Callable[[Any], None]]) -> None:
        self._waiting = dict(actions)

    def check(self) -> None:
        """Run the actions of modules that are there by now."""
        if not self._waiting:
            return
        for name in list(self._waiting):
            module = sys.modules.get(name)
            if module is not None and _is_loaded(module):
                action = self._waiting.pop(name, None)  # an action may import, and so come here again
                if action is not None:
                    action(module)


def _is_loaded(module: Any) -> bool:
    spec = getattr(module, "__spec__", None)
    return not getattr(spec, "_initializing", False)
