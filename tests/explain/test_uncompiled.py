"""shap's loops give the same numbers compiled or not, and numba stays out of small questions."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from xaisite import explain
from xaisite.explain.methods import uncompiled

ASK = """
import sys
import numpy as np
from xaisite import explain
X = np.random.default_rng(0).normal(size=(6, 12))
for method in ("permutation", "partition"):
    explain.shap(lambda v: v[:, 0] * v[:, 1], X[:2], background=X, method=method)
from numba.core.dispatcher import Dispatcher
import shap.links, shap.maskers._tabular, shap.utils._masked_model, shap.explainers._partition
for module in [m for name, m in sys.modules.items() if name.startswith("shap")]:
    for name, value in vars(module).items():
        assert not (isinstance(value, Dispatcher) and value.overloads), (module, name)
assert isinstance(shap.maskers._tabular._delta_masking, Dispatcher)
assert isinstance(shap.links.identity, Dispatcher)
"""


def test_nothing_is_compiled_for_a_few_rows() -> None:
    done = subprocess.run([sys.executable, "-c", ASK], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("method", ["permutation", "partition"])
def test_compiled_or_not_the_values_are_the_same(method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    X = np.random.default_rng(1).normal(size=(5, 6))

    def ask() -> np.ndarray:
        model = lambda v: v[:, 0] * v[:, 1] + np.sin(v[:, 2])  # noqa: E731
        return explain.shap(model, X[:2], background=X, method=method).values

    plain = ask()
    monkeypatch.setattr(uncompiled, "WORTH_COMPILING", -1)
    assert np.allclose(ask(), plain, rtol=1e-12, atol=1e-14)


def test_shap_is_put_back_after_a_failure() -> None:
    import shap.links
    import shap.maskers._tabular as tabular

    before = tabular._delta_masking, shap.links.identity
    seen = []

    def fail() -> None:
        with uncompiled.uncompiled(3) as link:
            seen.extend([tabular._delta_masking, link, shap.links.identity])
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert seen[0] is not before[0]
    assert seen[1] is seen[2]
    assert (tabular._delta_masking, shap.links.identity) == before
