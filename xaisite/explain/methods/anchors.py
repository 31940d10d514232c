"""Anchors: conditions that almost fix a prediction.

What it does: a beam search over conditions "feature in its quantile bin" or "feature is its category", and a fresh
estimate of the winner's precision. It deliberately reports no number from the search: those are biased upwards.
Invariant: precision and its interval come from samples drawn after the choice was made.
"""

# ruff: noqa: N803 (X is the field's word for rows)
from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from xaisite.explain.errors import ExplainError
from xaisite.explain.explanation import Array, Explanation
from xaisite.explain.libraries import load_library
from xaisite.explain.predictor import Predictor, ask_estimator, make_predictor
from xaisite.explain.table import Table, read_table
from xaisite.explain.verdict import shown


@dataclass(frozen=True)
class Span:
    """A feature's bin: ``low < value ≤ high``; of a category, both ends are its code."""

    feature: int
    low: float
    high: float
    category: bool

    def holds(self, column: Array) -> Any:
        """For each value, whether it is inside."""
        return column == self.high if self.category else (column > self.low) & (column <= self.high)

    def spell(self, rows: Table) -> str:
        """In words, without infinite ends."""
        name = rows.names[self.feature]
        if self.category:
            return f"{name} = {rows.spell(self.feature, self.high)}"
        if np.isinf(self.low):
            return f"{name} ≤ {shown(self.high)}"
        return (
            f"{name} > {shown(self.low)}" if np.isinf(self.high) else f"{shown(self.low)} < {name} ≤ {shown(self.high)}"
        )


@dataclass(frozen=True)
class World:
    """What is needed to judge conditions: the model's decision, the background, the random numbers."""

    decide: Any
    background: Array
    rng: np.random.Generator

    def hits(self, spans: tuple[Span, ...], count: int) -> Array:
        """Draw perturbed rows under the conditions; 1 where the decision is the instance's."""
        return np.asarray(self.decide(draw(spans, self.background, count, self.rng)))


def anchors(
    model: Any,
    X: Any,
    *,
    background: Any,
    threshold: float = 0.95,
    bins: int = 4,
    beam: int = 3,
    max_conditions: int = 4,
    nsamples: int = 300,
    fresh: int = 2000,
    target: Any = None,
    cut: float = 0.5,
    names: Any = None,
    seed: int = 0,
) -> Explanation:
    """Find conditions under which the model almost always decides as for this row (Ribeiro et al. 2018, eq. 1 to 3).

    Parameters
    ----------
    model : fitted scikit-learn estimator, torch module, or callable
        A classifier decides by ``predict``; all others by ``cut``.
    X : array, Series or one-row DataFrame of d features
    background : array or DataFrame of shape (m, d)
        Perturbed rows are background rows whose anchored features are replaced by values, drawn from the background,
        that meet the conditions.
    threshold : float
        Precision asked for.
    bins : int
        Quantile bins of numeric features.
    beam, max_conditions, nsamples : int
        Width and depth of the search; samples per candidate.
    fresh : int
        Samples for the final precision.
    target, names, seed
        As in :func:`shap`.
    cut : float
        Where a number becomes a decision, for models that are no classifiers.

    Returns
    -------
    Explanation
        ``values`` (1,): precision on fresh samples; ``extra["rules"]``: the anchor with its coverage.

    Raises
    ------
    ExplainError
        On bad input.
    """
    reference = read_table(background, what="background", names=names)
    rows = read_table(X, like=reference)
    if len(rows.values) != 1:
        raise ExplainError(f"An anchor is of one row; {len(rows.values)} were given.", "pass a single row.")
    if not 0 < threshold < 1:
        raise ExplainError(f"threshold is {threshold}.", "pass a precision between 0 and 1, for example 0.95.")
    predictor = make_predictor(model, rows, target=target)
    decide, answer = make_decision(model, predictor, rows, cut)
    world = World(decide, reference.values, np.random.default_rng(seed))
    chosen = search(world, offer(rows, reference, bins), threshold, beam, max_conditions, nsamples)
    hits = world.hits(chosen, fresh)
    precision, low = float(hits.mean()), lower_bound(float(hits.sum()), fresh)
    coverage = float(met(chosen, reference.values).mean())
    text = " and ".join(span.spell(rows) for span in sorted(chosen, key=lambda span: span.feature)) or "always"
    rule = {"if": text, "then": answer, "precision": precision, "coverage": coverage}
    return Explanation(
        method="anchors",
        kind="rules",
        values=np.array([precision]),
        names=(text,),
        target=answer,
        scale="decision",
        data=rows.values,
        baseline=reference.values,
        baseline_name=f"perturbed from {len(reference.values)} background rows",
        parameters={"threshold": threshold, "bins": bins, "samples per candidate": nsamples},
        evidence={"precision": precision, "precision_low": low, "fresh": fresh, "coverage": coverage, "random": True},
        extra={"rules": [rule], "spans": [(one.feature, one.low, one.high) for one in chosen]},
        seed=seed,
        evaluations=predictor.evaluations,
    )


def make_decision(model: Any, predictor: Predictor, rows: Table, cut: float) -> tuple[Any, str]:
    """Return a function from rows to "decides as for the instance", and that decision in words."""
    if predictor.classes:
        own = ask_estimator(model, "predict", rows.restore(rows.values))[0]

        def same_class(values: Array) -> Array:
            predictor.asked[0] += len(values)
            return np.asarray(
                np.asarray(ask_estimator(model, "predict", rows.restore(values))) == own, dtype=np.float64
            )

        return same_class, f"class {own}"
    above = bool(predictor(rows.values)[0] >= cut)
    sign = "≥" if above else "<"
    return (
        lambda values: ((predictor(values) >= cut) == above).astype(float)
    ), f"{predictor.target} {sign} {shown(cut)}"


def offer(rows: Table, reference: Table, bins: int) -> list[Span]:
    """One condition per feature: the bin or category the instance is in."""
    offered = []
    for index, value in enumerate(rows.values[0]):
        if rows.levels[index] is not None:
            offered.append(Span(index, float(value), float(value), category=True))
            continue
        edges = np.unique(np.quantile(reference.values[:, index], np.linspace(0, 1, bins + 1)[1:-1]))
        place = int(np.searchsorted(edges, value, side="left"))
        low = float(edges[place - 1]) if place > 0 else -np.inf
        high = float(edges[place]) if place < len(edges) else np.inf
        span = Span(index, low, high, category=False)
        if span.holds(reference.values[:, index]).any() and not (np.isinf(low) and np.isinf(high)):
            offered.append(span)
    return offered


def draw(spans: tuple[Span, ...], background: Array, count: int, rng: np.random.Generator) -> Array:
    """Background rows whose anchored features take background values that meet their condition."""
    rows: Array = np.array(background[rng.integers(len(background), size=count)])
    for span in spans:
        column = background[:, span.feature]
        allowed = column[span.holds(column)]
        if len(allowed) == 0:
            rows[:, span.feature] = span.high
            continue
        wrong = ~span.holds(rows[:, span.feature])
        rows[wrong, span.feature] = rng.choice(allowed, size=int(wrong.sum()))
    return rows


def met(spans: tuple[Span, ...], values: Array) -> Any:
    """For each row, whether it meets all conditions."""
    mask = np.ones(len(values), dtype=bool)
    for span in spans:
        mask &= span.holds(values[:, span.feature])
    return mask


def search(  # noqa: PLR0917
    world: World, offered: list[Span], threshold: float, beam: int, max_conditions: int, nsamples: int
) -> tuple[Span, ...]:
    """Return the widest set of conditions that passes; of none, the most precise."""
    best: list[tuple[float, tuple[Span, ...]]] = [(float(world.hits((), nsamples).mean()), ())]
    if _passes(world, (), threshold, nsamples):
        return ()
    overall = best[0]
    for _ in range(max_conditions):
        tried = {
            frozenset((*spans, span)): (*spans, span) for _, spans in best for span in offered if span not in spans
        }
        scored = [(float(world.hits(spans, nsamples).mean()), spans) for spans in tried.values()]
        if not scored:
            break
        scored.sort(key=lambda pair: (-pair[0], -float(met(pair[1], world.background).mean())))
        passing = [
            spans
            for score, spans in scored[: 2 * beam]
            if score >= threshold and _passes(world, spans, threshold, nsamples)
        ]
        if passing:
            return max(passing, key=lambda spans: float(met(spans, world.background).mean()))
        best = scored[:beam]
        overall = max(overall, best[0], key=lambda pair: pair[0])
    return overall[1]


def _passes(world: World, spans: tuple[Span, ...], threshold: float, nsamples: int) -> bool:
    """Whether the lower bound on a sample of its own is above the threshold."""
    count = 5 * nsamples
    return lower_bound(float(world.hits(spans, count).sum()), count) >= threshold


def lower_bound(hits: float, count: int) -> float:
    """Lower end of the 95 % Clopper-Pearson interval (two-sided)."""
    if hits <= 0:
        return 0.0
    return float(load_library("scipy.stats").beta.ppf(0.025, hits, count - hits + 1))
