"""Partial dependence on one feature with its single curves, or on two.

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
    feature: int | str | tuple[int | str, int | str],
    *,
    grid: int | Any = None,
    target: Any = None,
    scale: str | None = None,
    names: Any = None,
    curves: int = 60,
    seed: int = 0,
) -> Explanation:
    """Mean prediction with one feature set to each value of a grid (Friedman 2001, eq. 52), and the single curves.

    With a pair of features, both are set to each pair of values.

    Parameters
    ----------
    model : fitted scikit-learn estimator, torch module, or callable
    X : array or DataFrame of shape (n, d)
    feature : int, str, or pair of these
    grid : int or array, optional
        Number of grid points between the 5th and 95th percentile (default 50; for a pair 16 each), or the points
        themselves; for a pair, two arrays of points. Categories: all levels.
    target, scale, names
        As in :func:`shap`.
    curves : int
        How many single curves (ICE, Goldstein et al. 2015) the figure draws; all are computed.
    seed : int
        Which of them.

    Returns
    -------
    Explanation
        ``values`` (grid,) in the unit of ``scale``; ``extra["ice"]`` (n, grid); ``extra["grid"]``. A pair: ``values``
        (grid of the first, of the second) at ``extra["grids"]``, and in ``evidence`` the share of their variance that
        is not the sum of two one-feature curves.

    Raises
    ------
    ExplainError
        On bad input or an unknown feature.
    """
    rows = read_table(X, names=names)
    if isinstance(feature, (tuple, list)):
        return _of_pair(model, rows, rows.find_pair(feature), grid=grid, target=target, scale=scale, seed=seed)
    index = rows.find_feature(feature)
    predictor = make_predictor(model, rows, target=target, scale=scale)
    numeric = rows.levels[index] is None
    points = choose_grid(rows, index, 50 if grid is None else grid)
    average, ice = _ask(predictor, rows, {index: points}, "both")
    assert ice is not None
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


def _of_pair(
    model: Any, rows: Table, pair: tuple[int, int], *, grid: Any, target: Any, scale: str | None, seed: int
) -> Explanation:
    """Return the surface over two features."""
    predictor = make_predictor(model, rows, target=target, scale=scale)
    if not (grid is None or isinstance(grid, int)) and len(grid) != 2:
        raise ExplainError("Two features need two grids.", "pass grid=16, or a pair of arrays.")
    asked = (16, 16) if grid is None else (grid, grid) if isinstance(grid, int) else grid
    points = {index: choose_grid(rows, index, one) for index, one in zip(pair, asked, strict=True)}
    surface, _ = _ask(predictor, rows, points, "average")
    share = interaction_share(surface)
    levels = [rows.levels[index] for index in pair]
    return Explanation(
        method="partial_dependence",
        variant="pair",
        kind="surface",
        values=surface,
        names=tuple(rows.names[index] for index in pair),
        target=predictor.target,
        scale=predictor.scale,
        baseline_name=f"{len(rows.values)} rows",
        parameters={"grid points": list(surface.shape)},
        evidence={
            "measured": share,
            "summary": f"{share:.0%} of the variation over the grid is interaction: not the sum of two one-feature "
            "curves. The grid also asks about pairs of values that do not occur.",
        },
        extra={
            "grids": [
                one.tolist() if level is None else [str(level[round(code)]) for code in one]
                for one, level in zip(points.values(), levels, strict=True)
            ],
            "numeric": [level is None for level in levels],
            "rug": rows.values[:, list(pair)],
            "quantity": "partial dependence",
            "signed": False,
        },
        seed=seed,
        evaluations=predictor.evaluations,
    )


def interaction_share(surface: Array) -> float:
    """Return the share of a surface's variance that is left beside the means of its rows and columns."""
    across, down = surface.mean(axis=0, keepdims=True), surface.mean(axis=1, keepdims=True)
    left, whole = surface - across - down + surface.mean(), surface - surface.mean()
    return float((left**2).sum() / max(float((whole**2).sum()), 1e-300))


def _ask(predictor: Predictor, rows: Table, points: dict[int, Array], kind: str) -> tuple[Array, Array | None]:
    inspection = load_library("sklearn.inspection")
    with library_call(0):
        found = inspection.partial_dependence(
            as_estimator(predictor, rows),
            rows.values,
            list(points),
            method="brute",
            kind=kind,
            custom_values=points,
        )
    single = np.asarray(found["individual"][0], dtype=np.float64) if kind == "both" else None
    return np.asarray(found["average"][0], dtype=np.float64), single
