"""A small change that gives another prediction.

What it does: growing spheres (Laugel et al. 2018) in units of each feature's spread, then as few changed features as
possible (their eq. 1, greedily). It deliberately claims nothing about causes.
Invariant: locked features never move; the result was asked of the model again.
"""

# ruff: noqa: N803 (X is the field's word for rows)
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from xaisite.explain.errors import ExplainError
from xaisite.explain.explanation import Array, Explanation
from xaisite.explain.methods.lime import spreads
from xaisite.explain.predictor import Predictor, ask_estimator, make_predictor
from xaisite.explain.table import Table, read_table
from xaisite.explain.verdict import shown

Wanted = Callable[[Array], Any]


def counterfactual(
    model: Any,
    X: Any,
    *,
    background: Any,
    want: Any = None,
    target: Any = None,
    cut: float = 0.5,
    locked: Any = (),
    within: bool = True,
    nsamples: int = 500,
    names: Any = None,
    seed: int = 0,
) -> Explanation:
    """Find a near row that the model answers differently (Wachter et al. 2018; Laugel et al. 2018, algorithm 1 and 2).

    Parameters
    ----------
    model : fitted scikit-learn estimator, torch module, or callable
    X : array, Series or one-row DataFrame of d features
    background : array or DataFrame of shape (m, d)
        Sets each feature's spread, range and categories.
    want : class label, or (low, high), optional
        What the model should answer: of a classifier a class, default any other; of other models an interval of the
        output, default the other side of ``cut``.
    target, names, seed
        As in :func:`shap`.
    cut : float
        Where a number becomes a decision, for models that are no classifiers.
    locked : sequence of int or str
        Features that must not change.
    within : bool
        Keep numbers within the background's range.
    nsamples : int
        Candidates per shell.

    Returns
    -------
    Explanation
        ``values`` (d,): the change of each feature, in its own unit (of categories: 1 where it changed).

    Raises
    ------
    ExplainError
        On bad input, if everything is locked, or if no change is found within the background's extent.
    """
    reference = read_table(background, what="background", names=names)
    rows = read_table(X, like=reference)
    if len(rows.values) != 1:
        raise ExplainError(f"A counterfactual is of one row; {len(rows.values)} were given.", "pass a single row.")
    fixed = sorted({rows.find_feature(one) for one in ([locked] if isinstance(locked, (str, int)) else locked)})
    free = [index for index in range(len(rows.names)) if index not in fixed]
    if not free:
        raise ExplainError("All features are locked.", "leave at least one free to change.")
    predictor = make_predictor(model, rows, target=target)
    wanted, spell = make_wish(model, predictor, rows, want, cut)
    row = rows.values[0]
    if wanted(rows.values)[0]:
        raise ExplainError("The model already answers as wanted.", "pass another want=, or another row.")
    found = grow(wanted, row, reference, free, np.random.default_rng(seed), nsamples, within=within)
    sparse = pull_back(wanted, row, thin_out(wanted, row, found, reference), reference)
    return _pack(rows, reference, predictor, sparse, wanted, spell, fixed=fixed, nsamples=nsamples, seed=seed)


def _pack(  # noqa: PLR0917
    rows: Table,
    reference: Table,
    predictor: Predictor,
    new: Array,
    wanted: Wanted,
    spell: Callable[[Array], str],
    *,
    fixed: list[int],
    nsamples: int,
    seed: int,
) -> Explanation:
    row, spread = rows.values[0], spreads(reference)
    change = new - row
    category = np.array([level is not None for level in rows.levels])
    scaled = np.where(category, (change != 0).astype(float), change / spread)
    near = np.sqrt(
        (np.where(category, reference.values != new, (reference.values - new) / spread) ** 2).sum(axis=1)
    ).min()
    return Explanation(
        method="counterfactual",
        kind="change",
        values=np.where(category, (change != 0).astype(float), change),
        names=rows.names,
        target=predictor.target if not predictor.classes else "the decision",
        scale=predictor.scale,
        data=rows.values,
        prediction=predictor(np.vstack([row, new])),
        baseline=new[None],
        baseline_name=f"spread and range of {len(reference.values)} rows",
        parameters={"candidates per shell": nsamples, "locked": tuple(rows.names[index] for index in fixed)},
        evidence={
            "flipped": bool(wanted(new[None])[0]),
            "answer": spell(new),
            "changed": int((change != 0).sum()),
            "nearest": float(near),
            "distance": float(np.sqrt((scaled**2).sum())),
            "random": True,
        },
        extra={
            "scaled": scaled,
            "before": rows.spell_rows(row[None])[0],
            "after": rows.spell_rows(new[None])[0],
            "from": spell(row),
            "to": spell(new),
            "row": new,
        },
        seed=seed,
        evaluations=predictor.evaluations,
    )


def make_wish(
    model: Any, predictor: Predictor, rows: Table, want: Any, cut: float
) -> tuple[Wanted, Callable[[Array], str]]:
    """Whether the model answers as wanted, for each row; and its answer in words."""
    if predictor.classes:
        own = ask_estimator(model, "predict", rows.restore(rows.values))[0]
        if want is not None and want not in predictor.classes:
            raise ExplainError(
                f"The model has no class {want!r}.", f"use one of: {', '.join(map(str, predictor.classes))}."
            )

        def ask(values: Array) -> Any:
            predictor.asked[0] += len(values)
            return np.asarray(ask_estimator(model, "predict", rows.restore(values)))

        return (lambda values: ask(values) != own if want is None else ask(values) == want), (
            lambda row: str(ask(row[None])[0])
        )
    if want is None:
        above = predictor(rows.values)[0] >= cut
        return (lambda values: (predictor(values) >= cut) != above), (lambda row: shown(float(predictor(row[None])[0])))
    try:
        low, high = (float(end) for end in want)
    except (TypeError, ValueError) as error:
        raise ExplainError(f"want is {want!r}.", "pass an interval, for example want=(0.6, 1.0).") from error
    return (lambda values: (predictor(values) >= low) & (predictor(values) <= high)), (
        lambda row: shown(float(predictor(row[None])[0]))
    )


def sample_shell(  # noqa: PLR0917
    row: Array,
    reference: Table,
    free: list[int],
    inner: float,
    outer: float,
    count: int,
    rng: np.random.Generator,
    *,
    within: bool,
) -> Array:
    """Rows at a distance between ``inner`` and ``outer`` spreads, uniform in volume; categories switch by chance."""
    spread, samples = spreads(reference), np.repeat(row[None], count, axis=0)
    numeric = [index for index in free if reference.levels[index] is None]
    if numeric:
        directions = rng.standard_normal((count, len(numeric)))
        directions /= np.linalg.norm(directions, axis=1, keepdims=True)
        power = len(numeric)
        radius = (inner**power + rng.random(count) * (outer**power - inner**power)) ** (1 / power)
        samples[:, numeric] += directions * radius[:, None] * spread[numeric]
        if within:
            low, high = reference.values.min(axis=0), reference.values.max(axis=0)
            inside = np.clip(samples[:, numeric], np.minimum(low, row)[numeric], np.maximum(high, row)[numeric])
            samples[:, numeric] = inside
    for index in [one for one in free if reference.levels[one] is not None]:
        switch = rng.random(count) < min(outer, 1.0) * 0.5
        samples[switch, index] = rng.choice(np.unique(reference.values[:, index]), size=int(switch.sum()))
    return samples


def grow(  # noqa: PLR0917
    wanted: Wanted,
    row: Array,
    reference: Table,
    free: list[int],
    rng: np.random.Generator,
    count: int,
    *,
    within: bool,
) -> Array:
    """Shrink a first sphere until it holds no answer as wanted, then grow shells until one does."""
    radius = 1.0
    for _ in range(12):
        if not wanted(sample_shell(row, reference, free, 0, radius, count, rng, within=within)).any():
            break
        radius /= 2
    spread = spreads(reference)
    for _ in range(60):
        shell = sample_shell(row, reference, free, radius, radius * 1.25, count, rng, within=within)
        hits = shell[wanted(shell)]
        if len(hits):
            distances = (((hits - row) / spread) ** 2).sum(axis=1)
            return np.asarray(hits[distances.argmin()])
        radius *= 1.25
        if radius > 4 * np.sqrt(len(free)) + 8:
            break
    raise ExplainError(
        "No change within the background's extent gives the answer wanted.",
        "unlock features, pass within=False, or ask for another answer.",
    )


def thin_out(wanted: Wanted, row: Array, new: Array, reference: Table) -> Array:
    """Put features back one after another, smallest change first, while the answer stays as wanted."""
    best = new.copy()
    for index in np.argsort(np.abs((new - row) / spreads(reference)), kind="stable"):
        tried = best.copy()
        tried[index] = row[index]
        if tried[index] != best[index] and wanted(tried[None])[0]:
            best = tried
    return best


def pull_back(wanted: Wanted, row: Array, new: Array, reference: Table) -> Array:
    """Move the numbers that still differ back towards the row as far as the answer allows (bisection)."""
    best, low, high = new.copy(), 0.0, 1.0
    numeric = np.array([level is None for level in reference.levels])
    for _ in range(25):
        share = (low + high) / 2
        tried = np.where(numeric, row + share * (new - row), new)
        if wanted(tried[None])[0]:
            best, high = tried, share
        else:
            low = share
    return best
