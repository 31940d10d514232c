"""Class activation maps, plain and by gradient.

What it does: CAM in two lines of our own, Grad-CAM by captum. It deliberately keeps the map at the layer's size
beside the enlarged one: finer detail does not exist. Invariant: CAM is refused where its identity fails.
"""

# ruff: noqa: N803 (X is the field's word for rows)
from __future__ import annotations

from typing import Any

import numpy as np

from xaisite.explain.batches import over_images
from xaisite.explain.errors import ExplainError
from xaisite.explain.explanation import Array, Explanation
from xaisite.explain.libraries import load_library
from xaisite.explain.modules import last_of, name_of_layer
from xaisite.explain.network_input import NetworkInput, read_network_input
from xaisite.explain.pictures import resize_map
from xaisite.explain.randomness import library_call

TOLERANCE = 1e-4


@over_images
def cam(
    model: Any,
    X: Any,
    *,
    layer: Any = None,
    head: Any = None,
    target: Any = None,
    label: str | None = None,
    seed: int = 0,
) -> Explanation:
    """Weight the last feature maps by the head's weights for one class (Zhou et al. 2016, eq. 2).

    Parameters
    ----------
    model : torch.nn.Module
        Global average pooling and one linear layer on top of feature maps.
    X : tensor or array of shape (C, H, W), or (n, C, H, W)
    layer : str or module, optional
        Whose output is pooled; default: the last with more than one cell.
    head : str or module, optional
        The linear layer; default: the last.
    target, label, seed
        As in :func:`integrated_gradients`.

    Returns
    -------
    Explanation
        ``values`` (H, W), or (n, H, W): the map enlarged bilinearly; ``extra["layer_map"]`` (h, w): as computed. Its
        mean plus the head's bias is the output.

    Raises
    ------
    ExplainError
        On bad input, and if the head is not average pooling and a linear layer.
    """
    given = _read_image(model, X, target, label)
    place = name_of_layer(model, layer) if layer is not None else find_last_map(given)
    top = name_of_layer(model, head) if head is not None else last_of(given.module, ("Linear",))
    maps = record_map(given, place)
    linear = dict(given.module.named_modules())[top]
    weights = np.asarray(linear.weight.detach().double().numpy())
    column = given.column or 0
    if weights.shape[1] != len(maps):
        raise ExplainError(
            f"The head takes {weights.shape[1]} numbers, the layer {place} has {len(maps)} maps: "
            "there is no plain average pooling between them.",
            "use grad_cam.",
        )
    small = np.tensordot(weights[column], maps, axes=1)
    bias = 0.0 if linear.bias is None else float(linear.bias.detach()[column])
    output = float(given.answer(given.arrays())[0])
    # Of what is summed, not of the sum: terms that cancel leave a logit near zero, and their rounding.
    size = float(np.abs(weights[column]) @ np.abs(maps).mean(axis=(1, 2))) + abs(bias)
    if abs(small.mean() + bias - output) > TOLERANCE * max(size, abs(output)):
        raise ExplainError(
            "The map's mean plus the bias is not the output: the head is not average pooling and a linear layer.",
            "use grad_cam, or pass layer= and head=.",
        )
    return _pack(
        given,
        small,
        method="cam",
        place=place,
        evidence={"bias": bias, "size": size},
        unit="class score per cell",
        seed=seed,
    )


@over_images
def grad_cam(
    model: Any,
    X: Any,
    *,
    layer: Any = None,
    relu: bool = True,
    target: Any = None,
    label: str | None = None,
    seed: int = 0,
) -> Explanation:
    """Weight a layer's maps by their mean gradients (Selvaraju et al. 2017, eq. 1 and 2).

    Parameters
    ----------
    model : torch.nn.Module
    X : tensor or array of shape (C, H, W), or (n, C, H, W)
    layer : str or module, optional
        Default: the last whose output has more than one cell.
    relu : bool
        Cut negative values, as in the paper.
    target, label, seed
        As in :func:`integrated_gradients`.

    Returns
    -------
    Explanation
        ``values`` (H, W), or (n, H, W): the map enlarged bilinearly; ``extra["layer_map"]`` (h, w): as computed.

    Raises
    ------
    ExplainError
        On bad input or an unknown layer.
    """
    given = _read_image(model, X, target, label)
    place = name_of_layer(model, layer) if layer is not None else find_last_map(given)
    part = dict(given.module.named_modules())[place]
    captum = load_library("captum.attr")
    with library_call(seed):
        found = captum.LayerGradCam(given.module, part).attribute(
            given.tensor.requires_grad_(), target=given.column, relu_attributions=relu
        )
    small = np.asarray(found.detach().double().numpy())
    if small.ndim != 4:
        raise ExplainError(f"The layer {place} has no maps.", "pass a convolutional layer.")
    return _pack(
        given, small[0, 0], method="grad_cam", place=place, evidence={}, unit="Grad-CAM", seed=seed, signed=not relu
    )


def _read_image(model: Any, X: Any, target: Any, label: str | None) -> NetworkInput:
    given = read_network_input(model, X, target=target, label=label)
    if not given.is_picture:
        raise ExplainError("Activation maps need an image.", "pass (C, H, W).")
    return given


def find_last_map(given: NetworkInput) -> str:
    """Return the last layer whose output has more than one cell."""
    found: list[str] = []

    def look(name: str) -> Any:
        def hook(_: Any, __: Any, out: Any) -> None:
            if getattr(out, "ndim", 0) == 4 and out.shape[2] * out.shape[3] > 1:
                found.append(name)

        return hook

    leaves = [(name, part) for name, part in given.module.named_modules() if name and not list(part.children())]
    handles = [part.register_forward_hook(look(name)) for name, part in leaves]
    given.answer(given.arrays())
    for handle in handles:
        handle.remove()
    if not found:
        raise ExplainError("No layer of the module gives feature maps.", "use a convolutional module.")
    return found[-1]


def record_map(given: NetworkInput, place: str) -> Array:
    """Return the output of a layer for the image: (maps, h, w)."""
    seen: list[Any] = []
    handle = dict(given.module.named_modules())[place].register_forward_hook(
        lambda _, __, out: seen.append(out.detach())
    )
    given.answer(given.arrays())
    handle.remove()
    if seen[-1].ndim != 4:
        raise ExplainError(f"The layer {place} has no maps.", "pass a convolutional layer.")
    return np.asarray(seen[-1][0].double().numpy())


def _pack(
    given: NetworkInput,
    small: Array,
    *,
    method: str,
    place: str,
    evidence: dict[str, Any],
    unit: str,
    seed: int,
    signed: bool = True,
) -> Explanation:
    data = given.arrays()[0]
    return Explanation(
        method=method,
        kind="map",
        values=resize_map(small, *data.shape[1:]),
        names=(),
        target=given.target,
        scale="model output",
        data=data,
        prediction=given.answer(data[None]),
        evidence=evidence,
        parameters={"layer": place, "cells": f"{small.shape[0]} × {small.shape[1]}"},
        extra={"layer_map": small, "unit": unit, "signed": signed},
        seed=seed,
        evaluations=1,
    )
