"""Texts as games of words.

What it does: splits a text into words and asks a model about copies with words left out. It deliberately keeps
everything between the words, so that the copy with all words is the text itself.
Invariant: ``join(all ones) == text``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from xaisite.explain.errors import ExplainError
from xaisite.explain.explanation import Array
from xaisite.explain.predictor import Predictor, pick_column

_WORD = re.compile(r"\w+(?:[’'-]\w+)*")


@dataclass(frozen=True)
class Words:
    """A text, its words and where they stand."""

    text: str
    spans: tuple[tuple[int, int], ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The words in their order."""
        return tuple(self.text[start:end] for start, end in self.spans)

    def join(self, mask: Array) -> str:
        """Return the text without the words whose mask is zero."""
        pieces, at = [], 0
        for (start, end), kept in zip(self.spans, mask, strict=True):
            pieces.append(self.text[at:end] if kept else self.text[at:start])
            at = end
        return "".join([*pieces, self.text[at:]])


def refuse_texts(given: Any) -> None:
    """Refuse several texts: their words differ, so there is no table of them."""
    if isinstance(given, (list, tuple)) and given and all(isinstance(one, str) for one in given):
        raise ExplainError(f"There are {len(given)} texts; one is explained at a time.", "pass one text, a str.")


def read_words(text: str) -> Words:
    """Split a text; refuse one without words."""
    spans = tuple(match.span() for match in _WORD.finditer(text))
    if not spans:
        raise ExplainError("The text has no words.", "pass a text with at least one word.")
    return Words(text, spans)


def make_word_predictor(model: Any, words: Words, *, target: Any, scale: str | None) -> Predictor:
    """One output of a model of texts, as a function of 0/1 masks of the words."""
    classes = tuple(getattr(model, "classes_", ()))
    ask = _find_answer(model)
    first = np.asarray(ask([words.text]), dtype=np.float64)
    column: int | None = None
    if first.ndim == 2 and first.shape[1] > 1:
        column = _find_column(classes, first, target)
    label = f"class {classes[column]}" if classes and column is not None else "the model's output"

    def answer(masks: Array) -> Array:
        out = np.asarray(ask([words.join(mask) for mask in masks]), dtype=np.float64)
        chance = out if out.ndim == 1 else pick_column(out, column)
        if scale == "log-odds":
            with np.errstate(divide="ignore"):
                return np.asarray(np.log(chance) - np.log1p(-chance))
        return chance

    return Predictor(
        answer=answer,
        target=label,
        scale=scale or ("probability" if classes else "model output"),
        column=column,
        classes=classes,
    )


def _find_answer(model: Any) -> Callable[[list[str]], Any]:
    from xaisite.explain.predictor import ask_estimator, check_fitted, is_torch_module

    if is_torch_module(model):
        raise ExplainError("A torch module takes tensors, not texts.", "pass a function of a list of texts.")
    for method in ("predict_proba", "predict"):
        if hasattr(model, method):
            check_fitted(model)
            return lambda texts: ask_estimator(model, method, texts)
    if callable(model):
        return model  # type: ignore[no-any-return]
    raise ExplainError(
        f"A {type(model).__name__} is not a model of texts.", "pass a fitted pipeline or a function of a list of texts."
    )


def _find_column(classes: tuple[Any, ...], first: Array, target: Any) -> int:
    known = list(classes) if classes else list(range(first.shape[1]))
    if target is None:
        return 1 if len(known) == 2 else int(first[0].argmax())
    if target not in known:
        raise ExplainError(f"The model has no class {target!r}.", f"use one of: {', '.join(map(repr, known))}.")
    return known.index(target)
