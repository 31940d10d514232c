"""Occlusion: cover windows and watch the output.

What it does: captum's sliding window, for torch modules and for any other model of images or rows. It deliberately
does not rescale: values are drops of the output. Invariant: a pixel's value is the mean over the windows covering it.
"""

# ruff: noqa: N803 (X is the field's word for rows)
from __future__ import annotations

from typing import Any

import numpy as np

from xaisite.explain.batches import over_images, stack_rows
from xaisite.explain.errors import ExplainError
from xaisite.explain.explanation import Explanation
from xaisite.explain.libraries import load_library
from xaisite.explain.pictures import make_baseline, make_picture_predictor, read_picture
from xaisite.explain.predictor import is_torch_module, make_predictor
from xaisite.explain.randomness import library_call
from xaisite.explain.table import Table, read_table


@over_images
def occlusion(
    model: Any,
    X: Any,
    *,
    window: int = 1,
    stride: int | None = None,
    baseline: Any = "neutral",
    background: Any = None,
    target: Any = None,
    scale: str | None = None,
    names: Any = None,
    seed: int = 0,
) -> Explanation:
    """Cover a window with the baseline and record the drop of the output (Zeiler and Fergus 2014, section 4.2).

    Parameters
    ----------
    model : torch module, fitted scikit-learn estimator, or callable
    X : image (C, H, W) for torch modules, (H, W) or (H, W, C) else; images (n, …) with four axes; or rows
        A row has one axis, or is a Series; several rows are a DataFrame. Of several inputs each is asked as if alone.
    window, stride : int
        Side of the square and its step, in pixels; default step: half the window. Rows: one feature at a time.
    baseline : str or array
        As in :func:`shap` for images; rows: the mean of ``background``, or a reference row.
    background : array or DataFrame, optional
    target, scale, names, seed
        As in :func:`shap`.

    Returns
    -------
    Explanation
        ``values``: image (H, W), images (n, H, W), rows (n, d): drop of the output, in its unit.

    Raises
    ------
    ExplainError
        On bad input.
    """
    is_row = hasattr(X, "columns") or np.ndim(X.detach() if hasattr(X, "detach") else X) == 1
    if is_row:
        return _occlude_rows(
            model, X, baseline=baseline, background=background, target=target, scale=scale, names=names, seed=seed
        )
    picture = read_picture(X, channels_first=is_torch_module(model))
    channels, height, width = picture.values.shape
    step = stride or max(1, window // 2)
    if not 1 <= window <= min(height, width) or not 1 <= step <= window:
        raise ExplainError(
            f"A window of {window} with steps of {step} does not cover {height} × {width} pixels.",
            "pass a window no larger than the image and a stride no larger than the window.",
        )
    fill, fill_name = make_baseline(picture, baseline, background)
    predictor = make_picture_predictor(model, picture, target=target, scale=scale)
    values = run_captum(predictor, picture.values, fill, (channels, window, window), (channels, step, step), seed)
    return Explanation(
        method="occlusion",
        kind="map",
        values=values[0],
        names=(),
        target=predictor.target,
        scale=predictor.scale,
        value_function="window painted over",
        data=picture.values,
        prediction=predictor(picture.values[None]),
        baseline=fill,
        baseline_name=fill_name,
        parameters={"window": window, "stride": step},
        evidence={"filled": float(predictor(fill[None])[0])},
        extra={"unit": f"drop ({predictor.scale})"},
        seed=seed,
        evaluations=predictor.evaluations,
    )


def run_captum(answer: Any, values: Any, fill: Any, window: tuple[int, ...], step: tuple[int, ...], seed: int) -> Any:  # noqa: PLR0917
    """Return captum's occlusion of one input, any model; attributions in double precision."""
    torch, captum = load_library("torch"), load_library("captum.attr")

    def forward(batch: Any) -> Any:
        return torch.tensor(answer(np.asarray(batch.numpy())), dtype=torch.float64)

    with library_call(seed):
        found = captum.Occlusion(forward).attribute(
            torch.tensor(values[None].copy(), dtype=torch.float64),
            sliding_window_shapes=window,
            strides=step,
            baselines=torch.tensor(fill[None].copy(), dtype=torch.float64),
            perturbations_per_eval=32,
        )
    return np.asarray(found[0].numpy())


def _occlude_rows(
    model: Any, X: Any, *, baseline: Any, background: Any, target: Any, scale: str | None, names: Any, seed: int
) -> Explanation:
    reference = None if background is None else read_table(background, what="background", names=names)
    rows = read_table(X, names=names, like=reference)
    if not isinstance(baseline, str):
        fill, name = read_table(baseline, what="baseline", like=rows).values[0], "given reference"
    elif reference is not None:
        fill, name = reference.values.mean(axis=0), f"mean of {len(reference.values)} rows"
        for index in reference.categorical:
            fill[index] = np.bincount(reference.values[:, index].astype(int)).argmax()
    else:
        raise ExplainError("Covering a feature needs a value to put in its place.", "pass background= or baseline=.")
    parts = [_occlude_row(model, row, fill, name, target, scale, seed) for row in rows.split()]
    return parts[0] if len(parts) == 1 else stack_rows(parts)


def _occlude_row(  # noqa: PLR0917
    model: Any, rows: Table, fill: Any, name: str, target: Any, scale: str | None, seed: int
) -> Explanation:
    predictor = make_predictor(model, rows, target=target, scale=scale)
    row = rows.values[0]
    values = run_captum(predictor, row, fill, (1,), (1,), seed)
    return Explanation(
        method="occlusion",
        kind="attribution",
        values=values[None],
        names=rows.names,
        target=predictor.target,
        scale=predictor.scale,
        value_function="one feature replaced",
        data=rows.values,
        prediction=predictor(rows.values),
        baseline=fill[None],
        baseline_name=name,
        evidence={"filled": float(predictor(fill[None])[0])},
        extra={"shown": rows.spell_rows(rows.values)},
        seed=seed,
        evaluations=predictor.evaluations,
    )
