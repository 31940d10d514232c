"""Stability of an explanation under other seeds.

What it does: asks the same question with several seeds. It deliberately changes nothing else.
Invariant: a deterministic method has no spread.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

import numpy as np

from xaisite.explain.displays.attribution import MOST
from xaisite.explain.errors import ExplainError
from xaisite.explain.explanation import Explanation
from xaisite.explain.judging.agreement import rank_correlation, top_overlap
from xaisite.explain.judging.subject import read_scores


def stability(
    explain: Callable[[int], Explanation], *, seeds: int = 5, top: int | None = None, seed: int = 0
) -> Explanation:
    """Repeat an explanation with other seeds.

    Parameters
    ----------
    explain : callable
        Takes a seed and returns an explanation, ``lambda seed: explain.lime(..., seed=seed)``.
    seeds : int
        How many, from ``seed`` on.
    top : int, optional
        How many of the strongest to compare; default: a tenth, at least three.
    seed : int

    Returns
    -------
    Explanation
        ``values``: means of the strongest values over the seeds, with their standard deviations as ``errors``; of
        pixel maps, of the strongest pixels.

    Raises
    ------
    ExplainError
        With fewer than two seeds.
    """
    if seeds < 2:
        raise ExplainError("Stability needs two seeds.", "pass seeds=5.")
    runs = [explain(seed + offset) for offset in range(seeds)]
    scores = np.stack([read_scores(run).ravel() for run in runs])
    count = min(top or max(3, scores.shape[1] // 10), scores.shape[1])
    pairs = list(combinations(scores, 2))
    ranks = float(np.mean([rank_correlation(a, b) for a, b in pairs]))
    overlap = float(np.mean([top_overlap(a, b, count) for a, b in pairs]))
    mean, spread = scores.mean(axis=0), scores.std(axis=0, ddof=1)
    order = np.argsort(-np.abs(mean), kind="stable")[:MOST]
    names = runs[0].names if runs[0].names and "segments" not in runs[0].extra else ()
    width = read_scores(runs[0]).shape[-1]
    labels = tuple(names[i] if names else f"row {i // width + 1}, column {i % width + 1}" for i in order)
    return Explanation(
        method="stability",
        kind="numbers",
        values=mean[order],
        errors=spread[order],
        names=labels,
        target=runs[0].target,
        scale=f"mean over {seeds} seeds",
        parameters={"seeds": seeds, "top": count},
        evidence={
            "measured": ranks,
            "rank_correlation": ranks,
            "top_overlap": overlap,
            "spread": float(spread.max()),
            "summary": f"Over {seeds} seeds: rank correlation {ranks:.2f}, {overlap:.0%} of the {count} strongest in "
            f"common, largest standard deviation {spread.max():.2g}.",
        },
        seed=seed,
        evaluations=sum(run.evaluations for run in runs),
    )
