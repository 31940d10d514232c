"""SHAP values of rows, texts, images and network inputs: one way to ask.

What it does: reads the input and hands it to the right game. It deliberately has no default background: what
"absent" means is the author's decision. Invariant: the answer names its value function, background and scale.
"""

# ruff: noqa: N803 (X is the field's word for rows)
from __future__ import annotations

from typing import Any

import numpy as np

from xaisite.explain.errors import ExplainError
from xaisite.explain.explanation import Array, Explanation
from xaisite.explain.methods.shap_trees import explain_trees, is_boosted, is_tree_model
from xaisite.explain.methods.shapley import share
from xaisite.explain.predictor import Predictor, is_torch_module, make_predictor
from xaisite.explain.table import Table, read_table
from xaisite.explain.words import refuse_texts


def shap(
    model: Any,
    X: Any,
    *,
    background: Any = None,
    method: str = "auto",
    target: Any = None,
    scale: str | None = None,
    names: Any = None,
    nsamples: int | None = None,
    repeats: int = 5,
    hierarchy: Any = None,
    segments: Any = None,
    baseline: Any = "neutral",
    l1_reg: Any = False,
    seed: int = 0,
) -> Explanation:
    """Share a prediction's difference from the average among the features (Shapley values).

    Implements equation 4 of Lundberg and Lee (2017) for the interventional game
    ``v(S) = mean over background rows b of f(x_S, b_rest)``; with ``method="path"`` algorithm 1 of Lundberg et al.
    (2020), with ``method="partition"`` nested Owen values.

    Parameters
    ----------
    model : fitted scikit-learn estimator, torch module, or callable
    X : array of shape (n, d), (d,), DataFrame; or str; or image with ``segments``; or tensor for deep and gradient
        What to explain. A text is a single str. An image is (C, H, W) for torch modules, (H, W) or (H, W, C) else;
        several have one axis more, and each is asked as if alone: ``.row(i)`` gives its explanation.
    background : array or DataFrame of shape (m, d), or tensor of shape (m, …)
        The rows that stand for "absent". All of them are used. Not needed for texts, images with segments, "path".
    method : str
        Rows: ``"tree"``, ``"exact"``, ``"kernel"``, ``"permutation"``, ``"partition"``, ``"path"``; torch modules also
        ``"deep"``, ``"gradient"``. ``"auto"``: tree for trees (boosted classifiers: on
        log-odds only), exact up to 10 features, permutation beyond.
    target : class label or output index, optional
    scale : {"probability", "log-odds", "prediction"}, optional
    names : sequence of str, optional
        Feature names, for arrays.
    nsamples, repeats : int, optional
        Evaluations per repeat, and repeats from which standard errors are computed (sampled methods).
    hierarchy : ndarray of shape (d - 1, 4), optional
        Linkage matrix as scipy makes it, for ``"partition"``; default: by correlation in the background.
    segments : int array of shape (H, W), or (n, H, W), optional
        Superpixels of an image, or of all images, or of each; see :func:`make_segments`.
    baseline : str or array
        What an absent segment is painted with: ``"empty"``, ``"neutral"``, ``"typical"`` (mean of ``background``),
        ``"blurred"``, or another image.
    l1_reg : False
        Anything else is refused: shap's default sets all but ten features to zero.
    seed : int

    Returns
    -------
    Explanation
        ``values`` of shape (n, d), in the unit of ``scale``; a text (1, words); an image with segments (segments,),
        several (n, H, W), the values spread over the pixels; images without segments: of their own shape.

    Raises
    ------
    ExplainError
        On bad input, where shap's tree code disagrees with the model (float64 data), and for ``"tree"`` on the
        probability of boosted trees (shap rescales log-odds there; that adds up and is not the Shapley value).
    """
    refuse_texts(X)
    if l1_reg is not False:
        raise ExplainError("l1_reg makes Kernel SHAP drop all but a few features.", "leave l1_reg out.")
    if isinstance(X, str):
        from xaisite.explain.methods.shap_text import shap_text

        return shap_text(
            model, X, method=method, target=target, scale=scale, nsamples=nsamples, repeats=repeats, seed=seed
        )
    if segments is not None:
        from xaisite.explain.methods.shap_image import shap_image

        return shap_image(
            model,
            X,
            segments=segments,
            baseline=baseline,
            background=background,
            method=method,
            target=target,
            scale=scale,
            nsamples=nsamples,
            repeats=repeats,
            seed=seed,
        )
    if method in ("deep", "gradient") or (is_torch_module(model) and method == "auto"):
        from xaisite.explain.methods.shap_network import shap_network

        return shap_network(
            model,
            X,
            background=background,
            method="deep" if method == "auto" else method,
            target=target,
            nsamples=nsamples,
            repeats=repeats,
            seed=seed,
            names=names,
        )
    return _shap_rows(
        model,
        X,
        background,
        method=method,
        target=target,
        scale=scale,
        names=names,
        options={"nsamples": nsamples, "repeats": repeats, "hierarchy": hierarchy},
        seed=seed,
    )


def read_rows(X: Any, background: Any, names: Any, method: str) -> tuple[Table, Table | None]:
    """Return the rows to explain and the background, with the same names and categories."""
    if background is None:
        if method != "path":
            raise ExplainError(
                "SHAP values need a background: the rows that stand for an absent feature.",
                "pass background=, for example 100 rows of the training data.",
            )
        return read_table(X, names=names), None
    reference = read_table(background, what="background", names=names)
    rows = read_table(X, like=reference)
    return rows, reference


def _shap_rows(
    model: Any,
    X: Any,
    background: Any,
    *,
    method: str,
    target: Any,
    scale: str | None,
    names: Any,
    options: dict[str, Any],
    seed: int,
) -> Explanation:
    rows, reference = read_rows(X, background, names, method)
    predictor = make_predictor(model, rows, target=target, scale=_scale_of(model, scale, method))
    method = _choose(model, rows, predictor) if method == "auto" else method
    if method in ("tree", "path"):
        if rows.categorical:
            raise ExplainError("Tree SHAP reads numbers, and some features are categories.", 'use method="exact".')
        data = None if method == "path" or reference is None else reference.values
        values, base = explain_trees(model, predictor, rows.values, data, seed=seed)
        return _pack(rows, reference, predictor, values=values, base=base, method=method, seed=seed)
    assert reference is not None
    found = share(predictor, rows.values, reference.values, method=method, seed=seed, **options)
    base = float(predictor(reference.values).mean())
    return _pack(
        rows,
        reference,
        predictor,
        values=found.values,
        base=base,
        method=method,
        seed=seed,
        errors=found.errors,
        settings=found.settings,
    )


def _scale_of(model: Any, scale: str | None, method: str) -> str | None:
    """Path-dependent boosted trees exist on one scale only."""
    if method == "path" and scale is None and "BoostingClassifier" in type(model).__name__:
        return "log-odds"
    return scale


def _choose(model: Any, rows: Table, predictor: Predictor) -> str:
    boosted = is_boosted(model)
    # The trees of boosted classifiers sum to log-odds, those of forests to probabilities: on the other scale the game
    # is not a sum over trees.
    fits = not predictor.classes or (predictor.scale == "log-odds") == boosted
    if is_tree_model(model) and not rows.categorical and fits and not (boosted and len(predictor.classes) > 2):
        return "tree"
    return "exact" if len(rows.names) <= 10 else "permutation"


def _pack(
    rows: Table,
    reference: Table | None,
    predictor: Predictor,
    *,
    values: Array,
    base: float,
    method: str,
    seed: int,
    errors: Array | None = None,
    settings: dict[str, Any] | None = None,
) -> Explanation:
    function = {"path": "path-dependent", "partition": "Owen"}.get(method, "interventional")
    return Explanation(
        method="shap",
        variant=method,
        kind="attribution",
        values=np.asarray(values),
        names=rows.names,
        target=predictor.target,
        scale=predictor.scale,
        value_function=function,
        data=rows.values,
        prediction=predictor(rows.values),
        base_value=base,
        errors=errors,
        baseline=None if method == "path" or reference is None else reference.values,
        baseline_name="the training rows in the trees"
        if method == "path" or reference is None
        else f"background of {len(reference.values)} rows",
        parameters=settings or {},
        evidence={"random": errors is not None},
        extra={"shown": rows.spell_rows(rows.values)},
        seed=seed,
        evaluations=predictor.evaluations,
    )
