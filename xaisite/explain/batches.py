"""Several inputs asked at once: each as it would be alone, all in one explanation.

What it does: asks a method of one input about every image or row of a batch and stacks the answers: images of one kind
(``"maps"``) for one colour scale, rows as attributions. It deliberately shares nothing between the inputs, not even
random numbers. Invariant: ``explain.method(model, batch).row(i)`` is ``explain.method(model, batch[i])``.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, ParamSpec

import numpy as np

from xaisite.explain.errors import ExplainError
from xaisite.explain.explanation import Array, Explanation
from xaisite.explain.predictor import is_torch_module

P = ParamSpec("P")


def over_images(method: Callable[P, Explanation]) -> Callable[P, Explanation]:
    """Let a method of one image take a batch of several (an input with four axes)."""
    signature = inspect.signature(method)

    @wraps(method)
    def asked(*args: P.args, **kwargs: P.kwargs) -> Explanation:
        given = signature.bind(*args, **kwargs)
        images = given.arguments.get("X")
        shape = tuple(getattr(images, "shape", ()))
        if len(shape) != 4 or shape[0] < 2:
            return method(*args, **kwargs)
        parts = []
        for one in images:  # type: ignore[union-attr]
            given.arguments["X"] = one
            parts.append(method(*given.args, **given.kwargs))
        return stack_images(parts)

    return asked


def over_segmented(method: Callable[P, Explanation]) -> Callable[P, Explanation]:
    """Let a method of one image and its segments take several images, with segments for all or for each."""
    signature = inspect.signature(method)

    @wraps(method)
    def asked(*args: P.args, **kwargs: P.kwargs) -> Explanation:
        given = signature.bind(*args, **kwargs)
        images, segments = given.arguments["image"], np.asarray(given.arguments["segments"])
        if segments.ndim == 3 and len(segments) == 1:
            segments = given.arguments["segments"] = segments[0]
        if not _are_several(given.arguments["model"], tuple(getattr(images, "shape", ())), segments.shape):
            return method(*given.args, **given.kwargs)
        each = segments if segments.ndim == 3 else [segments] * len(images)
        if len(each) != len(images):
            raise ExplainError(
                f"There are segments for {len(each)} images, and {len(images)} images.",
                "pass one array of segments for all images, or one for each.",
            )
        parts = []
        for image, own in zip(images, each, strict=True):
            given.arguments.update(image=image, segments=own)
            parts.append(method(*given.args, **given.kwargs))
        return stack_images(parts)

    return asked


def _are_several(model: Any, shape: tuple[int, ...], segments: tuple[int, ...]) -> bool:
    """Whether it is a batch: four axes, or grey images whose last two axes, not whose first two, are the segments'."""
    if len(shape) == 4:
        return shape[0] > 1
    if len(shape) != 3 or len(segments) < 2 or is_torch_module(model):
        return False
    return shape[1:] == segments[-2:] and shape[:2] != segments[-2:]


def stack_images(parts: Sequence[Explanation]) -> Explanation:
    """Return one explanation of several images from one for each; values of segments are spread over their pixels."""
    return _stack(
        parts,
        kind="maps",
        values=np.stack([_spread(part, part.values) for part in parts]),
        data=_join([part.data for part in parts]),
        errors=_join([None if part.errors is None else _spread(part, part.errors) for part in parts]),
        parameters={"images": len(parts), **_common(parts)},
        extra={"base_values": [part.base_value for part in parts]},
    )


def stack_rows(parts: Sequence[Explanation]) -> Explanation:
    """Return one explanation of several rows from one for each."""
    return _stack(
        parts,
        kind="attribution",
        values=np.vstack([part.values for part in parts]),
        names=parts[0].names,
        data=_join([part.data for part in parts], whole=True),
        errors=_join([part.errors for part in parts], whole=True),
        baseline=parts[0].baseline,
        parameters=_common(parts),
        extra={"shown": tuple(part.extra["shown"][0] for part in parts)},
    )


def _stack(
    parts: Sequence[Explanation], *, extra: dict[str, Any], names: tuple[str, ...] = (), **fields: Any
) -> Explanation:
    first = parts[0]
    what = "images" if fields["kind"] == "maps" else "rows"
    targets = list(dict.fromkeys(part.target for part in parts))
    if len(targets) > 1:
        raise ExplainError(
            f"The {what} would be explained for different outputs ({', '.join(targets[:4])}).", "pass target=."
        )
    if len({part.variant for part in parts}) > 1:
        raise ExplainError(
            f"Some of the {what} would be explained exactly, others by samples.", 'pass method=, for example "kernel".'
        )
    return Explanation(
        method=first.method,
        variant=first.variant,
        names=names,
        target=first.target,
        scale=first.scale,
        value_function=first.value_function,
        prediction=_join([part.prediction for part in parts], whole=True),
        base_value=first.base_value if len({part.base_value for part in parts}) == 1 else None,
        baseline_name=first.baseline_name if len({part.baseline_name for part in parts}) == 1 else "",
        evidence={"random": bool(first.evidence.get("random"))},
        extra={
            "each": tuple(parts),
            **extra,
            **{key: first.extra[key] for key in ("unit", "signed") if key in first.extra},
        },
        seed=first.seed,
        evaluations=sum(part.evaluations for part in parts),
        **fields,
    )


def _spread(part: Explanation, values: Array) -> Array:
    segments = part.extra.get("segments")
    return values if segments is None else np.asarray(values.ravel()[np.asarray(segments, dtype=int)])


def _common(parts: Sequence[Explanation]) -> dict[str, Any]:
    """Return the settings that are the same for all."""
    first = parts[0].parameters
    return {key: value for key, value in first.items() if all(part.parameters.get(key) == value for part in parts)}


def _join(arrays: list[Any], *, whole: bool = False) -> Any:
    if any(one is None for one in arrays):
        return None
    return np.concatenate(arrays) if whole else np.stack(arrays)
