"""Several images asked at once: each as it would be alone, all in one explanation.

What it does: asks a method of images about every image of a batch (n, …) and stacks the answers, one kind (``"maps"``)
for one colour scale. It deliberately shares nothing between the images, not even random numbers.
Invariant: ``explain.method(model, batch).row(i)`` is ``explain.method(model, batch[i])``.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec

import numpy as np

from xaisite.explain.errors import ExplainError
from xaisite.explain.explanation import Explanation

P = ParamSpec("P")


def over_images(method: Callable[P, Explanation]) -> Callable[P, Explanation]:
    """Let a method of one image take a batch of several (an input with four axes)."""
    signature = inspect.signature(method)

    @wraps(method)
    def asked(*args: P.args, **kwargs: P.kwargs) -> Explanation:
        given = signature.bind(*args, **kwargs)
        images = given.arguments.get("X")
        shape = tuple(getattr(images, "shape", ()))
        if len(shape) != 4 or shape[0] < 2:
            return method(*args, **kwargs)
        parts = []
        for one in images:  # type: ignore[union-attr]
            given.arguments["X"] = one
            parts.append(method(*given.args, **given.kwargs))
        return stack(parts)

    return asked


def stack(parts: list[Explanation]) -> Explanation:
    """Return one explanation of several images from one for each."""
    first = parts[0]
    targets = list(dict.fromkeys(part.target for part in parts))
    if len(targets) > 1:
        raise ExplainError(
            f"The images would be explained for different outputs ({', '.join(targets[:4])}).", "pass target=."
        )
    bases = [part.base_value for part in parts]
    return Explanation(
        method=first.method,
        variant=first.variant,
        kind="maps",
        values=np.stack([part.values for part in parts]),
        names=(),
        target=first.target,
        scale=first.scale,
        value_function=first.value_function,
        data=_join([part.data for part in parts]),
        prediction=_join([part.prediction for part in parts], whole=True),
        base_value=bases[0] if len(set(bases)) == 1 else None,
        baseline_name=first.baseline_name,
        errors=_join([part.errors for part in parts]),
        parameters={"images": len(parts), **first.parameters},
        evidence={"random": bool(first.evidence.get("random"))},
        extra={
            "each": tuple(parts),
            "base_values": bases,
            **{key: first.extra[key] for key in ("unit", "signed") if key in first.extra},
        },
        seed=first.seed,
        evaluations=sum(part.evaluations for part in parts),
    )


def _join(arrays: list[Any], *, whole: bool = False) -> Any:
    if any(one is None for one in arrays):
        return None
    return np.concatenate(arrays) if whole else np.stack(arrays)
