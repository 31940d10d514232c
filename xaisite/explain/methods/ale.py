"""Accumulated local effects of one feature; two are handed to ``ale_pair``.

What it does: differences within quantile bins, averaged, accumulated, centred (Apley and Zhu 2020, eq. 15 and 16).
It deliberately asks the model only about rows moved to the edges of their own bin.
Invariant: the mean over the data is zero, with each bin's rows at the mean of its two edges.
"""

# ruff: noqa: N803 (X is the field's word for rows)
from __future__ import annotations

from typing import Any

import numpy as np

from xaisite.explain.errors import ExplainError
from xaisite.explain.explanation import Array, Explanation
from xaisite.explain.predictor import make_predictor
from xaisite.explain.table import read_table


def ale(
    model: Any,
    X: Any,
    feature: int | str | tuple[int | str, int | str],
    *,
    bins: int | Any = 20,
    target: Any = None,
    scale: str | None = None,
    names: Any = None,
    seed: int = 0,
) -> Explanation:
    """Accumulate the local effect of one numeric feature, or the interaction of two.

    Parameters
    ----------
    model : fitted scikit-learn estimator, torch module, or callable
    X : array or DataFrame of shape (n, d)
    feature : int, str, or pair of these
        A numeric feature; categories have no order to accumulate along. A pair gives the second-order effect: what
        the two do together beyond their one-feature effects, zero for an additive model.
    bins : int or array
        Number of quantile bins, or their edges; for a pair a number (of bins of each) or two arrays.
    target, scale, names
        As in :func:`shap`.
    seed : int
        Unused: nothing is random. Here so that all functions can be asked alike.

    Returns
    -------
    Explanation
        ``values`` (edges,) in the unit of ``scale``, at ``extra["grid"]``; ``extra["counts"]``: rows per bin;
        ``errors``: standard errors of the accumulated means. A pair: ``values`` (edges of the first, of the second)
        at ``extra["grids"]``; ``extra["counts"]``: rows per cell. Cells without rows take the nearest cell's effect.

    Raises
    ------
    ExplainError
        On bad input, a categorical or constant feature.
    """
    rows = read_table(X, names=names)
    if isinstance(feature, (tuple, list)):
        from xaisite.explain.methods.ale_pair import ale_of_pair

        return ale_of_pair(model, rows, rows.find_pair(feature), bins=bins, target=target, scale=scale, seed=seed)
    index = rows.find_feature(feature)
    if rows.levels[index] is not None:
        raise ExplainError(
            f"{rows.names[index]} is a category: its values have no order to accumulate along.",
            "use partial_dependence.",
        )
    predictor = make_predictor(model, rows, target=target, scale=scale)
    column = rows.values[:, index]
    edges = choose_edges(column, bins, rows.names[index])
    place = find_bins(column, edges)
    low, high = rows.values.copy(), rows.values.copy()
    low[:, index], high[:, index] = edges[place], edges[place + 1]
    effects = predictor(high) - predictor(low)
    counts = np.bincount(place, minlength=len(edges) - 1)
    values, errors = accumulate(effects, place, counts)
    return Explanation(
        method="ale",
        kind="effect",
        values=values,
        errors=errors,
        names=(rows.names[index],),
        target=predictor.target,
        scale=predictor.scale,
        baseline_name=f"{len(rows.values)} rows",
        parameters={"bins": len(counts)},
        extra={"grid": edges, "counts": counts, "numeric": True, "rug": column, "quantity": "accumulated local effect"},
        seed=seed,
        evaluations=predictor.evaluations,
    )


def choose_edges(column: Array, bins: int | Any, name: str) -> Array:
    """Distinct quantiles of the data, each an observed value, from the smallest to the largest."""
    if isinstance(bins, int):
        if bins < 1:
            raise ExplainError("At least one bin is needed.", "pass bins=20.")
        edges = np.unique(np.quantile(column, np.linspace(0, 1, bins + 1), method="inverted_cdf"))
    else:
        edges = np.unique(np.asarray(bins, dtype=np.float64))
        if len(edges) and (column.min() < edges[0] or column.max() > edges[-1]):
            raise ExplainError(
                "The edges do not cover the data.", "let them run from the smallest to the largest value."
            )
    if len(edges) < 2:
        raise ExplainError(f"{name} has a single value.", "choose a feature that varies.")
    return edges


def find_bins(column: Array, edges: Array) -> Any:
    """Return the bin of each value; a bin holds its upper edge, the first one both."""
    return np.clip(np.searchsorted(edges, column, side="left") - 1, 0, len(edges) - 2)


def accumulate(effects: Array, place: Any, counts: Any) -> tuple[Array, Array]:
    """Mean effect per bin, summed up from the left, centred over the data; and standard errors of the sums."""
    filled = np.maximum(counts, 1)
    means = np.bincount(place, weights=effects, minlength=len(counts)) / filled
    squares = np.bincount(place, weights=(effects - means[place]) ** 2, minlength=len(counts))
    variances = squares / np.maximum(counts - 1, 1) / filled
    curve = np.concatenate([[0.0], np.cumsum(means)])
    centre = ((curve[1:] + curve[:-1]) / 2 * counts).sum() / counts.sum()
    return curve - centre, np.sqrt(np.concatenate([[0.0], np.cumsum(variances)]))
