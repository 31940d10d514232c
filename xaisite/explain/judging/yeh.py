"""Infidelity and max-sensitivity (Yeh et al. 2019), by captum.

What it does: brings our explanations into the form captum's metrics take. Contributions are turned into slopes
first: infidelity multiplies by the perturbation. It deliberately names the perturbation in the caption.
Invariant: the gradient of a linear model has infidelity 0.
"""

# ruff: noqa: N803 (X is the field's word for rows)
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from xaisite.explain.errors import ExplainError
from xaisite.explain.explanation import Array, Explanation
from xaisite.explain.judging.subject import read_subject
from xaisite.explain.libraries import load_library
from xaisite.explain.randomness import library_call
from xaisite.explain.verdict import shown

SLOPES = ("saliency", "smooth_grad", "guided_backprop")


def infidelity(
    explanation: Explanation,
    model: Any,
    *,
    noise: float = 0.1,
    nsamples: int = 500,
    target: Any = None,
    scale: str | None = None,
    background: Any = None,
    seed: int = 0,
) -> Explanation:
    """Mean squared gap between what the map says a perturbation does and what it does (their definition 2.1).

    Parameters
    ----------
    explanation : Explanation
        Attributions of one row or one image, of the input's own shape.
    model, target, scale
        As for the explanation.
    noise : float
        Standard deviation of the normal perturbation, as a share of each feature's spread in ``background``, else of
        the input's range.
    nsamples : int
    background : array, optional
    seed : int

    Returns
    -------
    Explanation
        ``values``: infidelity, in squared units of the output, and that of an all-zero map beside it.

    Raises
    ------
    ExplainError
        On bad input, or maps coarser than the input.
    """
    if not noise > 0 or nsamples < 2:
        raise ExplainError("Noise and samples must be positive.", "pass noise=0.1 and nsamples=500.")
    if explanation.values.size != np.size(np.asarray(explanation.data)):
        raise ExplainError(
            "The map is coarser than the input, so it says nothing about single inputs.",
            "use deletion and insertion instead.",
        )
    fills = (
        {"input": explanation.data[0]} if explanation.kind == "attribution" and explanation.data is not None else None
    )
    subject = read_subject(explanation, model, target=target, scale=scale, fills=fills, background=background)
    slopes = read_slopes(explanation, subject.data)
    spread = (
        np.asarray(background, dtype=np.float64).std(axis=0) if background is not None else np.ptp(subject.data) or 1.0
    )
    own, zero = [
        _run(subject.answer, subject.data, one, noise * spread, nsamples, seed) for one in (slopes, 0 * slopes)
    ]
    return Explanation(
        method="infidelity",
        kind="numbers",
        values=np.array([own, zero]),
        names=("this map", "an all-zero map"),
        target=explanation.target,
        scale="infidelity (squared output)",
        parameters={"noise": noise, "samples": nsamples},
        evidence={
            "measured": own,
            "random": True,
            "summary": f"Infidelity {shown(own)}; an all-zero map has {shown(zero)}.",
        },
        extra={"judged": explanation.method},
        seed=seed,
        evaluations=2 * nsamples + 2,
    )


def read_slopes(explanation: Explanation, data: Array) -> Array:
    """Output per unit of input: gradients as they are, contributions divided by the input's difference."""
    values = explanation.values[0] if explanation.kind == "attribution" else explanation.values
    values = values.reshape(data.shape)
    if explanation.method in SLOPES:
        return values
    baseline = (
        np.zeros_like(data)
        if explanation.baseline is None
        else explanation.baseline.mean(axis=0).reshape(data.shape)
        if explanation.baseline.size != data.size
        else explanation.baseline.reshape(data.shape)
    )
    change = data - baseline
    still = np.abs(change) < 1e-12
    return np.where(still, 0.0, values / np.where(still, 1.0, change))


def _run(answer: Callable[[Array], Array], data: Array, slopes: Array, spread: Any, nsamples: int, seed: int) -> float:  # noqa: PLR0917
    """Return captum's metric on one input, in double precision."""
    torch, metrics = load_library("torch"), load_library("captum.metrics")

    def forward(batch: Any) -> Any:
        return torch.tensor(answer(np.asarray(batch.numpy())), dtype=torch.float64)

    def perturb(batch: Any) -> Any:
        shift = torch.randn(batch.shape, dtype=torch.float64) * torch.as_tensor(np.asarray(spread), dtype=torch.float64)
        return shift, batch - shift

    with library_call(seed):
        found = metrics.infidelity(
            forward,
            perturb,
            torch.tensor(data[None].copy()),
            torch.tensor(slopes[None].copy()),
            n_perturb_samples=nsamples,
            max_examples_per_batch=256,
        )
    return float(found[0])


def sensitivity(
    explain: Callable[[Array], Explanation],
    X: Any,
    *,
    radius: float = 0.02,
    nsamples: int = 10,
    seed: int = 0,
) -> Explanation:
    """Largest relative change of an explanation over inputs within a radius (their definition 4.1).

    Parameters
    ----------
    explain : callable
        Takes an input of ``X``'s shape and returns its explanation for one fixed target.
    X : array or tensor
        One row (d,) or one image.
    radius : float
        Of the box inputs are drawn from, in units of the input.
    nsamples : int
    seed : int

    Returns
    -------
    Explanation
        ``values`` (1,): change in L2 norm over the norm of the explanation.

    Raises
    ------
    ExplainError
        On bad input.
    """
    if not radius > 0 or nsamples < 1:
        raise ExplainError("Radius and samples must be positive.", "pass radius=0.02 and nsamples=10.")
    torch, metrics = load_library("torch"), load_library("captum.metrics")
    data = np.asarray(X.detach().numpy() if hasattr(X, "detach") else X, dtype=np.float64)
    seen: list[Explanation] = []

    def ask(batch: Any, **_: Any) -> Any:
        rows = batch[0] if isinstance(batch, tuple) else batch
        seen.extend(explain(np.asarray(row.numpy())) for row in rows)
        # A tuple: captum iterates over what it gets, and would take the rows of a tensor for several inputs.
        return (torch.tensor(np.stack([one.values.ravel() for one in seen[-len(rows) :]])),)

    with library_call(seed):
        found = float(
            metrics.sensitivity_max(
                ask, torch.tensor(data[None].copy()), perturb_radius=radius, n_perturb_samples=nsamples
            )[0]
        )
    return Explanation(
        method="sensitivity",
        kind="numbers",
        values=np.array([found]),
        names=(seen[0].method.replace("_", " "),),
        target=seen[0].target,
        scale="relative change",
        parameters={"radius": radius, "samples": nsamples},
        evidence={
            "measured": found,
            "random": True,
            "summary": f"Within {radius:g} of the input the explanation changes by up to {found:.1%}.",
        },
        seed=seed,
        evaluations=sum(one.evaluations for one in seen),
    )
