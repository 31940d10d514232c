"""One traversal of a value: what a later cell could tell apart goes into the digest.

Does not know arrays, code or objects itself (`walkarrays`, `walkcode`, `walkobjects`). Invariant: mutable objects are
numbered in the order of their visit; a second visit is a back reference.
"""

from __future__ import annotations

import gc
import sys
import types
from collections import deque
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from xaisite.session.identity import identity_of
from xaisite.session.pieces import PieceDigest
from xaisite.session.plain import NotPlainError, root_of
from xaisite.session.walkarrays import visit_array, visit_tensor
from xaisite.session.walkcode import (
    visit_builtin,
    visit_cell,
    visit_class,
    visit_code_object,
    visit_function,
    visit_generator,
    visit_method,
    visit_property,
    visit_wrapped,
)
from xaisite.session.walkobjects import OPAQUE_ROOTS, give_up_library, visit_foreign_object, visit_own_object

if TYPE_CHECKING:
    from xaisite.session.valuedigest import Digester

_ATOMS = (type(None), bool, int, float, complex, str, bytes, type(Ellipsis), type(NotImplemented), range)


class Walk:
    """One traversal. Mutable objects are numbered in order of visit; a second visit is a back reference."""

    def __init__(self, owner: Digester, name: str) -> None:
        self.hash = PieceDigest(owner.pieces)
        self.refs: set[str] = set()
        self.packages: set[str] = set()
        self.opaque = False
        self.owner = owner
        self.name = name
        self.seen: dict[int, int] = {}
        self.has_secrets = bool(owner.secrets)

    def give_up(self, why: str) -> None:
        """Count this value as one that cannot be compared."""
        self.opaque = True
        self.put("opaque", why)

    def visit(self, value: Any) -> None:
        """Put a value into the digest, with all that it reaches."""
        kind = type(value)
        if kind in _ATOMS:
            self._atom(kind, value)
            return
        at = self.seen.get(identity_of(value))
        if at is not None:
            self.put("back", str(at))
            return
        self.owner.count += 1
        if self.owner.count > self.owner.most:
            self.needs_fork("many objects: what is noted of them would stay in this process's memory")
            self.give_up("many")
            return
        self.seen[identity_of(value)] = number = len(self.seen)
        self.owner.kept.append(value)  # its id must not be reused
        if kind is not tuple and kind is not frozenset:
            self.share(value, number)
        visitor = _VISITORS.get(kind)
        if visitor is not None:
            visitor(self, value)
        elif issubclass(kind, type):
            visit_class(self, value)
        else:
            self._other(kind, value)

    def needs_fork(self, why: str) -> None:
        """Note that going on could change what is looked at (raises ``NotPlainError`` in the session itself)."""
        if self.owner.plainly:
            raise NotPlainError(why)

    def share(self, value: Any, number: int) -> None:
        """Note that this name reaches an object."""
        self.owner.shares.setdefault(identity_of(value), []).append((self.name, number))

    def put(self, *parts: str) -> None:
        """Put texts into the digest, each with its length."""
        for part in parts:
            self.hash.put(part)

    def _atom(self, kind: type, value: Any) -> None:
        if self.has_secrets and kind in (str, bytes):
            names = self.owner.secrets
            value = names.name_text(value) if kind is str else names.name_bytes(value)
        if kind is bytes:
            self.put("bytes", str(len(value)))
            self.hash.update(value)
        elif kind is str:
            self.put("str", value)
        else:
            self.hash.put(f"int {value:x}" if kind is int else f"{kind.__name__} {value!r}")

    def sequence(self, value: Any) -> None:
        """Put items in their order."""
        self.put(type(value).__name__, str(len(value)))
        for item in list(value):
            self.visit(item)

    def mapping(self, value: Any) -> None:
        """Put keys and values in their order."""
        self.put(type(value).__name__, str(len(value)))
        for key, item in list(value.items()):
            self.visit(key)
            self.visit(item)

    def buffer(self, value: Any) -> None:
        """Put bytes that can be changed."""
        named = self.owner.secrets.name_bytes(bytes(value))
        self.put(type(value).__name__, str(len(named)))
        self.hash.update(named)

    def module(self, value: Any) -> None:
        """Put a module by its name."""
        self.put("module", value.__name__)
        self.packages.add(value.__name__.partition(".")[0])

    def proxy(self, value: Any) -> None:
        """Put the dictionary behind a read-only view."""
        self.put("mappingproxy")
        for inner in gc.get_referents(value):
            self.visit(inner)

    def package(self, module: str) -> None:
        """Note that the value comes from a package."""
        if module not in ("__main__", "None", "builtins"):
            self.packages.add(module.partition(".")[0])

    def _other(self, kind: type, value: Any) -> None:
        root = root_of(kind)
        if root == "numpy" and isinstance(value, sys.modules["numpy"].ndarray):
            visit_array(self, value)
        elif root == "torch" and isinstance(value, sys.modules["torch"].Tensor):
            visit_tensor(self, value)
        elif root in OPAQUE_ROOTS:
            give_up_library(self, root, f"{kind.__module__}.{kind.__qualname__}")
        elif kind.__module__ == "__main__":
            visit_own_object(self, kind, value)
        else:
            visit_foreign_object(self, kind, value)


_VISITORS: Mapping[type, Any] = {
    list: Walk.sequence,
    tuple: Walk.sequence,
    set: Walk.sequence,
    frozenset: Walk.sequence,
    deque: Walk.sequence,
    dict: Walk.mapping,
    bytearray: Walk.buffer,
    types.ModuleType: Walk.module,
    types.FunctionType: visit_function,
    types.MethodType: visit_method,
    types.BuiltinFunctionType: visit_builtin,
    types.CellType: visit_cell,
    types.CodeType: visit_code_object,
    types.MappingProxyType: Walk.proxy,
    property: visit_property,
    staticmethod: visit_wrapped,
    classmethod: visit_wrapped,
    types.GeneratorType: visit_generator,
    types.CoroutineType: visit_generator,
    types.AsyncGeneratorType: visit_generator,
}
