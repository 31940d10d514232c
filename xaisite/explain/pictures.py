"""Images, read once, and models of images as functions.

What it does: brings every image to (C, H, W) and back to what its model knows; fills. It deliberately rescales
nothing. Invariant: ``restore(read(image)) == image``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from xaisite.explain.errors import ExplainError
from xaisite.explain.explanation import Array
from xaisite.explain.predictor import Predictor, check_instance, is_torch_module, pick_column, read_answer

Layout = Literal["CHW", "HWC", "HW"]


@dataclass(frozen=True, kw_only=True)
class Picture:
    """An image as (C, H, W) numbers and the layout its model knows."""

    values: Array
    layout: Layout

    def restore(self, batch: Array) -> Array:
        """Return a batch (n, C, H, W) in the model's layout."""
        if self.layout == "HWC":
            return np.moveaxis(batch, 1, -1)
        return batch[:, 0] if self.layout == "HW" else batch


def read_picture(image: Any, *, channels_first: bool) -> Picture:
    """Read (H, W), (C, H, W) or (H, W, C); a batch of one is taken for its image."""
    given = image.detach().cpu().numpy() if hasattr(image, "detach") else image
    try:
        values = np.asarray(given, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ExplainError(f"The image is not an array of numbers ({error}).", "pass an array or a tensor.") from error
    if values.ndim == 4 and values.shape[0] == 1:
        values = values[0]
    if values.ndim not in (2, 3):
        raise ExplainError(
            f"The image has shape {values.shape}.", "pass one image: (H, W), (H, W, C), or (C, H, W) for torch modules."
        )
    if not np.isfinite(values).all():
        raise ExplainError("The image has missing or infinite values.", "clean it before explaining.")
    if values.ndim == 2:
        return Picture(values=values[None], layout="CHW" if channels_first else "HW")
    if channels_first:
        return Picture(values=values, layout="CHW")
    return Picture(values=np.moveaxis(values, -1, 0), layout="HWC")


def make_picture_predictor(model: Any, picture: Picture, *, target: Any, scale: str | None) -> Predictor:
    """One output of a model of images, as a function of batches (n, C, H, W)."""
    classes = tuple(getattr(model, "classes_", ()))
    ask = find_answer(model, picture)
    first = read_answer(ask(picture.values[None]))
    if first.ndim not in (1, 2):
        raise ExplainError(
            f"The model's answer to an image has shape {first.shape}.",
            "pass a model that returns (n,) or (n, outputs); a row that is no image has one axis: X[0].",
        )
    column = _find_column(classes, first, target)
    label = "the model's output" if column is None else f"class {classes[column]}" if classes else f"output {column}"

    def answer(batch: Array) -> Array:
        out = read_answer(ask(batch))
        if scale == "probability" and is_torch_module(model):
            shifted = np.exp(out - out.max(axis=1, keepdims=True))
            out = shifted / shifted.sum(axis=1, keepdims=True)
        return out if out.ndim == 1 else pick_column(out, column)

    return Predictor(
        answer=answer,
        target=label,
        scale=scale or ("probability" if classes else "model output"),
        column=column,
        classes=classes,
    )


def find_answer(model: Any, picture: Picture) -> Callable[[Array], Any]:
    """All outputs for batches (n, C, H, W)."""
    check_instance(model)
    if is_torch_module(model):
        from xaisite.explain.modules import evaluate_module

        return lambda batch: evaluate_module(model, batch)
    if hasattr(model, "get_params"):
        from xaisite.explain.predictor import check_fitted

        check_fitted(model)
        size = picture.restore(picture.values[None]).size
        if getattr(model, "n_features_in_", size) != size:
            raise ExplainError(
                f"The model was fitted on {model.n_features_in_} numbers; this image has {size}.",
                "pass an image of the size it was fitted on.",
            )
        predict = model.predict_proba if hasattr(model, "predict_proba") else model.predict
        return lambda batch: predict(picture.restore(batch).reshape(len(batch), -1))
    if callable(model):
        return lambda batch: model(picture.restore(batch))
    raise ExplainError(
        f"A {type(model).__name__} is not a model of images.",
        "pass a torch module, a fitted estimator, or a function of a batch of images.",
    )


def _find_column(classes: tuple[Any, ...], first: Array, target: Any) -> int | None:
    if first.ndim == 1:
        return None
    known = list(classes) if classes else list(range(first.shape[1]))
    if target is None:
        return 0 if len(known) == 1 else int(first[0].argmax())
    if target not in known:
        raise ExplainError(f"The model has no class {target!r}.", f"use one of: {', '.join(map(str, known))}.")
    return known.index(target)


def make_baseline(picture: Picture, baseline: Any, background: Any = None) -> tuple[Array, str]:
    """Return the image that stands for "absent", and its name.

    ``"empty"`` zeros; ``"neutral"`` the image's own mean colour; ``"blurred"``; ``"typical"`` the mean of the
    background images; or an image to compare with.
    """
    values = picture.values
    if not isinstance(baseline, str):
        other = read_picture(baseline, channels_first=picture.layout == "CHW").values
        if other.shape != values.shape:
            raise ExplainError(
                f"The baseline has shape {other.shape}, the image {values.shape}.",
                "pass a baseline of the image's own shape.",
            )
        return other, "another image"
    if baseline == "empty":
        return np.zeros_like(values), "empty (zeros)"
    if baseline == "neutral":
        return np.broadcast_to(values.mean(axis=(1, 2), keepdims=True), values.shape).copy(), "neutral (mean colour)"
    if baseline == "blurred":
        from xaisite.explain.libraries import load_library

        width = max(values.shape[1:]) / 8
        blurred = load_library("scipy.ndimage").gaussian_filter(values, sigma=(0, width, width))
        return np.asarray(blurred, dtype=np.float64), f"blurred (σ = {width:g} px)"
    if baseline == "typical":
        if background is None:
            raise ExplainError("A typical image needs a background.", "pass background=, a batch of images.")
        batch = [read_picture(one, channels_first=picture.layout == "CHW").values for one in background]
        return np.mean(batch, axis=0), f"typical (mean of {len(batch)} images)"
    raise ExplainError(f"There is no baseline {baseline!r}.", "use empty, neutral, blurred, typical, or pass an image.")


def paint_over(picture: Picture, fill: Array, segments: Any, masks: Array) -> Array:
    """Draw copies (n, C, H, W) in which the segments whose mask is zero show the fill."""
    kept = np.asarray(masks)[:, np.asarray(segments)][:, None]
    return np.asarray(np.where(kept > 0, picture.values, fill))


def resize_map(values: Array, height: int, width: int) -> Array:
    """Return a small map drawn larger, bilinear between the centres of its cells."""
    from xaisite.explain.libraries import load_library

    resize = load_library("skimage.transform").resize
    return np.asarray(resize(values, (height, width), order=1, mode="edge", anti_aliasing=False), dtype=np.float64)
