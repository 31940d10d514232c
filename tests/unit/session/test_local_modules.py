"""What is found by looking only at what is new is what looking at everything finds."""

from __future__ import annotations

import os
import sys
import types
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xaisite.session.describe import is_local
from xaisite.session.localmodules import LocalModules

NAMES = tuple(f"made_up_{letter}" for letter in "abc")
STEPS = st.lists(
    st.tuples(st.sampled_from(["local", "library", "remove", "look"]), st.sampled_from(NAMES)), max_size=30
)


def make_module(name: str, kind: str) -> types.ModuleType:
    module = types.ModuleType(name)
    module.__file__ = f"/nowhere/{name}.py" if kind == "local" else f"{os.path.dirname(os.__file__)}/{name}.py"
    return module


def look_at_everything() -> set[str]:
    return {
        name
        for name, module in sys.modules.items()
        if isinstance(module, types.ModuleType)
        and name != "__main__"
        and not name.startswith("xaisite")
        and is_local(module)
    }


@pytest.fixture(autouse=True)
def _clean_up() -> Iterator[None]:
    yield
    for name in NAMES:
        sys.modules.pop(name, None)


@settings(max_examples=500)
@given(STEPS)
def test_the_same_as_looking_at_everything(steps: list[tuple[str, str]]) -> None:
    for name in NAMES:
        sys.modules.pop(name, None)
    known = LocalModules()
    for kind, name in steps:
        if kind == "look":
            assert set(known.find(afresh=False)) == look_at_everything()
        elif kind == "remove":
            sys.modules.pop(name, None)
        elif name not in sys.modules:  # as an import does
            sys.modules[name] = make_module(name, kind)
    assert set(known.find(afresh=False)) == look_at_everything()


@given(STEPS)
def test_modules_put_in_the_place_of_others(steps: list[tuple[str, str]]) -> None:
    known = LocalModules()
    for kind, name in steps:
        if kind == "remove":
            sys.modules.pop(name, None)
        elif kind != "look":
            sys.modules[name] = make_module(name, kind)
        assert set(known.find(afresh=True)) == look_at_everything()
