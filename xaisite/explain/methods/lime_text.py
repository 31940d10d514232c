"""LIME for texts: words left out at random.

What it does: fits lime's linear model to which words are kept. It deliberately treats two places of the same word
as two words. Invariant: the first sample is the text itself.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from xaisite.explain.explanation import Explanation
from xaisite.explain.methods.lime_fit import cosine_distance, draw_masks
from xaisite.explain.methods.lime_masks import explain_masks
from xaisite.explain.words import make_word_predictor, read_words


def lime_text(
    model: Any,
    text: str,
    *,
    target: Any,
    scale: str | None,
    nsamples: int,
    kernel_width: float,
    widths: tuple[float, ...],
    ridge: float,
    seed: int,
) -> Explanation:
    """Weights of a text's words; see :func:`xaisite.explain.lime`."""
    words = read_words(text)
    predictor = make_word_predictor(model, words, target=target, scale=scale)
    rng = np.random.default_rng(seed)
    masks = draw_masks(nsamples, len(words.names), rng)
    found = explain_masks(predictor, masks, width=kernel_width, widths=widths, ridge=ridge, seed=seed, rng=rng)
    return Explanation(
        method="lime",
        variant="text",
        kind="text",
        values=found.fit.weights[None],
        names=words.names,
        target=predictor.target,
        scale=predictor.scale,
        prediction=predictor(np.ones((1, len(words.names)))),
        baseline_name="words left out",
        parameters={
            "kernel width": kernel_width,
            "samples": nsamples,
            "of which effective": round(found.fit.effective),
            "ridge": float(ridge),
        },
        evidence={**found.evidence, "largest_distance": float(cosine_distance(masks).max())},
        extra={
            "text": text,
            "widths": found.widths,
            "width_weights": found.width_weights,
            "intercept": found.fit.intercept,
        },
        seed=seed,
        evaluations=predictor.evaluations,
    )
