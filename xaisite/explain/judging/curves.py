"""Deletion and insertion curves.

What it does: removes (or adds) what a map marks, most important first, and records the output (Bach et al. 2015,
section 4; Samek et al. 2017, eq. 3; area: Petsiuk et al. 2018, section 3.3). It deliberately uses two fills and a
band of random maps: one curve alone says little. Invariant: both ends of a curve are the input and the fill.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from xaisite.explain.errors import ExplainError
from xaisite.explain.explanation import Array, Explanation
from xaisite.explain.judging.subject import Subject, read_subject


def deletion(
    explanation: Explanation,
    model: Any,
    *,
    fills: Any = None,
    background: Any = None,
    steps: int = 20,
    random_maps: int = 20,
    target: Any = None,
    scale: str | None = None,
    seed: int = 0,
) -> Explanation:
    """Remove what is marked, most important first; a good map makes the output fall fast.

    Parameters
    ----------
    explanation : Explanation
        Attributions of one row or one image.
    model : as for the explanation
    fills : sequence of str, or dict of name to array, optional
        Images: default ``("neutral", "blurred")``. Rows: default mean and median of ``background``.
    background : array or DataFrame, optional
    steps : int
        Points of the curve beside its start.
    random_maps : int
        Maps of random order, for the band.
    target, scale
        As for the explanation; another output is refused.
    seed : int

    Returns
    -------
    Explanation
        ``values`` (fills, steps + 1) in the unit of the output; ``evidence["areas"]``: mean of each curve.

    Raises
    ------
    ExplainError
        On bad input, or if the model's output is not the one explained.
    """
    return _judge("deletion", explanation, model, fills, background, steps, random_maps, target, scale, seed)


def insertion(
    explanation: Explanation,
    model: Any,
    *,
    fills: Any = None,
    background: Any = None,
    steps: int = 20,
    random_maps: int = 20,
    target: Any = None,
    scale: str | None = None,
    seed: int = 0,
) -> Explanation:
    """Add what is marked onto the fill, most important first; a good map makes the output rise fast.

    Parameters
    ----------
    explanation, model, fills, background, steps, random_maps, target, scale, seed
        As in :func:`deletion`.

    Returns
    -------
    Explanation
        ``values`` (fills, steps + 1) in the unit of the output; ``evidence["areas"]``: mean of each curve.

    Raises
    ------
    ExplainError
        As in :func:`deletion`.
    """
    return _judge("insertion", explanation, model, fills, background, steps, random_maps, target, scale, seed)


def _judge(  # noqa: PLR0917
    method: str,
    explanation: Explanation,
    model: Any,
    fills: Any,
    background: Any,
    steps: int,
    random_maps: int,
    target: Any,
    scale: str | None,
    seed: int,
) -> Explanation:
    subject = read_subject(explanation, model, target=target, scale=scale, fills=fills, background=background)
    if random_maps < 2 or steps < 1:
        raise ExplainError(
            "The band needs at least two random maps, the curve one step.", "pass random_maps=20, steps=20."
        )
    counts = np.unique(np.round(np.linspace(0, subject.scores.size, steps + 1)).astype(int))
    rng = np.random.default_rng(seed)
    orders = [np.argsort(-subject.scores.ravel(), kind="stable")]
    orders += [rng.permutation(subject.scores.size) for _ in range(random_maps)]
    curves = [
        np.stack([trace(subject, order, counts, fill, inserting=method == "insertion") for order in orders])
        for _, fill in subject.fills
    ]
    areas = [area(curve[0], counts) for curve in curves]
    randoms = [np.array([area(line, counts) for line in curve[1:]]) for curve in curves]
    sign = 1 if method == "insertion" else -1
    return Explanation(
        method=method,
        kind="curves",
        values=np.stack([curve[0] for curve in curves]),
        names=tuple(name for name, _ in subject.fills),
        target=explanation.target,
        scale=f"output ({explanation.scale})",
        parameters={"steps": len(counts) - 1, "random maps": random_maps},
        evidence={
            "areas": areas,
            "random_means": [float(r.mean()) for r in randoms],
            "random_spreads": [float(r.std(ddof=1)) for r in randoms],
            "random": True,
            "beats_random": [
                bool(sign * (a - r.mean()) > 2 * r.std(ddof=1)) for a, r in zip(areas, randoms, strict=True)
            ],
        },
        extra={
            "across": counts / subject.scores.size,
            "across_name": f"share {'added' if method == 'insertion' else 'removed'}",
            "bands": [(curve[1:].min(axis=0), curve[1:].max(axis=0)) for curve in curves],
            "judged": explanation.method,
        },
        seed=seed,
        evaluations=len(subject.fills) * len(orders) * len(counts),
    )


def trace(subject: Subject, order: Any, counts: Any, fill: Array, *, inserting: bool) -> Array:
    """Return the output after the first ``counts`` of ``order`` were removed (or added)."""
    marked = np.zeros((len(counts), subject.scores.size), dtype=bool)
    for place, count in enumerate(counts):
        marked[place, order[:count]] = True
    kept = (marked if inserting else ~marked).reshape(len(counts), *subject.scores.shape)
    return subject.answer(subject.mix(kept, fill))


def area(curve: Array, counts: Any) -> float:
    """Area under a curve over the share removed, from 0 to 1 (trapezium rule)."""
    return float(np.trapezoid(curve, counts / counts[-1]))
