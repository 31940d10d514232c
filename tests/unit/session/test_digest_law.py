"""The law of digests: one number changed anywhere in a value changes its digest, and changed back it is as it was."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import LinearRegression

from xaisite.session.secrets import Secrets
from xaisite.session.valuedigest import Digester

Leaf = tuple[Any, Callable[[int, float], None]]
"""A value, and what adds to one of its numbers."""


def array(numbers: list[float]) -> Leaf:
    made = np.array(numbers)
    return made, lambda at, by: made.__setitem__(at, made[at] + by)


def view(numbers: list[float]) -> Leaf:
    whole = np.array([0.0, *numbers, 1.0])
    return whole[1:-1], lambda at, by: whole.__setitem__(at + 1, whole[at + 1] + by)


def series(numbers: list[float]) -> Leaf:
    made = pd.Series(numbers)
    return made, lambda at, by: made.__setitem__(at, made[at] + by)


def frame(numbers: list[float]) -> Leaf:
    made = pd.DataFrame({"a": numbers, "b": range(len(numbers))})
    return made, lambda at, by: made.iat.__setitem__((at, 0), made.iat[at, 0] + by)


def objects(numbers: list[float]) -> Leaf:
    made = np.array([*numbers, None], dtype=object)
    return made, lambda at, by: made.__setitem__(at, made[at] + by)


def estimator(numbers: list[float]) -> Leaf:
    made = LinearRegression()
    made.coef_ = np.array(numbers)
    return made, lambda at, by: made.coef_.__setitem__(at, made.coef_[at] + by)


def plain(numbers: list[float]) -> Leaf:
    made = SimpleNamespace(inner={"numbers": list(numbers)})
    inner = made.inner["numbers"]
    return made, lambda at, by: inner.__setitem__(at, inner[at] + by)


KINDS: list[Callable[[list[float]], Leaf]] = [array, view, series, frame, objects, estimator, plain]
if find_spec("torch"):
    import torch

    def tensor(numbers: list[float]) -> Leaf:
        made = torch.tensor(numbers, dtype=torch.float64)
        return made, lambda at, by: made.__setitem__(at, made[at] + by)

    def layer(numbers: list[float]) -> Leaf:
        made = torch.nn.ParameterList([torch.nn.Parameter(torch.tensor([n], dtype=torch.float64)) for n in numbers])

        def add(at: int, by: float) -> None:
            with torch.no_grad():
                made[at] += by

        return made, add

    KINDS += [tensor, layer, tensor, layer]

NUMBERS = st.lists(st.integers(-3, 3).map(float), min_size=1, max_size=3)


def digest(value: Any) -> str:
    found = Digester({"value": value}, Secrets({})).digest_names(["value"])["value"]
    assert not found.opaque
    return found.digest


@given(st.lists(st.tuples(st.sampled_from(KINDS), NUMBERS), min_size=1, max_size=25), st.data())
def test_one_number_counts_wherever_it_is(
    parts: list[tuple[Callable[[list[float]], Leaf], list[float]]], data: st.DataObject
) -> None:
    leaves = [make(numbers) for make, numbers in parts]
    value = {
        "first": [leaf for leaf, _ in leaves[::2]],
        "second": {n: leaf for n, (leaf, _) in enumerate(leaves[1::2])},
    }
    before = digest(value)
    assert digest(value) == before
    which = data.draw(st.integers(0, len(parts) - 1))
    at = data.draw(st.integers(0, len(parts[which][1]) - 1))
    leaves[which][1](at, 0.5)
    assert digest(value) != before
    leaves[which][1](at, -0.5)
    assert digest(value) == before
