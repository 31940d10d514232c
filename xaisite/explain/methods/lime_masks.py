"""LIME on 0/1 masks: what texts and images share.

Invariant: fidelity is measured on fresh masks, at three shares of parts removed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from xaisite.explain.explanation import Array
from xaisite.explain.methods.game import Answer
from xaisite.explain.methods.lime_fit import Fit, cosine_distance, draw_masks, fit_locally, score_fresh
from xaisite.explain.methods.surrogate_tree import r_squared

SHARES = (0.1, 0.3, 0.5)


@dataclass(frozen=True, kw_only=True)
class MaskFit:
    """The fit, the fits at other widths, and what was measured."""

    fit: Fit
    answers: Array
    widths: list[float]
    width_weights: list[Array]
    evidence: dict[str, Any]


def explain_masks(
    answer: Answer,
    masks: Array,
    *,
    width: float,
    widths: tuple[float, ...],
    ridge: float,
    seed: int,
    rng: np.random.Generator,
) -> MaskFit:
    """Ask about the masks, fit, and measure on fresh ones."""
    answers, distances = answer(masks), cosine_distance(masks)
    fit = fit_locally(masks, answers, distances, width=width, ridge=ridge, seed=seed)
    others = [fit_locally(masks, answers, distances, width=width * factor, ridge=ridge, seed=seed) for factor in widths]
    fresh = draw_masks(max(len(masks) // 4, 100), masks.shape[1], rng)
    near = [draw_masks(60, masks.shape[1], rng, share=share) for share in SHARES]
    evidence = {
        "fit_r2": fit.score,
        "fresh_r2": score_fresh(fit, fresh, answer(fresh), cosine_distance(fresh), width),
        "radii": SHARES,
        "radius_unit": "share of parts removed",
        "radius_r2": [r_squared(fit.predict(one), answer(one)) for one in near],
        "effective": fit.effective,
        "random": True,
    }
    return MaskFit(
        fit=fit,
        answers=answers,
        widths=[width * factor for factor in widths],
        width_weights=[one.weights for one in others],
        evidence=evidence,
    )
