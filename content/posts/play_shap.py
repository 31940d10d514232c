"""What the sliders of the chapter on SHAP need: boosted trees and a background as JSON.

The trees are written out whole, the numbers in full precision: the browser asks the same questions as scikit-learn and
gets the same answers. `play_shap.js` is its other half.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd


def write_boosting(
    path: str, model: Any, start: pd.DataFrame, background: pd.DataFrame, ranges: dict[str, list[float]]
) -> int:
    """Write a fitted GradientBoostingClassifier of two classes, a row to begin with and a background; return the size."""
    trees = []
    for (stage,) in model.estimators_:
        tree = stage.tree_
        trees.append(
            {
                "feature": tree.feature.tolist(),
                "threshold": tree.threshold.tolist(),
                "left": tree.children_left.tolist(),
                "right": tree.children_right.tolist(),
                "value": (model.learning_rate * tree.value.ravel()).tolist(),
            }
        )
    share = float(model.init_.class_prior_[1])
    data = {
        "names": list(background.columns),
        "ranges": [ranges[name] for name in background.columns],
        "start": start.iloc[0].astype(float).tolist(),
        "background": background.astype(float).to_numpy().tolist(),
        "initial": float(np.log(share / (1 - share))),
        "trees": trees,
    }
    text = json.dumps(data, separators=(",", ":"))
    Path(path).write_text(text, encoding="utf-8")
    return len(text)
