"""Marks of what loaded libraries hold: attributes of modules and classes, contents of lists, dictionaries and sets.

Looks at modules, at their classes and at the objects bound in them, no deeper: registries lie there. Compares
identities, not values. Invariant: looking changes nothing; what libraries fill by themselves while they are used
(caches, submodules) is no change.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass, field
from types import BuiltinFunctionType, BuiltinMethodType, FunctionType, MappingProxyType, MethodType, ModuleType
from typing import Any

from xaisite.session.describe import is_local
from xaisite.session.identity import identity_of
from xaisite.session.patchcode import CONTAINERS, Suspicion, is_container

_SELF_FILLING = frozenset(
    {
        "os._data",
        "sys.modules",
        "sys.path_importer_cache",
        "sys.path",
        "posix.environ",
        "warnings.filters",
        "warnings.onceregistry",
    }
)
_PLAIN = frozenset(
    {str, int, float, bool, bytes, tuple, frozenset, type(None), type(Ellipsis), FunctionType, BuiltinFunctionType}
    | {ModuleType, BuiltinMethodType, MethodType}
)
_ATOMS = (int, float, str, bytes)
_DEEP = 4
_NONE = hash(())
_EVERYTHING = Suspicion(anything=True)
_CACHE_WORDS = re.compile("cache|memo|registry_warn|__warningregistry__", re.IGNORECASE)


class _Roles(dict[type, str]):
    """What a value is to us, by its type; there are a hundred thousand values to look at, of a few types."""

    def __missing__(self, kind: type) -> str:
        if kind in _PLAIN:
            role = "plain"
        elif issubclass(kind, CONTAINERS):
            role = "container"
        else:
            role = "class" if issubclass(kind, type) else "object"
        if kind.__module__ != "__main__":  # a class of the author may be let go of
            self[kind] = role
        return role


_ROLES = _Roles()


@dataclass
class LibraryMarks:
    """How libraries were at one moment."""

    suspicion: Suspicion
    """What is looked at."""
    attributes: dict[str, dict[str, int]] = field(default_factory=dict)
    classes: dict[int, int] = field(default_factory=dict)
    containers: dict[int, int] = field(default_factory=dict)
    deep: dict[int, int] = field(default_factory=dict)
    """What lies within the modules that are asked to remember something."""
    modules: dict[str, Any] = field(default_factory=dict)
    """What `sys.modules` held, where anything may be changed."""
    _seen: set[int] = field(default_factory=set)

    def differs_from(self, before: LibraryMarks) -> bool:
        """Whether anything that was there before is not as it was."""
        return (
            any(now != before.containers.get(key, now) for key, now in self.containers.items())
            or any(now != before.deep.get(key, now) for key, now in self.deep.items())
            or any(now != before.classes.get(key, now) for key, now in self.classes.items())
            or any(_attributes_differ(name, old, self.attributes.get(name)) for name, old in before.attributes.items())
            or _modules_differ(before.modules, self.modules)
        )


def scan_libraries(suspicion: Suspicion) -> LibraryMarks:
    """Look at all loaded libraries, as far as there is reason to."""
    marks = LibraryMarks(suspicion, modules=dict(sys.modules) if suspicion.anything else {})
    scan_new(marks)
    return marks


def scan_new(marks: LibraryMarks) -> None:
    """Look at the libraries that were not loaded when ``marks`` were made."""
    suspicion = marks.suspicion
    roots = {name.partition(".")[0] for name in suspicion.libraries}
    looks_inside = suspicion.containers or suspicion.anything
    for name, module in list(sys.modules.items()):
        is_asked = name.partition(".")[0] in roots
        if not (is_asked or looks_inside or suspicion.attributes) or name in marks.attributes:
            continue
        if not is_library(name, module):
            continue
        if is_asked or looks_inside:
            _scan_module(marks, name, vars(module), _EVERYTHING if is_asked else suspicion)
        else:
            marks.attributes[name] = _ids_of(vars(module), suspicion)
        if name in suspicion.libraries:
            _scan_deep(marks, name, vars(module))
    if suspicion.attributes and not looks_inside:
        _scan_classes(marks)


def scan_containers(known: dict[int, int], done: set[str]) -> None:
    """Add the containers of libraries that are not ``done`` yet."""
    containers = Suspicion(containers=True)
    marks = LibraryMarks(containers)
    for name, module in list(sys.modules.items()):
        if name not in done and is_library(name, module):
            done.add(name)
            _scan_module(marks, name, vars(module), containers)
    for identity, mark in marks.containers.items():
        known.setdefault(identity, mark)


def is_library(name: str, module: Any) -> bool:
    """Whether it is neither the post's own, nor ours, nor a module of the site."""
    return (
        isinstance(module, ModuleType)
        and name != "__main__"
        and not name.startswith("xaisite.session")
        and not is_local(module)
    )


def mark_of(container: Any) -> int:
    """Return a mark of what a list, dictionary or set holds."""
    items = _items(container)
    return hash((len(items), *map(identity_of, items)))


def _items(container: Any) -> Any:
    if isinstance(container, dict):
        return dict.values(container)
    return list(list.__iter__(container) if isinstance(container, list) else set.__iter__(container))


def _scan_module(marks: LibraryMarks, name: str, members: dict[str, Any], suspicion: Suspicion) -> None:
    marks.attributes[name] = _ids_of(members, suspicion)
    for key, value in list(members.items()):
        role = _ROLES[type(value)]
        if role == "plain" or identity_of(value) in marks._seen:
            continue
        marks._seen.add(identity_of(value))
        if role == "container":
            _scan_inner(marks, name, {key: value}, suspicion)
        elif role == "class":  # asking the value itself may run code of the library
            marks.classes[identity_of(value)] = hash(tuple(_ids_of(value.__dict__, suspicion).values()))
            _scan_inner(marks, name, value.__dict__, suspicion)
        else:
            _scan_inner(marks, name, _plain_dict(value), suspicion)


def _scan_classes(marks: LibraryMarks) -> None:
    """Look for the attributes in all classes: that takes less than to look for the classes in all modules."""
    found: list[type] = [object]
    known = {identity_of(object)}
    subclasses = type.__subclasses__
    for kind in found:
        of_this: list[type] = subclasses(kind)
        for inner in of_this:
            if identity_of(inner) not in known:
                known.add(identity_of(inner))
                found.append(inner)
    names = marks.suspicion.attributes
    for kind in found:
        members = kind.__dict__
        if not names.isdisjoint(members) and _is_of_library(kind):
            marks.classes.setdefault(identity_of(kind), hash(tuple(_ids_of(members, marks.suspicion).items())))
    for identity in known:
        marks.classes.setdefault(identity, _NONE)


def _is_of_library(kind: type) -> bool:
    module = sys.modules.get(str(kind.__module__))
    return module is None or is_library(str(kind.__module__), module)


def _scan_inner(marks: LibraryMarks, name: str, members: Any, suspicion: Suspicion) -> None:
    if not suspicion.containers and not suspicion.anything:
        return
    for key, value in list(members.items()):
        if _ROLES[type(value)] == "container" and is_container(value) and not _fills_itself(name, key):
            marks.containers[identity_of(value)] = mark_of(value)


def _scan_deep(marks: LibraryMarks, name: str, members: dict[str, Any]) -> None:
    """Look into the values of a module, and into those within."""
    waiting = [(key, value, _DEEP) for key, value in members.items()]
    done: set[int] = set()
    while waiting:
        key, value, depth = waiting.pop()
        if type(value) in _ATOMS or identity_of(value) in done or _fills_itself(name, key):
            continue
        done.add(identity_of(value))
        inner = _inside(value)
        if inner is None:
            continue
        marks.deep[identity_of(value)] = hash(
            tuple(hash(v) if type(v) in _ATOMS else identity_of(v) for v in inner.values())
        )
        if depth:
            waiting += [(k, v, depth - 1) for k, v in inner.items()]


def _inside(value: Any) -> dict[Any, Any] | None:
    """Return what a container or a plain object holds (None: it is neither)."""
    kind = type(value)
    if kind is FunctionType:  # of `singledispatch`
        value = getattr(value, "registry", None)
        return dict(value) if type(value) is MappingProxyType else None
    if (kind in _PLAIN and kind is not tuple) or issubclass(kind, (type, ModuleType)):
        return None
    if issubclass(kind, dict):
        return dict(dict.items(value)) if is_container(value) else None
    if issubclass(kind, (list, tuple)):
        return dict(enumerate(kind.__iter__(value)))
    if issubclass(kind, (set, frozenset)):
        return {identity_of(item): item for item in set.__iter__(value)} if kind is set else None
    return _plain_dict(value)


def _ids_of(members: Any, suspicion: Suspicion) -> dict[str, int]:
    if suspicion.anything:
        return dict(zip(members, map(identity_of, members.values()), strict=True))
    return {key: identity_of(members[key]) for key in suspicion.attributes if key in members}


def _plain_dict(value: Any) -> dict[str, Any]:
    """Return an object's dictionary without asking its class."""
    try:
        found = object.__getattribute__(value, "__dict__")
    except (AttributeError, TypeError):
        return {}
    return found if type(found) is dict else {}


def _fills_itself(module: str, key: Any) -> bool:
    return _CACHE_WORDS.search(str(key)) is not None or f"{module}.{key}" in _SELF_FILLING


def _attributes_differ(name: str, before: dict[str, int], now: dict[str, int] | None) -> bool:
    if now is None or now == before:
        return False
    changed = [key for key in {*before, *now} if before.get(key) != now.get(key)]
    return not all(_loads_itself(name, key) for key in changed)


def _modules_differ(before: dict[str, Any], now: dict[str, Any]) -> bool:
    """Whether a module was taken away, exchanged or made by hand; the post's own are compared by what they hold."""
    if not before:
        return False
    other = [module for name, module in before.items() if now.get(name) is not module]
    made = [m for name, m in now.items() if name not in before and _plain_dict(m).get("__spec__") is None]
    return not all(is_local(module) for module in (*other, *made))


def _loads_itself(name: str, key: str) -> bool:
    """Whether an attribute is a module that a library loaded when it needed it."""
    value = getattr(sys.modules.get(name), "__dict__", {}).get(key)
    if not isinstance(value, ModuleType) or sys.modules.get(value.__name__) is not value:
        return False
    return value.__name__ == f"{name}.{key}" or key.startswith("_")
