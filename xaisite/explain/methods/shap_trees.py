"""Tree SHAP, and the refusal of its wrong answers.

What it does: runs shap's tree code and holds the result against the model itself. It deliberately does not cast
the data: where float32 cannot hold what the model distinguishes, there is a refusal, not a silently different model.
Invariant: no values leave here that do not add up to the model's own output, or that add up by a rescaling: shap's
probabilities of boosted trees spread the last sigmoid by DeepLIFT's rule (shap#963), which no additivity check sees.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from xaisite.explain.errors import ExplainError
from xaisite.explain.explanation import Array
from xaisite.explain.libraries import load_library
from xaisite.explain.predictor import Predictor
from xaisite.explain.randomness import library_call
from xaisite.explain.verdict import relative_gap

KNOWN = (
    "DecisionTreeRegressor",
    "DecisionTreeClassifier",
    "ExtraTreeRegressor",
    "ExtraTreeClassifier",
    "RandomForestRegressor",
    "RandomForestClassifier",
    "ExtraTreesRegressor",
    "ExtraTreesClassifier",
    "GradientBoostingRegressor",
    "GradientBoostingClassifier",
    "HistGradientBoostingRegressor",
    "HistGradientBoostingClassifier",
    "XGBRegressor",
    "XGBClassifier",
    "LGBMRegressor",
    "LGBMClassifier",
)
TOLERANCE = 1e-6


def is_tree_model(model: Any) -> bool:
    """Whether shap's tree code reads it."""
    return type(model).__name__ in KNOWN


def is_boosted(model: Any) -> bool:
    """Whether its trees sum to log-odds rather than average probabilities."""
    return "Boosting" in type(model).__name__ or type(model).__name__.startswith(("XGB", "LGBM"))


def make_tree_explainer(model: Any, predictor: Predictor, background: Array | None) -> Any:
    """Return a TreeExplainer on the predictor's scale; path-dependent without background."""
    if not is_tree_model(model):
        raise ExplainError(f"Tree SHAP cannot read a {type(model).__name__}.", 'use method="exact" or "permutation".')
    boosted = is_boosted(model)
    wants_chance = predictor.scale == "probability"
    if predictor.scale == "log-odds" and not boosted:
        raise ExplainError(
            f"Tree SHAP of a {type(model).__name__} is on the scale of probabilities.",
            'leave scale= out, or use method="exact".',
        )
    if boosted and len(predictor.classes) > 2:
        raise ExplainError(
            "Tree SHAP of boosted trees with more than two classes explains neither probabilities nor log-odds.",
            'use method="exact" or method="permutation".',
        )
    if boosted and wants_chance:
        raise ExplainError(
            "Tree SHAP of boosted trees is on the scale of log-odds; what shap calls their probabilities is a "
            "rescaling that adds up and is not the Shapley value.",
            'pass scale="log-odds", or use method="exact".',
        )
    shap = load_library("shap")
    try:
        if background is None:
            return lower_thresholds(shap.TreeExplainer(model, feature_perturbation="tree_path_dependent"))
        # Given an array, shap would keep 100 rows of it and say nothing.
        whole = shap.maskers.Independent(background, max_samples=len(background))
        return lower_thresholds(shap.TreeExplainer(model, data=whole, feature_perturbation="interventional"))
    except Exception as error:
        raise ExplainError(
            f"Tree SHAP cannot read this model ({error}).", 'use method="exact" or "permutation".'
        ) from error


def lower_thresholds(explainer: Any) -> Any:
    """Round thresholds down to float32, where the compiled code would round to nearest.

    Inputs are float32 there (and in scikit-learn's trees), so ``x <= t`` is ``x <= floor32(t)``. Rounded to nearest,
    a row halfway between two training values, as bootstrapped forests have many, takes the wrong branch.
    """
    exact = explainer.model.thresholds
    near = exact.astype(np.float32)
    below = np.where(near.astype(np.float64) > exact, np.nextafter(near, np.float32(-np.inf)), near)
    explainer.model.thresholds = below.astype(exact.dtype)
    return explainer


def pick_output(found: Any, predictor: Predictor, axes: int) -> Array:
    """Return the chosen output of what the tree code returns; of a binary model that has one output, its negative."""
    values = np.asarray(found, dtype=np.float64)
    if values.ndim == axes:
        return -values if len(predictor.classes) == 2 and predictor.column == 0 else values
    if values.shape[-1] == 1:
        return np.asarray(values[..., 0])
    return np.asarray(values[..., predictor.column or 0])


def pick_base(explainer: Any, predictor: Predictor) -> float:
    """Return the base value of the chosen output."""
    base = np.atleast_1d(np.asarray(explainer.expected_value, dtype=np.float64)).ravel()
    if len(base) > 1:
        return float(base[predictor.column or 0])
    if len(predictor.classes) == 2 and predictor.column == 0:
        return float(-base[0])
    return float(base[0])


def explain_trees(
    model: Any, predictor: Predictor, rows: Array, background: Array | None, *, seed: int
) -> tuple[Array, float]:
    """Values (n, d) and base value, refused if they do not add up."""
    with library_call(seed):
        explainer = make_tree_explainer(model, predictor, background)
        values = pick_output(explainer.shap_values(rows, check_additivity=False), predictor, 2)
        base = pick_base(explainer, predictor)
    refuse_wrong_sums(values.sum(axis=1) + base, predictor(rows), values, rows, background)
    if background is not None:
        answers = predictor(background)
        refuse_wrong_sums(np.array([base]), np.array([answers.mean()]), answers, rows, background)
    return values, base


def refuse_wrong_sums(sums: Array, wanted: Array, terms: Array, rows: Array, background: Array | None) -> None:
    """Raise if shap's tree code and the model disagree about the model's output, the sum of ``terms``."""
    gap = relative_gap(sums, wanted, terms)
    if gap <= TOLERANCE:
        return
    every = rows if background is None else np.vstack([rows, background])
    # Exact comparison is the question here: does float32 hold these numbers?
    if (every.astype(np.float32).astype(np.float64) != every).any():
        raise ExplainError(
            f"Tree SHAP rounds thresholds to float32, and this model's data need float64: its values miss the "
            f"prediction by {gap:.1g} (relative).",
            "cast inputs and background to float32 before fitting, X = X.astype('float32').astype('float64'), "
            'or use method="exact" or "permutation".',
        )
    raise ExplainError(
        f"Tree SHAP's values miss the prediction by {gap:.1g} (relative).",
        'use method="exact" or method="permutation".',
    )
