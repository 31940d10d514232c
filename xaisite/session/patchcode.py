"""Whether a piece of code may change what a library holds, read off its syntax and the values its names have.

Does not run anything. Invariant: when in doubt, it may.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from xaisite.session.settercalls import NotLoaded, find_libraries

_WORDS = frozenset(
    {
        "setattr",
        "delattr",
        "patch",
        "__dict__",
        "vars",
        "modules",
        "reload",
        "exec",
        "eval",
        "__setattr__",
        "register",
        "builtins",
    }
)
_CHANGING = frozenset(
    {
        "append",
        "extend",
        "insert",
        "pop",
        "popitem",
        "remove",
        "clear",
        "update",
        "setdefault",
        "add",
        "discard",
        "sort",
    }
)
_OF_MOCK = frozenset({"object", "dict", "multiple", "stopall", "TEST_PREFIX"})
"""What `unittest.mock.patch` has; other things that are called `patch`, as that of a figure, have other attributes."""
CONTAINERS = (dict, list, set)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


@dataclass(frozen=True)
class Suspicion:
    """What a piece of code may change."""

    attributes: frozenset[str] = frozenset()
    """Names of attributes that it sets or deletes on something."""
    containers: bool = False
    anything: bool = False
    libraries: frozenset[str] = frozenset()
    """Modules whose functions it asks to remember something."""

    def __bool__(self) -> bool:
        return bool(self.attributes or self.containers or self.anything or self.libraries)

    def __or__(self, other: Suspicion) -> Suspicion:
        return Suspicion(
            self.attributes | other.attributes,
            self.containers or other.containers,
            self.anything or other.anything,
            self.libraries | other.libraries,
        )


NOTHING = Suspicion()
_ANYTHING = Suspicion(anything=True)
_CONTAINER = Suspicion(containers=True)


def find_stores(code: str, namespace: dict[str, Any]) -> tuple[Suspicion, Suspicion]:
    """Return what foreign objects the code may change: all of it, and the functions it defines alone."""
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError):
        return _ANYTHING, _ANYTHING
    names = {**namespace, **dict(_imported(tree))}
    excused = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute) and _is_of_no_mock(node)}
    inside = {id(part) for node in ast.walk(tree) if isinstance(node, _FUNCTIONS) for part in ast.walk(node)}
    whole = nested = NOTHING
    for node in ast.walk(tree):
        found = NOTHING if id(node) in excused else _suspect(node, names)
        if isinstance(node, (ast.Call, ast.FunctionDef, ast.ClassDef)):
            calls = [node] if isinstance(node, ast.Call) else node.decorator_list
            libraries: set[str] = set()
            found = found | Suspicion(libraries=frozenset(libraries.union(*(find_libraries(c, names) for c in calls))))
        if found:
            whole = whole | found
            nested = nested | found if id(node) in inside else nested
    return whole, nested


def _is_of_no_mock(node: ast.Attribute) -> bool:
    """Whether it is `x.patch.y`, and `y` no part of the patcher that libraries for tests have."""
    return isinstance(node.value, ast.Attribute) and node.value.attr == "patch" and node.attr not in _OF_MOCK


def _suspect(node: ast.AST, names: dict[str, Any]) -> Suspicion:
    if isinstance(node, ast.Attribute):
        if not isinstance(node.ctx, ast.Load):
            own = isinstance(node.value, ast.Name) and node.value.id == "self"
            return NOTHING if own else Suspicion(frozenset({node.attr}))
        if node.attr in _WORDS:
            return _ANYTHING if node.attr != "register" or not find_libraries(node, names) else NOTHING
        return _CONTAINER if _is_foreign_container(node, names) else NOTHING
    if isinstance(node, ast.Subscript):
        stores = (
            not isinstance(node.ctx, ast.Load)
            and isinstance(node.value, (ast.Attribute, ast.Call))
            and not _is_parameters(node.value, names)
        )
        return _CONTAINER if stores else NOTHING
    if isinstance(node, ast.Call):
        function = node.func
        changes = isinstance(function, ast.Attribute) and function.attr in _CHANGING
        return _CONTAINER if changes and isinstance(function.value, ast.Call) else NOTHING  # type: ignore[attr-defined]
    if isinstance(node, ast.alias):
        return _ANYTHING if node.name.partition(".")[0] in ("builtins", "unittest", "modules") else NOTHING
    if isinstance(node, ast.Name):
        return _ANYTHING if node.id in _WORDS else _CONTAINER if _is_imported_container(node.id, names) else NOTHING
    return NOTHING


def _is_foreign_container(node: ast.Attribute, names: dict[str, Any]) -> bool:
    """Whether `a.b.c`, which begins at a module or at an object of a library, is a list, dictionary or set."""
    path: list[str] = []
    at: ast.expr = node
    while isinstance(at, ast.Attribute):
        path.append(at.attr)
        at = at.value
    if not isinstance(at, ast.Name):
        return False
    value: Any = names.get(at.id)
    if not isinstance(value, ModuleType):
        return False
    for name in reversed(path):
        value = _member(value, name)
        if value is None:
            return False
    return is_container(value)


def _is_parameters(node: ast.expr, names: dict[str, Any]) -> bool:
    """Whether it is `mpl.rcParams` or `plt.rcParams`, which are read out as they are."""
    if not isinstance(node, ast.Attribute) or not isinstance(node.value, ast.Name):
        return False
    return type(_member(names.get(node.value.id), node.attr)).__name__ == "RcParams"


def is_container(value: Any) -> bool:
    """Whether it is a list, a dictionary or a set that a cell may fill (the parameters of matplotlib are known)."""
    kind = type(value)
    return kind in CONTAINERS or (issubclass(kind, CONTAINERS) and kind.__name__ != "RcParams")


def _is_imported_container(name: str, names: dict[str, Any]) -> bool:
    return isinstance(names.get(name), _Imported)


class _Imported:
    """A list, dictionary or set that this code imports by name."""


def _imported(tree: ast.Module) -> Iterator[tuple[str, Any]]:
    """Yield the names that the code imports, with what they stand for where it is loaded already."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                name = alias.name if alias.asname else alias.name.partition(".")[0]
                yield alias.asname or name, sys.modules.get(name) or NotLoaded(name)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            name = node.module or ""
            module = sys.modules.get(name)
            for alias in node.names:
                value = _member(module, alias.name) or sys.modules.get(f"{name}.{alias.name}")
                value = NotLoaded(name) if module is None else value
                yield alias.asname or alias.name, _Imported() if is_container(value) else value


def _member(value: Any, name: str) -> Any:
    """Return an attribute that lies in the object's own dictionary, without asking its class."""
    try:
        return object.__getattribute__(value, "__dict__").get(name)
    except (AttributeError, TypeError):
        return None
