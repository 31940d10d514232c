"""A pair ``(attributions, image)`` of tensors, as captum gives and takes them.

Invariant: no map without its image.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from xaisite.explain.adapters.foreign import make_foreign_bundle
from xaisite.explain.explanation import Array, Explanation
from xaisite.explain.pictures import resize_map


def make_bundle_of(pair: tuple[Any, Any]) -> dict[str, Any] | None:
    """Return a bundle of the first image of the batch, or None if the two do not fit."""
    values, image = (_read(one) for one in pair)
    if values is None or image is None:
        return None
    if values.shape[1:] != image.shape[1:]:
        values = resize_map(values.sum(axis=0), *image.shape[1:])
    explanation = Explanation(
        method="captum",
        kind="map",
        values=values,
        names=(),
        target="the chosen output",
        scale="attribution",
        data=image,
        extra={"unit": "attribution", "signed": bool((values < 0).any())},
    )
    caption = (
        "Attributions computed with captum. A tensor does not record method, target and baseline; the functions of "
        "xaisite.explain state and check them."
    )
    return make_foreign_bundle(explanation, caption=caption, cites=())


def _read(tensor: Any) -> Array | None:
    array = np.asarray(tensor.detach().double().cpu().numpy())
    array = array[0] if array.ndim == 4 else array
    return array if array.ndim == 3 and np.isfinite(array).all() else None
