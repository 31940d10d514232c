"""Notices that a cell changed a library: a function replaced, a class patched, a registry filled.

Compares identities before and after, and only when the code could do such a thing, for looking costs tens of
milliseconds. Does not undo anything. Invariant: a rebound attribute of a loaded module or of its classes is noticed
when the cell, or a function that an earlier cell defined, stores to attributes.
"""

from __future__ import annotations

import ast
import sys
from typing import Any

from xaisite.session.describe import is_local

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
_Marks = dict[object, int]


class PatchWatch:
    """Looks before and after each cell that might patch something."""

    def __init__(self) -> None:
        self.functions_may = False
        self._before: _Marks | None = None

    def begin(self, codes: list[str], namespace: dict[str, Any]) -> None:
        """Look, if the code may patch something."""
        direct = self.functions_may
        for code in codes:
            at_top, in_functions = _stores(code, namespace)
            direct = direct or at_top or in_functions
            self.functions_may = self.functions_may or in_functions
        self._before = scan_libraries() if direct else None

    def found(self) -> bool:
        """Whether a library is not as it was."""
        before, self._before = self._before, None
        if before is None:
            return False
        now = scan_libraries()
        return any(now.get(key, mark) != mark for key, mark in before.items())


def scan_libraries() -> _Marks:
    """Return a mark of the attributes of every loaded library module, of its classes, and of its containers' sizes."""
    marks: _Marks = {}
    for name, module in list(sys.modules.items()):
        members = getattr(module, "__dict__", None)
        if (
            not isinstance(members, dict)
            or name == "__main__"
            or name.startswith("xaisite.session")
            or is_local(module)
        ):
            continue
        marks[name] = hash(tuple(map(id, members.values())))
        for value in list(members.values()):
            if isinstance(value, type):
                marks[id(value)] = hash(tuple(map(id, value.__dict__.values())))
            elif type(value) in (dict, list, set):
                marks[id(value)] = len(value)
    return marks


def _stores(code: str, namespace: dict[str, Any]) -> tuple[bool, bool]:
    """Say whether the code may change foreign objects: at its top level, and in functions it defines."""
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError):
        return True, True
    inside = {
        id(part)
        for node in ast.walk(tree)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
        for part in ast.walk(node)
    }
    top = nested = False
    for node in ast.walk(tree):
        if _may_patch(node, namespace):
            if id(node) in inside:
                nested = True
            else:
                top = True
    return top, nested


def _may_patch(node: ast.AST, namespace: dict[str, Any]) -> bool:
    if isinstance(node, ast.Attribute):
        if not isinstance(node.ctx, ast.Load):
            return not (isinstance(node.value, ast.Name) and node.value.id == "self")
        return node.attr in _WORDS or _is_library_container(node, namespace)
    if isinstance(node, ast.Subscript):
        return not isinstance(node.ctx, ast.Load) and isinstance(node.value, ast.Attribute)
    if isinstance(node, ast.alias):
        return node.name.partition(".")[0] in ("builtins", "unittest", "modules")
    return isinstance(node, ast.Name) and node.id in _WORDS


def _is_library_container(node: ast.Attribute, namespace: dict[str, Any]) -> bool:
    """Whether `module.name` is a list, dictionary or set of a library."""
    if not isinstance(node.value, ast.Name):
        return False
    module = namespace.get(node.value.id)
    if module is None or type(module) is not type(sys):
        return False
    return type(vars(module).get(node.attr)) in (list, dict, set)
