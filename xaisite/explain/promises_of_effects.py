"""The promises of effects of features: third part of ``promises.py``, which registers them.

Invariant: as there, nothing here calls a model.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from xaisite.explain.verdict import Verdict, at_most, relative_gap, shown

if TYPE_CHECKING:
    from xaisite.explain.explanation import Explanation


def check_centred(e: Explanation) -> Verdict:
    """ALE: mean zero over the data."""
    counts = np.asarray(e.extra["counts"], dtype=np.float64)
    midpoints = (e.values[1:] + e.values[:-1]) / 2 if e.extra["numeric"] else e.values
    mean = float((midpoints * counts).sum() / counts.sum())
    gap, limit = abs(mean) / max(float(np.ptp(e.values)), 1e-12), 1e-9
    return at_most(
        "centred",
        gap,
        limit,
        good=f"Centred over the data; fewest rows in a bin: {int(counts.min())}.",
        bad=f"Not centred: the mean over the data is {shown(mean)}.",
    )


def check_mean_of_curves(e: Explanation) -> Verdict:
    """Partial dependence is the mean of the ICE curves."""
    gap, limit = relative_gap(np.asarray(e.extra["ice"]).mean(axis=0), e.values), 1e-9
    spread = float(e.evidence["heterogeneity"])
    return at_most(
        "mean of curves",
        gap,
        limit,
        good=f"The mean of {len(e.extra['ice'])} single curves; their shapes differ by {shown(spread)} "
        "(standard deviation after centring).",
        bad=f"Not the mean of the single curves (relative error {shown(gap)}).",
    )


def check_pure_interaction(e: Explanation) -> Verdict:
    """Second-order ALE: mean zero over the data, and so are both one-feature effects."""
    from xaisite.explain.methods.ale_pair import mean_of_cells, one_way

    counts = np.asarray(e.extra["counts"], dtype=np.float64)
    left = np.concatenate([one_way(e.values, counts), one_way(e.values.T, counts.T), [mean_of_cells(e.values, counts)]])
    reach, limit = float(np.ptp(e.values)), 1e-9
    gap = float(np.abs(left).max()) / reach if reach >= 1e-12 else 0.0
    empty = int((counts == 0).sum())
    return at_most(
        "pure interaction",
        gap,
        limit,
        good=f"Holds no one-feature effect and is centred over the data; {empty} of {counts.size} cells have no rows.",
        bad=f"Still holds a one-feature effect, or is not centred ({shown(gap)} of its range).",
    )


def check_unit_interval(e: Explanation) -> Verdict:
    """H² is a share; above one it says that the joint effect is weak."""
    worst = float(e.values.max(initial=0.0))
    return at_most(
        "in the unit interval",
        worst,
        1 + 1e-9,
        good=f"All H² are within 0 and 1; the largest is {shown(worst)}.",
        bad=f"An H² of {shown(worst)} exceeds 1: that pair's joint effect is too weak to be divided by.",
    )
