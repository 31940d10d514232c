"""Friedman's H²: what share of a pair's joint effect is interaction.

What it does: partial dependence of pairs and single features at the data's own points (Friedman and Popescu 2008,
eq. 44). It deliberately takes no square root: H² is a share of variance.
Invariant: symmetric, zero for additive models.
"""

# ruff: noqa: N803 (X is the field's word for rows)
from __future__ import annotations

from typing import Any

import numpy as np

from xaisite.explain.errors import ExplainError
from xaisite.explain.explanation import Array, Explanation
from xaisite.explain.predictor import Predictor, make_predictor
from xaisite.explain.table import read_table


def h_statistic(
    model: Any,
    X: Any,
    *,
    features: Any = None,
    rows: int = 60,
    target: Any = None,
    scale: str | None = None,
    names: Any = None,
    seed: int = 0,
) -> Explanation:
    """Friedman's H² for all pairs of some features.

    Parameters
    ----------
    model : fitted scikit-learn estimator, torch module, or callable
    X : array or DataFrame of shape (n, d)
    features : sequence of int or str, optional
        Which ones; default: all.
    rows : int
        How many rows of ``X`` to use, drawn without replacement; cost grows with their square.
    target, scale, names, seed
        As in :func:`shap`.

    Returns
    -------
    Explanation
        ``values`` (k, k): H² of each pair, a share between 0 and 1, zero on the diagonal; nan never: a pair without
        any effect has 0.

    Raises
    ------
    ExplainError
        On bad input or fewer than two features.
    """
    table = read_table(X, names=names)
    chosen = [table.find_feature(one) for one in (range(len(table.names)) if features is None else features)]
    if len(chosen) < 2:
        raise ExplainError("An interaction needs two features.", "pass at least two features.")
    predictor = make_predictor(model, table, target=target, scale=scale)
    drawn = np.sort(np.random.default_rng(seed).permutation(len(table.values))[:rows])
    data = table.values[drawn]
    single = [depend(predictor, data, [index]) for index in chosen]
    values = np.zeros((len(chosen), len(chosen)))
    for i in range(len(chosen)):
        for j in range(i):
            pair = depend(predictor, data, [chosen[i], chosen[j]])
            total = (pair**2).sum()
            rest = ((pair - single[i] - single[j]) ** 2).sum()
            # Below rounding of the model's own output there is no joint effect to take a share of.
            small = 1e-20 * max(1.0, float(np.abs(pair).max()) ** 2)
            values[i, j] = values[j, i] = rest / total if total > small else 0.0
    return Explanation(
        method="h_statistic",
        kind="matrix",
        values=values,
        names=tuple(table.names[i] for i in chosen),
        target=predictor.target,
        scale=predictor.scale,
        baseline_name=f"{len(data)} rows",
        parameters={"rows": len(data)},
        evidence={"random": len(data) < len(table.values)},
        extra={"unit": "H² (share of the pair's joint effect)", "diagonal": False},
        seed=seed,
        evaluations=predictor.evaluations,
    )


def depend(predictor: Predictor, data: Array, features: list[int]) -> Array:
    """Centred partial dependence on some features, at each row's own values of them."""
    rows = len(data)
    batch = np.repeat(data[None], rows, axis=0)
    batch[:, :, features] = data[:, None, features]
    out = predictor(batch.reshape(rows * rows, -1)).reshape(rows, rows).mean(axis=1)
    return np.asarray(out - out.mean())
