"""Any model as one function from rows to numbers.

What it does: picks one output of a model on one scale, and counts what is asked of it. It deliberately fits,
clones and changes nothing. Invariant: ``predictor(values)`` has shape (n,) and is finite.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from xaisite.explain.errors import ExplainError
from xaisite.explain.explanation import Array
from xaisite.explain.table import Table

SCALES = ("probability", "log-odds", "prediction")


@dataclass(frozen=True, kw_only=True)
class Predictor:
    """One output of a model. ``asked`` holds the number of inputs evaluated so far."""

    answer: Callable[[Array], Any]
    target: str
    scale: str
    column: int | None = None
    classes: tuple[Any, ...] = ()
    asked: list[int] = field(default_factory=lambda: [0])

    def __call__(self, values: Array) -> Array:
        """Ask the model about rows (n, d)."""
        self.asked[0] += len(values)
        out = read_answer(self.answer(values))
        if out.shape != (len(values),):
            raise ExplainError(
                f"The model's answer has shape {out.shape}, ({len(values)},) was expected.",
                "return one number per row, or choose one output with target=.",
            )
        if not np.isfinite(out).all():
            raise ExplainError(
                f"The model's output for {self.target} is not finite.",
                "explain it on another scale, or look for probabilities of exactly 0 or 1.",
            )
        return out

    @property
    def evaluations(self) -> int:
        """Inputs evaluated so far."""
        return self.asked[0]


def make_predictor(model: Any, table: Table, *, target: Any = None, scale: str | None = None) -> Predictor:
    """One output of ``model`` for rows like those of ``table``.

    Parameters
    ----------
    model : fitted scikit-learn estimator, torch module, or callable
        A callable takes the rows as they were given and returns (n,) or (n, classes).
    target : label, int or None
        A class label (estimators) or a column (others). None: the second of two classes; of more classes, the one
        predicted for the single row of ``table``.
    scale : {"probability", "log-odds", "prediction"}, optional
    """
    if scale is not None and scale not in SCALES:
        raise ExplainError(f"There is no scale {scale!r}.", f"use one of: {', '.join(SCALES)}.")
    check_instance(model)
    if is_torch_module(model):
        return _from_columns(_torch_answer(model), table, target, scale, "the module's output")
    if hasattr(model, "predict") and hasattr(model, "get_params"):
        check_fitted(model)
        check_names(model, table)
        if getattr(model, "_estimator_type", "") == "classifier" or hasattr(model, "classes_"):
            return _from_classifier(model, table, target, scale)
        return _from_regressor(model, table, target, scale)
    if callable(model):
        return _from_columns(lambda values: model(table.restore(values)), table, target, scale, "the model's output")
    raise ExplainError(
        f"A value of type {type(model).__name__} is not a model.",
        "pass a fitted scikit-learn estimator, a torch module, or a function of the rows.",
    )


def is_torch_module(model: Any) -> bool:
    """Whether it is a torch module; asked without importing torch."""
    return any(kind.__module__.startswith("torch.nn.modules") for kind in type(model).__mro__)


def check_instance(model: Any) -> None:
    """Refuse a class where one of its models is meant."""
    if isinstance(model, type):
        raise ExplainError(
            f"{model.__name__} is a class, not a model.", f"make one and fit it: {model.__name__}(…).fit(X, y)."
        )


def read_answer(answer: Any) -> Array:
    """Return what a model answered as numbers."""
    try:
        return np.asarray(answer, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ExplainError(
            f"The model's answer is not numbers ({error}).",
            "pass a function that returns them, such as predict_proba.",
        ) from error


def check_fitted(model: Any) -> None:
    """Refuse an estimator that was never fitted."""
    from xaisite.explain.libraries import load_library

    validation = load_library("sklearn.utils.validation")
    try:
        validation.check_is_fitted(model)
    except Exception as error:
        if type(error).__name__ != "NotFittedError":
            raise
        raise ExplainError(
            f"This {type(model).__name__} has not been fitted.", "call its fit method before explaining it."
        ) from error


def check_names(model: Any, table: Table) -> None:
    """Refuse names or numbers of features the model was not fitted on."""
    known = getattr(model, "feature_names_in_", None)
    if known is not None and table.framed and tuple(map(str, known)) != table.names:
        raise ExplainError(
            f"The model was fitted on the features {', '.join(map(str, known))}; these are {', '.join(table.names)}.",
            "pass the same columns in the same order.",
        )
    if known is not None and not table.framed:
        raise ExplainError(
            "The model was fitted on a DataFrame with named columns; this input has no names.",
            "pass a DataFrame with the same columns.",
        )
    wanted = getattr(model, "n_features_in_", None)
    if wanted is not None and wanted != len(table.names):
        raise ExplainError(
            f"The model was fitted on {wanted} features; there are {len(table.names)} here.",
            "pass the features the model was fitted on, in that order.",
        )


def ask_estimator(model: Any, method: str, given: Any) -> Any:
    """Return the estimator's answer; its own complaints become one sentence."""
    if not hasattr(model, method):
        raise ExplainError(f"A {type(model).__name__} has no {method}.", "pass a function that returns one number.")
    try:
        return getattr(model, method)(given)
    except (ValueError, TypeError, KeyError, AttributeError, IndexError) as error:
        raise ExplainError(
            f"The {type(model).__name__} cannot answer this input ({str(error).splitlines()[0]}).",
            "pass the kind of input it was fitted on.",
        ) from error


def _from_classifier(model: Any, table: Table, target: Any, scale: str | None) -> Predictor:
    classes = tuple(getattr(model, "classes_", ()))
    column = _find_class(model, table, classes, target)
    label = f"class {_spell_label(classes[column])}"
    scale = scale or ("probability" if hasattr(model, "predict_proba") else "log-odds")
    if scale == "prediction":
        raise ExplainError(
            "A classifier is explained on a scale of probabilities or log-odds.",
            'pass scale="probability" or scale="log-odds".',
        )
    if scale == "probability" and not hasattr(model, "predict_proba"):
        raise ExplainError(f"{type(model).__name__} gives no probabilities.", 'pass scale="log-odds".')

    def answer(values: Array) -> Array:
        rows = table.restore(values)
        if scale == "probability":
            return np.asarray(ask_estimator(model, "predict_proba", rows), dtype=np.float64)[:, column]
        return _log_odds(model, rows, column, len(classes))

    # A decision function is on the log-odds scale only where the library makes it so; margins are called margins.
    margin = scale == "log-odds" and not hasattr(model, "predict_proba")
    return Predictor(answer=answer, target=label, scale="margin" if margin else scale, column=column, classes=classes)


def _log_odds(model: Any, rows: Any, column: int, classes: int) -> Array:
    if not hasattr(model, "predict_proba"):
        margin = np.asarray(ask_estimator(model, "decision_function", rows), dtype=np.float64)
        return (margin if column == 1 else -margin) if classes == 2 else margin[:, column]
    chance = np.asarray(ask_estimator(model, "predict_proba", rows), dtype=np.float64)[:, column]
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(chance) - np.log1p(-chance))


def _find_class(model: Any, table: Table, classes: tuple[Any, ...], target: Any) -> int:
    if not classes:
        raise ExplainError("The model does not say which classes it has.", "pass a function that returns one number.")
    if target is not None:
        for index, known in enumerate(classes):
            if known == target:
                return index
        raise ExplainError(
            f"The model has no class {target!r}.",
            f"use one of: {', '.join(repr(_plain(known)) for known in classes[:20])}.",
        )
    if len(classes) == 2:
        return 1
    if len(table.values) == 1:
        return classes.index(ask_estimator(model, "predict", table.restore(table.values))[0])
    raise ExplainError(
        f"The model has {len(classes)} classes and none was chosen.",
        f"pass target=, one of: {', '.join(repr(_plain(known)) for known in classes[:20])}.",
    )


def _plain(label: Any) -> Any:
    return label.item() if isinstance(label, np.generic) else label


def _spell_label(label: Any) -> str:
    return str(_plain(label))


def _from_regressor(model: Any, table: Table, target: Any, scale: str | None) -> Predictor:
    if scale not in (None, "prediction"):
        raise ExplainError("A regressor has no probabilities.", "leave scale= out.")

    first = np.asarray(ask_estimator(model, "predict", table.restore(table.values[:1])))
    width = first.shape[1] if first.ndim == 2 else 1
    if target is not None and not (isinstance(target, (int, np.integer)) and 0 <= target < width):
        raise ExplainError(f"The model has no output {target!r}.", f"pass target=, 0 to {width - 1}.")

    def answer(values: Array) -> Array:
        out = read_answer(ask_estimator(model, "predict", table.restore(values)))
        return out if out.ndim == 1 else pick_column(out, target)

    return Predictor(
        answer=answer,
        target="the prediction" if target is None else f"output {target}",
        scale="prediction",
        column=target if isinstance(target, int) else None,
    )


def _torch_answer(module: Any) -> Callable[[Array], Any]:
    from xaisite.explain.modules import evaluate_module

    return lambda values: evaluate_module(module, values)


def _from_columns(
    answer_all: Callable[[Array], Any], table: Table, target: Any, scale: str | None, what: str
) -> Predictor:
    first = read_answer(answer_all(table.values[:1]))
    width = 1 if first.ndim == 1 else first.shape[-1]
    if target is None and width > 1:
        if len(table.values) != 1:
            raise ExplainError(
                f"The model has {width} outputs and none was chosen.", f"pass target=, 0 to {width - 1}."
            )
        target = int(first.ravel().argmax())
    if target is not None and not (isinstance(target, (int, np.integer)) and 0 <= target < width):
        raise ExplainError(f"The model has no output {target!r}.", f"pass target=, 0 to {width - 1}.")

    def answer(values: Array) -> Array:
        out = read_answer(answer_all(values))
        return out if out.ndim == 1 else pick_column(out, target)

    return Predictor(
        answer=answer,
        target=what if target is None else f"output {target}",
        scale=scale or "model output",
        column=None if target is None else int(target),
    )


def pick_column(out: Array, target: Any) -> Array:
    """One column of (n, k); the only one if there is one."""
    if out.ndim != 2:
        raise ExplainError(f"The model's answer has shape {out.shape}.", "return (n,) or (n, outputs).")
    if target is None and out.shape[1] > 1:
        raise ExplainError(
            f"The model has {out.shape[1]} outputs and none was chosen.", f"pass target=, 0 to {out.shape[1] - 1}."
        )
    return out[:, 0 if target is None else int(target)]


def as_estimator(predictor: Predictor, rows: Table) -> Any:
    """Return a fitted scikit-learn regressor that answers as the predictor does, for ``sklearn.inspection``."""
    from xaisite.explain.libraries import load_library

    base = load_library("sklearn.base")

    class Answers(base.RegressorMixin, base.BaseEstimator):  # type: ignore[misc, name-defined]
        """Nothing to fit."""

        n_features_in_ = len(rows.names)

        def fit(self, *_: Any) -> Any:
            """Return itself."""
            return self

        def predict(self, values: Any) -> Array:
            """Ask the predictor."""
            return predictor(np.asarray(values, dtype=np.float64))

        def __sklearn_is_fitted__(self) -> bool:
            return True

    return Answers()
