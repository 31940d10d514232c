"""Accumulated local effects of two features: what they do together beyond what each does alone.

What it does: second differences within the cells of two quantile grids, averaged, accumulated along both, then freed of
both one-feature effects and centred (Apley and Zhu 2020, eq. 17 to 20). It deliberately leaves the one-feature effects
out: those are :func:`ale`. Invariant: of an additive model the answer is zero.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from xaisite.explain.errors import ExplainError
from xaisite.explain.explanation import Array, Explanation
from xaisite.explain.libraries import load_library
from xaisite.explain.methods.ale import choose_edges, find_bins
from xaisite.explain.predictor import make_predictor
from xaisite.explain.table import Table


def ale_of_pair(
    model: Any, rows: Table, pair: tuple[int, int], *, bins: Any, target: Any, scale: str | None, seed: int
) -> Explanation:
    """Second-order effect of a pair; see :func:`xaisite.explain.ale`."""
    for index in pair:
        if rows.levels[index] is not None:
            raise ExplainError(
                f"{rows.names[index]} is a category: its values have no order to accumulate along.",
                "use partial_dependence.",
            )
    if not isinstance(bins, int) and len(bins) != 2:
        raise ExplainError("Two features need two lists of edges.", "pass bins=10, or a pair of arrays.")
    predictor = make_predictor(model, rows, target=target, scale=scale)
    asked = (bins, bins) if isinstance(bins, int) else bins
    columns = [rows.values[:, index] for index in pair]
    edges = [choose_edges(c, b, rows.names[i]) for c, b, i in zip(columns, asked, pair, strict=True)]
    places = [find_bins(column, edge) for column, edge in zip(columns, edges, strict=True)]
    effects = sum(
        sign * predictor(move(rows.values, pair, edges, places, ends))
        for ends, sign in (((1, 1), 1), ((0, 1), -1), ((1, 0), -1), ((0, 0), 1))
    )
    shape = (len(edges[0]) - 1, len(edges[1]) - 1)
    counts = np.zeros(shape)
    np.add.at(counts, tuple(places), 1)
    totals = np.zeros(shape)
    np.add.at(totals, tuple(places), effects)
    means = fill_empty(totals / np.maximum(counts, 1), counts, edges)
    return Explanation(
        method="ale",
        variant="pair",
        kind="surface",
        values=leave_interaction(accumulate_cells(means), counts),
        names=tuple(rows.names[index] for index in pair),
        target=predictor.target,
        scale=predictor.scale,
        baseline_name=f"{len(rows.values)} rows",
        parameters={"bins": list(shape), "cells without rows": int((counts == 0).sum())},
        extra={
            "grids": [edge.tolist() for edge in edges],
            "numeric": [True, True],
            "counts": counts,
            "rug": np.column_stack(columns),
            "quantity": "interaction, accumulated",
            "signed": True,
        },
        seed=seed,
        evaluations=predictor.evaluations,
    )


def move(rows: Array, pair: tuple[int, int], edges: list[Array], places: list[Any], ends: tuple[int, int]) -> Array:
    """Return the rows at one corner of their own cell."""
    moved = rows.copy()
    for index, edge, place, end in zip(pair, edges, places, ends, strict=True):
        moved[:, index] = edge[place + end]
    return moved


def fill_empty(means: Array, counts: Array, edges: list[Array]) -> Array:
    """Give cells without rows the effect of the nearest cell with rows, in units of the features' ranges."""
    middles = [(edge[1:] + edge[:-1]) / 2 / (edge[-1] - edge[0]) for edge in edges]
    centres = np.stack(np.meshgrid(*middles, indexing="ij"), axis=-1).reshape(-1, 2)
    filled = counts.ravel() > 0
    nearest = load_library("scipy.spatial").cKDTree(centres[filled]).query(centres)[1]
    return np.asarray(means.ravel()[filled][nearest].reshape(means.shape))


def accumulate_cells(means: Array) -> Array:
    """Sum from the lower left corner: shape (k + 1, m + 1)."""
    return np.pad(means.cumsum(axis=0).cumsum(axis=1), ((1, 0), (1, 0)))


def one_way(surface: Array, counts: Array) -> Array:
    """Return the accumulated effect of the first feature that the surface still holds: shape (k + 1,)."""
    steps = np.diff(surface, axis=0)
    middles = (steps[:, 1:] + steps[:, :-1]) / 2
    return np.concatenate([[0.0], ((counts * middles).sum(axis=1) / np.maximum(counts.sum(axis=1), 1)).cumsum()])


def mean_of_cells(surface: Array, counts: Array) -> float:
    """Return the mean over the data, each row at the mean of its cell's corners."""
    corners = (surface[1:, 1:] + surface[:-1, 1:] + surface[1:, :-1] + surface[:-1, :-1]) / 4
    return float((counts * corners).sum() / counts.sum())


def leave_interaction(surface: Array, counts: Array) -> Array:
    """Take both one-feature effects and the mean away."""
    pure = surface - one_way(surface, counts)[:, None] - one_way(surface.T, counts.T)[None, :]
    return np.asarray(pure - mean_of_cells(pure, counts))
