"""Gradient methods: integrated gradients, saliency, SmoothGrad, guided backpropagation (captum).

What it does: runs captum on a private copy of the module. It deliberately refuses what captum cannot see
(functional ReLUs in guided backpropagation) instead of returning a plausible map.
Invariant: the caller's module, its gradients and hooks are untouched.
"""

# ruff: noqa: N803 (X is the field's word for rows)
from __future__ import annotations

from typing import Any

import numpy as np

from xaisite.explain.batches import over_images
from xaisite.explain.errors import ExplainError
from xaisite.explain.explanation import Explanation
from xaisite.explain.libraries import load_library
from xaisite.explain.modules import check_rectifiers
from xaisite.explain.network_input import NetworkInput, pack_attribution, read_network_input, read_reference
from xaisite.explain.randomness import library_call


@over_images
def integrated_gradients(
    model: Any,
    X: Any,
    *,
    baseline: Any = "empty",
    background: Any = None,
    steps: int = 64,
    target: Any = None,
    names: Any = None,
    label: str | None = None,
    seed: int = 0,
) -> Explanation:
    """Integrate gradients along the straight line from a baseline (Sundararajan et al. 2017, eq. 1).

    Parameters
    ----------
    model : torch.nn.Module
        Takes (n, …), returns (n,) or (n, outputs).
    X : tensor or array
        One image (C, H, W), images (n, C, H, W), one row (d,), or rows (n, d).
    baseline : str or array
        Images: ``"empty"``, ``"neutral"``, ``"blurred"``, ``"typical"`` (mean of ``background``) or an image. Rows:
        ``"empty"`` (zeros), ``"typical"``, or reference rows.
    steps : int
        Points of the Gauss-Legendre rule.
    target : int, optional
        Output explained; default: the largest of a single input.
    names : sequence of str, optional
        Feature names of rows.
    label : str, optional
        What to call the output in texts.
    seed : int
        Unused: nothing is random.

    Returns
    -------
    Explanation
        ``values``: rows (n, d), image (C, H, W), images (n, C, H, W), in the unit of the output; ``base_value``: the
        baseline's output. Each image is asked as if alone; ``.row(i)`` gives its explanation.

    Raises
    ------
    ExplainError
        On bad input.
    """
    if steps < 1:
        raise ExplainError("At least one step is needed.", "pass steps=64.")
    given = read_network_input(model, X, target=target, names=names, label=label)
    reference, name = read_reference(given, baseline, background)
    captum = load_library("captum.attr")
    with library_call(seed):
        values = captum.IntegratedGradients(given.module).attribute(
            given.tensor,
            baselines=reference,
            target=given.column,
            n_steps=steps,
            method="gausslegendre",
            internal_batch_size=256,
        )
    return pack_attribution(
        given,
        values,
        method="integrated_gradients",
        seed=seed,
        evaluations=steps * len(given.tensor),
        unit="contribution (model output)",
        **reference_point(given, reference, name),
        parameters={"steps": steps},
    )


def reference_point(given: NetworkInput, reference: Any, name: str) -> dict[str, Any]:
    """Baseline, its name and its output; different reference rows have no single output."""
    values = np.asarray(reference.detach().double().cpu().numpy())
    outputs = given.answer(values)
    if np.ptp(outputs) > 0:
        raise ExplainError(
            "The reference rows have different outputs: there is no single base value.",
            "ask with one reference row at a time.",
        )
    return {"baseline": values, "baseline_name": name, "base_value": float(outputs[0])}


@over_images
def saliency(
    model: Any,
    X: Any,
    *,
    absolute: bool = True,
    target: Any = None,
    names: Any = None,
    label: str | None = None,
    seed: int = 0,
) -> Explanation:
    """Take the gradient of the output at the input (Simonyan et al. 2014, section 3.1).

    Parameters
    ----------
    model, X, target, names, label, seed
        As in :func:`integrated_gradients`.
    absolute : bool
        Absolute values, as in the paper.

    Returns
    -------
    Explanation
        ``values`` of the input's shape: output per unit of input.

    Raises
    ------
    ExplainError
        On bad input.
    """
    given = read_network_input(model, X, target=target, names=names, label=label)
    captum = load_library("captum.attr")
    with library_call(seed):
        values = captum.Saliency(given.module).attribute(
            given.tensor.requires_grad_(), target=given.column, abs=absolute
        )
    return pack_attribution(
        given,
        values,
        method="saliency",
        seed=seed,
        evaluations=len(given.tensor),
        unit="|gradient|" if absolute else "gradient",
        signed=not absolute,
        parameters={"absolute values": absolute},
    )


@over_images
def smooth_grad(
    model: Any,
    X: Any,
    *,
    noise: float = 0.15,
    nsamples: int = 32,
    absolute: bool = False,
    target: Any = None,
    names: Any = None,
    label: str | None = None,
    seed: int = 0,
) -> Explanation:
    """Average gradients over noisy copies of the input (Smilkov et al. 2017, section 2).

    Parameters
    ----------
    model, X, target, names, label, seed
        As in :func:`integrated_gradients`.
    noise : float
        Standard deviation of the noise as a share of the input's range (max − min).
    nsamples : int
    absolute : bool
        Average absolute gradients.

    Returns
    -------
    Explanation
        ``values`` of the input's shape: output per unit of input.

    Raises
    ------
    ExplainError
        On bad input.
    """
    if not noise > 0 or nsamples < 1:
        raise ExplainError("Noise and samples must be positive.", "pass noise=0.15 and nsamples=32.")
    given = read_network_input(model, X, target=target, names=names, label=label)
    spread = float(noise * (given.tensor.max() - given.tensor.min()))
    captum = load_library("captum.attr")
    with library_call(seed):
        values = captum.NoiseTunnel(captum.Saliency(given.module)).attribute(
            given.tensor.requires_grad_(),
            nt_type="smoothgrad",
            nt_samples=nsamples,
            nt_samples_batch_size=8,
            stdevs=spread,
            target=given.column,
            abs=absolute,
        )
    return pack_attribution(
        given,
        values,
        method="smooth_grad",
        seed=seed,
        evaluations=nsamples * len(given.tensor),
        unit="mean |gradient|" if absolute else "mean gradient",
        signed=not absolute,
        parameters={"noise": noise, "samples": nsamples},
        evidence={"random": True},
    )


@over_images
def guided_backprop(
    model: Any,
    X: Any,
    *,
    target: Any = None,
    names: Any = None,
    label: str | None = None,
    seed: int = 0,
) -> Explanation:
    """Send back only positive gradients through active ReLUs (Springenberg et al. 2015, section 3.4).

    Parameters
    ----------
    model, X, target, names, label, seed
        As in :func:`integrated_gradients`; every ReLU a module of its own.

    Returns
    -------
    Explanation
        ``values`` of the input's shape.

    Raises
    ------
    ExplainError
        On bad input, on functional or shared ReLUs, and on modules without any.
    """
    given = read_network_input(model, X, target=target, names=names, label=label)
    check_rectifiers(given.module, "Guided backpropagation")
    if not any(type(part).__name__ == "ReLU" for part in given.module.modules()):
        raise ExplainError(
            "The module has no ReLU, so guided backpropagation would be the plain gradient.", "use saliency."
        )
    captum = load_library("captum.attr")
    with library_call(seed):
        values = captum.GuidedBackprop(given.module).attribute(given.tensor.requires_grad_(), target=given.column)
    return pack_attribution(
        given, values, method="guided_backprop", seed=seed, evaluations=len(given.tensor), unit="guided gradient"
    )
