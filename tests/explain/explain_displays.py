"""Explanations of every kind: what the tests of figures, texts and tables look at.

``make_all``: small ones, quick to make twice. ``make_real``: ordinary data with ordinary, long names, many features,
numbers of all sizes; ``make_deep``: those that need torch.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from xaisite import explain

X = np.random.default_rng(0).normal(size=(80, 4)).astype(np.float32).astype(np.float64)
Y = X[:, 0] * X[:, 1] + X[:, 2]
FRAME = pd.DataFrame(X, columns=["age", "income", "debt", "years"])


def forest() -> Any:
    from sklearn.ensemble import RandomForestRegressor

    return RandomForestRegressor(8, random_state=0).fit(FRAME, Y)


def half_picture() -> np.ndarray:
    return np.random.default_rng(1).uniform(size=(8, 8))


def brightness(batch: np.ndarray) -> np.ndarray:
    return batch[:, :4].mean((1, 2)) - batch[:, 4:, :3].mean((1, 2))


def make_all() -> dict[str, explain.Explanation]:
    model, row = forest(), FRAME.iloc[:1]
    image, segments = half_picture(), explain.make_segments(half_picture(), count=4)
    one = explain.shap(model, row, background=FRAME)
    segmented = explain.shap(brightness, image, segments=segments, baseline="empty")
    return {
        "attribution": one,
        "attributions": explain.shap(model, FRAME.iloc[:30], background=FRAME),
        "lime": explain.lime(model, row, background=FRAME, nsamples=200),
        "importance": explain.impurity_importance(model, FRAME, Y, repeats=3),
        "effect": explain.partial_dependence(model, FRAME, "age", grid=8),
        "categories": explain.partial_dependence(
            lambda f: f["t"].eq("b").to_numpy(float), pd.DataFrame({"t": list("abcab") * 5, "n": range(25)}), "t"
        ),
        "ale": explain.ale(model, FRAME, "income", bins=6),
        "surface": explain.partial_dependence(model, FRAME, ("age", "income"), grid=4),
        "ale surface": explain.ale(model, FRAME, ("age", "income"), bins=3),
        "matrix": explain.shap_interactions(model, row, background=FRAME.iloc[:9]),
        "h": explain.h_statistic(model, FRAME, rows=12),
        "map": explain.occlusion(brightness, image, window=2),
        "segments": segmented,
        "lime segments": explain.lime(brightness, image, segments=segments, nsamples=60, baseline="empty"),
        "text": explain.shap(lambda texts: np.array([t.count("good") for t in texts]), "A good, good day."),
        "tree": explain.surrogate_tree(model, FRAME),
        "rules": explain.rule_list(lambda v: (v["age"] > 0).to_numpy(float), FRAME),
        "anchor": explain.anchors(
            lambda v: (v["age"] > 0).to_numpy(float), row, background=FRAME, nsamples=50, fresh=200
        ),
        "change": explain.counterfactual(lambda v: (v["age"] > 0).to_numpy(float), row, background=FRAME),
        "overview": explain.data_overview(FRAME, Y > 0),
        "curves": explain.deletion(one, model, background=FRAME, random_maps=4),
        "numbers": explain.region_share(one, ["age", "income"]),
        "agreement": explain.agreement([one, explain.lime(model, row, background=FRAME, nsamples=99)]),
    }


def words(texts: list[str]) -> np.ndarray:
    return np.array([0.2 * t.count("good") - 0.3 * t.count("disappoint") + 0.01 * len(t) ** 0.5 for t in texts])


def mixed(rows: int = 60) -> pd.DataFrame:
    rng = np.random.default_rng(4)
    return pd.DataFrame(
        {
            "age in completed years": rng.integers(18, 90, rows),
            "gross_income_per_month": np.where(rng.random(rows) < 0.2, np.nan, rng.normal(2.6e6, 4e5, rows)),
            "highest school-leaving qualification": rng.choice(
                ["none", "vocational training", "university of applied sciences", "Abitur"], rows
            ),
            "owes $ or pays $": rng.choice(["$", "no $"], rows),
            "share": rng.uniform(0, 1e-5, rows),
        }
    )


def make_real() -> dict[str, Callable[[], Any]]:
    """By name, a function that makes it: an explanation, or a figure of a theme."""
    from sklearn.datasets import load_breast_cancer
    from sklearn.ensemble import RandomForestClassifier

    data = load_breast_cancer(as_frame=True)
    cells = data.data.astype(np.float32).astype(np.float64)
    kind = np.where(data.target == 1, "benign", "malignant")
    model = RandomForestClassifier(12, max_depth=6, random_state=0).fit(cells, kind)
    five = cells.iloc[:, [7, 20, 22, 23, 27]]
    small = RandomForestClassifier(12, max_depth=4, random_state=0).fit(five, kind)
    row = cells.iloc[[3]]
    big = np.random.default_rng(3).uniform(size=(24, 24))
    segments = explain.make_segments(big, count=16)
    nine = explain.make_segments(big, count=9)
    score = lambda batch: batch[:, :9, :9].mean((1, 2)) * 7 - batch[:, 12:].mean((1, 2))  # noqa: E731
    frame = mixed()
    whole = frame.assign(gross_income_per_month=frame["gross_income_per_month"].fillna(2e6))
    school = lambda f: f.iloc[:, 2].str.len().to_numpy(float) + (f.iloc[:, 1] > 2e6)  # noqa: E731
    shap = lambda **o: explain.shap(model, row, background=cells[::9], target="malignant", **o)  # noqa: E731
    return {
        "shap, 30 features": shap,
        "shap, sampled": lambda: shap(method="permutation", nsamples=120),
        "shap, rows": lambda: explain.shap(model, cells[:40], background=cells[::9], target="malignant"),
        "shap, categories": lambda: explain.shap(school, whole[:1], background=whole),
        "lime, 30 features": lambda: explain.lime(model, row, background=cells, target="malignant", nsamples=300),
        "impurity, 30 features": lambda: explain.impurity_importance(model, cells, kind, repeats=3),
        "permutation, 30 features": lambda: explain.permutation_importance(model, cells, kind, repeats=3),
        "effect of one": lambda: explain.partial_dependence(small, five, "worst concave points", target="malignant"),
        "effect of a category": lambda: explain.partial_dependence(school, whole, 2),
        "effect, large numbers": lambda: explain.ale(lambda f: 1e7 * f.iloc[:, 4].to_numpy(), whole, 4),
        "ale of one": lambda: explain.ale(small, five, "worst area", target="malignant"),
        "effect of two": lambda: explain.partial_dependence(
            small, five, ("worst concave points", "worst area"), target="malignant", grid=12
        ),
        "effect of two categories": lambda: explain.partial_dependence(school, whole, (2, 3)),
        "ale of two": lambda: explain.ale(small, five, (4, 3), target="malignant", bins=10),
        "pairs of five": lambda: explain.shap_interactions(
            small, five[:1], background=five[::40], target="malignant", method="exact"
        ),
        "pairs of thirty": lambda: explain.shap_interactions(model, row, method="path", target="malignant"),
        "h of five": lambda: explain.h_statistic(small, five, rows=15, target="malignant"),
        "tree, deep": lambda: explain.surrogate_tree(model, cells, target="malignant", max_depth=5),
        "rules, many": lambda: explain.rule_list(model, cells),
        "anchor, real": lambda: explain.anchors(model, row, background=cells, nsamples=100, fresh=300),
        "counterfactual, real": lambda: explain.counterfactual(model, row, background=cells),
        "overview, 30 features": lambda: explain.data_overview(cells, kind),
        "overview, mixed": lambda: explain.data_overview(frame),
        "overview, one": lambda: explain.data_overview(frame.iloc[:, :1]),
        "occlusion, real": lambda: explain.occlusion(score, big, window=4),
        "segments, sixteen": lambda: explain.shap(score, big, segments=segments, baseline="empty", nsamples=200),
        "segments, nine": lambda: explain.lime(score, big, segments=nine, nsamples=80, baseline="blurred"),
        "text, long": lambda: explain.shap(words, "The soup was good, " * 6 + "the fish a disappointment. " * 4),
        "text, one word": lambda: explain.lime(words, "Donaudampfschifffahrtsgesellschaftskapitänswitwenrentenantrag"),
        "insertion, real": lambda: explain.insertion(shap(), model, background=cells, random_maps=4),
        "region, real": lambda: explain.region_share(shap(), ["mean radius", "worst perimeter"]),
        "agreement, three": lambda: explain.agreement(
            [shap(), explain.lime(model, row, background=cells, target="malignant", nsamples=300), shap(seed=1)]
        ),
        "stability": lambda: explain.stability(
            lambda seed: explain.lime(small, five[:1], background=five, target="malignant", nsamples=200, seed=seed)
        ),
        "infidelity": lambda: explain.infidelity(
            explain.shap(small, five[:1], background=five[::9], target="malignant"), small, background=five, nsamples=50
        ),
    }


def make_deep() -> dict[str, Callable[[], Any]]:
    """Those of networks."""
    from explain_truths_deep import cnn, image

    net, x = cnn(1), image(1)
    return {
        "saliency": lambda: explain.saliency(net, x),
        "integrated gradients": lambda: explain.integrated_gradients(net, x, target=1),
        "five images": lambda: explain.integrated_gradients(net, np.stack([image(i) for i in range(5)]), target=1),
        "two images": lambda: explain.saliency(net, np.stack([image(i) for i in range(2)]), target=1),
        "grad-cam": lambda: explain.grad_cam(net, x),
        "visualization": lambda: explain.feature_visualization(net, "3", 0, shape=(1, 10, 10), steps=12),
        "dream": lambda: explain.deep_dream(net, x, net[3], steps=12),
        "randomisation of layers": lambda: explain.model_randomisation(net, lambda m: explain.saliency(m, x, target=0)),
        "sensitivity of a map": lambda: explain.sensitivity(
            lambda one: explain.saliency(net, one, target=0), x, nsamples=3
        ),
    }
