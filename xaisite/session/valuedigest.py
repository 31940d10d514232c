"""Digests of values: what a later cell could tell apart differs, what it could not is equal.

Does not pickle (a namespace pickles differently after a round trip) and never runs an author's own methods. Runs in a
throw-away fork. Invariant: equal digests mean equal behaviour; what cannot be compared (generators, handles, locks,
foreign state) is marked opaque, and the build counts it as changed by every cell that sees it.
"""

from __future__ import annotations

import copyreg
import gc
import sys
import types
from collections import deque
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

from xaisite.session.secrets import Secrets

_ATOMS = (type(None), bool, int, float, complex, str, bytes, type(Ellipsis), type(NotImplemented), range)
_OPAQUE_ROOTS: Mapping[str, str] = {
    **{name: name for name in ("sqlite3", "socket", "ctypes", "weakref", "tkinter")},
    **dict.fromkeys(("matplotlib", "mpl_toolkits"), "matplotlib"),
    **dict.fromkeys(("_thread", "threading", "subprocess", "asyncio", "concurrent", "multiprocessing"), "processes"),
    **dict.fromkeys(("numba", "llvmlite"), "numba"),
}
"""Libraries whose values are not looked into, and the group within which these may reach one another."""
_SKIPPED_IN_CLASS = frozenset({"__dict__", "__weakref__", "__module__", "__firstlineno__", "__static_attributes__"})
_MOST_OBJECTS = 3_000_000


class NameDigest:
    """What one name reaches."""

    __slots__ = ("digest", "opaque", "packages", "refs")

    def __init__(self, digest: str, refs: set[str], packages: set[str], *, opaque: bool) -> None:
        self.digest = digest
        self.refs = refs
        self.packages = packages
        self.opaque = opaque


class Digester:
    """Digests the names of one namespace, and which of them share mutable objects."""

    def __init__(self, namespace: dict[str, Any], secrets: Secrets) -> None:
        self._namespace = namespace
        self._secrets = secrets
        self._kept: list[Any] = []
        self._buffers: dict[int, bytes] = {}
        self._shares: dict[int | str, list[tuple[str, int]]] = {}
        self._known: set[int] = set()
        self._count = 0

    def digest_names(self, names: list[str]) -> dict[str, NameDigest]:
        """Digest each name's value by itself."""
        return {name: self._digest_name(name, self._namespace[name]) for name in names}

    def digest_value(self, name: str, value: Any) -> NameDigest:
        """Digest a value that is not in the namespace under this label."""
        return self._digest_name(name, value)

    def shared_pairs(self) -> dict[str, str]:
        """Return a digest of what each pair of names shares (`a<TAB>b`, sorted)."""
        pairs: dict[str, Any] = {}
        for places in self._shares.values():
            if len(places) < 2:
                continue
            ordered = sorted(set(places))
            for i, (first, at) in enumerate(ordered):
                for second, there in ordered[i + 1 :]:
                    if first != second:
                        pairs.setdefault(f"{first}\t{second}", []).append((at, there))
        return {pair: blake2b(repr(sorted(at)).encode(), digest_size=16).hexdigest() for pair, at in pairs.items()}

    def places_in(self, names: set[str]) -> dict[int, list[Any]]:
        """Return, by identity, the place of every object that these names reach: `at`, a name, a number."""
        found: dict[int, list[Any]] = {}
        for identity, places in self._shares.items():
            known = [place for place in places if place[0] in names]
            if known and isinstance(identity, int):
                found[identity] = ["at", *min(known)]
        return found

    def mutable_objects(self) -> list[Any]:
        """Return the lists, dictionaries and sets that were visited."""
        return [value for value in self._kept if type(value) in (list, dict, set)]

    def walk_objects(self, name: str) -> dict[int, Any]:
        """Return the objects that a name reaches by their number."""
        self._digest_name(name, self._namespace[name])
        numbers = {identity: place[1] for identity, places in self._shares.items() for place in places}
        return {numbers[id(value)]: value for value in self._kept if id(value) in numbers}

    def _digest_name(self, name: str, value: Any) -> NameDigest:
        walk = _Walk(self, name)
        try:
            walk.visit(value)
        except RecursionError:
            walk.give_up("deep")
        return NameDigest(walk.hash.hexdigest(), walk.refs, walk.packages, opaque=walk.opaque)


class _Walk:
    """One traversal. Mutable objects are numbered in order of visit; a second visit is a back reference."""

    def __init__(self, owner: Digester, name: str) -> None:
        self.hash = blake2b(digest_size=16)
        self.refs: set[str] = set()
        self.packages: set[str] = set()
        self.opaque = False
        self._owner = owner
        self._name = name
        self._seen: dict[int, int] = {}
        self._has_secrets = bool(owner._secrets)

    def give_up(self, why: str) -> None:
        self.opaque = True
        self._put("opaque", why)

    def visit(self, value: Any) -> None:
        kind = type(value)
        if kind in _ATOMS:
            self._atom(kind, value)
            return
        at = self._seen.get(id(value))
        if at is not None:
            self._put("back", str(at))
            return
        self._owner._count += 1
        if self._owner._count > _MOST_OBJECTS:
            self.give_up("many")
            return
        self._seen[id(value)] = number = len(self._seen)
        self._owner._kept.append(value)  # its id must not be reused
        if kind is not tuple and kind is not frozenset:
            self._share(value, number)
        visitor = _VISITORS.get(kind)
        if visitor is not None:
            visitor(self, value)
        elif isinstance(value, type):
            self._class(value)
        else:
            self._other(kind, value)

    def _share(self, value: Any, number: int) -> None:
        self._owner._shares.setdefault(id(value), []).append((self._name, number))

    def _put(self, *parts: str) -> None:
        for part in parts:
            raw = part.encode("utf-8", "surrogatepass")
            self.hash.update(len(raw).to_bytes(8, "big") + raw)

    def _atom(self, kind: type, value: Any) -> None:
        if self._has_secrets and kind in (str, bytes):
            names = self._owner._secrets
            value = names.name_text(value) if kind is str else names.name_bytes(value)
        if kind is bytes:
            self._put("bytes", str(len(value)))
            self.hash.update(value)
        elif kind is int:
            self._put("int", hex(value))
        else:
            self._put(kind.__name__, value if kind is str else repr(value))

    def sequence(self, value: Any) -> None:
        self._put(type(value).__name__, str(len(value)))
        for item in list(value):
            self.visit(item)

    def mapping(self, value: Any) -> None:
        self._put(type(value).__name__, str(len(value)))
        for key, item in list(value.items()):
            self.visit(key)
            self.visit(item)

    def buffer(self, value: Any) -> None:
        named = self._owner._secrets.name_bytes(bytes(value))
        self._put(type(value).__name__, str(len(named)))
        self.hash.update(named)

    def module(self, value: Any) -> None:
        self._put("module", value.__name__)
        self.packages.add(value.__name__.partition(".")[0])

    def function(self, value: Any) -> None:
        if _is_reference(value):
            self._reference(value)
            return
        self._put("function", value.__name__, value.__qualname__, str(value.__module__), str(value.__doc__))
        self._code(value.__code__)
        if value.__globals__ is self._owner._namespace:
            self.refs |= global_names(value.__code__)
        else:
            self._put("globals of", str(value.__globals__.get("__name__")))
            self._package(str(value.__globals__.get("__name__")))
        for part in (value.__defaults__, value.__kwdefaults__, value.__annotations__, value.__dict__):
            self.visit(part)
        for cell in value.__closure__ or ():
            self.cell(cell)

    def cell(self, value: Any) -> None:
        self._owner._kept.append(value)
        number = self._seen.setdefault(id(value), len(self._seen))
        self._share(value, number)
        try:
            inner = value.cell_contents
        except ValueError:
            self._put("empty cell")
            return
        self._put("cell", str(number))
        self.visit(inner)

    def _code(self, code: types.CodeType) -> None:
        self._put(
            "code",
            code.co_name,
            str(code.co_argcount),
            str(code.co_kwonlyargcount),
            str(code.co_posonlyargcount),
            str(code.co_flags),
            repr(code.co_names),
            repr(code.co_varnames),
            repr(code.co_freevars),
            repr(code.co_cellvars),
        )
        self.hash.update(code.co_code)
        self.hash.update(getattr(code, "co_exceptiontable", b""))
        for const in code.co_consts:
            if isinstance(const, types.CodeType):
                self._code(const)
            elif isinstance(const, frozenset):
                self._put("frozenset", repr(sorted(map(repr, const))))
            else:
                self._put(type(const).__name__, self._owner._secrets.name_text(repr(const)))

    def code_object(self, value: Any) -> None:
        self._code(value)
        self.refs |= global_names(value)

    def _class(self, value: Any) -> None:
        if value.__module__ != "__main__":
            self._reference(value)
            return
        self._put("class", value.__qualname__)
        self.sequence(value.__bases__)
        self.visit(type(value))
        members = list(vars(value).items())
        special = sorted(
            (m for m in members if _is_special(m[0])), key=lambda m: m[0]
        )  # their order is not the author's
        for name, member in [*special, *(m for m in members if not _is_special(m[0]))]:
            if name not in _SKIPPED_IN_CLASS and not isinstance(
                member, (types.MemberDescriptorType, types.GetSetDescriptorType)
            ):
                self._put(name)
                self.visit(member)

    def wrapped(self, value: Any) -> None:
        self._put(type(value).__name__)
        self.visit(value.__func__)
        self.visit(value.__dict__)

    def prop(self, value: Any) -> None:
        self._put("property")
        for part in (value.fget, value.fset, value.fdel, value.__doc__):
            self.visit(part)

    def method(self, value: Any) -> None:
        self._put("method")
        self.visit(value.__func__)
        self.visit(value.__self__)

    def builtin(self, value: Any) -> None:
        owner = value.__self__
        self._put("builtin", value.__qualname__, str(value.__module__))
        self._package(str(value.__module__))
        if owner is not None and not isinstance(owner, types.ModuleType):
            self.visit(owner)

    def proxy(self, value: Any) -> None:
        self._put("mappingproxy")
        self.visit(dict(value))

    def opaque_value(self, value: Any) -> None:
        """Give up on what cannot be compared; follow what it refers to, for sharing."""
        self.give_up(type(value).__name__)
        for inner in gc.get_referents(value):
            if not isinstance(inner, (types.ModuleType, types.FrameType)) and inner is not self._owner._namespace:
                self.visit(inner)

    def generator(self, value: Any) -> None:
        self.give_up(type(value).__name__)
        frame = getattr(value, "gi_frame", None) or getattr(value, "cr_frame", None) or getattr(value, "ag_frame", None)
        code = getattr(value, "gi_code", None) or getattr(value, "cr_code", None) or getattr(value, "ag_code", None)
        if code is not None:
            self.refs |= global_names(code)
        if frame is not None:
            self._put(str(frame.f_lasti))
            if frame.f_globals is not self._owner._namespace:
                self._package(str(frame.f_globals.get("__name__")))
            self.visit(dict(frame.f_locals))

    def _reference(self, value: Any) -> None:
        self._put("reference", str(value.__module__), str(getattr(value, "__qualname__", value)))
        self._package(str(value.__module__))

    def _package(self, module: str) -> None:
        if module not in ("__main__", "None", "builtins"):
            self.packages.add(module.partition(".")[0])

    def _other(self, kind: type, value: Any) -> None:
        root = str(kind.__module__).partition(".")[0]
        if root == "numpy" and isinstance(value, sys.modules["numpy"].ndarray):
            self._array(value)
        elif root == "torch" and isinstance(value, sys.modules["torch"].Tensor):
            self._tensor(value)
        elif root in _OPAQUE_ROOTS:
            self._opaque_root(root, f"{kind.__module__}.{kind.__qualname__}")
        elif kind.__module__ == "__main__":
            self._own_object(kind, value)
        else:
            self._foreign_object(kind, value)

    def _opaque_root(self, root: str, why: str) -> None:
        """Give up on a value of a library that is not looked into: all its values may reach one another."""
        self._package(root)
        self._owner._shares.setdefault(f"any {_OPAQUE_ROOTS[root]}", []).append((self._name, -1))
        self.give_up(why)

    def _array(self, value: Any) -> None:
        numpy = sys.modules["numpy"]
        owner = value
        while isinstance(owner.base, numpy.ndarray):
            owner = owner.base
        if owner is not value:
            self._owner._kept.append(owner)
            self._share(owner, self._seen.setdefault(id(owner), len(self._seen)))
            start = value.__array_interface__["data"][0] - owner.__array_interface__["data"][0]
            self._put("view", str(start), repr(value.strides))
        if value.base is not None and not isinstance(owner, numpy.ndarray):
            self.visit(owner)
        flags = value.flags
        self._put(
            "array",
            type(value).__name__,
            repr(value.dtype),
            repr(value.shape),
            f"{flags.c_contiguous}{flags.f_contiguous}{flags.writeable}",
        )
        self.packages.add("numpy")
        if value.dtype.hasobject:
            self.sequence(value.ravel().tolist()) if value.dtype == object else self.give_up("structured objects")
        else:
            self.hash.update(self._content(value))
        if type(value) is not numpy.ndarray:
            self._package(type(value).__module__)
            self.visit(getattr(value, "__dict__", {}))
            if isinstance(value, numpy.ma.MaskedArray):
                self.visit(numpy.ma.getmaskarray(value))
                self._put(repr(value.fill_value))

    def _content(self, value: Any) -> bytes:
        known = self._owner._buffers.get(id(value))
        if known is None:
            numpy = sys.modules["numpy"]
            plain = numpy.ascontiguousarray(numpy.asarray(value))
            data = plain.view(numpy.uint8) if plain.dtype.itemsize and plain.ndim else plain.tobytes()
            if self._owner._secrets:
                data = self._owner._secrets.name_bytes(bytes(data))
            known = blake2b(data.data if hasattr(data, "data") else data, digest_size=16).digest()
            self._owner._buffers[id(value)] = known
        return known

    def _tensor(self, value: Any) -> None:
        self.packages.add("torch")
        self._put(
            "tensor",
            str(value.dtype),
            repr(tuple(value.shape)),
            str(value.device),
            str(value.requires_grad),
            repr(value.stride()) if value.layout is sys.modules["torch"].strided else "sparse",
            type(value).__name__,
        )
        try:
            storage = value.untyped_storage()
            self._owner._kept.append(storage)
            key = -storage.data_ptr()
            self._owner._shares.setdefault(key, []).append((self._name, self._seen.setdefault(key, len(self._seen))))
            self.hash.update(self._content(value.detach().cpu().contiguous().numpy()))
        except (RuntimeError, TypeError, NotImplementedError):
            self.give_up("tensor")
        self.visit(value.grad if value.is_leaf else None)
        if value.grad_fn is not None:
            self.give_up("graph")
        self.visit(dict(getattr(value, "__dict__", {})))

    def _own_object(self, kind: type, value: Any) -> None:
        """Visit an instance of an author's class: class, dictionary, slots, built-in contents; never call it."""
        self._put("object")
        self.visit(kind)
        state = _instance_dict(value)
        if state is not None:
            self.visit(state)
        for base in kind.__mro__:
            for slot in _slots(base):
                try:
                    item = base.__dict__[slot].__get__(value, kind)
                except (AttributeError, KeyError):
                    self._put("unset", slot)
                    continue
                self._put(slot)
                self.visit(item)
        self._builtin_content(kind, value)

    def _builtin_content(self, kind: type, value: Any) -> None:
        for base in kind.__mro__[1:]:
            if base in (list, tuple, set, frozenset, deque):
                self._put(base.__name__)
                for item in base.__iter__(value):
                    self.visit(item)
                return
            if base is dict:
                self._put("dict")
                for key in dict.__iter__(value):
                    self.visit(key)
                    self.visit(dict.__getitem__(value, key))
                return
            if base in (int, float, complex, str, bytes):
                self._put(base.__name__, self._owner._secrets.name_text(base.__repr__(value)))
                return
            if base is BaseException:
                self.visit(value.args)
                return
            if base.__module__ not in ("__main__", "builtins", "abc", "typing", "collections.abc", "enum"):
                self._foreign_part(base, value)
                return

    def _foreign_part(self, base: type, value: Any) -> None:
        self._package(base.__module__)
        root, why = base.__module__.partition(".")[0], f"subclass of {base.__module__}.{base.__qualname__}"
        if root in _OPAQUE_ROOTS:
            self._opaque_root(root, why)
        elif "__reduce__" in vars(base) or "__reduce_ex__" in vars(base):
            self.give_up(why)
        elif not isinstance(getattr(value, "__dict__", None), dict):
            self.give_up("no dictionary")

    def _foreign_object(self, kind: type, value: Any) -> None:
        self._package(kind.__module__)
        reducer = copyreg.dispatch_table.get(kind)
        try:
            reduced = reducer(value) if reducer else value.__reduce_ex__(4)
        except RecursionError:
            raise
        except BaseException:  # noqa: BLE001  # what refuses to be taken apart is opaque
            self.opaque_value(value)
            return
        if isinstance(reduced, str):
            self._put("global", kind.__module__, reduced)
            return
        self._owner._kept.append(reduced)
        self._put("reduced", f"{kind.__module__}.{kind.__qualname__}")
        function, arguments, state, items, pairs = (*reduced, None, None, None)[:5]
        for part in (function, arguments, state, list(items) if items else None, list(pairs) if pairs else None):
            self._owner._kept.append(part)
            self.visit(part)


def _is_special(name: str) -> bool:
    return name.startswith("__") and name.endswith("__")


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


def _is_reference(function: Any) -> bool:
    """Whether a function is found again under its module and name."""
    if function.__module__ in (None, "__main__"):
        return False
    at: Any = sys.modules.get(function.__module__)
    for part in function.__qualname__.split("."):
        at = getattr(at, part, None)
    return at is function


def global_names(code: types.CodeType) -> set[str]:
    """Return the names a function looks up globally, in nested functions too; ``*`` when it may look up any."""
    import dis

    names = {i.argval for i in dis.get_instructions(code) if i.opname in _GLOBAL_OPERATIONS}
    if names & _ANY_NAME or _REACHING & set(code.co_names) or "__main__" in code.co_consts:
        names.add("*")
    for const in code.co_consts:
        if isinstance(const, types.CodeType):
            names |= global_names(const)
    return names


_GLOBAL_OPERATIONS = frozenset(
    {
        "LOAD_GLOBAL",
        "LOAD_NAME",
        "STORE_GLOBAL",
        "DELETE_GLOBAL",
        "STORE_NAME",
        "DELETE_NAME",
        "LOAD_FROM_DICT_OR_GLOBALS",
    }
)
_ANY_NAME = frozenset({"globals", "locals", "vars", "dir", "eval", "exec"})
_REACHING = frozenset(
    {"_getframe", "currentframe", "stack", "modules", "get_objects", "get_referrers", "__globals__", "f_globals"}
)

_VISITORS: Mapping[type, Any] = {
    list: _Walk.sequence,
    tuple: _Walk.sequence,
    set: _Walk.sequence,
    frozenset: _Walk.sequence,
    deque: _Walk.sequence,
    dict: _Walk.mapping,
    bytearray: _Walk.buffer,
    types.ModuleType: _Walk.module,
    types.FunctionType: _Walk.function,
    types.MethodType: _Walk.method,
    types.BuiltinFunctionType: _Walk.builtin,
    types.CellType: _Walk.cell,
    types.CodeType: _Walk.code_object,
    types.MappingProxyType: _Walk.proxy,
    property: _Walk.prop,
    staticmethod: _Walk.wrapped,
    classmethod: _Walk.wrapped,
    types.GeneratorType: _Walk.generator,
    types.CoroutineType: _Walk.generator,
    types.AsyncGeneratorType: _Walk.generator,
}
