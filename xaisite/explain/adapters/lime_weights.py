"""Explanations of the lime library: rows, texts and images.

Invariant: the caption states lime's own R² and that the default settings are not local.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from xaisite.explain.adapters.foreign import make_foreign_bundle
from xaisite.explain.explanation import Explanation
from xaisite.explain.verdict import shown


def make_bundle_of(obj: Any) -> dict[str, Any] | None:
    """Return a bundle of the first label explained."""
    explanation = _read_image(obj) if hasattr(obj, "segments") else _read_list(obj)
    score = obj.score if not isinstance(obj.score, dict) else next(iter(obj.score.values()), float("nan"))
    caption = (
        f"LIME weights for {explanation.target}: R² {shown(float(score))} on LIME's own samples. The object does not "
        "record kernel width and sampling; explain.lime states them and measures fidelity on fresh samples."
    )
    return make_foreign_bundle(explanation, caption=caption, cites=("ribeiro2016should",))


def _read_list(obj: Any) -> Explanation:
    label = 1 if obj.mode == "regression" else next(iter(obj.local_exp))
    pairs = obj.as_list(label=label)
    classes = getattr(obj, "class_names", None)
    target = (
        "the prediction" if obj.mode == "regression" else f"class {classes[label] if classes is not None else label}"
    )
    return Explanation(
        method="lime",
        kind="attribution",
        values=np.array([[weight for _, weight in pairs]]),
        names=tuple(str(name) for name, _ in pairs),
        target=target,
        scale="output",
        extra={"unit": "condition or unit"},
    )


def _read_image(obj: Any) -> Explanation:
    label = next(iter(obj.local_exp))
    weights = np.zeros(int(np.max(obj.segments)) + 1)
    for segment, weight in obj.local_exp[label]:
        weights[int(segment)] = weight
    image = np.moveaxis(np.asarray(obj.image, dtype=np.float64), -1, 0)
    return Explanation(
        method="lime",
        kind="map",
        values=weights,
        names=tuple(f"segment {i}" for i in range(len(weights))),
        target=f"class {label}",
        scale="output",
        data=image,
        extra={"segments": np.asarray(obj.segments), "unit": "weight"},
    )
