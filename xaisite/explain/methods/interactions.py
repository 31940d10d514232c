"""SHAP interaction values: the exact index by enumeration, shap's tree code for the path-dependent game.

What it does: splits SHAP values into main effects and pairs (Lundberg et al. 2020, eq. 8 to 10). It deliberately
does not sample. Invariant: rows of the matrix sum to the SHAP values, the whole matrix to the prediction's
difference from the base value.
"""

# ruff: noqa: N803 (X is the field's word for rows)
from __future__ import annotations

from typing import Any

import numpy as np

from xaisite.explain.errors import ExplainError
from xaisite.explain.explanation import Explanation
from xaisite.explain.methods.game import evaluate_games, share_pairs
from xaisite.explain.methods.shap import read_rows
from xaisite.explain.methods.shap_trees import make_tree_explainer, pick_base, pick_output, refuse_wrong_sums
from xaisite.explain.predictor import make_predictor
from xaisite.explain.randomness import library_call


def shap_interactions(
    model: Any,
    X: Any,
    *,
    background: Any = None,
    method: str = "exact",
    target: Any = None,
    scale: str | None = None,
    names: Any = None,
    seed: int = 0,
) -> Explanation:
    """Split SHAP values into main effects and interactions of pairs.

    Parameters
    ----------
    model : fitted scikit-learn estimator, torch module, or callable
    X : array or DataFrame of shape (n, d)
    background : array or DataFrame of shape (m, d)
        Not needed for ``"path"``.
    method : {"exact", "path"}
        Exact: all 2^d coalitions of the interventional game. Path: shap's tree code; depends on the trees' shape.
    target, scale, names, seed
        As in :func:`shap`.

    Returns
    -------
    Explanation
        ``values`` of shape (n, d, d), symmetric; off-diagonal entries are half the interaction index of the pair
        (Grabisch and Roubens 1999), the diagonal is the SHAP value less the row's other entries.

    Raises
    ------
    ExplainError
        On bad input, or more than 14 features (exact).
    """
    if method not in ("exact", "path"):
        raise ExplainError(f"There is no interaction method {method!r}.", 'use "exact" or "path".')
    rows, reference = read_rows(X, background, names, method)
    if method == "path" and scale is None and "BoostingClassifier" in type(model).__name__:
        scale = "log-odds"
    predictor = make_predictor(model, rows, target=target, scale=scale)
    if method == "path":
        with library_call(seed):
            explainer = make_tree_explainer(model, predictor, None)
            values = pick_output(explainer.shap_interaction_values(rows.values), predictor, 3)
            base = pick_base(explainer, predictor)
        refuse_wrong_sums(values.sum(axis=(1, 2)) + base, predictor(rows.values), values, rows.values, None)
    else:
        assert reference is not None
        values = np.stack([share_pairs(game) for game in evaluate_games(predictor, rows.values, reference.values)])
        base = float(predictor(reference.values).mean())
    return Explanation(
        method="shap_interactions",
        variant=method,
        kind="matrix",
        values=values,
        names=rows.names,
        target=predictor.target,
        scale=predictor.scale,
        value_function="path-dependent" if method == "path" else "interventional",
        data=rows.values,
        prediction=predictor(rows.values),
        base_value=base,
        baseline=None if method == "path" or reference is None else reference.values,
        baseline_name="the training rows in the trees"
        if method == "path" or reference is None
        else f"background of {len(reference.values)} rows",
        extra={"unit": f"interaction ({predictor.scale})", "diagonal": True},
        seed=seed,
        evaluations=predictor.evaluations,
    )
