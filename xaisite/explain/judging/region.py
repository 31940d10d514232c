"""The share of a map that lies where the evidence is known to be.

What it does: share of the positive attribution in a region, its lift over the region's area, and the same for a
control. It deliberately sets no threshold: the control is the comparison.
Invariant: a uniform map has lift 1.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from xaisite.explain.errors import ExplainError
from xaisite.explain.explanation import Array, Explanation
from xaisite.explain.judging.subject import read_scores


def region_share(
    explanation: Explanation, region: Any, *, control: Explanation | None = None, seed: int = 0
) -> Explanation:
    """Share of the positive attribution that lies in a known region.

    Parameters
    ----------
    explanation : Explanation
        A map, or attributions of one row.
    region : bool array of shape (H, W), or names of features
    control : Explanation, optional
        The same question to a model that cannot use the region.
    seed : int
        Unused: nothing is random.

    Returns
    -------
    Explanation
        ``values``: share, share of the area, lift; with a control also its share and lift. Shares are between 0 and 1.

    Raises
    ------
    ExplainError
        If the region does not fit, is empty, or nothing is positive.
    """
    scores = read_scores(explanation)
    mask = read_region(region, explanation, scores.shape)
    share, area = positive_share(scores, mask), float(mask.mean())
    names, values = ["share in the region", "share of the area", "lift"], [share, area, share / area]
    text = f"{share:.1%} of the positive attribution lies in {area:.1%} of the input: lift {share / area:.1f}"
    if control is not None:
        other = read_scores(control)
        if other.shape != scores.shape:
            raise ExplainError("The control has another shape.", "explain the same input with the control model.")
        beside = positive_share(other, mask)
        names += ["control: share in the region", "control: lift"]
        values += [beside, beside / area]
        text += f"; control {beside:.1%}, lift {beside / area:.1f}"
    return Explanation(
        method="region_share",
        kind="numbers",
        values=np.array(values),
        names=tuple(names),
        target=explanation.target,
        scale="share, or ratio of shares",
        evidence={"measured": share, "summary": f"{text}."},
        seed=seed,
    )


def read_region(region: Any, explanation: Explanation, shape: tuple[int, ...]) -> Any:
    """Return a boolean mask of the scores' shape."""
    if isinstance(region, str) or (isinstance(region, (list, tuple)) and region and isinstance(region[0], str)):
        wanted = [region] if isinstance(region, str) else list(region)
        unknown = [name for name in wanted if name not in explanation.names]
        if unknown:
            raise ExplainError(f"There is no feature {unknown[0]!r}.", f"use: {', '.join(explanation.names)}.")
        mask = np.array([name in wanted for name in explanation.names])
    else:
        mask = np.asarray(region).astype(bool)
    if mask.shape != shape:
        raise ExplainError(f"The region has shape {mask.shape}, the map {shape}.", "pass a mask of the map's shape.")
    if not mask.any() or mask.all():
        raise ExplainError("The region is empty, or everything.", "mark a part of the input.")
    return mask


def positive_share(scores: Array, mask: Any) -> float:
    """Positive attribution inside over all positive attribution."""
    positive = np.maximum(scores, 0)
    if positive.sum() <= 0:
        raise ExplainError("Nothing in the map is positive.", "look at another target, or at a map with signs.")
    return float(positive[mask].sum() / positive.sum())
