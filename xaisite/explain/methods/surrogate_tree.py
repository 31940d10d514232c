"""A small decision tree that imitates the model.

What it does: fits scikit-learn's tree to the model's predictions and measures its fidelity on rows it has not
seen. It deliberately never sees the truth. Invariant: the fidelity reported is that of held-out rows.
"""

# ruff: noqa: N803 (X is the field's word for rows)
from __future__ import annotations

from typing import Any

import numpy as np

from xaisite.explain.errors import ExplainError
from xaisite.explain.explanation import Array, Explanation
from xaisite.explain.libraries import load_library
from xaisite.explain.predictor import Predictor, ask_estimator, make_predictor
from xaisite.explain.randomness import library_call
from xaisite.explain.table import Table, read_table
from xaisite.explain.verdict import shown


def surrogate_tree(
    model: Any,
    X: Any,
    *,
    max_depth: int = 3,
    holdout: float = 0.3,
    target: Any = None,
    scale: str | None = None,
    names: Any = None,
    min_fidelity: float = 0.7,
    seed: int = 0,
) -> Explanation:
    """Fit a decision tree to the model's predictions (after Craven and Shavlik 1996).

    Parameters
    ----------
    model : fitted scikit-learn estimator, torch module, or callable
    X : array or DataFrame of shape (n, d)
        At least 20 rows; the truth is not needed.
    max_depth : int
    holdout : float
        Share of the rows kept for measuring fidelity.
    target, scale, names, seed
        As in :func:`shap`; the tree imitates that one output.
    min_fidelity : float
        R² on held-out rows below which the check warns.

    Returns
    -------
    Explanation
        ``values`` (d,): the tree's importances; ``extra["nodes"]``: the tree; ``evidence["held_out"]``: R² there.

    Raises
    ------
    ExplainError
        On bad input or too few rows.
    """
    rows = read_table(X, names=names)
    predictor = make_predictor(model, rows, target=target, scale=scale)
    fit, test = split(len(rows.values), holdout, seed)
    answers = predictor(rows.values)
    trees = load_library("sklearn.tree")
    with library_call(seed):
        tree = trees.DecisionTreeRegressor(
            max_depth=max_depth, min_samples_leaf=max(2, len(fit) // 100), random_state=seed
        ).fit(rows.values[fit], answers[fit])
    return Explanation(
        method="surrogate_tree",
        kind="tree",
        values=tree.feature_importances_,
        names=rows.names,
        target=predictor.target,
        scale=predictor.scale,
        parameters={"max depth": max_depth, "rows fitted": len(fit)},
        evidence={
            "fitted": r_squared(tree.predict(rows.values[fit]), answers[fit]),
            "held_out": r_squared(tree.predict(rows.values[test]), answers[test]),
            "measure": "R²",
            "held_out_rows": len(test),
            "limit": min_fidelity,
            "trivial": r_squared(np.full(len(test), answers[fit].mean()), answers[test]),
            "random": True,
        },
        extra={"nodes": read_nodes(tree, rows)},
        seed=seed,
        evaluations=predictor.evaluations,
    )


def split(rows: int, holdout: float, seed: int) -> tuple[Any, Any]:
    """Row numbers to fit and to test on."""
    if rows < 20:
        raise ExplainError(
            f"{rows} row{'s are' if rows != 1 else ' is'} too few to fit a surrogate and to test it.",
            "pass at least 20 rows.",
        )
    if not 0 < holdout < 1:
        raise ExplainError(f"holdout is {holdout}.", "pass a share between 0 and 1, for example 0.3.")
    order = np.random.default_rng(seed).permutation(rows)
    cut = int(np.clip(round(rows * holdout), 5, rows - 10))
    return np.sort(order[cut:]), np.sort(order[:cut])


def r_squared(guess: Array, truth: Array, weights: Array | None = None) -> float:
    """1 − weighted squared error over weighted variance; a constant truth gives 1 if met, else 0."""
    weight = np.ones(len(truth)) if weights is None else weights
    mean = (weight * truth).sum() / weight.sum()
    total = float((weight * (truth - mean) ** 2).sum())
    error = float((weight * (truth - guess) ** 2).sum())
    # Rounding of a constant is not variance.
    floor = 1e-24 * float((weight * np.maximum(truth**2, 1e-12)).sum())
    if total <= floor:
        return 1.0 if error <= max(floor, 1e-18) else 0.0
    return 1 - error / total


def read_nodes(tree: Any, rows: Table) -> list[dict[str, Any]]:
    """Return the tree as a list of nodes: children, test, answer, share of rows."""
    inner, nodes = tree.tree_, []
    for index in range(inner.node_count):
        feature = int(inner.feature[index])
        leaf = inner.children_left[index] < 0
        nodes.append(
            {
                "left": int(inner.children_left[index]),
                "right": int(inner.children_right[index]),
                "feature": feature if not leaf else -1,
                "threshold": float(inner.threshold[index]) if not leaf else 0.0,
                "test": "" if leaf else spell_test(rows, feature, float(inner.threshold[index])),
                "value": float(inner.value[index].ravel()[0]),
                "answer": shown(float(inner.value[index].ravel()[0])),
                "share": float(inner.n_node_samples[index] / inner.n_node_samples[0]),
            }
        )
    return nodes


def spell_test(rows: Table, feature: int, threshold: float) -> str:
    """``age ≤ 42``; of a category, the levels on the left side."""
    level = rows.levels[feature]
    if level is None:
        return f"{rows.names[feature]} ≤ {shown(threshold)}"
    left = [str(one) for code, one in enumerate(level) if code <= threshold]
    return f"{rows.names[feature]} in {{{', '.join(left)}}}"


def ask_classes(model: Any, rows: Table, predictor: Predictor, threshold: float) -> tuple[Array, tuple[str, str]]:
    """Return the model's decisions as 0 and 1, with their names."""
    if predictor.classes:
        decided = np.asarray(ask_estimator(model, "predict", rows.restore(rows.values)))
        label = predictor.classes[predictor.column or 0]
        predictor.asked[0] += len(rows.values)
        other = [str(one) for one in predictor.classes if one != label]
        return (decided == label).astype(float), (other[0] if len(other) == 1 else f"not {label}", str(label))
    return (predictor(rows.values) >= threshold).astype(float), (f"< {shown(threshold)}", f"≥ {shown(threshold)}")
