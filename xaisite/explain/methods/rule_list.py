"""An ordered list of if-then rules that imitates the model's decisions.

What it does: takes the paths of several small trees as candidate rules, shortens them, and picks one after another
the rule that is most often right on the rows still undecided (Rivest 1987: decision lists). It deliberately never
sees the truth. Invariant: precision, coverage and fidelity are those of held-out rows.
"""

# ruff: noqa: N803 (X is the field's word for rows)
from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from xaisite.explain.errors import ExplainError
from xaisite.explain.explanation import Array, Explanation
from xaisite.explain.libraries import load_library
from xaisite.explain.methods.surrogate_tree import ask_classes, split
from xaisite.explain.predictor import make_predictor
from xaisite.explain.randomness import library_call
from xaisite.explain.table import Table, read_table
from xaisite.explain.verdict import shown


@dataclass(frozen=True, order=True)
class Condition:
    """``feature ≤ threshold`` or its opposite."""

    feature: int
    below: bool
    threshold: float

    def holds(self, values: Array) -> Any:
        """For each row, whether it is met."""
        column = values[:, self.feature]
        return column <= self.threshold if self.below else column > self.threshold

    def spell(self, rows: Table) -> str:
        """In words."""
        level, name = rows.levels[self.feature], rows.names[self.feature]
        if level is None:
            return f"{name} {'≤' if self.below else '>'} {shown(self.threshold)}"
        kept = [str(one) for code, one in enumerate(level) if (code <= self.threshold) == self.below]
        return f"{name} in {{{', '.join(kept)}}}"


Rule = tuple[Condition, ...]


def rule_list(
    model: Any,
    X: Any,
    *,
    max_rules: int = 5,
    max_conditions: int = 2,
    holdout: float = 0.3,
    target: Any = None,
    threshold: float = 0.5,
    names: Any = None,
    min_fidelity: float = 0.8,
    seed: int = 0,
) -> Explanation:
    """Fit an ordered rule list to the model's decisions.

    Parameters
    ----------
    model : fitted scikit-learn estimator, torch module, or callable
        A classifier decides by its ``predict`` (the target class or not); all others by ``threshold``.
    X : array or DataFrame of shape (n, d)
        At least 20 rows.
    max_rules, max_conditions : int
        Length of the list, without its "otherwise", and of each rule.
    holdout : float
        Share of the rows kept for measuring.
    target, names, seed
        As in :func:`shap`.
    threshold : float
        Where a number becomes a decision, for models that are no classifiers.
    min_fidelity : float
        Agreement on held-out rows below which the check warns.

    Returns
    -------
    Explanation
        ``values`` (rules,): held-out precision of each rule, the last one's "otherwise"; ``extra["rules"]``.

    Raises
    ------
    ExplainError
        On bad input, too few rows, or a model that always decides the same.
    """
    rows = read_table(X, names=names)
    predictor = make_predictor(model, rows, target=target)
    decisions, labels = ask_classes(model, rows, predictor, threshold)
    fit, test = split(len(rows.values), holdout, seed)
    if np.ptp(decisions[fit]) == 0:
        raise ExplainError("The model decides the same for all these rows.", "pass rows of both kinds.")
    found = choose_rules(rows.values[fit], decisions[fit], max_rules, max_conditions, seed)
    described = describe_rules(found, rows, rows.values[test], decisions[test], labels)
    usual = float(decisions[fit].mean() >= 0.5)
    return Explanation(
        method="rule_list",
        kind="rules",
        values=np.array([rule["precision"] for rule in described]),
        names=tuple(rule["if"] for rule in described),
        target=predictor.target,
        scale="agreement with the model",
        parameters={"rows fitted": len(fit), "max conditions": max_conditions},
        evidence={
            "fitted": agree(found, rows.values[fit], decisions[fit]),
            "held_out": agree(found, rows.values[test], decisions[test]),
            "measure": "agreement",
            "held_out_rows": len(test),
            "limit": min_fidelity,
            "trivial": float((decisions[test] == usual).mean()),
            "random": True,
        },
        extra={"rules": described, "list": [(list(map(_plain_condition, rule)), answer) for rule, answer in found]},
        seed=seed,
        evaluations=predictor.evaluations,
    )


def _plain_condition(condition: Condition) -> tuple[int, bool, float]:
    return condition.feature, condition.below, condition.threshold


def propose_rules(values: Array, decisions: Array, max_conditions: int, seed: int) -> list[Rule]:
    """Every path, to leaves and inner nodes, of small randomised trees."""
    trees = load_library("sklearn.ensemble")
    with library_call(seed):
        forest = trees.RandomForestClassifier(
            n_estimators=25, max_depth=max_conditions, random_state=seed, min_samples_leaf=max(2, len(values) // 100)
        ).fit(values, decisions)
    rules: set[Rule] = set()
    for tree in forest.estimators_:
        _walk(tree.tree_, 0, (), rules)
    return sorted(rules)


def _walk(tree: Any, node: int, path: Rule, rules: set[Rule]) -> None:
    if path:
        rules.add(shorten_rule(path))
    if tree.children_left[node] < 0:
        return
    feature, threshold = int(tree.feature[node]), float(tree.threshold[node])
    _walk(tree, tree.children_left[node], (*path, Condition(feature, True, threshold)), rules)
    _walk(tree, tree.children_right[node], (*path, Condition(feature, False, threshold)), rules)


def shorten_rule(rule: Rule) -> Rule:
    """Return the tightest bound per feature and side."""
    tightest: dict[tuple[int, bool], float] = {}
    for one in rule:
        key = (one.feature, one.below)
        pick = min if one.below else max
        tightest[key] = pick(tightest.get(key, one.threshold), one.threshold)
    return tuple(sorted(Condition(feature, below, bound) for (feature, below), bound in tightest.items()))


def choose_rules(
    values: Array, decisions: Array, max_rules: int, max_conditions: int, seed: int
) -> list[tuple[Rule, float]]:
    """Greedy: the rule with the best lower bound of precision on what is left; last, the majority."""
    candidates = propose_rules(values, decisions, max_conditions, seed)
    masks = [covered(rule, values) for rule in candidates]
    left = np.ones(len(values), dtype=bool)
    chosen: list[tuple[Rule, float]] = []
    for _ in range(max_rules):
        if left.sum() < 4 or np.ptp(decisions[left]) == 0:
            break
        scores = [_score(mask & left, decisions) for mask in masks]
        best = max(range(len(scores)), key=lambda index: (scores[index][0], -len(candidates[index]), -index))
        if scores[best][0] <= max(decisions[left].mean(), 1 - decisions[left].mean()):
            break
        chosen.append((candidates[best], scores[best][1]))
        left &= ~masks[best]
    rest = decisions[left] if left.any() else decisions
    return [*chosen, ((), float(rest.mean() >= 0.5))]


def _score(mask: Any, decisions: Array) -> tuple[float, float]:
    """Precision with two doubts added (Laplace), so that tiny rules do not win; and the rule's answer."""
    count = int(mask.sum())
    if count < 2:
        return 0.0, 0.0
    ones = float(decisions[mask].sum())
    answer = float(ones * 2 >= count)
    return (max(ones, count - ones) + 1) / (count + 4), answer


def covered(rule: Rule, values: Array) -> Any:
    """For each row, whether all conditions are met."""
    mask = np.ones(len(values), dtype=bool)
    for condition in rule:
        mask &= condition.holds(values)
    return mask


def decide(rules: list[tuple[Rule, float]], values: Array) -> Array:
    """Return the list's decision for each row: that of the first rule that holds."""
    out, left = np.zeros(len(values)), np.ones(len(values), dtype=bool)
    for rule, answer in rules:
        mask = covered(rule, values) & left
        out[mask] = answer
        left &= ~mask
    return out


def agree(rules: list[tuple[Rule, float]], values: Array, decisions: Array) -> float:
    """Share of rows on which list and model decide alike."""
    return float((decide(rules, values) == decisions).mean())


def describe_rules(
    rules: list[tuple[Rule, float]], rows: Table, values: Array, decisions: Array, labels: tuple[str, str]
) -> list[dict[str, Any]]:
    """Each rule in words with precision and coverage among the rows that reach it."""
    left, described = np.ones(len(values), dtype=bool), []
    for rule, answer in rules:
        mask = covered(rule, values) & left
        described.append(
            {
                "if": " and ".join(condition.spell(rows) for condition in rule) or "otherwise",
                "then": labels[int(answer)],
                "precision": float((decisions[mask] == answer).mean()) if mask.any() else 0.0,
                "coverage": float(mask.mean()),
            }
        )
        left &= ~mask
    return described
