"""Layer-wise relevance propagation by captum, with its books kept.

What it does: gives every layer an explicit rule, runs captum on a private copy, and adds up what biases and the
stabiliser kept. It deliberately guesses no rule for a layer it does not know.
Invariant: relevance of the inputs plus what was kept is the output; :meth:`Explanation.check` holds it to that.
"""

# ruff: noqa: N803 (X is the field's word for rows)
from __future__ import annotations

import copy
from typing import Any

import numpy as np

from xaisite.explain.batches import over_images
from xaisite.explain.errors import ExplainError
from xaisite.explain.explanation import Array, Explanation
from xaisite.explain.libraries import load_library
from xaisite.explain.modules import check_rectifiers, name_of_layer
from xaisite.explain.network_input import NetworkInput, pack_attribution, read_network_input
from xaisite.explain.randomness import library_call

WEIGHTED = ("Linear", "Conv1d", "Conv2d", "Conv3d")
PASSING = ("AvgPool1d", "AvgPool2d", "AdaptiveAvgPool1d", "AdaptiveAvgPool2d", "MaxPool1d", "MaxPool2d", "BatchNorm2d")
SILENT = ("ReLU", "Dropout", "Tanh")
RULES = ("epsilon", "gamma", "alpha1beta0")


@over_images
def lrp(
    model: Any,
    X: Any,
    *,
    rule: str = "epsilon",
    epsilon: float = 1e-6,
    gamma: float = 0.25,
    rules: Any = None,
    target: Any = None,
    names: Any = None,
    label: str | None = None,
    seed: int = 0,
) -> Explanation:
    """Propagate relevance backwards layer by layer (Bach et al. 2015, eq. 56 to 60; Montavon et al. 2019, table 10.1).

    Parameters
    ----------
    model : torch.nn.Module
        Linear layers, convolutions, pooling, BatchNorm2d, ReLU, Tanh, Dropout; ``x.flatten(1)`` or nn.Flatten.
    X, target, names, label, seed
        As in :func:`integrated_gradients`.
    rule : {"epsilon", "gamma", "alpha1beta0"}
        For layers with weights; pooling always passes in proportion. ε absorbs, γ favours positive weights, α1β0
        keeps positive weights only.
    epsilon, gamma : float
    rules : dict of layer name to rule, optional
        Exceptions for single layers.

    Returns
    -------
    Explanation
        ``values`` of the input's shape; ``evidence["kept"]`` (n,): relevance kept by biases and stabiliser.

    Raises
    ------
    ExplainError
        On bad input, and on layers without a rule.
    """
    given = read_network_input(model, X, target=target, names=names, label=label)
    check_rectifiers(given.module, "LRP")
    chosen = {name_of_layer(given.module, name): one for name, one in (rules or {}).items()}
    for one in (rule, *chosen.values()):
        if one not in RULES:
            raise ExplainError(f"There is no LRP rule {one!r}.", f"use one of: {', '.join(RULES)}.")
    layers = find_layers(given.module)
    values, kept = propagate(given, layers, {name: chosen.get(name, rule) for name in layers}, epsilon, gamma, seed)
    return pack_attribution(
        given,
        values,
        method="lrp",
        seed=seed,
        evaluations=2 * len(given.tensor),
        unit="relevance (model output)",
        evidence={"kept": kept},
        parameters={
            "rule": rule,
            **({"epsilon": epsilon} if rule == "epsilon" else {}),
            **({"gamma": gamma} if rule == "gamma" else {}),
            **({"exceptions": tuple(f"{k} {v}" for k, v in chosen.items())} if chosen else {}),
        },
    )


def find_layers(module: Any) -> dict[str, Any]:
    """Return the layers that get a rule, by name; unknown layers are refused."""
    layers = {}
    for name, part in list(module.named_modules()):
        kind = type(part).__name__
        if kind in WEIGHTED + PASSING:
            layers[name] = part
        elif not list(part.children()) and kind not in (*SILENT, "Flatten", "Identity", type(module).__name__):
            raise ExplainError(
                f"LRP has no rule for the layer {name} of type {kind}.",
                "use linear layers, convolutions, pooling, BatchNorm2d and ReLU.",
            )
    if not layers:
        raise ExplainError("The module has no layers LRP could pass through.", "write it with torch.nn layers.")
    return layers


def propagate(  # noqa: PLR0917
    given: NetworkInput, layers: dict[str, Any], chosen: dict[str, str], epsilon: float, gamma: float, seed: int
) -> tuple[Any, Array]:
    """Relevance of the inputs, and what biases and stabilisers kept."""
    torch, captum = load_library("torch"), load_library("captum.attr")
    rule_kinds = load_library("captum.attr._utils.lrp_rules")
    rules: dict[str, Any] = {}
    for name, part in layers.items():
        stable = epsilon if chosen[name] == "epsilon" and type(part).__name__ in WEIGHTED else 1e-9
        if type(part).__name__ in PASSING or chosen[name] == "epsilon":
            rules[name] = rule_kinds.EpsilonRule(epsilon=stable)
        else:
            rules[name] = rule_kinds.GammaRule(gamma) if chosen[name] == "gamma" else rule_kinds.Alpha1_Beta0_Rule()
        part.rule = rules[name]
    for name, part in given.module.named_modules():
        if type(part).__name__ in ("Flatten", "Identity"):
            rules[name] = part.rule = rule_kinds.EpsilonRule(epsilon=1e-30)
    activations = record_inputs(given, layers)
    try:
        with library_call(seed):
            values = captum.LRP(given.module).attribute(given.tensor.clone().requires_grad_(), target=given.column)
    except (RuntimeError, AssertionError, TypeError) as error:
        raise ExplainError(
            f"LRP cannot pass through this module ({error}).",
            "use each layer once, and linear layers, convolutions, pooling and ReLU only.",
        ) from error
    kept = np.zeros(len(given.tensor))
    outputs = given.answer(given.arrays())
    with torch.no_grad():
        for name, part in layers.items():
            kept += count_kept(part, activations[name], rules[name], chosen[name], gamma)
    return values, kept * outputs


def record_inputs(given: NetworkInput, layers: dict[str, Any]) -> dict[str, Any]:
    """Return what enters each layer, seen by a forward pass of its own."""
    seen: dict[str, Any] = {}
    own = copy.deepcopy(given.module)
    parts = dict(own.named_modules())
    for name in layers:
        parts[name].register_forward_hook(lambda _, inputs, __, name=name: seen.__setitem__(name, inputs[0].detach()))
    own(given.tensor.detach())
    return seen


def count_kept(part: Any, entered: Any, rule: Any, chosen: str, gamma: float) -> Array:
    """Share of the relevance that a layer's bias and stabiliser keep: Σ R (b + ε) / (z + ε)."""
    torch = load_library("torch")
    own = copy.deepcopy(part)
    if type(part).__name__ in WEIGHTED and chosen == "gamma":
        own.weight.data += gamma * own.weight.data.clamp(min=0)
    if type(part).__name__ in WEIGHTED and chosen == "alpha1beta0":
        own.weight.data = own.weight.data.clamp(min=0)
    whole, bias = own(entered), own(torch.zeros_like(entered))
    sign = torch.where(whole >= 0, 1.0, -1.0)
    if not rule.relevance_output:
        return np.zeros(len(entered))
    relevance = next(iter(rule.relevance_output.values()))
    share = relevance * (bias + sign * rule.STABILITY_FACTOR) / (whole + sign * rule.STABILITY_FACTOR)
    return np.asarray(share.reshape(len(entered), -1).sum(dim=1).double().numpy())
