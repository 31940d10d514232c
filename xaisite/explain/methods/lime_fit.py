"""LIME's weighted linear model, on samples somebody else has drawn.

What it does: runs the lime library's fit (``LimeBase``: weighted ridge regression) and measures it on fresh
samples. It deliberately selects no features: a weight that is shown was fitted together with all others.
Invariant: the first sample is the instance itself; weights are ``sqrt(exp(-d²/width²))`` as in lime.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xaisite.explain.explanation import Array
from xaisite.explain.libraries import load_library
from xaisite.explain.methods.surrogate_tree import r_squared
from xaisite.explain.randomness import library_call


@dataclass(frozen=True, kw_only=True)
class Fit:
    """A local linear model and how well it fits."""

    weights: Array
    intercept: float
    score: float
    effective: float

    def predict(self, samples: Array) -> Array:
        """Return the linear model's answers."""
        return np.asarray(samples @ self.weights + self.intercept)


def weigh(distances: Array, width: float) -> Array:
    """Proximity of samples at those distances (Ribeiro et al. 2016, section 3.3, as lime implements it)."""
    return np.asarray(np.sqrt(np.exp(-(distances**2) / width**2)))


def fit_locally(samples: Array, answers: Array, distances: Array, *, width: float, ridge: float, seed: int) -> Fit:
    """Fit lime's ridge regression; ``score`` is its own weighted R²."""
    base, models = load_library("lime.lime_base"), load_library("sklearn.linear_model")
    regressor = models.Ridge(alpha=ridge, fit_intercept=True, random_state=seed)
    with library_call(seed):
        lime = base.LimeBase(lambda distance: weigh(distance, width), random_state=seed)
        intercept, pairs, score, _ = lime.explain_instance_with_data(
            samples,
            answers[:, None],
            distances,
            0,
            samples.shape[1],
            feature_selection="none",
            model_regressor=regressor,
        )
    weights = np.zeros(samples.shape[1])
    for index, weight in pairs:
        weights[int(index)] = weight
    proximity = weigh(distances, width)
    return Fit(
        weights=weights,
        intercept=float(intercept),
        score=float(score),
        effective=float(proximity.sum() ** 2 / (proximity**2).sum()),
    )


def score_fresh(fit: Fit, samples: Array, answers: Array, distances: Array, width: float) -> float:
    """Weighted R² on samples the fit has not seen."""
    return r_squared(fit.predict(samples), answers, weigh(distances, width))


def cosine_distance(masks: Array) -> Array:
    """Distance of 0/1 masks to the whole (all ones), as lime has it for texts and images; of an empty mask, 1."""
    kept = masks.sum(axis=1)
    return np.asarray(1 - np.sqrt(kept / masks.shape[1]))


def draw_masks(count: int, parts: int, rng: np.random.Generator, *, share: float = 0.5) -> Array:
    """Random 0/1 masks with that share of zeros on average; the first is all ones."""
    masks = (rng.random((count, parts)) >= share).astype(np.float64)
    masks[0] = 1
    return masks
