"""Objects of other libraries get a figure, alternative text and a table."""

from __future__ import annotations

import io
import json
import sys
import types
from typing import Any

import numpy as np
import pandas as pd
import pytest

from xaisite import explain

X = np.random.default_rng(0).normal(size=(60, 3))
Y = (X[:, 0] + 0.3 * X[:, 1] > 0).astype(int)
FRAME = pd.DataFrame(X, columns=["age", "income", "debt"])
TEXTS, LABELS = ["good great fun", "bad awful", "great good", "awful bad dull", "fun", "dull"], [1, 0, 1, 0, 1, 0]


def logistic() -> Any:
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression().fit(FRAME, Y)


def words() -> Any:
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    return make_pipeline(CountVectorizer(), LogisticRegression()).fit(TEXTS, LABELS)


def two_outputs(batch: np.ndarray) -> np.ndarray:
    return np.stack([batch[:, :4].mean((1, 2, 3)), 1 - batch[:, 4:].mean((1, 2, 3))], axis=1)


def shap_rows() -> Any:
    import shap

    return shap.Explainer(logistic().predict_proba, FRAME)(FRAME.iloc[:6])


def shap_words() -> Any:
    import shap

    return shap.Explainer(words().predict_proba, shap.maskers.Text(r"\W"))(["good dull fun day"])


def shap_picture() -> Any:
    import shap

    masker = shap.maskers.Image(np.zeros((8, 8, 3)), shape=(8, 8, 3))
    return shap.Explainer(two_outputs, masker)(np.random.default_rng(1).uniform(size=(1, 8, 8, 3)), max_evals=60)


def lime_row() -> Any:
    from lime.lime_tabular import LimeTabularExplainer

    model = logistic()
    return LimeTabularExplainer(X, feature_names=list(FRAME), random_state=0).explain_instance(
        X[0], lambda v: model.predict_proba(pd.DataFrame(v, columns=FRAME.columns))
    )


def lime_regression() -> Any:
    from lime.lime_tabular import LimeTabularExplainer

    return LimeTabularExplainer(X, mode="regression", random_state=0).explain_instance(
        X[0], lambda v: v @ np.array([3.0, -2, 0])
    )


def lime_words() -> Any:
    from lime.lime_text import LimeTextExplainer

    return LimeTextExplainer(random_state=0).explain_instance("good dull fun day", words().predict_proba)


def lime_picture() -> Any:
    from lime.lime_image import LimeImageExplainer

    return LimeImageExplainer(random_state=0).explain_instance(
        np.random.default_rng(1).uniform(size=(8, 8, 3)),
        two_outputs,
        num_samples=40,
        segmentation_fn=lambda image: explain.make_segments(image, count=4),
    )


def fitted(name: str) -> Any:
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.linear_model import LogisticRegression, Ridge
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    from sklearn.svm import SVC
    from sklearn.tree import DecisionTreeClassifier

    models = {
        "logistic": LogisticRegression(),
        "ridge": Ridge(),
        "forest": RandomForestClassifier(5, random_state=0),
        "tree": DecisionTreeClassifier(max_depth=2),
        "svc": SVC(C=3),
        "pipeline": make_pipeline(StandardScaler(), LogisticRegression()),
        "svc pipeline": make_pipeline(StandardScaler(), SVC()),
    }
    if name == "three":
        return LogisticRegression().fit(FRAME, Y + (X[:, 1] > 0))
    return models[name].fit(FRAME, Y)


def tensors() -> Any:
    torch = pytest.importorskip("torch")
    return torch.linspace(-1, 1, 192).reshape(1, 3, 8, 8), torch.linspace(0, 1, 192).reshape(1, 3, 8, 8)


OBJECTS = {
    "shap rows": (shap_rows, "age"),
    "shap one row": (lambda: shap_rows()[0], "age"),
    "shap output": (lambda: shap_rows()[:, :, 1], "age"),
    "shap words": (shap_words, "good"),
    "shap one text": (lambda: shap_words()[0], "good"),
    "shap picture": (shap_picture, "map"),
    "lime row": (lime_row, "age"),
    "lime regression": (lime_regression, "prediction"),
    "lime words": (lime_words, "good"),
    "lime picture": (lime_picture, "class"),
    "logistic": (lambda: fitted("logistic"), "age"),
    "ridge": (lambda: fitted("ridge"), "age"),
    "three": (lambda: fitted("three"), "age"),
    "forest": (lambda: fitted("forest"), "age"),
    "tree": (lambda: fitted("tree"), "age"),
    "svc": (lambda: fitted("svc"), "SVC"),
    "pipeline": (lambda: fitted("pipeline"), "age"),
    "svc pipeline": (lambda: fitted("svc pipeline"), "SVC"),
    "captum": (tensors, "map"),
    "our own": (lambda: explain.data_overview(FRAME), "3 features"),
}


@pytest.mark.parametrize("name", OBJECTS)
@pytest.mark.filterwarnings("ignore")
def test_adapter(name: str) -> None:
    make, said = OBJECTS[name]
    bundle = explain.find_adapter(make())
    assert bundle is not None
    assert set(bundle) == {"figure", "alt", "caption", "table_html", "data_json", "cites", "warnings"}
    assert said in bundle["alt"]
    assert bundle["caption"].endswith(".")
    assert bundle["table_html"].count("<tr>") > 1
    assert len(bundle["table_html"]) < 20_000
    assert len(bundle["data_json"]) < 100_000
    json.loads(bundle["data_json"])
    for theme in ("light", "dark"):
        out = io.BytesIO()
        bundle["figure"](theme=theme).savefig(out, format="png", dpi=40)
        assert 500 < out.getbuffer().nbytes < 200_000


@pytest.mark.filterwarnings("ignore")
def test_numbers_are_those_of_the_object() -> None:
    found = shap_rows()[0, :, 1]
    values = json.loads(explain.find_adapter(found)["data_json"])["values"][0]
    assert np.allclose(values, found.values)
    other = lime_row()
    shown = json.loads(explain.find_adapter(other)["data_json"])
    assert dict(zip(shown["names"], shown["values"][0], strict=True)) == pytest.approx(dict(other.as_list()))
    ridge = fitted("ridge")
    assert np.allclose(json.loads(explain.find_adapter(ridge)["data_json"])["values"][0], ridge.coef_)


def test_unknown_objects_have_none() -> None:
    from sklearn.svm import SVC

    for one in (3, "text", None, X, FRAME, (1, 2), SVC(), SVC, explain.Explanation, object(), [1], lambda: 3):
        assert explain.find_adapter(one) is None


def test_a_boosting_machine_by_its_public_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    # Also where interpret is not installed: an object of its module with its public attributes.
    module = types.ModuleType("interpret.glassbox._ebm")
    kind = type(
        "ExplainableBoostingRegressor",
        (),
        {
            "__module__": "interpret.glassbox._ebm",
            "term_names_": ["age", "income", "age & income"],
            "term_importances": lambda self: np.array([0.5, 1.5, 0.25]),
        },
    )
    monkeypatch.setitem(sys.modules, "interpret.glassbox._ebm", module)
    bundle = explain.find_adapter(kind())
    assert bundle is not None
    assert "income (1.5)" in bundle["alt"]
    assert [cite["key"] for cite in bundle["cites"]] == ["lou2013accurate", "nori2019interpretml"]
    assert (
        explain.find_adapter(type("E", (), {"__module__": "interpret.glassbox._ebm", "term_importances": 0})()) is None
    )


def test_a_real_boosting_machine() -> None:
    glassbox = pytest.importorskip("interpret.glassbox")
    model = glassbox.ExplainableBoostingClassifier(
        outer_bags=2, max_rounds=60, interactions=1, n_jobs=1, random_state=0
    ).fit(FRAME, Y)
    bundle = explain.find_adapter(model)
    assert bundle is not None
    terms = model.eval_terms(FRAME)
    assert np.allclose(terms.sum(axis=1) + model.intercept_, model.decision_function(FRAME))
    by_hand = np.abs(terms).mean(axis=0)
    drawn = json.loads(bundle["data_json"])
    assert drawn["names"] == list(model.term_names_)
    assert np.allclose(drawn["values"], by_hand, rtol=1e-3)
    assert model.term_names_[int(by_hand.argmax())] in bundle["alt"].split("Largest: ")[1]
    assert [cite["key"] for cite in bundle["cites"]] == ["lou2013accurate", "nori2019interpretml"]
    # A model like any other, to be asked by everything else.
    effect = explain.partial_dependence(model, FRAME, "age", grid=5, scale="log-odds")
    term = model.eval_terms(FRAME.assign(age=effect.extra["grid"][0]))[:, 0]
    assert np.ptp(term) < 1e-12
    assert explain.shap(model, FRAME.iloc[:1], background=FRAME, scale="log-odds").check()[0].status == "holds"


def machine(kind: str = "Classifier", **settings: Any) -> Any:
    glassbox = pytest.importorskip("interpret.glassbox")
    make = getattr(glassbox, f"ExplainableBoosting{kind}")
    return make(outer_bags=3, max_rounds=40, n_jobs=1, random_state=0, **settings)


PEOPLE = FRAME.assign(contract=np.where(X[:, 2] > 0, "fixed", "open"))


def test_the_terms_of_a_boosting_machine() -> None:
    model = machine(interactions=1).fit(PEOPLE, Y)
    bundle = explain.find_adapter(model.explain_global())
    assert bundle is not None
    drawn = json.loads(bundle["data_json"])
    assert np.allclose(drawn["values"], model.term_importances())
    # Curves: the strongest single features, each with the machine's own scores; never the interaction.
    order = [at for at in np.argsort(-model.term_importances()) if len(model.term_features_[at]) == 1]
    assert [curve["name"] for curve in drawn["extra"]["curves"]] == [model.term_names_[at] for at in order]
    for curve, at in zip(drawn["extra"]["curves"], order, strict=True):
        own = model.term_scores_[at]
        assert np.abs(np.array(curve["scores"])[:, None] - own).min(axis=1).max() < 1e-8
        assert f"{curve['name']}: lowest" in bundle["alt"]
    assert bundle["table_html"].count("<tr>") == len(model.term_names_) + 1
    figure = bundle["figure"](theme="dark")
    assert len(figure.axes) == 1 + len(order)
    limits = {axes.get_ylim() for axes in figure.axes[:-1]} | {axes.get_ylim() for axes in figure.axes}
    assert len(limits) == 2, "the curves share one scale, the bars have theirs"


def test_rows_of_a_boosting_machine() -> None:
    model = machine(interactions=1).fit(PEOPLE, Y)
    for count in (1, 5):
        bundle = explain.find_adapter(model.explain_local(PEOPLE[:count], Y[:count]))
        assert bundle is not None
        drawn = json.loads(bundle["data_json"])
        assert np.allclose(drawn["values"], model.eval_terms(PEOPLE[:count]))
        assert np.allclose(drawn["prediction"], model.decision_function(PEOPLE[:count]))
        assert drawn["base_value"] == pytest.approx(float(model.intercept_[0]))
        assert "class 1" in bundle["alt"]
    # An interaction shows the values of both its features.
    (pair,) = (name for name in model.term_names_ if " & " in name)
    alone = explain.find_adapter(model.explain_local(PEOPLE[:1]))
    assert alone is not None
    first, second = (f"{PEOPLE[name][0]:.3g}" if name != "contract" else PEOPLE[name][0] for name in pair.split(" & "))
    assert f"{pair} = {first} and {second}" in alone["alt"]


def test_a_boosting_machine_of_several_classes_and_of_numbers() -> None:
    three = machine(interactions=0).fit(PEOPLE, np.digitize(X[:, 0], [-0.5, 0.5]))
    whole, one = explain.find_adapter(three.explain_global()), explain.find_adapter(three.explain_local(PEOPLE[:1]))
    assert whole is not None
    assert one is not None
    assert len(whole["figure"]().legends[0].get_texts()) == 3
    drawn = json.loads(one["data_json"])
    place = int(drawn["target"].removeprefix("class "))
    assert np.allclose(drawn["values"], three.eval_terms(PEOPLE[:1])[:, :, place])
    assert drawn["prediction"][0] == pytest.approx(three.decision_function(PEOPLE[:1])[0, place])
    numbers = machine("Regressor", interactions=0).fit(PEOPLE, X[:, 0] ** 2)
    bundle = explain.find_adapter(numbers.explain_local(PEOPLE[:2]))
    assert bundle is not None
    assert np.allclose(json.loads(bundle["data_json"])["prediction"], numbers.predict(PEOPLE[:2]))


@pytest.mark.filterwarnings("ignore")
def test_other_models_of_interpret() -> None:
    glassbox = pytest.importorskip("interpret.glassbox")
    line = glassbox.LinearRegression().fit(FRAME, 2 * X[:, 0] - X[:, 1])
    bundle = explain.find_adapter(line.explain_global())
    assert bundle is not None
    assert np.allclose(json.loads(bundle["data_json"])["values"], [[2, -1, 0]])
    rows = explain.find_adapter(line.explain_local(FRAME[:2]))
    assert rows is not None
    drawn = json.loads(rows["data_json"])
    assert drawn["prediction"] is None, "whether they add up is not recorded"
    assert "does not record" in rows["caption"]
    tree = glassbox.ClassificationTree().fit(FRAME, Y)
    assert explain.find_adapter(tree.explain_global()) is None
