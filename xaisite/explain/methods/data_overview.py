"""What a data set looks like, feature by feature.

What it does: counts, spreads and histograms of every column, missing values included (the idea of Facets). It
deliberately refuses nothing a data set may hold. Invariant: every histogram holds every row that is not missing.
"""

# ruff: noqa: N803 (X is the field's word for rows)
from __future__ import annotations

from typing import Any

import numpy as np

from xaisite.explain.errors import ExplainError
from xaisite.explain.explanation import Explanation
from xaisite.explain.libraries import load_library

LEVELS = 12


def data_overview(X: Any, y: Any = None, *, bins: int = 16, names: Any = None, seed: int = 0) -> Explanation:
    """Describe each feature of a data set.

    Parameters
    ----------
    X : array or DataFrame of shape (n, d)
        Missing values are counted, not refused.
    y : array of shape (n,), optional
        Groups by which the bars are split, at most six.
    bins : int
        Bars of numeric features; of categories, the most frequent twelve and the rest.
    names : sequence of str, optional
    seed : int
        Unused: nothing is random.

    Returns
    -------
    Explanation
        ``extra["columns"]``: one dict per feature; ``values`` (d,): share of missing values.

    Raises
    ------
    ExplainError
        If there are no rows, or shapes do not match.
    """
    pandas = load_library("pandas")
    frame = X if isinstance(X, pandas.DataFrame) else _frame(pandas, X, names)
    if not len(frame) or not len(frame.columns):
        raise ExplainError("The data set is empty.", "pass at least one row and one column.")
    groups = None if y is None else _groups(y, len(frame))
    twice = frame.columns[frame.columns.duplicated()]
    if len(twice):
        raise ExplainError(f"X has two columns named {twice[0]}.", "give every feature its own name.")
    columns = [_describe(frame[name], str(name), bins, groups, pandas) for name in frame.columns]
    return Explanation(
        method="data_overview",
        kind="overview",
        values=np.array([c["missing"] / len(frame) for c in columns]),
        names=tuple(column["name"] for column in columns),
        target="",
        scale="rows",
        parameters={} if groups is None else {"split by": tuple(map(str, groups[0]))},
        evidence={"rows": len(frame)},
        extra={"columns": columns},
        seed=seed,
    )


def _frame(pandas: Any, given: Any, names: Any) -> Any:
    array = np.asarray(given)
    if array.ndim != 2:
        raise ExplainError(f"X has shape {array.shape}; a data set has rows and columns.", "pass (rows, features).")
    labels = [f"x{i}" for i in range(array.shape[1])] if names is None else [str(name) for name in names]
    if len(labels) != array.shape[1]:
        raise ExplainError(f"There are {len(labels)} names for {array.shape[1]} features.", "give each feature a name.")
    return pandas.DataFrame(array, columns=labels).infer_objects()


def _groups(y: Any, rows: int) -> tuple[Any, Any]:
    truth = np.asarray(y)
    if truth.shape != (rows,):
        raise ExplainError(f"y has shape {truth.shape}; there are {rows} rows in X.", "pass one group per row.")
    labels, codes = np.unique(truth, return_inverse=True)
    if len(labels) > 6:
        raise ExplainError(f"y has {len(labels)} groups.", "pass at most six, for example quantiles of y.")
    return labels, codes


def _describe(column: Any, name: str, bins: int, groups: tuple[Any, Any] | None, pandas: Any) -> dict[str, Any]:
    present = column.notna().to_numpy()
    numeric = pandas.api.types.is_numeric_dtype(column) and not pandas.api.types.is_bool_dtype(column)
    if numeric:
        values = column.to_numpy(dtype=np.float64, na_value=np.nan)
        present = present & np.isfinite(values)
        found = _describe_numbers(values[present], bins)
        codes = np.clip(np.searchsorted(found["edges"], values[present], side="right") - 1, 0, len(found["counts"]) - 1)
    else:
        found, codes = _describe_levels(column[present].astype(str).tolist())
    if groups is not None:
        labels, group = groups
        found["by_group"] = [
            np.bincount(codes[group[present] == one], minlength=len(found["counts"])).tolist()
            for one in range(len(labels))
        ]
    total = max(int(present.sum()), 1)
    return {
        "name": name,
        "numeric": bool(numeric),
        "missing": int((~present).sum()),
        "mostly": max(found["counts"], default=0) / total,
        **found,
    }


def _describe_numbers(values: Any, bins: int) -> dict[str, Any]:
    if not len(values):
        return {
            "edges": [0.0, 1.0],
            "counts": [0],
            "distinct": 0,
            "mean": np.nan,
            "spread": np.nan,
            "smallest": np.nan,
            "median": np.nan,
            "largest": np.nan,
        }
    counts, edges = np.histogram(values, bins=bins)
    return {
        "edges": edges.tolist(),
        "counts": counts.tolist(),
        "distinct": len(np.unique(values)),
        "mean": float(values.mean()),
        "spread": float(values.std(ddof=1)) if len(values) > 1 else 0.0,
        "smallest": float(values.min()),
        "median": float(np.median(values)),
        "largest": float(values.max()),
    }


def _describe_levels(cells: list[str]) -> tuple[dict[str, Any], Any]:
    labels, counts = np.unique(np.array(cells, dtype=object), return_counts=True)
    order = sorted(range(len(labels)), key=lambda index: (-int(counts[index]), str(labels[index])))
    kept = [str(labels[index]) for index in order[:LEVELS]]
    rest = len(order) > LEVELS
    place = {label: code for code, label in enumerate(kept)}
    codes = np.array([place.get(cell, len(kept)) for cell in cells], dtype=int)
    levels = [*kept, "other"] if rest else kept
    bars = np.bincount(codes, minlength=len(levels)).tolist() if len(codes) else [0] * max(len(levels), 1)
    return {
        "levels": levels or [""],
        "counts": bars,
        "distinct": len(labels),
        "mean": np.nan,
        "spread": np.nan,
        "smallest": np.nan,
        "median": np.nan,
        "largest": np.nan,
    }, codes
