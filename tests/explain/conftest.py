"""Models and data small enough to enumerate."""

from __future__ import annotations

import os
import sys

# Before numpy: sums differ between thread counts, and one core is what the budget is for.
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")

import warnings  # noqa: E402

import pytest  # noqa: E402

sys.path.insert(0, os.path.dirname(__file__))  # the truths are shared by several modules

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import lime.lime_image
    import shap

assert lime
assert shap


@pytest.fixture(autouse=True, scope="session")
def one_thread() -> None:
    try:
        import torch
    except ModuleNotFoundError:
        return
    torch.set_num_threads(1)
