"""Captions that state the assumptions.

What it does: says method, output, scale, value function, baseline and cost in sentences. It deliberately does
not say what the figure shows: that is the alternative text's task.
Invariant: every SHAP result names its value function, background and output scale.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from xaisite.explain.cards import find_card
from xaisite.explain.verdict import shown

if TYPE_CHECKING:
    from xaisite.explain.explanation import Explanation


def make_caption(explanation: Explanation) -> str:
    """Sentences about how the numbers came to be."""
    card = find_card(explanation.method, explanation.variant)
    parts = [
        _head(explanation, card.title),
        _assume(explanation, card.assumes),
        _reference_point(explanation),
        _choices(explanation),
    ]
    if explanation.evaluations:
        parts.append(f"Cost: {explanation.evaluations:,} evaluated inputs.".replace(",", "\u202f"))
    return " ".join(part for part in parts if part)


def _head(e: Explanation, title: str) -> str:
    subject = f" of {e.target}" if e.target else ""
    scale = f" (scale: {e.scale})" if e.scale else ""
    return f"{title}{subject}{scale}."


def _assume(e: Explanation, assumes: str) -> str:
    """Return what absence means depends on the input, not only on the method."""
    if e.method == "shap" and e.kind == "text" and e.variant != "partition":
        return "A word is absent when it is left out of the text."
    if e.method == "occlusion" and e.kind == "attribution":
        return "One feature at a time takes the reference's value; the drops need not add up."
    return assumes


def _reference_point(e: Explanation) -> str:
    said = []
    if e.value_function:
        said.append(f"value function: {e.value_function}")
    if e.baseline_name:
        said.append(f"baseline: {e.baseline_name}")
    if e.base_value is not None:
        said.append(f"base value {shown(e.base_value)}")
    text = "; ".join(said)
    return f"{text[0].upper()}{text[1:]}." if text else ""


def _choices(e: Explanation) -> str:
    stated = [
        f"{key.replace('_', ' ')} {_spell(value)}"
        for key, value in e.parameters.items()
        if key not in ("tolerance", "locked") or (key == "locked" and value)
    ]
    if e.evidence.get("random"):
        stated.append(f"seed {e.seed}")
    return f"Settings: {', '.join(stated)}." if stated else ""


def _spell(value: object) -> str:
    if isinstance(value, float):
        return shown(value)
    if isinstance(value, (list, tuple)):
        return " / ".join(_spell(item) for item in value)
    return str(value)
