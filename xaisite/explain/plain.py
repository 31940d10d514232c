"""Explanations as JSON.

What it does: writes every field with sorted keys and ten significant digits; segments, and baselines made of few
colours, as runs of equal numbers. It deliberately leaves out times, machine names, the pictures of steps (drawings of
what is there) and whatever is not data. Invariant: same explanation, same bytes.
"""

from __future__ import annotations

import json
import math
from dataclasses import fields, is_dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from xaisite.explain.explanation import Explanation


def to_plain(value: Any) -> Any:
    """Numbers, strings, lists and dicts with the same content; NaN and infinities become null."""
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, np.generic):
        return to_plain(value.item())
    if isinstance(value, int):
        return value
    if isinstance(value, float):
        # Ten digits: below them, results differ between thread counts and CPUs.
        return (float(f"{value:.10g}") + 0.0) if math.isfinite(value) else None
    if isinstance(value, np.ndarray):
        return [to_plain(item) for item in value.tolist()]
    if isinstance(value, dict):
        return {str(key): to_plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [to_plain(item) for item in value]
    if is_dataclass(value) and not isinstance(value, type):
        return {entry.name: to_plain(getattr(value, entry.name)) for entry in fields(value)}
    return str(value)


def to_runs(array: Any) -> dict[str, list[Any]]:
    """Return an array row by row as ``{"runs": [number, how often, number, how often, …], "shape": […]}``."""
    flat = np.ravel(array)
    starts = np.flatnonzero(np.diff(flat, prepend=np.nan) != 0)
    lengths = np.diff(np.append(starts, len(flat)))
    runs = [to_plain(one) for pair in zip(flat[starts], lengths, strict=True) for one in pair]
    return {"runs": runs, "shape": list(np.shape(array))}


def to_json(explanation: Explanation, *, checked: bool = True) -> str:
    """Return the explanation as one line of JSON; what others made has no checks."""
    # What each image would say alone repeats what is there.
    extra = {key: value for key, value in explanation.extra.items() if key != "each"}
    steps = tuple(replace(step, pictures=()) for step in explanation.steps)
    whole = {**to_plain(replace(explanation, extra={}, steps=steps)), "extra": to_plain(extra)}
    for step in whole["steps"]:
        del step["pictures"]
    if "segments" in extra:
        whole["extra"]["segments"] = to_runs(extra["segments"])
        if explanation.baseline is not None:
            runs = to_runs(explanation.baseline)
            whole["baseline"] = runs if len(runs["runs"]) < explanation.baseline.size else whole["baseline"]
    if checked:
        whole["checks"] = to_plain(explanation.check())
    whole["alt"] = explanation.alt_text()
    return json.dumps(whole, sort_keys=True, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
