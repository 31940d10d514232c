"""Partial dependence with its single curves.

What it does: runs scikit-learn's brute-force computation for any model. It deliberately never uses the recursion
shortcut of trees, which weights rows by the training data instead of the rows given.
Invariant: the curve is the mean of the single curves, and they are shown.
"""

# ruff: noqa: N803 (X is the field's word for rows)
from __future__ import annotations

from typing import Any

import numpy as np

from xaisite.explain.errors import ExplainError
from xaisite.explain.explanation import Array, Explanation
from xaisite.explain.libraries import load_library
from xaisite.explain.predictor import Predictor, as_estimator, make_predictor
from xaisite.explain.randomness import library_call
from xaisite.explain.table import Table, read_table


def partial_dependence(
    model: Any,
    X: Any,
    feature: int | str,
    *,
    grid: int | Any = 50,
    target: Any = None,
    scale: str | None = None,
    names: Any = None,
    curves: int = 60,
    seed: int = 0,
) -> Explanation:
    """Mean prediction with one feature set to each value of a grid (Friedman 2001, eq. 52), and the single curves.

    Parameters
    ----------
    model : fitted scikit-learn estimator, torch module, or callable
    X : array or DataFrame of shape (n, d)
    feature : int or str
    grid : int or array
        Number of grid points between the 5th and 95th percentile, or the points themselves. Categories: all levels.
    target, scale, names
        As in :func:`shap`.
    curves : int
        How many single curves (ICE, Goldstein et al. 2015) the figure draws; all are computed.
    seed : int
        Which of them.

    Returns
    -------
    Explanation
        ``values`` (grid,) in the unit of ``scale``; ``extra["ice"]`` (n, grid); ``extra["grid"]``.

    Raises
    ------
    ExplainError
        On bad input or an unknown feature.
    """
    rows = read_table(X, names=names)
    index = rows.find_feature(feature)
    predictor = make_predictor(model, rows, target=target, scale=scale)
    numeric = rows.levels[index] is None
    points = choose_grid(rows, index, grid)
    average, ice = _ask(predictor, rows, index, points)
    chosen = np.sort(np.random.default_rng(seed).permutation(len(ice))[:curves])
    centred = ice - ice.mean(axis=1, keepdims=True)
    level = rows.levels[index]
    return Explanation(
        method="partial_dependence",
        kind="effect",
        values=average,
        names=(rows.names[index],),
        target=predictor.target,
        scale=predictor.scale,
        baseline_name=f"{len(rows.values)} rows",
        parameters={"grid points": len(points)},
        evidence={"heterogeneity": float(centred.std(axis=0).max())},
        extra={
            "grid": points if level is None else [str(level[round(code)]) for code in points],
            "numeric": numeric,
            "ice": ice,
            "ice_drawn": ice[chosen],
            "rug": rows.values[:, index],
            "quantity": "partial dependence",
        },
        seed=seed,
        evaluations=predictor.evaluations,
    )


def choose_grid(rows: Table, index: int, grid: int | Any) -> Array:
    """Return the points asked for, or an even grid within the 5th and 95th percentile, or all categories."""
    column, level = rows.values[:, index], rows.levels[index]
    if level is not None:
        return np.arange(len(level), dtype=np.float64)
    if not isinstance(grid, int):
        points = np.asarray(grid, dtype=np.float64)
        if points.ndim != 1 or len(points) < 2 or not np.isfinite(points).all():
            raise ExplainError("The grid is not a list of at least two numbers.", "pass grid=50, or an array.")
        return points
    distinct = np.unique(column)
    if len(distinct) <= grid:
        return distinct
    low, high = np.quantile(column, [0.05, 0.95])
    return np.linspace(low, high, grid) if high > low else distinct


def _ask(predictor: Predictor, rows: Table, index: int, points: Array) -> tuple[Array, Array]:
    inspection = load_library("sklearn.inspection")
    with library_call(0):
        found = inspection.partial_dependence(
            as_estimator(predictor, rows),
            rows.values,
            [index],
            method="brute",
            kind="both",
            custom_values={index: points},
        )
    return np.asarray(found["average"][0], dtype=np.float64), np.asarray(found["individual"][0], dtype=np.float64)
