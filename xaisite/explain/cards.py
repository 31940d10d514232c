"""Method cards: what each method is, needs, costs and promises.

What it does: reads ``cards.toml`` into values, from which comparisons and the reference documentation are made.
It deliberately holds no opinion that is not in that file. Invariant: every public method has a card, every
promise a card names can be checked, every reference is in ``methods.bib``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from xaisite.explain.errors import ExplainError

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, kw_only=True)
class Card:
    """One method, or one variant of it.

    Attributes
    ----------
    method, variant, title : str
    question : str
        The question it answers.
    scope : str
        ``"local"`` (one prediction), ``"global"`` (the model), ``"data"`` or ``"judging"``.
    access : str
        What it needs of the model: ``"predictions"``, ``"gradients"``, ``"activations"``, ``"structure"``, ``"none"``.
    inputs : tuple of str
        Among ``"tabular"``, ``"text"``, ``"image"``.
    cost : str
        In model evaluations.
    backend : str
        The code that computes it.
    promises : tuple of str
        What :meth:`Explanation.check` holds it against.
    assumes : str
        A sentence for the caption.
    fails : tuple of str
        When not to believe it.
    references : tuple of str
        Keys of ``methods.bib``; the method's own paper first.
    """

    method: str
    variant: str
    title: str
    question: str
    scope: str
    access: str
    inputs: tuple[str, ...]
    cost: str
    backend: str
    promises: tuple[str, ...]
    assumes: str
    fails: tuple[str, ...]
    references: tuple[str, ...]


def read_cards(text: str) -> tuple[Card, ...]:
    """Cards from TOML; a variant inherits what it does not say."""
    cards = []
    for method, entry in tomllib.loads(text).items():
        variants = entry.pop("variants", {})
        cards.append(_make_card(method, "", entry))
        cards += [_make_card(method, name, {**entry, **own}) for name, own in variants.items()]
    return tuple(cards)


def _make_card(method: str, variant: str, entry: Mapping[str, Any]) -> Card:
    fields: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()}
    return Card(method=method, variant=variant, **fields)


@cache
def load_cards() -> tuple[Card, ...]:
    """All cards of the library, methods in the order of the file, variants after their method."""
    return read_cards(files("xaisite.explain").joinpath("cards.toml").read_text(encoding="utf-8"))


def find_card(method: str, variant: str = "") -> Card:
    """Return the card of a method; of the method itself if the variant has none of its own."""
    found = {card.variant: card for card in load_cards() if card.method == method}
    if not found:
        known = ", ".join(sorted({card.method for card in load_cards()}))
        raise ExplainError(f"There is no method card {method!r}.", f"use one of: {known}.")
    return found.get(variant, found[""])


def compare_methods() -> pd.DataFrame:
    """Return the comparison of all methods, one row each, computed from the cards.

    Examples
    --------
    >>> from xaisite import explain
    >>> table = explain.compare_methods()
    >>> list(table.columns)
    ['method', 'question', 'scope', 'access', 'inputs', 'cost', 'promises', 'fails when']
    >>> table[table.method == "Saliency (vanilla gradient)"].promises.item()
    'nothing'
    """
    from xaisite.explain.libraries import load_library

    pandas = load_library("pandas")
    rows = [
        (
            card.title,
            card.question,
            card.scope,
            card.access,
            ", ".join(card.inputs),
            card.cost,
            ", ".join(card.promises),
            "; ".join(card.fails),
        )
        for card in load_cards()
        if card.scope != "judging"
    ]
    columns = ["method", "question", "scope", "access", "inputs", "cost", "promises", "fails when"]
    frame: pd.DataFrame = pandas.DataFrame(rows, columns=columns)
    return frame
