"""Several inputs at once are each asked as if alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from xaisite import explain

ROWS = np.random.default_rng(5).normal(size=(60, 3))
FRAME = pd.DataFrame({"age": ROWS[:, 0], "debt": ROWS[:, 1], "kind": np.where(ROWS[:, 2] > 0, "a", "b")})
GREY = np.random.default_rng(6).uniform(0.1, 1, size=(3, 6, 8))
COLOURED = np.random.default_rng(7).uniform(0.1, 1, size=(3, 6, 8, 3))
QUARTERS = explain.make_segments(GREY[0], count=4)
HALVES = np.repeat([[0, 1]], 6, axis=0).repeat(4, axis=1)


def score(rows: Any) -> Any:
    return np.asarray(rows["age"]) * np.asarray(rows["debt"]) + (rows["kind"] == "a")


def bright(batch: np.ndarray) -> np.ndarray:
    flat = batch if batch.ndim == 3 else batch.mean(axis=3)
    return flat[:, :3, :4].mean((1, 2)) - 2 * flat[:, 3:, 4:].mean((1, 2)) * flat[:, :3, 4:].mean((1, 2))


SEGMENTED: dict[str, Callable[..., Any]] = {
    "lime": lambda x, s: explain.lime(bright, x, segments=s, baseline="empty", nsamples=60),
    "shap": lambda x, s: explain.shap(bright, x, segments=s, baseline="neutral"),
    "shap kernel": lambda x, s: explain.shap(bright, x, segments=s, method="kernel", nsamples=8, repeats=2),
}


@pytest.mark.parametrize("images", [GREY, COLOURED], ids=["grey", "coloured"])
@pytest.mark.parametrize("segments", [QUARTERS, np.stack([QUARTERS, HALVES, QUARTERS])], ids=["one", "for each"])
@pytest.mark.parametrize("name", SEGMENTED)
def test_segmented_images_one_by_one(name: str, segments: Any, images: Any) -> None:
    ask = SEGMENTED[name]
    each = [segments] * 3 if segments.ndim == 2 else list(segments)
    alone = [ask(one, own) for one, own in zip(images, each, strict=True)]
    together = ask(images, segments)
    assert together.kind == "maps"
    assert together.values.shape == (3, 6, 8)
    for place, (one, own) in enumerate(zip(alone, each, strict=True)):
        assert together.row(place).to_json() == one.to_json()
        assert (together.values[place] == one.values[own]).all()
        if one.errors is not None:
            assert (together.errors[place] == one.errors[own]).all()
    assert together.row(1).steps
    assert together.evaluations == sum(one.evaluations for one in alone)
    assert "images 3" in together.caption()
    assert together.alt_text().startswith("3 images")
    assert len(together.table()) == 3
    with pytest.raises(explain.ExplainError, match=r"their own steps.*\.row\(i\)"):
        together.steps_figure()


def test_an_image_is_no_batch() -> None:
    # As many rows as images and columns as rows: the segments say which axes are the image's.
    for image in (GREY[0], COLOURED[0], COLOURED[:1]):
        assert SEGMENTED["shap"](image, QUARTERS).kind == "map"
    assert SEGMENTED["shap"](GREY[0], QUARTERS[None]).kind == "map"
    cube = np.random.default_rng(8).uniform(size=(6, 6, 6))
    assert SEGMENTED["shap"](cube, explain.make_segments(cube[0], count=4)).kind == "map"


def test_segments_must_be_as_many_as_images() -> None:
    with pytest.raises(explain.ExplainError, match="segments for 2 images, and 3 images"):
        SEGMENTED["lime"](GREY, np.stack([QUARTERS, HALVES]))


def test_a_batch_is_exact_or_sampled() -> None:
    many = np.arange(48).reshape(6, 8)
    with pytest.raises(explain.ExplainError, match="exactly, others by samples"):
        explain.shap(bright, GREY, segments=np.stack([QUARTERS, many, many]), nsamples=20, repeats=2)


ROW_METHODS: dict[str, Callable[[Any], Any]] = {
    "lime": lambda x: explain.lime(score, x, background=FRAME, nsamples=80),
    "occlusion": lambda x: explain.occlusion(score, x, background=FRAME),
}


@pytest.mark.parametrize("name", ["lime", pytest.param("occlusion", marks=pytest.mark.deep)])
def test_rows_one_by_one(name: str) -> None:
    if name == "occlusion":
        pytest.importorskip("torch")
    ask = ROW_METHODS[name]
    together, alone = ask(FRAME[:4]), [ask(FRAME[place : place + 1]) for place in range(4)]
    assert together.kind == "attribution"
    assert (together.values == np.vstack([one.values for one in alone])).all()
    assert (together.prediction == np.concatenate([one.prediction for one in alone])).all()
    assert [together.row(place).to_json() for place in (0, 1, -1)] == [alone[place].to_json() for place in (0, 1, -1)]
    assert together.extra["shown"] == tuple(one.extra["shown"][0] for one in alone)
    assert "4 rows" in together.alt_text()
    assert len(together.table()) == 3
    assert "each" not in together.to_json().split('"extra"')[1]
    with pytest.raises(explain.ExplainError, match="no row 4"):
        together.row(4)


def test_the_worst_row_speaks_for_all() -> None:
    # Near zero the cube is flat, far out it is steep: R² is good where it is large, so the smallest is the worst.
    cube = lambda v: np.sin(6 * v[:, 0]) * (v[:, 0] > 0) + v[:, 0]  # noqa: E731
    rows = np.array([[-3.0], [1.0]])
    found = explain.lime(cube, rows, background=ROWS[:, :1], nsamples=400, kernel_width=0.4)
    scores = [found.row(place).check()[0].measured for place in (0, 1)]
    assert scores[0] > scores[1]
    verdict = found.check()[0]
    assert verdict.measured == scores[1]
    assert "row 2" in str(verdict)
    kept = replace(found.row(0).check()[0], measured=0.9, tolerance=0.5, text="good")
    close = replace(kept, measured=0.55, text="close")
    from xaisite.explain.promises import _find_worst

    assert _find_worst((kept, close, kept), "row").text == "Of 3 rows, row 2: close"
    low = replace(kept, measured=1e-9, tolerance=1e-3, text="tiny")
    assert _find_worst((low, replace(low, measured=9e-4, text="nearly")), "row").text.endswith("row 2: nearly")
    lost = [replace(kept, status="violated", measured=m, text=str(m)) for m in (0.4, 0.1)]
    assert _find_worst((kept, *lost), "row").text == "2 of 3 rows fail; row 3: 0.1"


def test_rows_of_different_classes_need_a_target() -> None:
    from sklearn.linear_model import LogisticRegression

    kinds = np.digitize(ROWS[:, 0], [-0.5, 0.5])
    model = LogisticRegression().fit(ROWS, kinds)
    rows = ROWS[[int(ROWS[:, 0].argmin()), int(ROWS[:, 0].argmax())]]
    with pytest.raises(explain.ExplainError, match=r"rows would be explained for different outputs.*target="):
        explain.lime(model, rows, background=ROWS, nsamples=60)
    assert explain.lime(model, rows, background=ROWS, nsamples=60, target=2).values.shape == (2, 3)


def test_texts_are_asked_one_by_one() -> None:
    for ask in (explain.lime, explain.shap):
        with pytest.raises(explain.ExplainError, match="2 texts; one"):
            ask(lambda texts: np.ones(len(texts)), ["good day", "bad day"])
