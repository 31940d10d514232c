"""Frozen dataclasses that cost little until one is made.

`dataclasses.dataclass` compiles six methods of every class while modules are imported, and takes 6 ms to be imported
itself: a quarter of the time of a build in which nothing changed. Here `__init__` is compiled when the first instance
is made, the other methods are shared, and `__dataclass_fields__` is made by the standard library when its `fields`,
`replace` or `asdict` ask for it; `field` and `replace` are here, too. Does not offer slots, order, `ClassVar` or
`InitVar`. Invariant: to all else, a record is the frozen dataclass that it would have been.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import Any, TypeVar, dataclass_transform, overload

T = TypeVar("T")
MISSING: Any = type("Missing", (), {"__repr__": lambda _: "MISSING"})()
"""Stands for a default that is not given."""


class Default:
    """What stands after the `=` of a field, as the standard library's `Field` has it."""

    __slots__ = ("compare", "default", "default_factory", "init", "repr")

    def __init__(self, default: Any, default_factory: Any, *, init: bool, repr: bool, compare: bool) -> None:
        self.default = default
        self.default_factory = default_factory
        self.init = init
        self.repr = repr
        self.compare = compare

    @property
    def is_given(self) -> bool:
        """Whether a value need not be given."""
        return self.default is not MISSING or self.default_factory is not MISSING


_Field = tuple[str, Default, bool]
"""A field: its name, its default, whether it is given by name only."""


def field(
    *,
    default: Any = MISSING,
    default_factory: Any = MISSING,
    init: bool = True,
    repr: bool = True,
    compare: bool = True,
) -> Any:
    """Say more of a field than its default; as `dataclasses.field`."""
    return Default(default, default_factory, init=init, repr=repr, compare=compare)


def replace(instance: T, /, **changes: Any) -> T:
    """Return a copy of a record with other values; as `dataclasses.replace`."""
    kind: Any = type(instance)
    values = {name: getattr(instance, name) for name, default, _ in kind._record_fields if default.init}
    copy: T = kind(**{**values, **changes})
    return copy


@overload
def record(cls: type[T], /) -> type[T]: ...
@overload
def record(*, kw_only: bool = False, eq: bool = True) -> Callable[[type[T]], type[T]]: ...


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def record(cls: type[T] | None = None, /, *, kw_only: bool = False, eq: bool = True) -> Any:
    """Make a frozen dataclass of a class; ``eq=False``: instances are compared by identity."""
    if cls is None:
        return lambda decorated: _make(decorated, kw_only=kw_only, eq=eq)
    return _make(cls, kw_only=kw_only, eq=eq)


def _make(cls: Any, *, kw_only: bool, eq: bool) -> Any:
    own = cls.__dict__
    given = [(name, _default_of(own.get(name, MISSING)), kw_only) for name in cls.__annotations__]
    inherited = {field[0]: field for base in reversed(cls.__mro__[1:]) for field in getattr(base, "_record_fields", ())}
    fields = tuple({**inherited, **{field[0]: field for field in given}}.values())
    for name, default, _ in given:
        if name in own:
            _set_default(cls, name, default)
    cls._record_fields = fields
    cls.__dataclass_fields__ = _LateFields(given, kw_only=kw_only)
    by_place = tuple(name for name, default, by_name in fields if not by_name and default.init)
    shared: dict[str, Any] = {"__init__": _first_init(cls), "__repr__": _repr, "__match_args__": by_place}
    if eq:
        cls._record_values = staticmethod(_getter([name for name, default, _ in fields if default.compare]))
        shared |= {"__eq__": _equal, "__hash__": _hash}
    for name, method in shared.items():
        if own.get(name) is None:
            setattr(cls, name, method)
    cls.__setattr__, cls.__delattr__ = _refuse_set, _refuse_delete
    return cls


class _LateFields:
    """Stands for `__dataclass_fields__` until somebody asks."""

    def __init__(self, given: list[_Field], *, kw_only: bool) -> None:
        self._given = given
        self._kw_only = kw_only

    def __get__(self, _: object, cls: type) -> Any:
        import dataclasses

        owner: Any = next(c for c in cls.__mro__ if c.__dict__.get("__dataclass_fields__") is self)
        fields = [(name, owner.__annotations__[name], _standard(default)) for name, default, _ in self._given]
        bases = tuple(base for base in owner.__bases__ if hasattr(base, "__dataclass_fields__"))
        twin: Any = dataclasses.make_dataclass(
            owner.__name__, fields, bases=bases, init=False, repr=False, eq=False, frozen=True, kw_only=self._kw_only
        )
        owner.__dataclass_fields__, owner.__dataclass_params__ = twin.__dataclass_fields__, twin.__dataclass_params__
        return owner.__dataclass_fields__


def _default_of(value: Any) -> Default:
    """Return what a class's own attribute says of a field."""
    if isinstance(value, Default):
        return value
    if type(value).__module__ == "dataclasses":
        import dataclasses

        default, factory = (MISSING if v is dataclasses.MISSING else v for v in (value.default, value.default_factory))
        return Default(default, factory, init=value.init, repr=value.repr, compare=value.compare)
    return Default(value, MISSING, init=True, repr=True, compare=True)


def _standard(default: Default) -> Any:
    """Return a default as the standard library's `Field`."""
    import dataclasses

    given = {"default": default.default, "default_factory": default.default_factory}
    said = {name: value for name, value in given.items() if value is not MISSING}
    return dataclasses.field(**said, init=default.init, repr=default.repr, compare=default.compare)


def _set_default(cls: Any, name: str, default: Default) -> None:
    """Leave the default as the class's own attribute, or none."""
    if default.default is MISSING:
        delattr(cls, name)
    else:
        setattr(cls, name, default.default)


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
    known: dict[str, Any] = {"put_": object.__setattr__, "missing_": MISSING}
    arguments: list[list[str]] = [["self"], []]
    body = []
    for name, default, by_name in cls._record_fields:
        is_made = default.default_factory is not MISSING
        known[f"default_{name}"] = default.default_factory if is_made else default.default
        if not default.init:
            body += [f"put_(self, {name!r}, default_{name}())"] if is_made else []
            continue
        asked = f"={'missing_' if is_made else f'default_{name}'}" if default.is_given else ""
        arguments[by_name].append(name + asked)
        value = f"default_{name}() if {name} is missing_ else {name}" if is_made else name
        body.append(f"put_(self, {name!r}, {value})")
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
    shown = (f"{name}={getattr(self, name)!r}" for name, default, _ in self._record_fields if default.repr)
    return f"{self.__class__.__qualname__}({', '.join(shown)})"


def _refuse_set(self: Any, name: str, _: object) -> None:
    from dataclasses import FrozenInstanceError

    raise FrozenInstanceError(f"cannot assign to field {name!r} of {type(self).__name__}")


def _refuse_delete(self: Any, name: str) -> None:
    from dataclasses import FrozenInstanceError

    raise FrozenInstanceError(f"cannot delete field {name!r} of {type(self).__name__}")
