"""Every method of rows and of whole models, given what a user gives by mistake: one clear error each, the same for all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import RandomForestClassifier

from xaisite import explain

X = np.random.default_rng(0).normal(size=(80, 4)).astype("float32").astype("float64")
Y = np.where(X[:, 0] + X[:, 1] > 0, "yes", "no")
FRAME = pd.DataFrame(X, columns=list("abcd"))
FOREST = RandomForestClassifier(5, random_state=0).fit(FRAME, Y)
NAMELESS = RandomForestClassifier(5, random_state=0).fit(X, Y)
HOLE = FRAME.copy()
HOLE.iloc[0, 1] = np.nan
WORDS = FRAME.assign(b="x")
TWICE = FRAME.set_axis(list("aabc"), axis=1)

ROWS: dict[str, Callable[..., Any]] = {
    "shap": lambda m, x, b, t: explain.shap(m, x, background=b, target=t),
    "kernel": lambda m, x, b, t: explain.shap(m, x, background=b, target=t, method="kernel"),
    "partition": lambda m, x, b, t: explain.shap(m, x, background=b, target=t, method="partition"),
    "interactions": lambda m, x, b, t: explain.shap_interactions(m, x, background=b, target=t),
    "lime": lambda m, x, b, t: explain.lime(m, x, background=b, target=t, nsamples=100),
    "occlusion": lambda m, x, b, t: explain.occlusion(m, x, background=b, target=t),
    "anchors": lambda m, x, b, t: explain.anchors(m, x, background=b, target=t),
    "counterfactual": lambda m, x, b, t: explain.counterfactual(m, x, background=b, want=t),
}
WHOLE: dict[str, Callable[..., Any]] = {
    "permutation": lambda m, x, y: explain.permutation_importance(m, x, y, repeats=2),
    "impurity": lambda m, x, y: explain.impurity_importance(m, x, y, repeats=2),
    "partial dependence": lambda m, x, _: explain.partial_dependence(m, x, 0, grid=4),
    "ale": lambda m, x, _: explain.ale(m, x, 0),
    "h": lambda m, x, _: explain.h_statistic(m, x, rows=10),
    "tree": lambda m, x, _: explain.surrogate_tree(m, x),
    "rules": lambda m, x, _: explain.rule_list(m, x),
}
ONE = FRAME.iloc[:1]
NOT_NUMBERS = "not numbers"
BAD_ROWS: dict[str, tuple[tuple[Any, ...], str]] = {
    "columns in another order": ((FOREST, ONE[["b", "a", "c", "d"]], FRAME, "yes"), "same columns in the same order"),
    "columns in another order, background too": (
        (FOREST, ONE[["b", "a", "c", "d"]], FRAME[["b", "a", "c", "d"]], "yes"),
        "fitted on the features a, b, c, d",
    ),
    "a column too few": ((FOREST, ONE[["a", "b", "c"]], FRAME[["a", "b", "c"]], "yes"), "fitted on the features"),
    "a column too many": ((FOREST, ONE.assign(e=1.0), FRAME.assign(e=1.0), "yes"), "fitted on the features"),
    "another name": (
        (FOREST, ONE.rename(columns={"a": "z"}), FRAME.rename(columns={"a": "z"}), "yes"),
        "these are z, b, c, d",
    ),
    "two columns of one name": ((NAMELESS, TWICE.iloc[:1], TWICE, "yes"), "two columns named a"),
    "a missing value": ((FOREST, HOLE.iloc[:1], FRAME, "yes"), "X has missing or infinite values in b"),
    "a missing value in the background": ((FOREST, ONE, HOLE, "yes"), "background has missing or infinite values in b"),
    "text among numbers": ((FOREST, WORDS.iloc[:1], FRAME, "yes"), "'x' in b, which is a number in the background"),
    "a class that is none": ((FOREST, ONE, FRAME, "maybe"), "no class 'maybe'"),
    "not fitted": ((RandomForestClassifier(), ONE, FRAME, "yes"), "has not been fitted"),
    "a class for a model": ((RandomForestClassifier, ONE, FRAME, "yes"), "is a class, not a model"),
    "no model": (("forest", ONE, FRAME, None), "is not a model"),
    "text for an answer": ((lambda rows: np.array(["a"] * len(rows)), X[0], X, None), NOT_NUMBERS),
    "too few numbers": ((NAMELESS, X[0, :3], X, "yes"), "3 features, 4 are expected"),
}
BAD_WHOLE: dict[str, tuple[tuple[Any, ...], str]] = {
    "columns in another order": ((FOREST, FRAME[["b", "a", "c", "d"]], Y), "same columns in the same order"),
    "a column too few": ((FOREST, FRAME[["a", "b", "c"]], Y), "fitted on the features"),
    "another name": ((FOREST, FRAME.rename(columns={"a": "z"}), Y), "these are z, b, c, d"),
    "two columns of one name": ((NAMELESS, TWICE, Y), "two columns named a"),
    "an array for a model of columns": ((FOREST, X, Y), "named columns"),
    "a missing value": ((FOREST, HOLE, Y), "missing or infinite values in b"),
    "text among numbers": ((FOREST, WORDS, Y), "could not convert string to float"),
    "no rows": ((NAMELESS, X[:0], Y[:0]), "no rows"),
    "three axes": ((NAMELESS, X[None], Y), "a table has rows and columns"),
    "complex numbers": ((NAMELESS, X + 1j, Y), "complex numbers"),
    "not fitted": ((RandomForestClassifier(), FRAME, Y), "has not been fitted"),
    "a class for a model": ((RandomForestClassifier, FRAME, Y), "is a class, not a model"),
    "text for an answer": ((lambda rows: np.array(["a"] * len(rows)), FRAME, Y), NOT_NUMBERS),
}


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("method", ROWS)
@pytest.mark.parametrize("mistake", BAD_ROWS)
def test_a_row(mistake: str, method: str) -> None:
    given, said = BAD_ROWS[mistake]
    if (mistake, method) == ("no model", "counterfactual"):
        given = (*given[:3], (0.6, 1.0))
    with pytest.raises(explain.ExplainError, match=said):
        ROWS[method](*given)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("method", WHOLE)
@pytest.mark.parametrize("mistake", BAD_WHOLE)
def test_a_whole_model(mistake: str, method: str) -> None:
    given, said = BAD_WHOLE[mistake]
    with pytest.raises(explain.ExplainError, match=said):
        WHOLE[method](*given)


def test_truths_of_another_kind() -> None:
    for y, said in (
        (np.zeros(80), "cannot be scored"),
        (Y[:5], "5"),
        (None, "shape"),
        (np.full(80, np.nan), "missing or infinite"),
    ):
        with pytest.raises(explain.ExplainError, match=said):
            explain.permutation_importance(FOREST, FRAME, y)
    with pytest.raises(explain.ExplainError, match="cannot be scored"):
        explain.permutation_importance(FOREST, FRAME, Y, scoring="loudness")
    with pytest.raises(explain.ExplainError, match="two columns named a"):
        explain.data_overview(TWICE, Y)


def test_a_row_taken_for_a_picture() -> None:
    torch = pytest.importorskip("torch")
    with pytest.raises(explain.ExplainError, match="one axis"):
        explain.occlusion(torch.nn.Linear(4, 2), torch.tensor(X[:1], dtype=torch.float32))
