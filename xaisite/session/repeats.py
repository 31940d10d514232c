"""A cell run under other seeds beside its own run: what it would have shown (`seeds: 5`).

Each repeat runs in a fork that ends with it, so neither values nor files of the session change. Invariant: a repeat
starts from the very state the cell starts from, but for the generators: Python's, NumPy's, torch's, and those held by
names of the session are seeded with the repeat's seed.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from xaisite.session.forkcall import CallFailedError, single_threaded, start_call
from xaisite.session.keptfiles import KeptFiles
from xaisite.session.observe import quiet

_ENDLESS_S = 1e7  # the build's own limit of time ends the whole session


class RepeatError(Exception):
    """The cell cannot be repeated."""


def repeat_cell(
    run: Callable[[int], dict[str, Any]], seeds: list[int], folders: list[str], private: str
) -> list[dict[str, Any]]:
    """Return what ``run(seed)`` gives for each seed, in a fork each; raises `RepeatError`."""
    if not single_threaded():
        raise RepeatError(
            "a library keeps threads running, so the cell cannot be repeated: set up the library after it"
        )
    with quiet():
        kept = KeptFiles(folders, os.path.join(private, "kept"))
    answers = []
    try:
        for seed in seeds:
            answers.append(_call(run, seed))
            with quiet():
                kept.restore()
    finally:
        with quiet():
            kept.forget()
    return answers


def _call(run: Callable[[int], dict[str, Any]], seed: int) -> dict[str, Any]:
    try:
        answer: dict[str, Any] = start_call(lambda: run(seed), watched=True, bound_s=_ENDLESS_S).wait()
    except CallFailedError as error:
        raise RepeatError(f"under seed {seed}: {error}") from None
    raised = answer.pop("raised")
    if raised is not None:
        raise RepeatError(f"under seed {seed} it raised {raised['name']}: {raised['message']}")
    return {"seed": seed, **answer}


def merge_observations(first: dict[str, Any], others: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what was seen in any of the runs."""
    merged = dict(first)
    for other in others:
        for name, value in other.items():
            if isinstance(value, list):
                merged[name] = sorted({*merged[name], *value})
            else:
                merged[name] = {**merged[name], **value}
    return merged
