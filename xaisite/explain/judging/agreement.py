"""Agreement between explanations of one input.

What it does: rank correlation, overlap of the strongest, and agreement of signs (Krishna et al. 2022, section 3). It
deliberately does not say which one is right. Invariant: symmetric, 1 on the diagonal.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from xaisite.explain.cards import find_card
from xaisite.explain.errors import ExplainError
from xaisite.explain.explanation import Array, Explanation
from xaisite.explain.judging.subject import read_scores
from xaisite.explain.libraries import load_library


def agreement(
    explanations: Sequence[Explanation],
    *,
    top: int | None = None,
    labels: Sequence[str] | None = None,
    seed: int = 0,
) -> Explanation:
    """Compare explanations of the same input in pairs.

    Parameters
    ----------
    explanations : sequence of Explanation
        Of the same features, words or pixels.
    top : int, optional
        How many of the strongest to compare; default: a tenth, at least three.
    labels : sequence of str, optional
        Default: the methods' titles.
    seed : int
        Unused: nothing is random.

    Returns
    -------
    Explanation
        ``values`` (k, k): Spearman correlation of the absolute values; ``extra["more"]``: share of the ``top``
        strongest in common, and share of those in common that have the same sign.

    Raises
    ------
    ExplainError
        With fewer than two explanations, or of different shapes.
    """
    if len(explanations) < 2:
        raise ExplainError("Agreement needs two explanations.", "pass at least two.")
    scores = [read_scores(one).ravel() for one in explanations]
    if len({len(score) for score in scores}) > 1:
        raise ExplainError(
            "The explanations do not have the same features.", "explain the same input with each method."
        )
    first = explanations[0].names
    if any(one.names != first for one in explanations if one.names and one.kind != "map"):
        raise ExplainError(
            "The explanations do not name the same features.", "explain the same input with each method."
        )
    count = top or max(3, len(scores[0]) // 10)
    if not 1 <= count <= len(scores[0]):
        raise ExplainError(f"There are {len(scores[0])} values, not {count}.", "pass a smaller top=.")
    names = tuple(labels) if labels is not None else _titles(explanations)
    if len(names) != len(scores):
        raise ExplainError(f"{len(names)} labels for {len(scores)} explanations.", "give each its label.")
    ranks = make_matrix(scores, rank_correlation)
    overlap = make_matrix(scores, lambda a, b: top_overlap(a, b, count))
    signs = make_matrix(scores, lambda a, b: sign_agreement(a, b, count))
    pairs = ranks[np.triu_indices(len(scores), 1)]
    return Explanation(
        method="agreement",
        kind="matrix",
        values=ranks,
        names=names,
        target=explanations[0].target,
        scale="rank correlation",
        parameters={"top": count},
        evidence={
            "measured": float(pairs.min()),
            "summary": f"Rank correlations between {pairs.min():.2f} and {pairs.max():.2f}; of the {count} strongest, "
            f"{overlap[np.triu_indices(len(scores), 1)].mean():.0%} in common on average.",
        },
        extra={
            "unit": "rank correlation of |values|",
            "diagonal": False,
            "more": {f"share of the {count} strongest in common": overlap, "same sign among those": signs},
        },
        seed=seed,
    )


def _titles(explanations: Sequence[Explanation]) -> tuple[str, ...]:
    titles = [find_card(one.method, one.variant).title for one in explanations]
    return tuple(title if titles.count(title) == 1 else f"{title} ({place + 1})" for place, title in enumerate(titles))


def make_matrix(scores: list[Array], compare: Any) -> Array:
    """All pairs."""
    return np.array([[compare(one, other) for other in scores] for one in scores], dtype=np.float64)


def rank_correlation(one: Array, other: Array) -> float:
    """Spearman correlation of absolute values; two constants agree, one constant does not."""
    a, b = np.abs(one).ravel(), np.abs(other).ravel()
    if np.ptp(a) == 0 or np.ptp(b) == 0:
        return float(np.ptp(a) == np.ptp(b))
    return float(load_library("scipy.stats").spearmanr(a, b).statistic)


def find_top(scores: Array, count: int) -> set[int]:
    """Return indices of the strongest, ties by place."""
    return set(np.argsort(-np.abs(scores).ravel(), kind="stable")[:count].tolist())


def top_overlap(one: Array, other: Array, count: int) -> float:
    """Share of the strongest in common."""
    return len(find_top(one, count) & find_top(other, count)) / count


def sign_agreement(one: Array, other: Array, count: int) -> float:
    """Of the strongest in common, the share with the same sign; none in common: 0."""
    both = sorted(find_top(one, count) & find_top(other, count))
    if not both:
        return 0.0
    return float((np.sign(one.ravel()[both]) == np.sign(other.ravel()[both])).mean())
