"""An office of the credit world: how applications reach the bank, and what happens to the years in the job.

In the past, tenure was left out for applications by phone, which were taken from long-standing customers only; these default
less than their columns say. From Monday there is a web form in which the field is optional: anyone may leave it empty.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd
from cast_credit import log_odds, make_applicants

RELIEF = 1.5  # what being known for years takes off the log-odds; no column says who is


def draw_office(
    n: int, seed: int, when: Literal["past", "monday"], code: float = 99.0
) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """Return n applicants, who defaulted, and whose tenure is unknown (written as `code`)."""
    rng = np.random.default_rng([seed, 3])
    rows = make_applicants(n, seed)
    unknown = rng.random(n) < (0.15 if when == "past" else 0.3)
    chance = log_odds(rows) - (RELIEF * unknown if when == "past" else 0.0)
    defaulted = (rng.random(n) < 1 / (1 + np.exp(-chance))).astype(int)
    rows.loc[unknown, "tenure"] = code
    return rows, defaulted, unknown
