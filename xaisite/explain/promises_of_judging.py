"""The promises of pictures, data and judgements: second part of ``promises.py``, which registers them.

Invariant: as there, nothing here calls a model.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from xaisite.explain.verdict import Verdict, at_least, at_most, shown

if TYPE_CHECKING:
    from xaisite.explain.explanation import Explanation


def check_counts(e: Explanation) -> Verdict:
    """Check: the bars of every feature hold every row that is not missing."""
    wrong = [
        column["name"]
        for column in e.extra["columns"]
        if sum(column["counts"]) + column["missing"] != e.evidence["rows"]
    ]
    return at_most(
        "counts every row",
        float(len(wrong)),
        0.0,
        good=f"Every bar chart holds all {e.evidence['rows']} rows, missing values counted apart.",
        bad=f"Rows are lost in: {', '.join(wrong)}.",
    )


def check_differences(e: Explanation) -> Verdict:
    """Occlusion: the drops need not add up; how far they are from it is worth knowing."""
    assert e.prediction is not None
    total, whole = float(e.values.sum()), float(e.prediction[0]) - float(e.evidence["filled"])
    return Verdict(
        promise="differences",
        status="measured",
        measured=total,
        text=f"Single drops sum to {shown(total)}; covering everything lowers the output by {shown(whole)}.",
    )


def check_climbs(e: Explanation) -> Verdict:
    """Activation maximisation: the activation rose."""
    trace = np.asarray(e.extra["trace"])
    start, end = float(trace[0]), float(trace[-1])
    return at_least(
        "climbs",
        end - start,
        1e-12,
        good=f"The activation rose from {shown(start)} to {shown(end)}.",
        bad=f"The activation did not rise ({shown(start)} to {shown(end)}): change the step or the unit.",
    )


def check_beats_random(e: Explanation) -> Verdict:
    """Check: deletion and insertion: the area against that of random maps, for every fill."""
    better = [bool(flag) for flag in e.evidence["beats_random"]]
    text = "; ".join(
        f"{fill}: area {shown(float(area))}, random maps {shown(float(mean))} ± {shown(float(spread))}"
        for fill, area, mean, spread in zip(
            e.names, e.evidence["areas"], e.evidence["random_means"], e.evidence["random_spreads"], strict=True
        )
    )
    return at_least(
        "beats random",
        float(sum(better)),
        float(len(better)),
        good=f"{text}.",
        bad=f"{text}. Not better than a random map under every fill.",
    )


def check_depends_on_model(e: Explanation) -> Verdict:
    """Randomisation: |correlation| with the randomised model's explanation must fall."""
    last, limit = abs(float(e.values[-1])), 0.5
    return at_most(
        "depends on the model",
        last,
        limit,
        good=f"Rank correlation with the randomised model's explanation: {shown(last)}.",
        bad=f"Rank correlation with the randomised model's explanation is still {shown(last)}: "
        "the explanation hardly depends on what was learned.",
    )


def check_measured(e: Explanation) -> Verdict:
    """Check: a number for the reader; nothing is promised."""
    return Verdict(
        promise="measured", status="measured", text=str(e.evidence["summary"]), measured=float(e.evidence["measured"])
    )
