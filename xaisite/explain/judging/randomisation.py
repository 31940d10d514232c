"""Dependence of an explanation on what the model has learned.

What it does: re-initialises layers from the output backwards, or takes a twin trained on shuffled labels, and
compares explanations (Adebayo et al. 2018, sections 3.1 and 3.2). It deliberately works on copies.
Invariant: the caller's model is untouched; the first point of the curve is 1.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from xaisite.explain.errors import ExplainError
from xaisite.explain.explanation import Explanation
from xaisite.explain.judging.agreement import rank_correlation
from xaisite.explain.judging.subject import read_scores
from xaisite.explain.modules import copy_module
from xaisite.explain.randomness import private_random


def model_randomisation(
    model: Any, explain: Callable[[Any], Explanation], *, layers: int | None = None, seed: int = 0
) -> Explanation:
    """Re-initialise a module layer by layer from its output and explain it again each time.

    Parameters
    ----------
    model : torch.nn.Module
        Layers with ``reset_parameters``.
    explain : callable
        Takes a module and returns an explanation of one input and one fixed target,
        ``lambda net: explain.saliency(net, x, target=3)``.
    layers : int, optional
        How many layers; default: all with weights.
    seed : int

    Returns
    -------
    Explanation
        ``values`` (layers + 1,): Spearman correlation of |values| with the trained module's explanation.

    Raises
    ------
    ExplainError
        If the module has no layers to re-initialise.
    """
    own = copy_module(model)
    names = [
        name for name, part in own.named_modules() if hasattr(part, "reset_parameters") and list(part.parameters())
    ]
    chosen = names[::-1][: layers or len(names)]
    if not chosen:
        raise ExplainError("The module has no layers to re-initialise.", "pass a module with weights.")
    trained = explain(copy_module(model))
    first = read_scores(trained)
    parts, correlations, cost = dict(own.named_modules()), [1.0], trained.evaluations
    for place, name in enumerate(chosen):
        with private_random(seed * 1000 + place):
            parts[name].reset_parameters()
        lost = explain(copy_module(own))
        cost += lost.evaluations
        correlations.append(rank_correlation(first, read_scores(lost)))
    return _pack(
        "model_randomisation",
        trained,
        correlations,
        ["trained", *chosen],
        "layers re-initialised, from the output",
        seed,
        cost,
    )


def data_randomisation(model: Any, twin: Any, explain: Callable[[Any], Explanation], *, seed: int = 0) -> Explanation:
    """Compare the explanations of a model and of its twin trained on shuffled labels.

    Parameters
    ----------
    model, twin : any model
        The same architecture, trained on true and on shuffled labels.
    explain : callable
        Takes a model and returns an explanation of one input and one fixed target.
    seed : int
        Unused: nothing is random.

    Returns
    -------
    Explanation
        ``values`` (2,): 1, and the Spearman correlation of |values| between the two.

    Raises
    ------
    ExplainError
        If the explanations cannot be compared.
    """
    one, other = explain(model), explain(twin)
    if one.values.shape != other.values.shape:
        raise ExplainError("The two explanations have different shapes.", "explain the same input with both models.")
    correlation = rank_correlation(read_scores(one), read_scores(other))
    return _pack(
        "data_randomisation",
        one,
        [1.0, correlation],
        ["true labels", "shuffled labels"],
        "trained on",
        seed,
        one.evaluations + other.evaluations,
    )


def _pack(  # noqa: PLR0917
    method: str, trained: Explanation, correlations: list[float], ticks: list[str], axis: str, seed: int, cost: int
) -> Explanation:
    return Explanation(
        method=method,
        kind="curves",
        values=np.array(correlations),
        names=(trained.method.replace("_", " "),),
        target=trained.target,
        scale="rank correlation of |values|",
        parameters={"explained by": trained.method},
        evidence={"random": True},
        extra={"across": np.arange(len(ticks)), "ticks": ticks, "across_name": axis},
        seed=seed,
        evaluations=cost,
    )
