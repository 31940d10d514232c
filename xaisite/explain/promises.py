"""Holding an explanation against what its method promises.

What it does: one function per promise, from the numbers in the explanation to a plain verdict. It deliberately
calls no model, and never tests what holds by construction (sums of sampled SHAP values are *set* to hold).
Invariant: every promise named on a card has its function here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from xaisite.explain.cards import find_card
from xaisite.explain.promises_of_effects import (
    check_centred,
    check_mean_of_curves,
    check_pure_interaction,
    check_unit_interval,
)
from xaisite.explain.promises_of_judging import (
    check_beats_random,
    check_climbs,
    check_counts,
    check_depends_on_model,
    check_differences,
    check_measured,
)
from xaisite.explain.verdict import Verdict, at_least, at_most, relative_gap, shown

if TYPE_CHECKING:
    from xaisite.explain.explanation import Array, Explanation


def check_promises(explanation: Explanation) -> tuple[Verdict, ...]:
    """One verdict per promise of the explanation's card; of several inputs asked one by one, the worst."""
    if "each" in explanation.extra:
        each = [check_promises(part) for part in explanation.extra["each"]]
        what = "image" if explanation.kind == "maps" else "row"
        return tuple(_find_worst(verdicts, what) for verdicts in zip(*each, strict=True))
    card = find_card(explanation.method, explanation.variant)
    return tuple(PROMISES[promise](explanation) for promise in card.promises)


def _find_worst(verdicts: tuple[Verdict, ...], what: str) -> Verdict:
    """Return the verdict that should trouble most, with the number of its row or image."""
    if all(verdict.text == verdicts[0].text for verdict in verdicts):
        return verdicts[0]
    place = max(range(len(verdicts)), key=lambda index: (*_rate_trouble(verdicts[index]), -index))
    broken = sum(verdict.is_violated for verdict in verdicts)
    count = f"{broken} of {len(verdicts)} {what}s fail; {what}" if broken else f"Of {len(verdicts)} {what}s, {what}"
    return replace(verdicts[place], text=f"{count} {place + 1}: {verdicts[place].text}")


def _rate_trouble(verdict: Verdict) -> tuple[bool, float]:
    """Broken promises first, by how far; then kept ones by how near they are to breaking, whichever side is good."""
    measured = verdict.measured or 0.0
    if verdict.tolerance is None:
        return False, abs(measured)
    distance = abs(measured - verdict.tolerance)
    return verdict.is_violated, distance if verdict.is_violated else -distance


def _gap(e: Explanation, *outputs: Array) -> float:
    assert e.prediction is not None
    assert e.base_value is not None
    sums = e.values.reshape(len(e.prediction), -1).sum(axis=1)
    return relative_gap(sums, e.prediction - e.base_value, e.values, *outputs)


def check_adds_up(e: Explanation) -> Verdict:
    """Check: base value plus values is the prediction: an identity of the exact methods, broken by rounding or bugs."""
    assert e.prediction is not None
    assert e.base_value is not None
    # Rounding of single precision is relative to the outputs, however small their difference.
    gap, limit = _gap(e, e.prediction, np.array(e.base_value)), float(e.parameters.get("tolerance", 1e-6))
    return at_most(
        "adds up",
        gap,
        limit,
        good=f"The values add up to the prediction (relative error {shown(gap)}): necessary, not proof.",
        bad=f"The values do not add up to the prediction (relative error {shown(gap)}): do not trust them.",
    )


def check_sampling_error(e: Explanation) -> Verdict:
    """Check: sampled Shapley values: their standard error. Their sum is set to hold and proves nothing."""
    largest = max(float(np.abs(e.values).max(initial=0.0)), 1e-12)
    worst = 0.0 if e.errors is None else float(e.errors.max(initial=0.0))
    repeats = e.parameters.get("repeats", 1)
    share, limit = worst / largest, 0.25
    text = (
        f"Sampled: standard error at most {shown(worst)} over {repeats} repeats, {share:.0%} of the largest value"
        " (that the values add up is built in and proves nothing)."
    )
    return at_most(
        "sampling error",
        share,
        limit,
        good=text,
        bad=f"{text} Too noisy to read: raise nsamples.",
    )


def check_telescopes(_: Explanation) -> Verdict:
    """Owen values: nothing to test without the hierarchy."""
    return Verdict(
        promise="telescopes",
        status="promises nothing",
        text="Owen values: their sum telescopes by construction, so adding up proves nothing.",
    )


def check_complete(e: Explanation) -> Verdict:
    """Completeness of path and difference methods: values sum to output minus baseline output."""
    gap, limit = _gap(e), float(e.parameters.get("tolerance", 1e-3))
    return at_most(
        "complete",
        gap,
        limit,
        good=f"The values sum to the difference from the baseline's output (relative error {shown(gap)}): "
        "necessary, not proof.",
        bad=f"The values miss the difference from the baseline's output (relative error {shown(gap)})."
        + (" Raise steps." if e.method == "integrated_gradients" else ""),
    )


def check_complete_in_expectation(e: Explanation) -> Verdict:
    """Check: expected gradients are complete only on average: the gap is held against its own noise."""
    assert e.errors is not None
    assert e.prediction is not None
    assert e.base_value is not None
    rows = len(e.prediction)
    gap = float(np.abs(e.values.reshape(rows, -1).sum(axis=1) - (e.prediction - e.base_value)).max())
    limit = 4 * float(e.evidence["sum_error"]) + 1e-6
    return at_most(
        "complete in expectation",
        gap,
        limit,
        good=f"The sum misses the difference from the background's mean output by {shown(gap)}, within its noise.",
        bad=f"The sum misses the difference from the background's mean output by {shown(gap)}, more than noise.",
    )


def check_conserves(e: Explanation) -> Verdict:
    """LRP: relevance of the inputs plus what biases and the stabiliser kept is the output."""
    assert e.prediction is not None
    kept = np.asarray(e.evidence["kept"], dtype=np.float64)
    total = e.values.reshape(len(e.prediction), -1).sum(axis=1) + kept
    gap, limit = relative_gap(total, e.prediction, kept, e.values), 1e-3
    share = float(np.abs(kept).max() / max(float(np.abs(e.prediction).max()), 1e-12))
    return at_most(
        "conserves",
        gap,
        limit,
        good=f"Relevance is conserved (relative error {shown(gap)}), counting the {share:.0%} that biases kept.",
        bad=f"Relevance is not conserved (relative error {shown(gap)}), even counting the biases.",
    )


def check_local_fidelity(e: Explanation) -> Verdict:
    """LIME: weighted R² on fresh samples under the same kernel; and unweighted at three radii."""
    fresh, limit = float(e.evidence["fresh_r2"]), 0.5
    radii = ", ".join(
        f"{shown(float(score))} at {shown(float(radius))}"
        for radius, score in zip(e.evidence["radii"], e.evidence["radius_r2"], strict=True)
    )
    text = (
        f"R² {shown(float(e.evidence['fit_r2']))} on LIME's own samples, {shown(fresh)} on fresh ones; "
        f"by {e.evidence['radius_unit']}: {radii}."
    )
    return at_least(
        "local fidelity",
        fresh,
        limit,
        good=text,
        bad=f"{text} The linear model does not describe the model here.",
    )


def check_surrogate_fidelity(e: Explanation) -> Verdict:
    """How often, or how closely, the surrogate says what the model says on rows it was not fitted to."""
    held_out, name = float(e.evidence["held_out"]), str(e.evidence["measure"])
    limit = float(e.evidence["limit"])
    text = (
        f"Fidelity to the model on {e.evidence['held_out_rows']} held-out rows: {name} {shown(held_out)} "
        f"({shown(float(e.evidence['fitted']))} on the rows it was fitted to; "
        f"{shown(float(e.evidence['trivial']))} for a constant)."
    )
    return at_least(
        "surrogate fidelity",
        held_out,
        limit,
        good=text,
        bad=f"{text} It does not stand for the model.",
    )


def check_anchor_precision(e: Explanation) -> Verdict:
    """Precision on fresh samples against the threshold asked for."""
    low, wanted = float(e.evidence["precision_low"]), float(e.parameters["threshold"])
    text = (
        f"Precision {shown(float(e.evidence['precision']))} on {e.evidence['fresh']} fresh samples "
        f"(95 % interval from {shown(low)}), coverage {shown(float(e.evidence['coverage']))}."
    )
    return at_least(
        "anchor precision",
        low,
        wanted,
        good=text,
        bad=f"{text} Below the {wanted:g} asked for: no anchor was found.",
    )


def check_flips(e: Explanation) -> Verdict:
    """Check: the model, asked again, answers as wanted."""
    flipped = bool(e.evidence["flipped"])
    text = (
        f"The model, asked again, answers {e.evidence['answer']!s}; {e.evidence['changed']} of {len(e.names)} "
        f"features change; nearest background row at distance {shown(float(e.evidence['nearest']))}."
    )
    return at_least(
        "flips",
        float(flipped),
        1.0,
        good=text,
        bad=f"{text} That is not what was asked for.",
    )


def check_locked(e: Explanation) -> Verdict:
    """Locked features did not move."""
    moved = [name for name in e.parameters.get("locked", ()) if e.values[e.names.index(name)] != 0]
    return at_most(
        "locked features stay",
        float(len(moved)),
        0.0,
        good="No locked feature moved.",
        bad=f"Locked features moved: {', '.join(moved)}.",
    )


def check_nothing(e: Explanation) -> Verdict:
    """Methods with no property that could be violated."""
    return Verdict(
        promise="nothing",
        status="promises nothing",
        text=f"{find_card(e.method, e.variant).title} promises nothing that could be checked.",
    )


def check_average(e: Explanation) -> Verdict:
    """CAM: the map's mean plus the bias is the output (Zhou et al. 2016, eq. 2)."""
    assert e.prediction is not None
    layer_map = np.asarray(e.extra["layer_map"])
    total = layer_map.mean() + float(e.evidence["bias"])
    gap, limit = relative_gap(np.array([total]), e.prediction, np.array(e.evidence["size"])), 1e-4
    return at_most(
        "averages to the output",
        gap,
        limit,
        good=f"The map's mean plus the bias is the output (relative error {shown(gap)}).",
        bad=f"The map's mean plus the bias is not the output (relative error {shown(gap)}): "
        "the head is not average pooling and a linear layer.",
    )


def check_repeats(e: Explanation) -> Verdict:
    """Permutation importance: its standard error."""
    assert e.errors is not None
    return Verdict(
        promise="repeats",
        status="measured",
        measured=float(e.errors.max()),
        text=f"Standard error at most {shown(float(e.errors.max()))} over {e.parameters['repeats']} shuffles;"
        f" score before shuffling {shown(float(e.evidence['score']))}.",
    )


def check_impurity(e: Explanation) -> Verdict:
    """Impurity importance: bias towards features with many values, seen against permutation."""
    correlation = float(e.evidence["rank_correlation"])
    return Verdict(
        promise="shares of impurity",
        status="measured",
        measured=correlation,
        text="Biased towards features with many distinct values; rank correlation with permutation "
        f"importance {shown(correlation)}.",
    )


PROMISES: Mapping[str, Callable[[Explanation], Verdict]] = MappingProxyType(
    {
        "adds up": check_adds_up,
        "sampling error": check_sampling_error,
        "telescopes": check_telescopes,
        "complete": check_complete,
        "complete in expectation": check_complete_in_expectation,
        "conserves": check_conserves,
        "local fidelity": check_local_fidelity,
        "surrogate fidelity": check_surrogate_fidelity,
        "anchor precision": check_anchor_precision,
        "flips": check_flips,
        "locked features stay": check_locked,
        "nothing": check_nothing,
        "averages to the output": check_average,
        "centred": check_centred,
        "pure interaction": check_pure_interaction,
        "mean of curves": check_mean_of_curves,
        "repeats": check_repeats,
        "shares of impurity": check_impurity,
        "in the unit interval": check_unit_interval,
        "counts every row": check_counts,
        "differences": check_differences,
        "climbs": check_climbs,
        "beats random": check_beats_random,
        "depends on the model": check_depends_on_model,
        "measured": check_measured,
    }
)
