"""What is judged: one input, its map, and the model asked again.

What it does: brings explanations of rows and images to one form. It deliberately refuses a model whose output is
not the one explained. Invariant: ``answer(data)`` equals the explanation's prediction.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from xaisite.explain.displays.map import flat_map
from xaisite.explain.errors import ExplainError
from xaisite.explain.explanation import Array, Explanation
from xaisite.explain.pictures import Picture, make_baseline, make_picture_predictor
from xaisite.explain.predictor import is_torch_module, make_predictor
from xaisite.explain.table import read_table


@dataclass(frozen=True, kw_only=True)
class Subject:
    """One explained input.

    Attributes
    ----------
    data : ndarray
        The input: row (d,), or image (C, H, W).
    scores : ndarray
        One number per feature (d,) or pixel (H, W).
    answer : callable
        Outputs of inputs (n, …).
    fills : tuple of (name, ndarray like data)
    """

    data: Array
    scores: Array
    answer: Callable[[Array], Array]
    fills: tuple[tuple[str, Array], ...]

    def mix(self, kept: Array, fill: Array) -> Array:
        """Return inputs (n, …) that keep what ``kept`` (n, …scores) marks and show the fill elsewhere."""
        mask = kept[:, None] if self.data.ndim == 3 else kept
        return np.asarray(np.where(mask, self.data, fill))


def read_scores(explanation: Explanation) -> Array:
    """One number per feature, pixel or word of a local explanation of one input."""
    if explanation.kind == "map":
        return flat_map(explanation)
    if explanation.kind in ("attribution", "text"):
        if len(explanation.values) != 1:
            raise ExplainError("Only an explanation of one input can be judged this way.", "take one with .row(i).")
        return np.asarray(explanation.values[0])
    if explanation.kind == "importance":
        return explanation.values
    raise ExplainError(
        f"A {explanation.method} explanation cannot be judged this way.",
        "pass attributions of a row, an image or a text.",
    )


def read_subject(
    explanation: Explanation, model: Any, *, target: Any, scale: str | None, fills: Any, background: Any
) -> Subject:
    """Return the input of a map or of one row, with the fills asked for."""
    if explanation.data is None or explanation.kind not in ("map", "attribution"):
        raise ExplainError(
            f"A {explanation.method} explanation cannot be judged this way.",
            "pass attributions of one row or one image.",
        )
    scores = read_scores(explanation)
    scale = scale or (explanation.scale if explanation.scale in ("probability", "log-odds") else None)
    subject = (_read_image if explanation.kind == "map" else _read_row)(
        explanation, model, scores, target, scale, fills, background
    )
    _refuse_other_output(subject, explanation)
    return subject


def _read_image(  # noqa: PLR0917
    explanation: Explanation, model: Any, scores: Array, target: Any, scale: str | None, fills: Any, background: Any
) -> Subject:
    assert explanation.data is not None
    data = explanation.data
    layout: Any = "CHW" if is_torch_module(model) else "HW" if len(data) == 1 else "HWC"
    picture = Picture(values=data, layout=layout)
    predictor = make_picture_predictor(
        model, picture, target=target, scale=None if is_torch_module(model) and scale != "probability" else scale
    )
    named = fills if fills is not None else ("neutral", "blurred")
    made = (
        [make_baseline(picture, one, background)[::-1] for one in named]
        if not isinstance(named, dict)
        else [(name, make_baseline(picture, one, background)[0]) for name, one in named.items()]
    )
    return Subject(data=data, scores=scores, answer=predictor, fills=tuple((str(n), np.asarray(f)) for n, f in made))


def _read_row(  # noqa: PLR0917
    explanation: Explanation, model: Any, scores: Array, target: Any, scale: str | None, fills: Any, background: Any
) -> Subject:
    assert explanation.data is not None
    row = explanation.data
    if isinstance(fills, dict):
        made = {str(name): np.asarray(fill, dtype=np.float64).ravel() for name, fill in fills.items()}
    elif background is not None:
        rows = read_table(background, what="background").values
        made = {"mean": rows.mean(axis=0), "median": np.median(rows, axis=0)}
    else:
        raise ExplainError(
            "Removing features needs values to put in their place.", "pass background=, or fills={name: row}."
        )
    if any(fill.shape != row[0].shape for fill in made.values()):
        raise ExplainError("A fill does not have the row's features.", "pass rows of the same length.")
    shape = (
        read_table(background, what="background")
        if hasattr(background, "columns")
        else read_table(row, names=explanation.names)
    )
    predictor = make_predictor(model, read_table(row, like=shape), target=target, scale=scale)
    return Subject(data=row[0], scores=scores, answer=predictor, fills=tuple(made.items()))


def _refuse_other_output(subject: Subject, explanation: Explanation) -> None:
    if explanation.prediction is None:
        return
    now, then = float(subject.answer(subject.data[None])[0]), float(explanation.prediction[0])
    if abs(now - then) > 1e-4 * max(abs(then), 1e-3):
        raise ExplainError(
            f"The model answers {now:.4g} here, the explanation is of an output of {then:.4g}.",
            "pass the same model, target= and scale= as for the explanation.",
        )
