"""Bad input gives one clear error that says what to do."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from xaisite import explain
from xaisite.explain import ExplainError

X = np.random.default_rng(0).normal(size=(60, 3))
Y = (X[:, 0] > 0).astype(int)
FRAME = pd.DataFrame(X, columns=["a", "b", "c"])
HOLE = X.copy()
HOLE[3, 1] = np.nan


def model() -> Any:
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression().fit(X, Y)


def framed() -> Any:
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression().fit(FRAME, Y)


def unfitted() -> Any:
    from sklearn.ensemble import RandomForestClassifier

    return RandomForestClassifier()


def boosted() -> Any:
    from sklearn.ensemble import GradientBoostingClassifier

    return GradientBoostingClassifier(n_estimators=5).fit(X, Y)


def three() -> Any:
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression().fit(X, (X[:, 0] > 0).astype(int) + (X[:, 1] > 0))


def total(values: Any) -> Any:
    return np.asarray(values).sum(axis=1)


ONE = X[:1]
# Each feature joins all before it.
CHAIN = np.array([[0 if n == 0 else 19 + n, n + 1, n + 1, n + 2] for n in range(19)], dtype=float)
CASES: dict[str, tuple[Callable[[], Any], str]] = {
    "no background": (lambda: explain.shap(model(), ONE), "background"),
    "wrong number of features": (lambda: explain.shap(model(), X[:1, :2], background=X), "2 features, 3"),
    "features the model does not know": (lambda: explain.shap(model(), X[:1, :2], background=X[:, :2]), "fitted on 3"),
    "three axes": (lambda: explain.ale(model(), X[None], 0), "shape"),
    "NaN": (lambda: explain.shap(model(), HOLE, background=X), "missing or infinite values in x1"),
    "NaN in the background": (lambda: explain.lime(model(), ONE, background=HOLE), "background has missing"),
    "unfitted": (lambda: explain.shap(unfitted(), ONE, background=X), "not been fitted"),
    "unfitted importance": (lambda: explain.permutation_importance(unfitted(), X, Y), "not been fitted"),
    "unknown class": (lambda: explain.shap(model(), ONE, background=X, target=7), "no class 7"),
    "no class chosen": (lambda: explain.shap(three(), X[:4], background=X), "none was chosen"),
    "names that do not match": (
        lambda: explain.shap(framed(), FRAME.rename(columns={"a": "z"}), background=FRAME),
        "columns",
    ),
    "columns in another order": (
        lambda: explain.partial_dependence(framed(), FRAME[["b", "a", "c"]], "a"),
        "fitted on the features",
    ),
    "array for a model of columns": (lambda: explain.ale(framed(), X, 0), "named columns"),
    "unknown feature": (lambda: explain.ale(framed(), FRAME, "zz"), "no feature 'zz'"),
    "feature out of range": (lambda: explain.ale(model(), X, 9), "no feature 9"),
    "unknown category": (
        lambda: explain.shap(
            lambda f: np.ones(len(f)), pd.DataFrame({"t": ["x"]}), background=pd.DataFrame({"t": ["a", "b"]})
        ),
        "category 'x'",
    ),
    "unknown method": (lambda: explain.shap(model(), ONE, background=X, method="magic"), "no SHAP method"),
    "unknown scale": (lambda: explain.shap(model(), ONE, background=X, scale="loud"), "no scale"),
    "probability of a regressor": (
        lambda: explain.shap(
            __import__("sklearn.linear_model").linear_model.LinearRegression().fit(X, Y),
            ONE,
            background=X,
            scale="probability",
        ),
        "no probabilities",
    ),
    "l1_reg": (lambda: explain.shap(model(), ONE, background=X, l1_reg="auto"), "l1_reg"),
    "too many features for exact": (
        lambda: explain.shap(total, np.ones((1, 20)), background=np.zeros((1, 20)), method="exact"),
        "2\\^20",
    ),
    "one repeat": (
        lambda: explain.shap(total, np.ones((1, 20)), background=np.zeros((2, 20)), method="permutation", repeats=1),
        "two repeats",
    ),
    "tree method, other model": (lambda: explain.shap(model(), ONE, background=X, method="tree"), "cannot read"),
    "tree method, probability of boosted trees": (
        lambda: explain.shap(boosted(), ONE, background=X, method="tree"),
        "not the Shapley value",
    ),
    "path method, probability of boosted trees": (
        lambda: explain.shap(boosted(), ONE, method="path", scale="probability"),
        "log-odds",
    ),
    "several rows for an anchor": (lambda: explain.anchors(model(), X[:2], background=X), "one row; 2"),
    "several texts": (lambda: explain.lime(lambda t: np.ones(len(t)), ["a day", "a week"]), "2 texts"),
    "no correlation": (
        lambda: explain.shap(total, np.ones((1, 3)), background=np.zeros((1, 3)), method="partition"),
        "does not vary",
    ),
    "no hierarchy": (
        lambda: explain.shap(model(), ONE, background=X, method="partition", hierarchy=np.eye(4)),
        "no linkage of 3 features",
    ),
    "a hierarchy too deep": (
        lambda: explain.shap(total, np.ones((1, 20)), background=np.eye(20), method="partition", hierarchy=CHAIN),
        "need 1048576 coalitions",
    ),
    "no samples": (lambda: explain.lime(model(), ONE, background=X, nsamples=3), "too few"),
    "a text for a model of numbers": (lambda: explain.shap(model(), "a good day"), "cannot answer this input"),
    "an output of a model of one": (
        lambda: explain.shap(
            __import__("sklearn.linear_model").linear_model.LinearRegression().fit(X, Y), ONE, background=X, target="zz"
        ),
        "no output 'zz'",
    ),
    "kernel width": (lambda: explain.lime(model(), ONE, background=X, kernel_width=-1.0), "kernel width"),
    "text without words": (lambda: explain.lime(lambda t: np.ones(len(t)), "…"), "no words"),
    "truth of another length": (lambda: explain.permutation_importance(model(), X, Y[:5]), "60 rows"),
    "no impurities": (lambda: explain.impurity_importance(model(), X, Y), "no impurity"),
    "constant feature": (lambda: explain.ale(total, np.ones((5, 2)), 0), "single value"),
    "category in ALE": (
        lambda: explain.ale(lambda f: np.ones(len(f)), pd.DataFrame({"t": ["a", "b"]}), "t"),
        "category",
    ),
    "category in ALE of two": (
        lambda: explain.ale(lambda f: np.ones(len(f)), pd.DataFrame({"t": ["a", "b"], "n": [0.0, 1.0]}), ("n", "t")),
        "category",
    ),
    "pair of one": (lambda: explain.ale(total, X, (1, 1)), "two different features"),
    "pair of three": (lambda: explain.partial_dependence(total, X, (0, 1, 2)), "two different features"),
    "one grid for two": (lambda: explain.partial_dependence(total, X, (0, 1), grid=np.arange(3)), "two grids"),
    "one list of edges for two": (lambda: explain.ale(total, X, (0, 1), bins=np.arange(3)), "two lists"),
    "one feature": (lambda: explain.h_statistic(total, X, features=[0]), "two features"),
    "too few rows": (lambda: explain.surrogate_tree(model(), X[:10]), "too few"),
    "model that never decides otherwise": (lambda: explain.rule_list(lambda v: np.ones(len(v)), X), "decides the same"),
    "threshold": (lambda: explain.anchors(model(), X[0], background=X, threshold=1.5), "threshold"),
    "all locked": (lambda: explain.counterfactual(model(), X[0], background=X, locked=[0, 1, 2]), "locked"),
    "nothing else possible": (
        lambda: explain.counterfactual(lambda v: np.zeros(len(v)), X[0], background=X, nsamples=20),
        "No change",
    ),
    "already so": (
        lambda: explain.counterfactual(model(), X[0], background=X, want=int(model().predict(X[:1])[0])),
        "already",
    ),
    "empty data": (lambda: explain.data_overview(np.empty((0, 2))), "empty"),
    "seven groups": (lambda: explain.data_overview(X, np.arange(60) % 7), "7 groups"),
    "infinite output": (
        lambda: explain.shap(lambda v: np.full(len(v), np.inf), ONE, background=X, method="exact"),
        "not finite",
    ),
    "answer of the wrong shape": (lambda: explain.ale(lambda v: np.ones((len(v), 1, 1)), X, 0), "shape"),
    "not a model": (lambda: explain.ale("forest", X, 0), "not a model"),
    "words for numbers": (lambda: explain.ale(total, [["a", "b"]], 0), "not a table of numbers"),
    "segments of another size": (
        lambda: explain.shap(lambda b: b.mean((1, 2)), np.ones((4, 4)), segments=np.zeros((3, 3), dtype=int)),
        "segments has shape",
    ),
    "unknown baseline": (
        lambda: explain.lime(lambda b: b.mean((1, 2)), np.ones((4, 4)), segments=np.eye(4, dtype=int), baseline="pink"),
        "baseline 'pink'",
    ),
    "typical without background": (
        lambda: explain.lime(
            lambda b: b.mean((1, 2)), np.ones((4, 4)), segments=np.eye(4, dtype=int), baseline="typical"
        ),
        "background",
    ),
    "judged with another model": (
        lambda: explain.deletion(explain.shap(model(), ONE, background=X), lambda v: 0 * total(v), background=X),
        "explanation is of an output",
    ),
    "rows judged as one": (
        lambda: explain.deletion(explain.shap(model(), X[:2], background=X), model(), background=X),
        "one input",
    ),
    "one explanation": (lambda: explain.agreement([explain.shap(model(), ONE, background=X)]), "two"),
    "empty region": (lambda: explain.region_share(explain.shap(model(), ONE, background=X), np.zeros(3)), "empty"),
    "no such row": (lambda: explain.shap(model(), ONE, background=X).row(4), "no row 4"),
    "no steps": (lambda: explain.shap(model(), ONE, background=X).steps_figure(), "no steps"),
    "no card": (lambda: explain.find_card("magic"), "no method card"),
}


@pytest.mark.parametrize("name", CASES)
def test_refused(name: str) -> None:
    ask, said = CASES[name]
    with pytest.raises(ExplainError, match=said) as refusal:
        ask()
    error = refusal.value
    assert error.cause.endswith(".")
    assert error.fix.endswith(".")
    assert str(error) == f"{error.cause} Fix: {error.fix}"
    again = pickle.loads(pickle.dumps(error))
    assert (again.cause, again.fix) == (error.cause, error.fix)


def forward(method: Callable[[Any, Any], Any]) -> Any:
    """A linear module whose forward pass is another."""
    torch = pytest.importorskip("torch")
    return type("Net", (torch.nn.Linear,), {"forward": lambda self, x: method(super(type(self), self).forward(x), x)})(
        3, 2
    )


NETWORKS: dict[str, tuple[Callable[[Any], Any], str]] = {
    "returns two": (lambda _: forward(lambda out, x: (out, x)), "returns a tuple, not a tensor"),
    "returns names": (lambda _: forward(lambda out, _: {"logits": out}), "returns a dict, not a tensor"),
    "cuts the gradient": (lambda _: forward(lambda out, _: out.detach()), "no gradient: its forward pass cuts it"),
    "half precision": (lambda nn: nn.Linear(3, 2).half(), "computes in float16"),
    "of sequences": (lambda nn: nn.LSTM(3, 2), "returns a tuple|cannot take inputs"),
}


@pytest.mark.deep
@pytest.mark.parametrize("name", NETWORKS)
def test_networks_that_cannot_be_explained(name: str) -> None:
    torch = pytest.importorskip("torch")
    make, said = NETWORKS[name]
    for ask in (
        explain.saliency,
        explain.integrated_gradients,
        explain.smooth_grad,
        explain.deeplift,
        lambda net, x: explain.shap(net, x, background=np.zeros((2, 3)), method="gradient"),
    ):
        with pytest.raises(ExplainError, match=said):
            ask(make(torch.nn), np.ones(3))


DEEP_CASES = {
    "no images": (
        lambda nn, x: explain.saliency(nn.Sequential(nn.Flatten(), nn.Linear(64, 2)), np.empty((0, *x.shape))),
        "pass an image|no input",
    ),
    "max-pooling": (
        lambda nn, x: explain.deeplift(
            nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(18, 2)), x
        ),
        "max-pooling",
    ),
    "shared ReLU": (
        lambda nn, x: explain.deeplift(
            (lambda r: nn.Sequential(nn.Flatten(), nn.Linear(64, 4), r, nn.Linear(4, 4), r, nn.Linear(4, 2)))(  # noqa: PLC3002
                nn.ReLU()
            ),
            x,
        ),
        "more than once",
    ),
    "no ReLU": (lambda nn, x: explain.guided_backprop(nn.Sequential(nn.Flatten(), nn.Linear(64, 2)), x), "no ReLU"),
    "no output": (
        lambda nn, x: explain.saliency(nn.Sequential(nn.Flatten(), nn.Linear(64, 2)), x, target=5),
        "no output 5",
    ),
    "class by name": (
        lambda nn, x: explain.saliency(nn.Sequential(nn.Flatten(), nn.Linear(64, 2)), x, target="cat"),
        "no output 'cat'",
    ),
    "wrong size": (
        lambda nn, x: explain.saliency(nn.Sequential(nn.Flatten(), nn.Linear(60, 2)), x),
        "cannot take inputs",
    ),
    "NaN": (
        lambda nn, x: explain.saliency(nn.Sequential(nn.Flatten(), nn.Linear(64, 2)), x * np.nan),
        "missing or infinite",
    ),
    "not a module": (lambda nn, x: explain.saliency(total, x), "not a torch module"),
    "not pooled": (
        lambda nn, x: explain.cam(nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU(), nn.Flatten(), nn.Linear(72, 2)), x),
        "use grad_cam",
    ),
    "max-pooled head": (
        lambda nn, x: explain.cam(
            nn.Sequential(nn.Conv2d(1, 2, 3), nn.AdaptiveMaxPool2d(1), nn.Flatten(), nn.Linear(2, 2)), x
        ),
        "not average pooling",
    ),
    "unknown layer": (
        lambda nn, x: explain.grad_cam(nn.Sequential(nn.Conv2d(1, 2, 3)), x, layer="top"),
        "no layer 'top'|output has shape",
    ),
    "unknown unit": (
        lambda nn, x: explain.feature_visualization(nn.Sequential(nn.Conv2d(1, 2, 3)), "0", 9, shape=(1, 8, 8)),
        "no unit 9",
    ),
    "baseline of another shape": (
        lambda nn, x: explain.integrated_gradients(nn.Linear(3, 1), np.ones(3), baseline=np.ones(2)),
        "baseline has shape",
    ),
    "no picture's shape": (
        lambda nn, _: explain.feature_visualization(nn.Sequential(nn.Linear(4, 2)), "0", 0, shape=(3, 4)),
        r"shape \(3, 4\) is not",
    ),
    "batches of batches": (
        lambda nn, x: explain.saliency(nn.Sequential(nn.Flatten(), nn.Linear(64, 2)), np.stack([x, x])[None]),
        "pass an image",
    ),
    "branches in RevealCancel": (
        lambda nn, x: explain.deeplift(
            type("B", (nn.Module,), {"forward": lambda self, z: z.sum(1) + z.relu().sum(1)})(),
            np.ones(3),
            rule="reveal-cancel",
        ),
        "chain|does not know",
    ),
    "no rule": (lambda nn, x: explain.lrp(nn.Sequential(nn.Flatten(), nn.Linear(64, 2), nn.Softplus()), x), "no rule"),
}


@pytest.mark.deep
@pytest.mark.parametrize("name", DEEP_CASES)
def test_network_refused(name: str) -> None:
    torch = pytest.importorskip("torch")
    ask, said = DEEP_CASES[name]
    with pytest.raises(ExplainError, match=said):
        ask(torch.nn, np.random.default_rng(0).uniform(size=(1, 8, 8)))


@pytest.mark.deep
def test_functional_relu_is_refused() -> None:
    torch = pytest.importorskip("torch")

    class Net(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.first, self.second = torch.nn.Linear(3, 4), torch.nn.Linear(4, 2)

        def forward(self, x: Any) -> Any:
            return self.second(torch.relu(self.first(x)))

    for ask in (explain.deeplift, explain.guided_backprop, explain.lrp):
        with pytest.raises(ExplainError, match="relu"):
            ask(Net(), np.ones(3))
    # Ours reads the chain, so the function is no obstacle.
    assert not explain.deeplift(Net(), np.ones(3), rule="reveal-cancel").check()[0].is_violated
