"""Digests of tensors: each one's content counts, however many small ones there are, and nothing else does."""

from __future__ import annotations

from typing import Any

import pytest

from xaisite.session.secrets import Secrets
from xaisite.session.valuedigest import Digester

torch = pytest.importorskip("torch")


def digest(value: Any) -> str:
    return Digester({"value": value}, Secrets({})).digest_names(["value"])["value"].digest


def test_each_of_many_tensors_counts() -> None:
    """Their contents are copied to be digested, and each copy may lie where the last one lay."""
    tensors = [torch.full((2,), float(n)) for n in range(40)]
    before = digest(tensors)
    for tensor in tensors:
        tensor[1] += 0.5
        assert digest(tensors) != before
        tensor[1] -= 0.5
    assert digest(tensors) == before


def test_a_network_is_the_same_until_it_is_trained() -> None:
    torch.manual_seed(0)
    network = torch.nn.Sequential(*(torch.nn.Linear(3, 3) for _ in range(6)))
    first = digest(network)
    kept = [torch.zeros(n % 5) for n in range(100)]  # other memory is taken meanwhile
    with torch.no_grad():
        network(torch.ones(1, 3))
    assert [digest(network) for _ in range(5)] == [first] * 5
    for parameter in network.parameters():
        with torch.no_grad():
            parameter += 1
        assert digest(network) != first
        with torch.no_grad():
            parameter -= 1
    assert len(kept) == 100
