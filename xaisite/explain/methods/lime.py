"""LIME for rows, texts and images: one way to ask.

What it does: perturbs around the instance, fits lime's weighted linear model, and measures it where it was not
fitted. It deliberately departs from the library's defaults, which are not local: no binning, samples around the
instance. Invariant: kernel width and fill are stated, other widths are shown beside it.
"""

# ruff: noqa: N803 (X is the field's word for rows)
from __future__ import annotations

from typing import Any

import numpy as np

from xaisite.explain.batches import stack_rows
from xaisite.explain.errors import ExplainError
from xaisite.explain.explanation import Array, Explanation
from xaisite.explain.methods.lime_fit import fit_locally, score_fresh
from xaisite.explain.methods.surrogate_tree import r_squared
from xaisite.explain.predictor import make_predictor
from xaisite.explain.table import Table, read_table
from xaisite.explain.words import refuse_texts

RADII = (0.1, 0.5, 1.0)


def lime(
    model: Any,
    X: Any,
    *,
    background: Any = None,
    target: Any = None,
    scale: str | None = None,
    names: Any = None,
    nsamples: int = 2000,
    kernel_width: float | None = None,
    widths: tuple[float, ...] = (0.25, 0.5),
    ridge: float = 1.0,
    segments: Any = None,
    baseline: Any = "neutral",
    seed: int = 0,
) -> Explanation:
    """Fit a weighted linear model to the predictions around one input (Ribeiro et al. 2016, eq. 2).

    Parameters
    ----------
    model : fitted scikit-learn estimator, torch module, or callable
        For texts, a callable or pipeline that takes a list of str.
    X : array or DataFrame of shape (n, d), array or Series of shape (d,); str; or image with ``segments``
        Several rows, or several images (n, C, H, W), (n, H, W, C), (n, H, W) are each asked as if alone; ``.row(i)``
        gives the explanation of one.
    background : array or DataFrame of shape (m, d)
        Rows: sets each feature's spread and the frequency of categories. Images: for ``baseline="typical"``.
    target, scale, names
        As in :func:`shap`.
    nsamples : int
        Perturbed copies, the input itself among them.
    kernel_width : float, optional
        Width of the proximity kernel. Rows: in standard deviations, default ``0.75 √d`` (lime's own). Texts and
        images: in cosine distance, default 0.25.
    widths : tuple of float
        Other widths to show, as multiples of the first.
    ridge : float
        Penalty of the regression; 1 is lime's own.
    segments, baseline
        As in :func:`shap`, for images.
    seed : int

    Returns
    -------
    Explanation
        ``values``: rows (n, d), change of the output per standard deviation (per match of a category); a text
        (1, words) and an image (segments,), weight of a word's or segment's presence; several images (n, H, W), the
        weights spread over the pixels.

    Raises
    ------
    ExplainError
        On bad input.
    """
    if nsamples < 20:
        raise ExplainError(f"{nsamples} samples are too few for a linear model.", "pass nsamples=2000.")
    if kernel_width is not None and not kernel_width > 0:
        raise ExplainError(f"The kernel width is {kernel_width}.", "pass a positive number.")
    if isinstance(X, str):
        from xaisite.explain.methods.lime_text import lime_text

        return lime_text(
            model,
            X,
            target=target,
            scale=scale,
            nsamples=nsamples,
            kernel_width=kernel_width or 0.25,
            widths=widths,
            ridge=ridge,
            seed=seed,
        )
    if segments is not None:
        from xaisite.explain.methods.lime_image import lime_image

        return lime_image(
            model,
            X,
            segments=segments,
            baseline=baseline,
            background=background,
            target=target,
            scale=scale,
            nsamples=nsamples,
            kernel_width=kernel_width or 0.25,
            widths=widths,
            ridge=ridge,
            seed=seed,
        )
    refuse_texts(X)
    if background is None:
        raise ExplainError(
            "LIME needs a background to know how far a feature usually varies.",
            "pass background=, for example the training rows.",
        )
    reference = read_table(background, what="background", names=names)
    parts = [
        _lime_row(
            model,
            row,
            reference,
            target=target,
            scale=scale,
            nsamples=nsamples,
            kernel_width=kernel_width,
            widths=widths,
            ridge=ridge,
            seed=seed,
        )
        for row in read_table(X, like=reference).split()
    ]
    return parts[0] if len(parts) == 1 else stack_rows(parts)


def _lime_row(
    model: Any,
    rows: Table,
    reference: Table,
    *,
    target: Any,
    scale: str | None,
    nsamples: int,
    kernel_width: float | None,
    widths: tuple[float, ...],
    ridge: float,
    seed: int,
) -> Explanation:
    predictor = make_predictor(model, rows, target=target, scale=scale)
    row, rng = rows.values[0], np.random.default_rng(seed)
    width = kernel_width or 0.75 * np.sqrt(len(row))
    samples = perturb(row, reference, nsamples, rng)
    answers, seen = predictor(samples), standardise(samples, row, reference)
    distances = np.sqrt(((seen - seen[0]) ** 2).sum(axis=1))
    fit = fit_locally(seen, answers, distances, width=width, ridge=ridge, seed=seed)
    others = [fit_locally(seen, answers, distances, width=width * factor, ridge=ridge, seed=seed) for factor in widths]
    fresh = perturb(row, reference, max(nsamples // 2, 200), rng)
    fresh_seen = standardise(fresh, row, reference)
    fresh_distances = np.sqrt(((fresh_seen - seen[0]) ** 2).sum(axis=1))
    near = [perturb(row, reference, 200, rng, radius=radius) for radius in RADII]
    evidence = {
        "fit_r2": fit.score,
        "fresh_r2": score_fresh(fit, fresh_seen, predictor(fresh), fresh_distances, width),
        "radii": RADII,
        "radius_unit": "radius in standard deviations",
        "radius_r2": [r_squared(fit.predict(standardise(one, row, reference)), predictor(one)) for one in near],
        "effective": fit.effective,
        "random": True,
    }
    return Explanation(
        method="lime",
        kind="attribution",
        values=fit.weights[None],
        names=rows.names,
        target=predictor.target,
        scale=predictor.scale,
        data=rows.values,
        prediction=predictor(rows.values),
        baseline=reference.values,
        baseline_name=f"spread of {len(reference.values)} rows",
        parameters={
            "kernel width": float(width),
            "samples": nsamples,
            "of which effective": round(fit.effective),
            "ridge": float(ridge),
        },
        evidence=evidence,
        extra={
            "shown": rows.spell_rows(rows.values),
            "unit": "standard deviation",
            "intercept": fit.intercept,
            "widths": [width * factor for factor in widths],
            "width_weights": [one.weights for one in others],
        },
        seed=seed,
        evaluations=predictor.evaluations,
    )


def spreads(reference: Table) -> Array:
    """Return standard deviation of each feature in the background; 1 where it does not vary."""
    spread = reference.values.std(axis=0)
    return np.where(spread > 0, spread, 1.0)


def perturb(row: Array, reference: Table, count: int, rng: np.random.Generator, *, radius: float = 1.0) -> Array:
    """Return copies of a row: numbers with normal noise, categories drawn as often as in the background."""
    samples = row + radius * spreads(reference) * rng.standard_normal((count, len(row)))
    for index in reference.categorical:
        drawn = rng.choice(reference.values[:, index], size=count)
        samples[:, index] = np.where(rng.random(count) < radius, drawn, row[index])
    samples[0] = row
    return np.asarray(samples)


def standardise(samples: Array, row: Array, reference: Table) -> Array:
    """Return what the linear model sees: numbers in standard deviations, categories as matches of the row's."""
    seen = (samples - reference.values.mean(axis=0)) / spreads(reference)
    for index in reference.categorical:
        seen[:, index] = samples[:, index] == row[index]
    return np.asarray(seen)
