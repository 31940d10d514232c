"""The credit world: applicants whose chance of default is known, because we made them.

Three columns do nothing of their own. `spending` follows income, `age` bounds tenure, `account` is a number drawn at random.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

COLUMNS = ("income", "spending", "debt", "late", "tenure", "age", "account")
USED = ("income", "debt", "late", "tenure")  # what the chance of default depends on; nothing else does


def make_applicants(n: int, seed: int, tie: float = 0.95) -> pd.DataFrame:
    """Draw n applicants; `tie` is the correlation of the logarithms of income and spending."""
    rng = np.random.default_rng(seed)
    wealth = rng.normal(size=n)
    habit = tie * wealth + np.sqrt(1 - tie**2) * rng.normal(size=n)
    age = rng.integers(20, 70, size=n)
    columns = {
        "income": 32 * np.exp(0.5 * wealth),  # thousand a year
        "spending": 1.6 * np.exp(0.5 * habit),  # thousand a month
        "debt": rng.beta(2, 4, size=n),  # share of income that goes to old debts
        "late": rng.poisson(0.6, size=n),  # late payments last year
        "tenure": np.minimum(rng.exponential(6, size=n), age - 18),  # years in this job
        "age": age,
        "account": rng.integers(0, 10_000, size=n),  # the last four digits
    }
    return pd.DataFrame(columns)[list(COLUMNS)].astype("float32")


def log_odds(applicants: pd.DataFrame) -> np.ndarray:
    """The truth: log-odds of default. Late payments weigh more on those who carry much debt."""
    a = applicants.astype("float64")
    wealth, burdened = np.log(a.income / 32) / 0.5, a.debt > 0.5
    strain = 5.0 * (a.debt - 0.33) + 0.5 * a.late + 0.9 * a.late * burdened
    return np.asarray(-1.2 - 1.1 * wealth + strain - 0.08 * np.minimum(a.tenure, 10))


def make_defaults(applicants: pd.DataFrame, seed: int) -> np.ndarray:
    """Let chance decide who defaults: 1 with the true probability."""
    chance = 1 / (1 + np.exp(-log_odds(applicants)))
    return np.asarray(np.random.default_rng([seed, 1]).random(len(chance)) < chance, dtype=int)
