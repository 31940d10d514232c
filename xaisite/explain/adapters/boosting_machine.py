"""Explainable boosting machines of interpret (a glass box; Lou et al. 2013, Nori et al. 2019).

Invariant: only the fitted model's own public numbers are used.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from xaisite.explain.adapters.foreign import make_foreign_bundle
from xaisite.explain.explanation import Explanation


def make_bundle_of(obj: Any) -> dict[str, Any] | None:
    """Return importance of each term; None before fitting."""
    names = getattr(obj, "term_names_", None)
    if names is None:
        return None
    values = np.asarray(obj.term_importances(), dtype=np.float64)
    explanation = Explanation(
        method="ebm",
        kind="importance",
        values=values,
        names=tuple(map(str, names)),
        target="the model",
        scale="mean absolute score",
        extra={"unit": "mean absolute score"},
    )
    caption = (
        "Terms of an explainable boosting machine, by the mean absolute score they add on the training rows. The "
        "model is the sum of these terms: nothing is approximated."
    )
    return make_foreign_bundle(explanation, caption=caption, cites=("lou2013accurate", "nori2019interpretml"))
