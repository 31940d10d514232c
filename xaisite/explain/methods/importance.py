"""Importance for the whole model: permutation and impurity, the second never without the first.

What it does: runs scikit-learn's inspection. It deliberately does not say which data to use: held-out rows answer
another question than training rows, and the author knows which they passed.
Invariant: errors are standard errors of the mean over the shuffles.
"""

# ruff: noqa: N803 (X is the field's word for rows)
from __future__ import annotations

from typing import Any

import numpy as np

from xaisite.explain.errors import ExplainError
from xaisite.explain.explanation import Array, Explanation
from xaisite.explain.libraries import load_library
from xaisite.explain.predictor import as_estimator, make_predictor
from xaisite.explain.randomness import library_call
from xaisite.explain.table import Table, read_table


def permutation_importance(
    model: Any,
    X: Any,
    y: Any,
    *,
    scoring: Any = None,
    repeats: int = 20,
    names: Any = None,
    seed: int = 0,
) -> Explanation:
    """How much the score drops when a feature is shuffled.

    Breiman (2001), section 10; model-agnostic form of Fisher, Rudin and Dominici (2019), eq. 3.4, as a difference.

    Parameters
    ----------
    model : fitted scikit-learn estimator, or callable returning (n,)
    X : array or DataFrame of shape (n, d)
    y : array of shape (n,)
        The truth for those rows.
    scoring : str or callable, optional
        As in scikit-learn. Default: accuracy of classifiers, minus the mean squared error of all others.
    repeats, seed : int
    names : sequence of str, optional

    Returns
    -------
    Explanation
        ``values`` (d,): mean drop of the score, in its unit; ``errors`` (d,): standard errors over the shuffles.

    Raises
    ------
    ExplainError
        On bad input.
    """
    rows = read_table(X, names=names)
    truth = _read_truth(y, len(rows.values))
    if repeats < 2:
        raise ExplainError("One shuffle has no standard error.", "pass repeats=20.")
    estimator, given, scoring = _prepare(model, rows, scoring)
    before = _score(estimator, given, truth, scoring, seed)
    with library_call(seed):
        found = load_library("sklearn.inspection").permutation_importance(
            estimator, given, truth, scoring=scoring, n_repeats=repeats, random_state=seed
        )
    drops = np.asarray(found.importances)
    return Explanation(
        method="permutation_importance",
        kind="importance",
        values=drops.mean(axis=1),
        names=rows.names,
        target=f"the {_name(scoring)}",
        scale=_name(scoring),
        errors=drops.std(axis=1, ddof=1) / np.sqrt(repeats),
        parameters={"rows": len(truth), "repeats": repeats},
        evidence={"score": before, "random": True},
        extra={"unit": f"drop of the {_name(scoring)} when shuffled"},
        seed=seed,
        evaluations=len(truth) * (len(rows.names) * repeats + 2),
    )


def _prepare(model: Any, rows: Table, scoring: Any) -> tuple[Any, Any, Any]:
    """Return the estimator, its rows, and the scorer; a function becomes a regressor."""
    if hasattr(model, "predict") and hasattr(model, "get_params"):
        make_predictor(model, Table(values=rows.values[:1], names=rows.names, levels=rows.levels, framed=rows.framed))
        default = "accuracy" if hasattr(model, "classes_") else "neg_mean_squared_error"
        return model, rows.restore(rows.values), scoring or default
    predictor = make_predictor(model, rows)
    return as_estimator(predictor, rows), rows.values, scoring or "neg_mean_squared_error"


def _score(estimator: Any, given: Any, truth: Any, scoring: Any, seed: int) -> float:
    """Return the score before anything is shuffled; what the scorer complains of becomes one sentence."""
    metrics = load_library("sklearn.metrics")
    try:
        scorer = metrics.get_scorer(scoring) if isinstance(scoring, str) else scoring
        with library_call(seed):
            return float(scorer(estimator, given, truth))
    except (ValueError, TypeError) as error:
        raise ExplainError(
            f"The model cannot be scored on these rows and truths ({str(error).splitlines()[0]}).",
            "pass X and y of the kind it was fitted on, and a scoring that suits them.",
        ) from error


def _name(scoring: Any) -> str:
    text = scoring if isinstance(scoring, str) else getattr(scoring, "__name__", "score")
    plain = text.replace("_", " ")
    return f"negative {plain.removeprefix('neg ')}" if plain.startswith("neg ") else plain


def _read_truth(y: Any, rows: int) -> Any:
    truth = np.asarray(y)
    if truth.shape != (rows,):
        raise ExplainError(f"y has shape {truth.shape}; there are {rows} rows in X.", "pass one truth per row.")
    if truth.dtype.kind == "f" and not np.isfinite(truth).all():
        raise ExplainError("y has missing or infinite values.", "drop those rows.")
    return truth


def impurity_importance(
    model: Any,
    X: Any,
    y: Any,
    *,
    scoring: Any = None,
    repeats: int = 20,
    names: Any = None,
    seed: int = 0,
) -> Explanation:
    """Mean decrease of impurity of a fitted tree or forest, with permutation importance beside it.

    Breiman et al. (1984), section 5.3.4; its bias towards features with many values: Strobl et al. (2007).

    Parameters
    ----------
    model : fitted scikit-learn tree, forest or gradient boosting
    X, y
        Rows with their truth, for the permutation importance beside it.
    scoring, repeats, names, seed
        As in :func:`permutation_importance`.

    Returns
    -------
    Explanation
        ``values`` (d,): shares of the impurity decrease, summing to 1; ``errors`` (d,): standard error over the
        trees of a forest; ``extra["second"]``: permutation importance.

    Raises
    ------
    ExplainError
        If the model has no impurities, or on bad input.
    """
    beside = permutation_importance(model, X, y, scoring=scoring, repeats=repeats, names=names, seed=seed)
    if not hasattr(model, "feature_importances_"):
        raise ExplainError(
            f"A {type(model).__name__} has no impurity importance.",
            "use permutation_importance, which works for every model.",
        )
    values = np.asarray(model.feature_importances_, dtype=np.float64)
    statistics = load_library("scipy.stats")
    flat = np.ptp(values) == 0 or np.ptp(beside.values) == 0
    correlation = 0.0 if flat else float(statistics.spearmanr(values, beside.values).statistic)
    assert beside.errors is not None
    return Explanation(
        method="impurity_importance",
        kind="importance",
        values=values,
        names=beside.names,
        target="the training",
        scale="share of impurity decrease",
        errors=_spread_over_trees(model),
        parameters={"repeats": repeats},
        evidence={"rank_correlation": correlation, "random": True},
        extra={
            "unit": "share of impurity decrease",
            "second": beside.values,
            "second_errors": beside.errors,
            "second_unit": beside.extra["unit"],
        },
        seed=seed,
        evaluations=beside.evaluations,
    )


def _spread_over_trees(model: Any) -> Array | None:
    trees = getattr(model, "estimators_", None)
    if trees is None or not any(kind in type(model).__name__ for kind in ("Forest", "ExtraTrees")):
        return None
    single = np.stack([tree.feature_importances_ for tree in trees])
    return np.asarray(single.std(axis=0, ddof=1) / np.sqrt(len(single))) if len(single) > 1 else None
