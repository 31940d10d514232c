"""Functions that make the interpreter remember something that cannot be read out again: told, when a cell calls them.

Does not change what they do. Invariant: libraries that call them at work are not blamed on the cell.
"""

from __future__ import annotations

import abc
import codecs
import functools
import sys
from collections.abc import Callable
from typing import Any

from xaisite.session.describe import is_local


def watch_registrars(tell: Callable[[], None]) -> None:
    """Call ``tell`` when a cell, or a module of the site, registers a codec or a virtual subclass."""
    for name in ("register", "unregister", "register_error"):
        setattr(codecs, name, _telling(getattr(codecs, name), tell))
    kind: Any = abc.ABCMeta
    kind.register = _telling(kind.register, tell)


def _telling(plain: Callable[..., Any], tell: Callable[[], None]) -> Callable[..., Any]:
    @functools.wraps(plain)
    def watched(*args: Any, **kwargs: Any) -> Any:
        if _is_of_author(sys._getframe(1).f_globals.get("__name__")):
            tell()
        return plain(*args, **kwargs)

    return watched


def _is_of_author(module: Any) -> bool:
    return module == "__main__" or (
        not str(module).startswith("xaisite.") and module in sys.modules and is_local(sys.modules[module])
    )
