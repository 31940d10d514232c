"""Frozen dataclasses that cost little until one is made.

`dataclasses.dataclass` compiles six methods of every class while modules are imported: a quarter of the time of a build
in which nothing changed. Here `__init__` is compiled when the first instance is made, the other methods are shared, and
`__dataclass_fields__` is made by the standard library when `fields`, `replace` or `asdict` ask for it. Does not offer
slots, order, `ClassVar` or `InitVar`. Invariant: to all else, a record is the frozen dataclass that it would have been.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from operator import attrgetter
from typing import Any, TypeVar, dataclass_transform, overload

T = TypeVar("T")
_Default = tuple[str, Any, bool]
"""A field: its name, what stands after its `=` (`MISSING`: nothing), whether it is given by name only."""


@overload
def record(cls: type[T], /) -> type[T]: ...
@overload
def record(*, kw_only: bool = False, eq: bool = True) -> Callable[[type[T]], type[T]]: ...


@dataclass_transform(frozen_default=True, field_specifiers=(dataclasses.field,))
def record(cls: type[T] | None = None, /, *, kw_only: bool = False, eq: bool = True) -> Any:
    """Make a frozen dataclass of a class; ``eq=False``: instances are compared by identity."""
    if cls is None:
        return lambda decorated: _make(decorated, kw_only=kw_only, eq=eq)
    return _make(cls, kw_only=kw_only, eq=eq)


def _make(cls: Any, *, kw_only: bool, eq: bool) -> Any:
    own = cls.__dict__
    given = [(name, own.get(name, dataclasses.MISSING), kw_only) for name in cls.__annotations__]
    inherited = {field[0]: field for base in reversed(cls.__mro__[1:]) for field in getattr(base, "_record_fields", ())}
    fields = tuple({**inherited, **{field[0]: field for field in given}}.values())
    for name, default, _ in given:
        if isinstance(default, dataclasses.Field):
            _set_default(cls, name, default)
    cls._record_fields = fields
    cls.__dataclass_fields__ = _LateFields(given, kw_only=kw_only)
    by_place = tuple(name for name, default, by_name in fields if not by_name and _is_taken(default))
    shared: dict[str, Any] = {"__init__": _first_init(cls), "__repr__": _repr, "__match_args__": by_place}
    if eq:
        cls._record_values = staticmethod(_getter([name for name, default, _ in fields if _counts(default)]))
        shared |= {"__eq__": _equal, "__hash__": _hash}
    for name, method in shared.items():
        if own.get(name) is None:
            setattr(cls, name, method)
    cls.__setattr__, cls.__delattr__ = _refuse_set, _refuse_delete
    return cls


class _LateFields:
    """Stands for `__dataclass_fields__` until somebody asks."""

    def __init__(self, given: list[_Default], *, kw_only: bool) -> None:
        self._given = given
        self._kw_only = kw_only

    def __get__(self, _: object, cls: type) -> Any:
        owner: Any = next(c for c in cls.__mro__ if c.__dict__.get("__dataclass_fields__") is self)
        given = [(name, owner.__annotations__[name], default) for name, default, _ in self._given]
        fields: list[Any] = [field[:2] if field[2] is dataclasses.MISSING else field for field in given]
        bases = tuple(base for base in owner.__bases__ if hasattr(base, "__dataclass_fields__"))
        twin: Any = dataclasses.make_dataclass(
            owner.__name__, fields, bases=bases, init=False, repr=False, eq=False, frozen=True, kw_only=self._kw_only
        )
        owner.__dataclass_fields__, owner.__dataclass_params__ = twin.__dataclass_fields__, twin.__dataclass_params__
        return owner.__dataclass_fields__


def _set_default(cls: Any, name: str, field: Any) -> None:
    """Leave the default as the class's own attribute, or none."""
    if field.default is dataclasses.MISSING:
        delattr(cls, name)
    else:
        setattr(cls, name, field.default)


def _is_taken(default: Any) -> bool:
    return not isinstance(default, dataclasses.Field) or default.init


def _counts(default: Any) -> bool:
    return not isinstance(default, dataclasses.Field) or default.compare


def _getter(names: list[str]) -> Callable[[Any], Any]:
    if len(names) == 1:
        return lambda instance: (getattr(instance, names[0]),)
    return attrgetter(*names) if names else lambda _: ()


def _first_init(cls: Any) -> Callable[..., None]:
    def __init__(self: Any, *args: Any, **values: Any) -> None:  # noqa: N807
        cls.__init__ = init = _compile_init(cls)
        init(self, *args, **values)

    return __init__


def _compile_init(cls: Any) -> Callable[..., None]:
    """Return an `__init__` as the standard library would write it."""
    known: dict[str, Any] = {"put_": object.__setattr__, "missing_": dataclasses.MISSING}
    arguments: list[list[str]] = [["self"], []]
    body = []
    for name, default, by_name in cls._record_fields:
        is_field = isinstance(default, dataclasses.Field)
        factory = default.default_factory if is_field else dataclasses.MISSING
        value = default.default if is_field else default
        known[f"default_{name}"] = value if factory is dataclasses.MISSING else factory
        made = name if factory is dataclasses.MISSING else f"default_{name}() if {name} is missing_ else {name}"
        if not _is_taken(default):
            body += [f"put_(self, {name!r}, default_{name}())"] if factory is not dataclasses.MISSING else []
            continue
        asked = f"={'missing_' if factory is not dataclasses.MISSING else f'default_{name}'}"
        is_needed = value is dataclasses.MISSING and factory is dataclasses.MISSING
        arguments[by_name].append(name if is_needed else name + asked)
        body.append(f"put_(self, {name!r}, {made})")
    if hasattr(cls, "__post_init__"):
        body.append("self.__post_init__()")
    signature = ", ".join([*arguments[0], *(["*", *arguments[1]] if arguments[1] else [])])
    exec(f"def __init__({signature}):\n " + "\n ".join(body or ["pass"]), known)  # noqa: S102 - of our own making
    init: Callable[..., None] = known["__init__"]
    init.__qualname__ = f"{cls.__qualname__}.__init__"
    return init


def _equal(self: Any, other: object) -> Any:
    values = self._record_values
    return values(self) == values(other) if other.__class__ is self.__class__ else NotImplemented


def _hash(self: Any) -> int:
    return hash(self._record_values(self))


def _repr(self: Any) -> str:
    shown = (f"{f.name}={getattr(self, f.name)!r}" for f in dataclasses.fields(self) if f.repr)
    return f"{self.__class__.__qualname__}({', '.join(shown)})"


def _refuse_set(self: Any, name: str, _: object) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r} of {type(self).__name__}")


def _refuse_delete(self: Any, name: str) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r} of {type(self).__name__}")
