"""A record is to all else the frozen dataclass that the standard library would have made of the same class."""

from __future__ import annotations

import copy
import dataclasses
import pickle
import sys
from collections.abc import Callable, Mapping
from dataclasses import FrozenInstanceError, field
from functools import cached_property
from typing import Any, Generic, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

import xaisite.core.record
from xaisite.core.record import record, replace

T = TypeVar("T")


class Plain:
    """A class before it is decorated."""

    a: int
    b: str = "b"
    c: Mapping[str, int] = field(default_factory=dict, compare=False)
    d: tuple[int, ...] = field(default=(), repr=False)


class ByName:
    one: int
    two: int = 2


class Late:
    given: int
    doubled: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "doubled", self.given * 2)


class Single:
    value: Any


class Empty:
    pass


class OwnMethods:
    x: int

    def __eq__(self, other: object) -> bool:
        return isinstance(other, type(self))

    def __repr__(self) -> str:
        return "own"

    def __hash__(self) -> int:
        return 7


def copied(cls: type, name: str, field_of: Callable[[dataclasses.Field[Any]], Any] = copy.copy) -> type:
    members = {
        k: field_of(v) if isinstance(v, dataclasses.Field) else v  # the standard library writes into them
        for k, v in vars(cls).items()
        if k not in ("__dict__", "__weakref__")
    }
    return type(name, (), {**members, "__annotations__": dict(cls.__annotations__), "__module__": __name__})


def our_field(theirs: dataclasses.Field[Any]) -> Any:
    """Return what our own `field` makes of the same words."""
    given = {"default": theirs.default, "default_factory": theirs.default_factory}
    said = {name: value for name, value in given.items() if value is not dataclasses.MISSING}
    return xaisite.core.record.field(**said, init=theirs.init, repr=theirs.repr, compare=theirs.compare)


def both(cls: type, field_of: Callable[[dataclasses.Field[Any]], Any] = our_field, **options: Any) -> tuple[type, type]:
    ours = record(**options)(copied(cls, cls.__name__, field_of))
    theirs = dataclasses.dataclass(frozen=True, **options)(copied(cls, cls.__name__))
    return ours, theirs


NUMBERS = st.integers(-3, 3)
PLAIN = st.tuples(
    NUMBERS,
    st.fixed_dictionaries(
        {},
        optional={
            "b": st.sampled_from("xy"),
            "c": st.dictionaries(st.sampled_from("kl"), NUMBERS, max_size=1),
            "d": st.tuples(NUMBERS),
        },
    ),
)


@given(PLAIN, PLAIN)
def test_instances_behave_alike(one: tuple[int, dict[str, Any]], two: tuple[int, dict[str, Any]]) -> None:
    ours, theirs = both(Plain)
    mine, its = ([cls(number, **named) for number, named in (one, two)] for cls in (ours, theirs))
    assert [repr(x) for x in mine] == [repr(x) for x in its]
    assert (mine[0] == mine[1]) == (its[0] == its[1])
    assert (hash(mine[0]) == hash(mine[1])) == (hash(its[0]) == hash(its[1]))
    assert [dataclasses.asdict(x) for x in mine] == [dataclasses.asdict(x) for x in its]
    changed = [dataclasses.replace(x[0], b="z", d=(9,)) for x in (mine, its)]
    assert vars(changed[0]) == vars(changed[1]) == vars(replace(mine[0], b="z", d=(9,)))


@pytest.mark.parametrize("cls", [Plain, ByName, Late, Single, Empty, OwnMethods])
@pytest.mark.parametrize("options", [{}, {"kw_only": True}, {"eq": False}])
@pytest.mark.parametrize("field_of", [our_field, copy.copy], ids=["our field", "their field"])
def test_classes_are_described_alike(cls: type, options: dict[str, Any], field_of: Callable[..., Any]) -> None:
    ours, theirs = both(cls, field_of, **options)
    assert dataclasses.is_dataclass(ours)
    facts = [
        [(f.name, f.default, f.default_factory, f.init, f.repr, f.compare, f.kw_only) for f in dataclasses.fields(c)]
        for c in (ours, theirs)
    ]
    assert facts[0] == facts[1]
    assert ours.__match_args__ == theirs.__match_args__
    wanted = {f.name: n for n, f in enumerate(dataclasses.fields(ours)) if f.init and f.default is dataclasses.MISSING}
    mine, its = ours(**wanted), theirs(**wanted)
    assert vars(mine) == vars(its)
    assert (mine == ours(**wanted)) == (its == theirs(**wanted))
    assert repr(mine) == repr(its)


@pytest.mark.parametrize("call", [lambda c: c(), lambda c: c(1, 2, 3, 4, 5), lambda c: c(1, nothing=2)])
def test_wrong_arguments_are_refused_at_the_first_call_and_later(call: Any) -> None:
    ours, theirs = both(Plain)
    for _ in range(2):
        with pytest.raises(TypeError) as mine:
            call(ours)
        with pytest.raises(TypeError) as its:
            call(theirs)
        assert str(mine.value) == str(its.value)


@record
class Base:
    a: int
    b: int = 2


@record
class Derived(Base):
    c: int = 3

    @cached_property
    def total(self) -> int:
        return self.a + self.b + self.c


@record
class Holder(Generic[T]):
    value: T


def test_inheritance_generics_and_cached_properties() -> None:
    derived = Derived(1)
    assert (derived.total, repr(derived)) == (6, "Derived(a=1, b=2, c=3)")
    assert Derived(1) != Base(1)
    assert [f.name for f in dataclasses.fields(Derived)] == ["a", "b", "c"]
    assert dataclasses.replace(Holder("x"), value=1) == replace(Holder("x"), value=1) == Holder(1)
    assert replace(derived, b=5) == Derived(1, 5)
    with pytest.raises(TypeError):
        replace(derived, nothing=5)


def test_nothing_can_be_changed() -> None:
    one = Base(1)
    with pytest.raises(FrozenInstanceError):
        one.a = 2  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        del one.a
    assert one == Base(1)


def test_what_comes_out_of_a_pickle_before_any_was_made() -> None:
    raw = pickle.dumps(Derived(5, c=1))
    module = sys.modules[__name__]
    fresh = record(type("Derived", (Base,), {"__annotations__": {"c": "int"}, "c": 3, "__module__": __name__}))
    module.Derived, kept = fresh, Derived
    try:
        loaded = pickle.loads(raw)
    finally:
        module.Derived = kept
    assert type(loaded) is fresh
    assert loaded == loaded
    assert repr(loaded) == "Derived(a=5, b=2, c=1)"
    assert dataclasses.replace(loaded, c=2).c == 2
    with pytest.raises(FrozenInstanceError):
        loaded.c = 2


def test_matching() -> None:
    match Base(1, 4):
        case Base(a, b):
            assert (a, b) == (1, 4)
