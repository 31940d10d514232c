"""shap's inner loops as the Python they are written in.

What it does: keeps numba from compiling them, which takes eight seconds in each process, and every post is one. It
deliberately lets it where there is so much to do that compiled loops pay. Invariant: the same numbers either way, and
shap's modules are afterwards what they were.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from xaisite.explain.libraries import load_library

MODULES = ("shap.maskers._tabular", "shap.utils._masked_model", "shap.explainers._partition")
WORTH_COMPILING = 400_000


def identity(values: Any) -> Any:
    """Return what is given: shap's own link of that name is compiled too."""
    return values


identity.inverse = identity  # type: ignore[attr-defined]


@contextmanager
def uncompiled(coalitions: int) -> Iterator[Any]:
    """Run shap's loops over that many coalitions uncompiled, if they are few enough; yield the link to give to shap."""
    links = load_library("shap.links")
    if coalitions > WORTH_COMPILING:
        yield links.identity
        return
    compiled = [
        (module, name, value)
        for module in map(load_library, MODULES)
        for name, value in list(vars(module).items())
        if hasattr(value, "py_func")
    ]
    own = links.identity
    try:
        for module, name, value in compiled:
            setattr(module, name, value.py_func)
        # shap asks by name whether the link is this one.
        links.identity = identity
        yield identity
    finally:
        links.identity = own
        for module, name, value in compiled:
            setattr(module, name, value)
