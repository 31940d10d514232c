"""LIME for images: segments painted over at random, every step visible.

What it does: fits lime's linear model to which segments are kept. It deliberately has no default segmentation.
Invariant: the first sample is the image itself; the fill is stated.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from xaisite.explain.batches import over_segmented
from xaisite.explain.explanation import Explanation
from xaisite.explain.methods.lime_fit import cosine_distance, draw_masks, weigh
from xaisite.explain.methods.lime_masks import explain_masks
from xaisite.explain.methods.superpixel_steps import make_steps
from xaisite.explain.pictures import make_baseline, make_picture_predictor, paint_over, read_picture
from xaisite.explain.predictor import is_torch_module
from xaisite.explain.segments import number_segments


@over_segmented
def lime_image(
    model: Any,
    image: Any,
    *,
    segments: Any,
    baseline: Any,
    background: Any,
    target: Any,
    scale: str | None,
    nsamples: int,
    kernel_width: float,
    widths: tuple[float, ...],
    ridge: float,
    seed: int,
) -> Explanation:
    """Weights of an image's segments; see :func:`xaisite.explain.lime`."""
    picture = read_picture(image, channels_first=is_torch_module(model))
    places = number_segments(segments, picture.values.shape[1:])
    fill, fill_name = make_baseline(picture, baseline, background)
    predictor = make_picture_predictor(model, picture, target=target, scale=scale)
    rng = np.random.default_rng(seed)
    masks = draw_masks(nsamples, int(places.max()) + 1, rng)
    found = explain_masks(
        lambda some: predictor(paint_over(picture, fill, places, some)),
        masks,
        width=kernel_width,
        widths=widths,
        ridge=ridge,
        seed=seed,
        rng=rng,
    )
    weights = found.fit.weights
    return Explanation(
        method="lime",
        variant="superpixels",
        kind="map",
        values=weights,
        names=tuple(f"segment {i}" for i in range(len(weights))),
        target=predictor.target,
        scale=predictor.scale,
        data=picture.values,
        prediction=predictor(picture.values[None]),
        baseline=fill,
        baseline_name=fill_name,
        parameters={
            "segments": len(weights),
            "kernel width": kernel_width,
            "samples": nsamples,
            "of which effective": round(found.fit.effective),
            "ridge": float(ridge),
        },
        evidence=found.evidence,
        extra={
            "segments": places,
            "unit": f"weight ({predictor.scale})",
            "widths": found.widths,
            "width_weights": found.width_weights,
            "intercept": found.fit.intercept,
        },
        steps=make_steps(
            picture,
            predictor,
            places,
            fill,
            fill_name,
            background,
            masks=masks,
            answers=found.answers,
            weights=weigh(cosine_distance(masks), kernel_width),
            weight_name="weight",
            values=weights,
        ),
        seed=seed,
        evaluations=predictor.evaluations,
    )
