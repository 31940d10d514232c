"""Calls by which code asks a library to remember something: `register_…`, `add_…`, `set_…`, and where that may be kept.

Does not run anything, and follows names only as far as they are bound already. Invariant: a call of a function or
method that a module gives away, whose name says that it sets something, names the libraries that may hold it.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Mapping
from types import MethodType, ModuleType
from typing import Any

_VERBS = (
    *("add", "append", "bind", "configure", "define", "deregister", "disable", "enable", "extend", "finalize"),
    *("inject", "insert", "install", "register", "remove", "reset", "set", "textdomain", "uninstall", "unregister"),
    *("unset", "update"),
)
_COVERED = frozenset(
    {
        *("manual_seed", "reset_option", "seed", "set_config", "set_default_device", "set_default_dtype"),
        *("set_default_tensor_type", "set_detect_anomaly", "set_deterministic_debug_mode"),
        *("set_float32_matmul_precision", "set_grad_enabled", "set_num_threads", "set_option", "set_printoptions"),
        *("set_rng_state", "set_state", "set_warn_always", "setbufsize", "setcontext", "setdefaulttimeout", "seterr"),
        *(
            "set_cmap",
            "seterrcall",
            "setlocale",
            "setp",
            "setrecursionlimit",
            "setstate",
            "use_deterministic_algorithms",
        ),
    }
)
"""What these set is read out again (`ambient`, `processsettings`), and need not be looked for."""
_COVERED_MODULES = frozenset(
    {"builtins", "gc", "matplotlib.style", "operator", "os", "posix", "random", "signal", "sys", "time", "warnings"}
)
_COVERED_LIBRARIES = frozenset({"numpy", "torch"})
"""Of these only `register_…` counts: `np.add` and `torch.addmm` compute, and what they can be set to is known."""


class NotLoaded:
    """A module that the code imports and that is not there yet, or something in it."""

    def __init__(self, module: str) -> None:
        self.module = module


def find_libraries(node: ast.Call | ast.expr, names: Mapping[str, Any]) -> frozenset[str]:
    """Return the modules in which a call may leave something behind (none: it does not look like that)."""
    function = node.func if isinstance(node, ast.Call) else node
    path: list[str] = []
    at: ast.expr = function
    while isinstance(at, ast.Attribute):
        path.insert(0, at.attr)
        at = at.value
    if not isinstance(at, ast.Name) or at.id not in names:
        return frozenset()
    chain = [names[at.id]]
    for name in path:
        chain.append(_member(chain[-1], name))
    spelled = path[-1] if path else at.id
    if not _begins_at_library(chain[0]) or not (_sets(spelled) or _sets(getattr(chain[-1], "__name__", ""))):
        return frozenset()
    found = {module for value in chain for module in _modules_behind(value)}
    if found & _COVERED_MODULES or any(type(value).__name__ == "RcParams" for value in chain):
        return frozenset()
    if "register" in spelled or "register" in str(getattr(chain[-1], "__name__", "")):
        return frozenset(found)
    return frozenset(module for module in found if module.partition(".")[0] not in _COVERED_LIBRARIES)


def _sets(name: object) -> bool:
    plain = str(name).lstrip("_")
    return plain not in _COVERED and (plain.lower().startswith(_VERBS) or "register" in plain)


def _begins_at_library(value: Any) -> bool:
    """Whether it is a module, or a class, a function or a method of one."""
    if isinstance(value, (ModuleType, NotLoaded)):
        return True
    named = value if isinstance(value, type) or hasattr(value, "__qualname__") else None
    return named is not None and getattr(named, "__module__", "__main__") not in ("__main__", None)


def _member(value: Any, name: str) -> Any:
    """Return an attribute without running code of the value (None: it is not known)."""
    if isinstance(value, NotLoaded):
        return value
    places: list[Mapping[str, Any]]
    if isinstance(value, type):
        places = [base.__dict__ for kind in (value, type(value)) for base in kind.__mro__]
    else:
        places = [_dictionary(value), *(base.__dict__ for base in type(value).__mro__)]
    found = next((place[name] for place in places if name in place), None)
    return found.__func__ if isinstance(found, (classmethod, staticmethod)) else found


def _dictionary(value: Any) -> dict[str, Any]:
    try:
        found = object.__getattribute__(value, "__dict__")
    except (AttributeError, TypeError):
        return {}
    return found if type(found) is dict else {}


def _modules_behind(value: Any) -> set[str]:
    """Return the names of the modules whose data a value may use."""
    if isinstance(value, NotLoaded):
        return {value.module}
    if isinstance(value, ModuleType):
        return {value.__name__}
    if isinstance(value, MethodType):
        return _modules_behind(value.__self__) | _modules_behind(value.__func__)
    own = value if isinstance(value, type) or hasattr(value, "__qualname__") else type(value)
    plain = getattr(value, "__wrapped__", value)
    found = {getattr(own, "__module__", None), getattr(plain, "__module__", None)} if value is not None else set()
    return {name for name in found if isinstance(name, str) and name in sys.modules}
