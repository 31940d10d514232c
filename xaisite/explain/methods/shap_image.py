"""SHAP values of an image's segments, every step visible.

What it does: plays the game "which segments are kept, the others painted with the baseline". It deliberately says
Owen where a hierarchy of segments is used. Invariant: up to 11 segments all coalitions are asked; beyond, sampled
values carry standard errors.
"""

from __future__ import annotations

from math import comb
from typing import Any

import numpy as np

from xaisite.explain.batches import over_segmented
from xaisite.explain.explanation import Array, Explanation
from xaisite.explain.libraries import load_library
from xaisite.explain.methods.shapley import share
from xaisite.explain.methods.superpixel_steps import make_steps
from xaisite.explain.pictures import make_baseline, make_picture_predictor, paint_over, read_picture
from xaisite.explain.predictor import is_torch_module
from xaisite.explain.segments import number_segments


@over_segmented
def shap_image(
    model: Any,
    image: Any,
    *,
    segments: Any,
    baseline: Any,
    background: Any,
    method: str,
    target: Any,
    scale: str | None,
    nsamples: int | None,
    repeats: int,
    seed: int,
) -> Explanation:
    """SHAP values of segments; see :func:`xaisite.explain.shap`."""
    picture = read_picture(image, channels_first=is_torch_module(model))
    places = number_segments(segments, picture.values.shape[1:])
    parts = int(places.max()) + 1
    fill, fill_name = make_baseline(picture, baseline, background)
    predictor = make_picture_predictor(model, picture, target=target, scale=scale)
    if method == "auto":
        method = "exact" if parts <= 11 else "kernel"
    asked: list[tuple[Array, Array]] = []

    def answer(masks: Array) -> Array:
        given = np.asarray(masks, dtype=np.float64)
        answers = np.concatenate(
            [
                predictor(paint_over(picture, fill, places, given[start : start + 256]))
                for start in range(0, len(given), 256)
            ]
        )
        asked.append((given, answers))
        return answers

    found = share(
        answer,
        np.ones((1, parts)),
        np.zeros((1, parts)),
        method=method,
        nsamples=nsamples,
        repeats=repeats,
        seed=seed,
        hierarchy=nearness(places, parts) if method == "partition" else None,
    )
    masks, first = np.unique(np.vstack([one for one, _ in asked]), axis=0, return_index=True)
    answers = np.concatenate([one for _, one in asked])[first]
    values = found.values[0]
    errors = None if found.errors is None else found.errors[0]
    variant = {"exact": "superpixels", "partition": "partition"}.get(method, "superpixels, sampled")
    return Explanation(
        method="shap",
        variant=variant,
        kind="map",
        values=values,
        names=tuple(f"segment {i}" for i in range(parts)),
        target=predictor.target,
        scale=predictor.scale,
        value_function="Owen (neighbouring segments together)" if method == "partition" else "segments painted over",
        data=picture.values,
        prediction=predictor(picture.values[None]),
        base_value=float(predictor(fill[None])[0]),
        baseline=fill,
        baseline_name=fill_name,
        errors=errors,
        parameters={"segments": parts, **{k: v for k, v in found.settings.items() if k != "hierarchy"}},
        evidence={"random": errors is not None},
        extra={"segments": places, "unit": f"SHAP value ({predictor.scale})"},
        steps=make_steps(
            picture,
            predictor,
            places,
            fill,
            fill_name,
            background,
            masks=masks,
            answers=answers,
            weights=kernel_weights(masks),
            weight_name="Shapley weight",
            values=values,
            errors=errors,
        ),
        seed=seed,
        evaluations=predictor.evaluations,
    )


def kernel_weights(masks: Array) -> Array:
    """Return the Shapley kernel (Lundberg and Lee 2017, theorem 2), with 1 for the infinite ones."""
    parts = masks.shape[1]
    sizes = masks.sum(axis=1).astype(int)
    weight = [1.0 if s in (0, parts) else (parts - 1) / (comb(parts, s) * s * (parts - s)) for s in range(parts + 1)]
    return np.asarray(np.array(weight)[sizes])


def nearness(places: Any, parts: int) -> Array:
    """Return a hierarchy that joins the segments whose centres are nearest."""
    rows, columns = np.indices(places.shape)
    centres = [[rows[places == i].mean(), columns[places == i].mean()] for i in range(parts)]
    return np.asarray(load_library("scipy.cluster.hierarchy").linkage(np.array(centres), "average"), dtype=np.float64)
