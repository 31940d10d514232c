"""What models of interpret say about themselves: ``explain_global()`` and ``explain_local()``.

Invariant: only the object's own numbers are shown; a base and a sum only where the model is the sum of its terms.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from xaisite.explain.adapters.foreign import make_foreign_bundle
from xaisite.explain.adapters.interpret_shapes import make_shapes_bundle
from xaisite.explain.adapters.shap_values import pick_output, spell
from xaisite.explain.explanation import Array, Explanation

GLASS = ("lou2013accurate", "nori2019interpretml")


def make_bundle_of(obj: Any) -> dict[str, Any] | None:
    """Return a bundle of terms (global) or of rows (local); None for trees and whatever else has no terms."""
    parts = (obj.data(-1) or {}).get("specific") or []
    boosted = type(obj).__name__ == "EBMExplanation"
    if obj.explanation_type == "local":
        return _show_rows(obj, parts, boosted=boosted) if parts and _has_terms(parts[0]) else None
    if obj.explanation_type != "global":
        return None
    whole = obj.data()
    if boosted:
        return make_shapes_bundle(whole, parts, cites=GLASS)
    return _show_numbers(obj, whole) if isinstance(whole, dict) and _has_terms(whole) else None


def _has_terms(part: Any) -> bool:
    return isinstance(part, dict) and "names" in part and len(part["names"]) == len(part.get("scores", ())) > 0


def _show_rows(obj: Any, parts: list[dict[str, Any]], *, boosted: bool) -> dict[str, Any]:
    """Contributions of the terms to each row's score."""
    values, target, place = _pick_class(parts)
    base = _read_base(parts[0], place) if boosted else None
    explanation = Explanation(
        method="ebm" if boosted else "interpret",
        kind="attribution",
        values=values,
        names=tuple(map(str, parts[0]["names"])),
        target=target,
        scale="score",
        base_value=base,
        prediction=None if base is None else values.sum(axis=1) + base,
        extra={"shown": tuple(map(_read_inputs, parts))} if "values" in parts[0] else {},
    )
    if boosted:
        caption = (
            f"Terms of an explainable boosting machine for {target}: what each adds to the score (log-odds, where it "
            "classifies two ways). Together with the intercept they are the score: nothing is approximated."
        )
        return make_foreign_bundle(explanation, caption=caption, cites=GLASS)
    caption = (
        f"Contributions to {target}, computed with interpret ({_read_name(obj)}). The object does not record scale and "
        "assumptions; the functions of xaisite.explain state and check them."
    )
    return make_foreign_bundle(explanation, caption=caption, cites=GLASS[1:])


def _read_inputs(part: dict[str, Any]) -> tuple[str, ...]:
    """Return the row's values as text; an interaction has those of both its features."""
    (said,) = spell([list(part["values"])])
    own = dict(zip(map(str, part["names"]), said, strict=True))
    return tuple(value or " and ".join(own.get(one, "") for one in name.split(" & ")) for name, value in own.items())


def _pick_class(parts: list[dict[str, Any]]) -> tuple[Array, str, int | None]:
    """Return contributions (rows, terms); of several classes that with the largest, and its place."""
    labels = parts[0].get("meta", {}).get("label_names")
    values = np.array([[np.asarray(score, dtype=np.float64) for score in part["scores"]] for part in parts])
    if values.ndim == 2:
        is_class = labels is not None and len(labels) == 2
        return values, f"class {labels[1]}" if is_class else "the prediction", None
    picked, said = pick_output(values, 2)
    place = int(np.abs(values).sum(axis=(0, 1)).argmax())
    return picked, said if labels is None else f"class {labels[place]}", place


def _read_base(part: dict[str, Any], place: int | None) -> float | None:
    scores = np.ravel(part.get("extra", {}).get("scores", ()))
    at = 0 if place is None else place
    return float(scores[at]) if len(scores) > at else None


def _read_name(obj: Any) -> str:
    return str(obj.name or type(obj).__name__).rpartition("_")[0] or type(obj).__name__


def _show_numbers(obj: Any, whole: dict[str, Any]) -> dict[str, Any] | None:
    """One number for each feature: coefficients, or sizes of importance."""
    values = np.asarray(whole["scores"], dtype=np.float64)
    if values.ndim != 1:
        return None
    linear = type(obj).__name__ == "LinearExplanation"
    explanation = Explanation(
        method="coefficients" if linear else "interpret",
        kind="attribution" if linear or (values < 0).any() else "importance",
        values=values[None] if linear or (values < 0).any() else values,
        names=tuple(map(str, whole["names"])),
        target="the prediction" if linear else "the model",
        scale="coefficient" if linear else "importance",
        extra={"unit": "importance"},
    )
    caption = (
        f"Coefficients of a {_read_name(obj)} of interpret. They can be compared only where features share a scale."
        if linear
        else f"Importance of each feature, computed with interpret ({_read_name(obj)}). The object does not record how "
        "it was measured; the functions of xaisite.explain state and check it."
    )
    return make_foreign_bundle(explanation, caption=caption, cites=GLASS[1:])
