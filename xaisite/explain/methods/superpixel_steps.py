"""The visible steps of LIME and SHAP on images.

What it does: gathers segments, baselines with the model's answer to each, some perturbed copies with predictions
and weights, and the resulting map. It deliberately recomputes nothing: the copies shown were asked.
Invariant: negative contributions are drawn.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from xaisite.explain.explanation import Array, Step
from xaisite.explain.pictures import Picture, make_baseline, paint_over
from xaisite.explain.predictor import Predictor
from xaisite.explain.verdict import shown

SHOWN = 5


def make_steps(  # noqa: PLR0917
    picture: Picture,
    predictor: Predictor,
    segments: Any,
    fill: Array,
    fill_name: str,
    background: Any,
    *,
    masks: Array,
    answers: Array,
    weights: Array,
    weight_name: str,
    values: Array,
    errors: Array | None = None,
) -> tuple[Step, ...]:
    """Five steps: segments, baselines, copies, weights, map."""
    chosen = _choose(masks, weights)
    copies = paint_over(picture, fill, segments, masks[chosen])
    signed = values[np.asarray(segments)]
    top = np.argsort(-np.abs(values), kind="stable")[:SHOWN]
    single = [np.where(np.asarray(segments) == one, values[one], 0.0) for one in top]
    # What is left of rounding is not an error of sampling.
    noisy = errors is not None and errors.max() > 1e-9 * np.abs(values).max()
    labels = [
        f"segment {one}: {shown(float(values[one]))}"
        + ("" if errors is None or not noisy else f" ± {shown(float(errors[one]))}")
        for one in top
    ]
    return (
        Step(
            title="1 image and segments",
            text=f"{len(values)} segments, each kept or painted over as a whole.",
            pictures=(picture.values, outline(picture, segments)),
            labels=("input", f"{len(values)} segments"),
        ),
        _baselines(picture, predictor, fill, fill_name, background),
        Step(
            title=f"3 perturbed copies: prediction, {weight_name}",
            text=f"Some of the {len(masks)} copies the model was asked about.",
            pictures=tuple(copies),
            labels=tuple(f"{shown(float(answers[i]))}, {weight_name} {shown(float(weights[i]))}" for i in chosen),
        ),
        Step(
            title="4 value of each segment, largest first",
            text="What each segment's presence adds.",
            pictures=tuple(single),
            labels=tuple(labels),
        ),
        Step(
            title="5 map",
            text="All values together; blue lowers the output.",
            pictures=(picture.values, signed),
            labels=("input", f"{shown(float(values.min()))} to {shown(float(values.max()))}"),
        ),
    )


def _choose(masks: Array, weights: Array) -> list[int]:
    """Distinct copies, some heavy, some light, all partly painted over."""
    partly = [i for i, mask in enumerate(masks) if 0 < mask.sum() < masks.shape[1]]
    order = sorted(partly or range(len(masks)), key=lambda i: (-float(weights[i]), i))
    places = np.unique(np.linspace(0, len(order) - 1, SHOWN).astype(int))
    return [order[place] for place in places]


def _baselines(picture: Picture, predictor: Predictor, fill: Array, fill_name: str, background: Any) -> Step:
    kinds = ["empty", "neutral", "blurred"] + (["typical"] if background is not None else [])
    made = [make_baseline(picture, kind, background) for kind in kinds]
    made = [(fill, f"used: {fill_name}"), *[one for one in made if one[1] != fill_name]]
    answers = predictor(np.stack([image for image, _ in made]))
    return Step(
        title="2 baselines compared",
        text="What an absent segment could look like, and the answer to it.",
        pictures=tuple(image for image, _ in made),
        labels=tuple(
            f"{name.split(' (')[0]}: {shown(float(answer))}" for (_, name), answer in zip(made, answers, strict=True)
        ),
    )


def outline(picture: Picture, segments: Any) -> Array:
    """Draw the borders between segments, on an enlarged copy where pixels are few."""
    times = max(1, 96 // max(picture.values.shape[1:]))
    places = np.kron(np.asarray(segments), np.ones((times, times), dtype=int))
    border = np.zeros(places.shape, dtype=bool)
    border[:, 1:] |= places[:, 1:] != places[:, :-1]
    border[1:] |= places[1:] != places[:-1]
    larger = picture.values.repeat(times, axis=1).repeat(times, axis=2)
    return np.asarray(np.where(border, picture.values.max(), larger))
