"""What can be taken apart and pickled in the session itself, and not only in a throw-away fork: plain values.

A fork costs ten milliseconds and makes both processes copy each page they touch after it. Values whose parts belong to
the interpreter and to libraries that are known to look without touching need none. Invariant: nothing of the author's
own is called, no module is looked for or loaded, and what is not known to be plain is left to a fork.
"""

from __future__ import annotations

import importlib
import itertools
import pickle
import re
import sys
from collections.abc import Mapping
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any

PLAIN_ROOTS = frozenset(
    {"builtins", "abc", "array", "collections", "copyreg", "dataclasses", "datetime", "decimal", "enum", "fractions"}
    | {"functools", "math", "numbers", "operator", "pathlib", "random", "re", "statistics", "string", "time", "types"}
    | {"typing", "uuid", "zoneinfo", "_random", "_decimal", "_operator", "_io"}
    | {"numpy", "pandas", "scipy", "sklearn", "shap", "xaisite"}
)
"""Packages whose objects are taken apart without being changed, and without a word or an import (not so PyTorch's)."""
_DRAWING = frozenset({"matplotlib", "mpl_toolkits"})
"""Packages whose objects are not looked into, but are pickled."""
_COUNT = re.compile(r"count\((-?\d+)(?:, (-?\d+))?\)")
_ASKED = ("__class__", "__getattribute__", "__getattr__")


class NotPlainError(Exception):
    """Something that is better done in a fork."""


def root_of(kind: type) -> str:
    """Return the package that a type belongs to."""
    return str(kind.__module__).partition(".")[0]


def require_plain(kind: type, reducer: Any = None) -> None:
    """Raise ``NotPlainError`` unless objects of this type are taken apart by known code alone."""
    if root_of(kind) not in PLAIN_ROOTS:
        raise NotPlainError(kind.__qualname__)
    if reducer is not None and str(getattr(reducer, "__module__", "")).partition(".")[0] not in PLAIN_ROOTS:
        raise NotPlainError(f"a reducer of {kind.__qualname__}")


def require_plain_class(kind: type) -> None:
    """Raise ``NotPlainError`` if an author's class answers itself when its instances are asked for an attribute."""
    for base in kind.__mro__:
        if root_of(base) not in PLAIN_ROOTS and any(name in vars(base) for name in _ASKED):
            raise NotPlainError(base.__qualname__)


class PlainPickler(pickle.Pickler):
    """Pickles plain values only (raises ``NotPlainError``); functions and classes by their names."""

    def reducer_override(self, value: Any) -> Any:
        """Say how a value is taken apart, or that it is not to be."""
        kind = type(value)
        if kind is ModuleType:
            name = value.__name__
            if sys.modules.get(name) is not value:
                raise NotPlainError(name)
            return importlib.import_module, (name,)
        if kind is itertools.count:
            return _take_count_apart(value)
        if kind is FunctionType or issubclass(kind, type) or _is_of_module(value):
            _require_name(value)
        elif root_of(kind) not in PLAIN_ROOTS | _DRAWING or kind.__name__ == "ufunc":
            raise NotPlainError(kind.__qualname__)
        return NotImplemented


def _take_count_apart(value: itertools.count[Any]) -> Any:
    """Reduce a counter, of which every figure has some, without a word: pickling it warns, or fails, from 3.12 on."""
    found = _COUNT.fullmatch(repr(value))
    if found is None:
        raise NotPlainError("count")
    return itertools.count, tuple(int(part) for part in found.groups() if part is not None)


def _is_of_module(value: Any) -> bool:
    return type(value) is BuiltinFunctionType and isinstance(value.__self__, ModuleType)


def _require_name(value: Any) -> None:
    """Raise ``NotPlainError`` unless a function or class is found in a loaded module without a search."""
    module = value.__module__
    if not isinstance(module, str) or module == "__main__":
        raise NotPlainError(value.__qualname__)
    at: Any = sys.modules.get(module)
    for part in value.__qualname__.split("."):
        holder: Mapping[str, Any] = getattr(at, "__dict__", {})
        at = holder.get(part)
    if at is not value and getattr(at, "__func__", None) is not value:
        raise NotPlainError(value.__qualname__)
