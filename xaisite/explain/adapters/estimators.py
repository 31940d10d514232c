"""Fitted scikit-learn estimators: coefficients, trees, impurity importances, or their parameters.

Invariant: what is shown was learned in fitting; an unfitted estimator has no bundle.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from xaisite.explain.adapters.foreign import make_foreign_bundle
from xaisite.explain.displays.canvas import WIDTH, house_style, make_page
from xaisite.explain.displays.lettering import LINE, count_lines, fold
from xaisite.explain.errors import ExplainError
from xaisite.explain.explanation import Explanation
from xaisite.explain.libraries import load_library
from xaisite.explain.methods.surrogate_tree import read_nodes
from xaisite.explain.palette import ThemeName, find_theme
from xaisite.explain.plain import to_plain
from xaisite.explain.predictor import check_fitted
from xaisite.explain.table import Table

LEAVES = 24


def make_bundle_of(obj: Any) -> dict[str, Any] | None:
    """Return the bundle of a fitted estimator, or None."""
    try:
        check_fitted(obj)
    except (ExplainError, TypeError):
        return None
    last, names = find_last_step(obj)
    if hasattr(last, "tree_") and last.get_n_leaves() <= LEAVES:
        return _show_tree(last, names)
    if hasattr(last, "coef_") and np.ndim(last.coef_) in (1, 2) and not hasattr(last.coef_, "toarray"):
        return _show_coefficients(last, names)
    if hasattr(last, "feature_importances_"):
        return _show_importances(last, names)
    return _show_parameters(obj)


def find_last_step(obj: Any) -> tuple[Any, tuple[str, ...]]:
    """Return the estimator at the end of a pipeline, and the names of what it sees."""
    last = obj.steps[-1][1] if hasattr(obj, "steps") else obj
    count = int(getattr(last, "n_features_in_", 0))
    names = getattr(last, "feature_names_in_", None)
    if names is None and hasattr(obj, "steps") and len(obj.steps) > 1:
        try:
            names = obj[:-1].get_feature_names_out()
        except (AttributeError, ValueError, TypeError):
            names = None
    if names is None or len(names) != count:
        names = [f"x{i}" for i in range(count)]
    return last, tuple(map(str, names))


def _show_coefficients(model: Any, names: tuple[str, ...]) -> dict[str, Any]:
    coefficients = np.atleast_2d(np.asarray(model.coef_, dtype=np.float64))
    classes = [str(one) for one in getattr(model, "classes_", [])]
    if len(coefficients) == 1:
        target = f"class {classes[1]}" if len(classes) == 2 else "the prediction"
        explanation = Explanation(
            method="coefficients",
            kind="attribution",
            values=coefficients,
            names=names,
            target=target,
            scale="log-odds" if type(model).__name__ == "LogisticRegression" else "output",
        )
    else:
        rows = classes if len(classes) == len(coefficients) else [f"output {i}" for i in range(len(coefficients))]
        order = np.argsort(-np.abs(coefficients).ravel(), kind="stable")[:15]
        explanation = Explanation(
            method="coefficients",
            kind="numbers",
            values=coefficients.ravel()[order],
            target="the outputs",
            scale="coefficient",
            names=tuple(f"{rows[i // len(names)]}: {names[i % len(names)]}" for i in order),
        )
    caption = (
        f"Coefficients of a {type(model).__name__}: change of the output per unit of each feature. They can be "
        "compared only where features share a scale."
    )
    return make_foreign_bundle(explanation, caption=caption, cites=())


def _show_importances(model: Any, names: tuple[str, ...]) -> dict[str, Any]:
    explanation = Explanation(
        method="importances",
        kind="importance",
        values=np.asarray(model.feature_importances_, dtype=np.float64),
        names=names,
        target="the training",
        scale="share of impurity decrease",
        extra={"unit": "share of impurity decrease"},
    )
    caption = (
        f"Impurity importances of a {type(model).__name__}, read from its training. They favour features with many "
        "distinct values: compare explain.impurity_importance, which puts permutation importance beside them."
    )
    return make_foreign_bundle(explanation, caption=caption, cites=("breiman2001random", "strobl2007bias"))


def _show_tree(model: Any, names: tuple[str, ...]) -> dict[str, Any]:
    rows = Table(values=np.zeros((1, len(names))), names=names, levels=(None,) * len(names), framed=False)
    nodes = read_nodes(model, rows)
    classes = getattr(model, "classes_", None)
    if classes is not None:
        for node, value in zip(nodes, model.tree_.value, strict=True):
            shares = value.ravel() / value.sum()
            node["answer"] = f"{classes[int(shares.argmax())]} ({shares.max():.0%})"
    explanation = Explanation(
        method="tree",
        kind="tree",
        values=np.asarray(model.feature_importances_),
        names=names,
        target="the prediction",
        scale="output",
        evidence={"measure": "", "held_out": float("nan")},
        extra={"nodes": nodes},
    )
    leaves = [node for node in nodes if node["left"] < 0]
    bundle = make_foreign_bundle(
        explanation,
        caption=f"A fitted {type(model).__name__}: the model itself, nothing is approximated.",
        cites=("breiman1984classification",),
    )
    first = nodes[0]["test"] or "nothing"
    bundle["alt"] = f"Decision tree with {len(leaves)} leaves; it first asks “{first}”."
    return bundle


def _show_parameters(obj: Any) -> dict[str, Any]:
    """For models without numbers of their own: what was set."""
    pandas, sets = load_library("pandas"), _read_settings(obj)
    from xaisite.explain.bundle import assemble

    table = pandas.DataFrame(sets, columns=["setting", "value"])
    said = ", ".join(f"{name} = {value}" for name, value in sets)
    title = type(obj).__name__
    return assemble(
        figure=lambda theme="light": _draw_settings(title, sets, theme),
        alt=f"Card of a fitted {title}: {said}.",
        caption=f"A fitted {title}; it has no coefficients or importances of its own. "
        "Ask explain.permutation_importance "
        "or explain.shap what it has learned.",
        table=table,
        data_json=json.dumps(to_plain(dict(sets)), sort_keys=True, ensure_ascii=False),
        cites=(),
    )


def _read_settings(obj: Any) -> list[tuple[str, str]]:
    if hasattr(obj, "steps"):
        return [(f"step {place + 1}", f"{name}: {type(step).__name__}") for place, (name, step) in enumerate(obj.steps)]
    usual = type(obj)().get_params(deep=False) if _has_defaults(obj) else {}
    given = obj.get_params(deep=False)
    changed = [(name, str(value)) for name, value in sorted(given.items()) if repr(usual.get(name)) != repr(value)]
    facts = [
        (name.rstrip("_").replace("_", " "), str(getattr(obj, name)))
        for name in ("n_features_in_",)
        if hasattr(obj, name)
    ]
    return [*facts, *changed] or [("parameters", "as by default")]


def _has_defaults(obj: Any) -> bool:
    try:
        type(obj)()
    except TypeError:
        return False
    return True


@house_style
def _draw_settings(title: str, sets: list[tuple[str, str]], theme: ThemeName = "light") -> Any:
    """Draw the settings as lines of text."""
    colours = find_theme(theme)
    said = [(fold(name, 1.7), fold(value, WIDTH - 2.1)) for name, value in sets]
    heights = [LINE * max(count_lines(name), count_lines(value)) + 0.1 for name, value in said]
    figure, axes = make_page(colours, sum(heights) + 0.5)
    axes.text(0.1, 0.08, title, color=colours.text, va="top", weight="bold")
    top = 0.4
    for (name, value), height in zip(said, heights, strict=True):
        axes.text(0.1, top, name, color=colours.muted, va="top")
        axes.text(2.0, top, value, color=colours.text, va="top")
        top += height
    return figure
