"""Pictures by gradient ascent: what excites a unit, and what a layer sees more of.

What it does: ascent on coarse pictures first, then finer ones (octaves), with random shifts (jitter). It
deliberately uses no prior learned elsewhere. Invariant: the picture stays within its stated range, and equal seeds
give equal pictures at a fixed number of threads.
"""

# ruff: noqa: N803 (X is the field's word for rows)
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from xaisite.explain.errors import ExplainError
from xaisite.explain.explanation import Array, Explanation
from xaisite.explain.libraries import load_library
from xaisite.explain.modules import copy_module, name_of_layer, read_tensor
from xaisite.explain.pictures import Picture
from xaisite.explain.randomness import library_call


def feature_visualization(
    model: Any,
    layer: Any,
    unit: int,
    *,
    shape: tuple[int, int, int],
    steps: int = 96,
    octaves: int = 3,
    jitter: int = 2,
    rate: float = 0.05,
    limits: tuple[float, float] = (0.0, 1.0),
    seed: int = 0,
) -> Explanation:
    """Climb from noise to a picture that excites one unit.

    Erhan et al. (2009), eq. 1; octaves and jitter after Olah et al. (2017).

    Parameters
    ----------
    model : torch.nn.Module
    layer : str or module
    unit : int
        Channel of a convolution (its mean is climbed), or output of a linear layer.
    shape : (C, H, W)
        Size of the picture, as the module takes it.
    steps, octaves, jitter : int
        Steps in total; sizes, each half of the next; largest shift in pixels.
    rate : float
        Step in units of the picture's range.
    limits : (float, float)
        Range of the picture.
    seed : int

    Returns
    -------
    Explanation
        ``values`` (C, H, W); ``extra["trace"]``: the activation after each step.

    Raises
    ------
    ExplainError
        On an unknown layer or unit, or a shape the module cannot take.
    """
    own = copy_module(model)
    place = name_of_layer(own, layer if isinstance(layer, str) else name_of_layer(model, layer))
    if len(shape) != 3 or min(shape) < 1:
        raise ExplainError(f"The shape {tuple(shape)} is not one of a picture.", "pass shape=(C, H, W).")
    low, high = _read_limits(limits)
    noise = np.random.default_rng(seed).standard_normal(shape)
    start = np.clip((low + high) / 2 + 0.02 * (high - low) * noise, low, high)
    values, trace = climb(
        own,
        place,
        start,
        lambda out: pick_unit(out, unit, place),
        steps=steps,
        octaves=octaves,
        jitter=jitter,
        rate=rate,
        limits=(low, high),
        seed=seed,
    )
    return _pack(
        "feature_visualization",
        f"{place}, unit {unit}",
        "mean activation",
        start,
        values,
        trace,
        {"steps": steps, "octaves": octaves, "jitter": jitter, "rate": rate},
        seed,
    )


def deep_dream(
    model: Any,
    X: Any,
    layer: Any,
    *,
    steps: int = 48,
    octaves: int = 3,
    jitter: int = 2,
    rate: float = 0.02,
    limits: tuple[float, float] = (0.0, 1.0),
    seed: int = 0,
) -> Explanation:
    """Climb from an image to one in which a layer's activations are larger (Mordvintsev et al. 2015).

    Parameters
    ----------
    model : torch.nn.Module
    X : tensor or array of shape (C, H, W)
    layer : str or module
        Its mean squared activation is climbed.
    steps, octaves, jitter, rate, limits, seed
        As in :func:`feature_visualization`.

    Returns
    -------
    Explanation
        ``values`` (C, H, W); ``extra["trace"]``: the objective after each step.

    Raises
    ------
    ExplainError
        On bad input or an unknown layer.
    """
    own = copy_module(model)
    place = name_of_layer(own, layer if isinstance(layer, str) else name_of_layer(model, layer))
    start = np.asarray(read_tensor(own, X).double().numpy())
    start = start[0] if start.ndim == 4 and len(start) == 1 else start
    if start.ndim != 3:
        raise ExplainError(f"The image has shape {start.shape}.", "pass one image (C, H, W).")
    low, high = _read_limits(limits)
    if start.min() < low or start.max() > high:
        raise ExplainError(f"The image leaves the range {low:g} to {high:g}.", "pass limits= that hold it.")
    values, trace = climb(
        own,
        place,
        start,
        lambda out: (out**2).mean(),
        steps=steps,
        octaves=octaves,
        jitter=jitter,
        rate=rate,
        limits=(low, high),
        seed=seed,
    )
    return _pack(
        "deep_dream",
        f"more of what {place} sees",
        "mean squared activation",
        start,
        values,
        trace,
        {"layer": place, "steps": steps, "octaves": octaves, "jitter": jitter, "rate": rate},
        seed,
    )


def _read_limits(limits: tuple[float, float]) -> tuple[float, float]:
    low, high = float(limits[0]), float(limits[1])
    if not low < high:
        raise ExplainError(f"The range {low:g} to {high:g} is empty.", "pass limits=(0, 1).")
    return low, high


def pick_unit(out: Any, unit: int, place: str) -> Any:
    """Mean activation of one channel or output."""
    if not 0 <= unit < out.shape[1]:
        raise ExplainError(f"The layer {place} has no unit {unit}.", f"use 0 to {out.shape[1] - 1}.")
    return out[:, unit].mean()


def climb(
    own: Any,
    place: str,
    start: Array,
    objective: Callable[[Any], Any],
    *,
    steps: int,
    octaves: int,
    jitter: int,
    rate: float,
    limits: tuple[float, float],
    seed: int,
) -> tuple[Array, Array]:
    """Normalised gradient ascent on what is added to ``start``, coarse sizes first."""
    if steps < 1 or octaves < 1 or jitter < 0 or not rate > 0:
        raise ExplainError("Steps, octaves and rate must be positive.", "leave them at their defaults.")
    torch = load_library("torch")
    seen: list[Any] = []
    dict(own.named_modules())[place].register_forward_hook(lambda _, __, out: seen.append(out))
    image = read_tensor(own, start)[None]
    trace: list[float] = []

    def look(picture: Any) -> Any:
        seen.clear()
        try:
            own(picture)
        except RuntimeError as error:
            raise ExplainError(
                f"The module cannot take images of shape {tuple(start.shape)} ({error}).",
                "pass the size it was trained on.",
            ) from error
        return objective(seen[-1])

    with library_call(seed):
        generator = torch.Generator().manual_seed(seed)
        for octave in range(octaves):
            smaller = [max(2, side // 2 ** (octaves - 1 - octave)) for side in image.shape[2:]]
            added = torch.zeros((1, image.shape[1], *smaller), dtype=image.dtype)
            count = steps // octaves + (octave < steps % octaves)
            for _ in range(count):
                added.requires_grad_()
                shifts = tuple(int(s) for s in torch.randint(-jitter, jitter + 1, (2,), generator=generator))
                picture = _add(image, added, limits, torch)
                (gradient,) = torch.autograd.grad(look(torch.roll(picture, shifts, (2, 3))), added, allow_unused=False)
                with torch.no_grad():
                    if not trace:
                        trace.append(float(look(image)))
                    # Normalised: the step does not depend on how steep the activation is.
                    added = added + rate * (limits[1] - limits[0]) * gradient / (gradient.std(correction=0) + 1e-12)
                    trace.append(float(look(_add(image, added, limits, torch))))
            image = _add(image, added, limits, torch).detach()
    return np.asarray(image[0].double().numpy()), np.array(trace)


def _add(image: Any, added: Any, limits: tuple[float, float], torch: Any) -> Any:
    larger = torch.nn.functional.interpolate(added, size=image.shape[2:], mode="bilinear", align_corners=False)
    return (image + larger).clamp(*limits)


def _pack(  # noqa: PLR0917
    method: str,
    target: str,
    scale: str,
    start: Array,
    values: Array,
    trace: Array,
    parameters: dict[str, Any],
    seed: int,
) -> Explanation:
    return Explanation(
        method=method,
        kind="picture",
        values=values,
        names=(),
        target=target,
        scale=scale,
        data=Picture(values=start, layout="CHW").values,
        parameters=parameters,
        evidence={"random": True},
        extra={"trace": trace},
        seed=seed,
        evaluations=2 * (len(trace) - 1) + 1,
    )
