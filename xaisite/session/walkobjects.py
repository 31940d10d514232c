"""Digests of objects: instances of the author's classes, and those of libraries as far as they can be taken apart.

Never calls a method of the author. Invariant: what cannot be taken apart is opaque, and follows what it refers to for
sharing; values of a library that is not looked into may all reach one another.
"""

from __future__ import annotations

import copyreg
import gc
import types
from collections import deque
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from xaisite.session.plain import require_plain, require_plain_class

if TYPE_CHECKING:
    from xaisite.session.valuewalk import Walk


OPAQUE_ROOTS: Mapping[str, str] = {
    **{name: name for name in ("sqlite3", "socket", "ctypes", "weakref", "tkinter")},
    **dict.fromkeys(("matplotlib", "mpl_toolkits"), "matplotlib"),
    **dict.fromkeys(("_thread", "threading", "subprocess", "asyncio", "concurrent", "multiprocessing"), "processes"),
    **dict.fromkeys(("numba", "llvmlite"), "numba"),
}
"""Libraries whose values are not looked into, and the group within which these may reach one another."""


def visit_own_object(walk: Walk, kind: type, value: Any) -> None:
    """Visit an instance of an author's class: class, dictionary, slots, built-in contents; never call it."""
    if walk.owner.plainly:
        require_plain_class(kind)
    walk.put("object")
    walk.visit(kind)
    state = _instance_dict(value)
    if state is not None:
        walk.visit(state)
    for base in kind.__mro__:
        for slot in _slots(base):
            try:
                item = base.__dict__[slot].__get__(value, kind)
            except (AttributeError, KeyError):
                walk.put("unset", slot)
                continue
            walk.put(slot)
            walk.visit(item)
    _builtin_content(walk, kind, value)


def _builtin_content(walk: Walk, kind: type, value: Any) -> None:
    for base in kind.__mro__[1:]:
        if base in (list, tuple, set, frozenset, deque):
            walk.put(base.__name__)
            for item in base.__iter__(value):
                walk.visit(item)
            return
        if base is dict:
            walk.put("dict")
            for key in dict.__iter__(value):
                walk.visit(key)
                walk.visit(dict.__getitem__(value, key))
            return
        if base in (int, float, complex, str, bytes):
            walk.put(base.__name__, walk.owner.secrets.name_text(base.__repr__(value)))
            return
        if base is BaseException:
            walk.visit(value.args)
            return
        if base.__module__ not in ("__main__", "builtins", "abc", "typing", "collections.abc", "enum"):
            _foreign_part(walk, base, value)
            return


def _foreign_part(walk: Walk, base: type, value: Any) -> None:
    walk.package(base.__module__)
    root, why = base.__module__.partition(".")[0], f"subclass of {base.__module__}.{base.__qualname__}"
    if root in OPAQUE_ROOTS:
        give_up_library(walk, root, why)
    elif "__reduce__" in vars(base) or "__reduce_ex__" in vars(base):
        walk.give_up(why)
    elif not isinstance(getattr(value, "__dict__", None), dict):
        walk.give_up("no dictionary")


def visit_foreign_object(walk: Walk, kind: type, value: Any) -> None:
    """Put an object of a library, taken apart as for pickling."""
    walk.package(kind.__module__)
    reducer = copyreg.dispatch_table.get(kind)
    if walk.owner.plainly:
        require_plain(kind, reducer)
    try:
        reduced = reducer(value) if reducer else value.__reduce_ex__(4)
    except RecursionError:
        raise
    except BaseException:  # noqa: BLE001  # what refuses to be taken apart is opaque
        visit_opaque(walk, value)
        return
    if isinstance(reduced, str):
        walk.put("global", kind.__module__, reduced)
        return
    walk.owner.kept.append(reduced)
    walk.put("reduced", f"{kind.__module__}.{kind.__qualname__}")
    function, arguments, state, items, pairs = (*reduced, None, None, None)[:5]
    for part in (function, arguments, state, list(items) if items else None, list(pairs) if pairs else None):
        walk.owner.kept.append(part)
        walk.visit(part)


def visit_opaque(walk: Walk, value: Any) -> None:
    """Give up on what cannot be compared; follow what it refers to, for sharing."""
    walk.give_up(type(value).__name__)
    for inner in gc.get_referents(value):
        if not isinstance(inner, (types.ModuleType, types.FrameType)) and inner is not walk.owner.namespace:
            walk.visit(inner)


def give_up_library(walk: Walk, root: str, why: str) -> None:
    """Give up on a value of a library that is not looked into: all its values may reach one another."""
    walk.package(root)
    walk.owner.shares.setdefault(f"any {OPAQUE_ROOTS[root]}", []).append((walk.name, -1))
    walk.give_up(why)


def _instance_dict(value: Any) -> dict[str, Any] | None:
    try:
        found = object.__getattribute__(value, "__dict__")
    except AttributeError:
        return None
    return found if type(found) is dict else None


def _slots(base: type) -> list[str]:
    slots = vars(base).get("__slots__", ())
    names = [slots] if isinstance(slots, str) else list(slots)
    return [
        n
        for n in names
        if n not in ("__dict__", "__weakref__") and isinstance(vars(base).get(n), types.MemberDescriptorType)
    ]
