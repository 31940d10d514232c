"""``shap.Explanation``: rows, texts and images.

Invariant: the caption says that value function and background are not recorded in the object.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from xaisite.explain.adapters.foreign import make_foreign_bundle
from xaisite.explain.explanation import Array, Explanation

UNKNOWN = "The object does not record value function, background and output scale; explain.shap states and checks them."


def make_bundle_of(obj: Any) -> dict[str, Any] | None:
    """Return a bundle, or None for shapes no figure is known for."""
    explanation = read_shap(obj)
    if explanation is None:
        return None
    return make_foreign_bundle(
        explanation, caption=f"SHAP values of {explanation.target}. {UNKNOWN}", cites=("lundberg2017unified",)
    )


def read_shap(obj: Any) -> Explanation | None:
    """Rows (n, d) or (d,), with outputs as a last axis the largest is taken; texts; images (1, H, W, C)."""
    if isinstance(obj.values, np.ndarray) and obj.values.dtype != object:
        values, data = np.asarray(obj.values, dtype=np.float64), obj.data
        if values.ndim >= 4:
            return _read_image(values, data)
    else:
        values, data = np.asarray(obj.values[0], dtype=np.float64), obj.data[0]
        values = values[None] if _is_words(data) else values
    if _is_words(data) or (data is not None and len(data) == 1 and _is_words(data[0])):
        return _read_text(values, data if _is_words(data) else data[0])
    return _read_rows(obj, values, data)


def _is_words(data: Any) -> bool:
    return data is not None and len(data) > 0 and all(isinstance(one, str) for one in data)


def pick_output(values: Array, axes: int) -> tuple[Array, str]:
    """Return the output with the largest values, where there are several."""
    if values.ndim <= axes:
        return values, "the model's output"
    sizes = np.abs(values).sum(axis=tuple(range(values.ndim - 1)))
    return values[..., int(sizes.argmax())], f"output {int(sizes.argmax())} of {values.shape[-1]}"


def _read_rows(obj: Any, values: Array, data: Any) -> Explanation | None:
    if values.ndim == 2 and np.ndim(data) == 1:
        values = values[None]
    values = values[None] if values.ndim == 1 else values
    values, target = pick_output(values, 2)
    if values.ndim != 2:
        return None
    raw = obj.feature_names
    names = tuple(map(str, raw)) if raw is not None else tuple(f"x{i}" for i in range(values.shape[1]))
    base = np.unique(np.asarray(obj.base_values, dtype=np.float64)) if obj.base_values is not None else np.array([])
    # With several outputs or rows the object may hold many base values: only a single one is shown.
    known = len(base) == 1 and target == "the model's output"
    shown = None if data is None else spell(np.atleast_2d(np.asarray(data, dtype=object)))
    fits = shown is not None and len(shown) == len(values) and len(shown[0]) == values.shape[1]
    return Explanation(
        method="shap",
        kind="attribution",
        values=values,
        names=names,
        target=target,
        scale="scale not recorded",
        base_value=float(base[0]) if known else None,
        prediction=values.sum(axis=1) + base[0] if known else None,
        extra={"shown": shown} if fits else {},
    )


def spell(rows: Any) -> tuple[tuple[str, ...], ...]:
    """Return cells as text, numbers with three digits."""
    return tuple(
        tuple(f"{cell:.3g}" if isinstance(cell, (int, float, np.number)) else str(cell) for cell in row) for row in rows
    )


def _read_text(values: Array, words: Any) -> Explanation:
    flat = values[0] if values.ndim > 1 and len(values) == 1 else values
    flat, target = pick_output(flat, 1)
    return Explanation(
        method="shap",
        kind="text",
        values=flat[None],
        names=tuple(map(str, words)),
        target=target,
        scale="scale not recorded",
    )


def _read_image(values: Array, data: Any) -> Explanation | None:
    one, target = pick_output(values[0], 3)
    image = None if data is None else np.moveaxis(np.asarray(data[0], dtype=np.float64), -1, 0)
    return Explanation(
        method="shap",
        kind="map",
        values=np.moveaxis(one, -1, 0),
        names=(),
        target=target,
        scale="scale not recorded",
        data=image,
        extra={"unit": "SHAP value"},
    )
