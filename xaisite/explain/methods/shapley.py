"""Shapley values of rows against a background: all coalitions, or the explainers of the shap library.

What it does: runs one way per method with the settings that make it exact or say how inexact it is. It
deliberately knows nothing of models: it sees a function from rows to numbers.
Invariant: the whole background is used (shap's maskers silently keep 100 rows), ``l1_reg`` is off, and sampled
values come with standard errors over repeats.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from xaisite.explain.errors import ExplainError
from xaisite.explain.explanation import Array
from xaisite.explain.libraries import load_library
from xaisite.explain.methods.game import Answer, evaluate_games, share_game
from xaisite.explain.methods.uncompiled import uncompiled
from xaisite.explain.randomness import library_call

OWEN_LIMIT = 2**15


@dataclass(frozen=True, kw_only=True)
class Shares:
    """Values (n, d), standard errors of that shape or None, and what was asked for."""

    values: Array
    errors: Array | None
    settings: dict[str, Any]


def share_exactly(answer: Answer, rows: Array, background: Array) -> Shares:
    """All 2^d coalitions (Lundberg and Lee 2017, eq. 4)."""
    games = evaluate_games(answer, rows, background)
    return Shares(values=np.stack([share_game(game) for game in games]), errors=None, settings={})


def share_by_kernel(
    answer: Answer, rows: Array, background: Array, *, nsamples: int | None, repeats: int, seed: int
) -> Shares:
    """Weighted least squares over coalitions (Lundberg and Lee 2017, theorem 2); exact from 2^d samples on."""
    features = rows.shape[1]
    samples = min(2**features, nsamples or 2 * features + 2048)
    enumerated = samples >= 2**features - 2

    def once(run_seed: int) -> Array:
        shap = load_library("shap")
        with library_call(run_seed):
            explainer = shap.KernelExplainer(answer, background)
            return np.asarray(explainer.shap_values(rows, nsamples=samples, l1_reg=False, silent=True))

    if enumerated:
        return Shares(values=once(seed), errors=np.zeros(rows.shape), settings={"samples": samples, "enumerated": True})
    return _repeat(once, repeats, seed, {"samples": samples})


def share_by_permutation(
    answer: Answer, rows: Array, background: Array, *, nsamples: int | None, repeats: int, seed: int
) -> Shares:
    """Marginal contributions along random orders and their reverses (Štrumbelj and Kononenko 2014)."""
    features = rows.shape[1]
    orders = max(1, (nsamples or 20 * features) // (2 * features))

    def once(run_seed: int) -> Array:
        shap = load_library("shap")
        with library_call(run_seed), uncompiled(len(rows) * orders * (2 * features + 1)) as link:
            masker = shap.maskers.Independent(background, max_samples=len(background))
            explainer = shap.explainers.Permutation(answer, masker, link=link, seed=run_seed)
            return np.asarray(explainer(rows, max_evals=orders * (2 * features + 1), silent=True).values)

    return _repeat(once, repeats, seed, {"permutations": orders})


def share_by_partition(answer: Answer, rows: Array, background: Array, *, hierarchy: Array | None, seed: int) -> Shares:
    """Owen values of a binary hierarchy of the features (Owen 1977, nested)."""
    shap = load_library("shap")
    if rows.shape[1] == 1:
        return share_exactly(answer, rows, background)
    if hierarchy is None and (np.ptp(background, axis=0) == 0).any():
        raise ExplainError(
            "A feature does not vary in the background, so it has no correlation to make a hierarchy of.",
            "pass hierarchy=, or a background of more rows.",
        )
    clustering = "correlation" if hierarchy is None else check_hierarchy(hierarchy, rows.shape[1])
    with library_call(seed):
        masker = shap.maskers.Partition(background, max_samples=len(background), clustering=clustering)
    coalitions = count_coalitions(masker.clustering)
    if coalitions > OWEN_LIMIT:
        raise ExplainError(
            f"Owen values of this hierarchy of {rows.shape[1]} features need {coalitions} coalitions.",
            'pass a flatter hierarchy=, or use method="permutation".',
        )
    with library_call(seed), uncompiled(len(rows) * coalitions) as link:
        explainer = shap.explainers.Partition(answer, masker, link=link)
        found = explainer(rows, max_evals=10**7, fixed_context=None, silent=True)
    words = "correlation of the features" if hierarchy is None else "given"
    return Shares(values=np.asarray(found.values), errors=None, settings={"hierarchy": words})


def check_hierarchy(hierarchy: Any, features: int) -> Array:
    """Refuse what is not a linkage matrix of these features."""
    linkage = np.asarray(hierarchy, dtype=np.float64)
    if linkage.shape != (features - 1, 4) or not load_library("scipy.cluster.hierarchy").is_valid_linkage(linkage):
        raise ExplainError(
            f"The hierarchy has shape {linkage.shape} and is no linkage of {features} features.",
            "pass what scipy.cluster.hierarchy.linkage returns for them.",
        )
    return linkage


def count_coalitions(hierarchy: Array) -> int:
    """Return how many coalitions nested Owen values need: each node twice in every context of the nodes above it."""
    features = len(hierarchy) + 1
    above, total = np.zeros(2 * features - 1, dtype=int), 2
    for node in range(2 * features - 2, features - 1, -1):
        left, right = hierarchy[node - features, :2].astype(int)
        above[left] = above[right] = above[node] + 1
        total += 2 ** int(above[left])
    return total


def _repeat(once: Callable[[int], Array], repeats: int, seed: int, settings: dict[str, Any]) -> Shares:
    if repeats < 2:
        raise ExplainError("Sampled values need at least two repeats for a standard error.", "pass repeats=5.")
    runs = np.stack([once(seed * 1000 + run) for run in range(repeats)])
    errors = runs.std(axis=0, ddof=1) / np.sqrt(repeats)
    return Shares(values=runs.mean(axis=0), errors=errors, settings={**settings, "repeats": repeats})


def share(
    answer: Answer,
    rows: Array,
    background: Array,
    *,
    method: str,
    nsamples: int | None = None,
    repeats: int = 5,
    hierarchy: Array | None = None,
    seed: int = 0,
) -> Shares:
    """One of the four, by name."""
    if method == "exact":
        return share_exactly(answer, rows, background)
    if method == "kernel":
        return share_by_kernel(answer, rows, background, nsamples=nsamples, repeats=repeats, seed=seed)
    if method == "permutation":
        return share_by_permutation(answer, rows, background, nsamples=nsamples, repeats=repeats, seed=seed)
    if method == "partition":
        return share_by_partition(answer, rows, background, hierarchy=hierarchy, seed=seed)
    raise ExplainError(
        f"There is no SHAP method {method!r} for this input.",
        "use one of: exact, kernel, permutation, partition; tree or path for trees; "
        "deep or gradient for torch modules.",
    )
