"""SHAP values of a text's words.

What it does: plays the game "which words are kept". It deliberately has no background: an absent word is left out.
Invariant: up to 10 words exact, beyond sampled with standard errors; "partition" gives Owen values in reading order.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from xaisite.explain.explanation import Array, Explanation
from xaisite.explain.methods.shapley import share
from xaisite.explain.words import make_word_predictor, read_words


def shap_text(
    model: Any,
    text: str,
    *,
    method: str,
    target: Any,
    scale: str | None,
    nsamples: int | None,
    repeats: int,
    seed: int,
) -> Explanation:
    """SHAP values of words; see :func:`xaisite.explain.shap`."""
    words = read_words(text)
    predictor = make_word_predictor(model, words, target=target, scale=scale)
    parts = len(words.names)
    if method == "auto":
        method = "exact" if parts <= 10 else "permutation"
    nobody, everybody = np.zeros((1, parts)), np.ones((1, parts))
    hierarchy = reading_order(parts) if method == "partition" and parts > 1 else None
    found = share(
        predictor, everybody, nobody, method=method, nsamples=nsamples, repeats=repeats, seed=seed, hierarchy=hierarchy
    )
    return Explanation(
        method="shap",
        variant=method,
        kind="text",
        values=found.values,
        names=words.names,
        errors=found.errors,
        target=predictor.target,
        scale=predictor.scale,
        value_function="Owen (neighbouring words together)" if method == "partition" else "words left out",
        prediction=predictor(everybody),
        base_value=float(predictor(nobody)[0]),
        baseline_name="the text without its words",
        parameters={key: value for key, value in found.settings.items() if key != "hierarchy"},
        evidence={"random": found.errors is not None},
        extra={"text": text},
        seed=seed,
        evaluations=predictor.evaluations,
    )


def reading_order(parts: int) -> Array:
    """Return a balanced hierarchy of neighbours, as a linkage matrix: column 2 height, column 3 size."""
    level: list[tuple[int, int]] = [(index, 1) for index in range(parts)]
    rows, height = [], 0
    while len(level) > 1:
        height += 1
        merged = []
        for left, right in zip(level[::2], level[1::2], strict=False):
            rows.append([left[0], right[0], float(height), left[1] + right[1]])
            merged.append((parts + len(rows) - 1, left[1] + right[1]))
        level = merged + level[len(level) - len(level) % 2 :]
    return np.array(rows, dtype=np.float64)
