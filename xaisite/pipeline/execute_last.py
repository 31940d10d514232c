"""What each cell of a post was like the last time: to say why it runs now, and what its results were.

Never decides whether a result holds. Invariant: losing the record costs an explanation, nothing else.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from typing import Any

from xaisite.core.digest import digest_json, digest_text
from xaisite.engine.state import State, changed_names
from xaisite.engine.store import write_atomically
from xaisite.model.cell import Cell
from xaisite.pipeline.execute_drift import shown_outputs
from xaisite.pipeline.execute_trace import Step, Trace

LastCells = dict[str, dict[str, Any]]


def load_last(state: str, post: str) -> LastCells:
    """Return what is known of the last build of a post, by cell."""
    try:
        with open(_path(state, post), encoding="utf-8") as file:
            raw = json.load(file)
        return {str(name): dict(cell) for name, cell in raw.items() if "depends" in cell}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def save_last(state: str, post: str, cells: LastCells) -> None:
    """Keep it for the next build, unless nothing changed."""
    data = json.dumps(cells, sort_keys=True).encode()
    path = _path(state, post)
    try:
        with open(path, "rb") as file:
            if file.read() == data:
                return
    except OSError:
        pass
    write_atomically(path, data)


def describe_cell(step: Step, before: State, trace: Trace, depends: Mapping[str, str]) -> dict[str, Any]:
    """Return what the next build needs to know of a cell."""
    visible = step.visible(before)
    return {
        "code": step.form.digest,
        "options": dict(step.options),
        "depends": dict(depends),
        "names": {name: before.names[name][0] for name in sorted(visible) if name in before.names},
        "outputs": shown_outputs(trace["body"]["outputs"]),
    }


def has_equal_code(step: Step, last: Mapping[str, Any]) -> bool:
    """Whether code and options are what they were the last time."""
    return last["code"] == step.form.digest and not _changed(last["options"], step.options)


def explain_miss(step: Step, before: State, depends: Mapping[str, str], last: Mapping[str, Any] | None) -> str:
    """Return in one line what is not as it was the last time; `state changed: …` names what it sees of other cells."""
    own = explain_own_change(step, depends, last)
    if own or last is None:
        return own
    visible = step.visible(before)
    now = {name: before.names[name][0] for name in visible if name in before.names}
    changed = _changed(last["names"], now)
    return f"state changed: {', '.join(changed[:6])}" if changed else "its stored result is gone"


def explain_own_change(step: Step, depends: Mapping[str, str], last: Mapping[str, Any] | None) -> str:
    """Return what an edit of the cell itself, or of what it is said to depend on, changed (empty: nothing)."""
    if last is None:
        return "it is new"
    if step.form.digest != last["code"]:
        return "its code changed"
    changed = _changed(last["options"], step.options)
    if changed:
        return f"its options changed: {', '.join(changed)}"
    changed = _changed(last["depends"], depends)
    return f"{', '.join(changed)} changed" if changed else ""


def _changed(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """Return the keys under which two mappings differ, as JSON sees them."""
    return sorted(n for n in {*old, *new} if digest_json(old.get(n)) != digest_json(new.get(n)))


def name_origin(reason: str, cells: Sequence[Cell], traces: Mapping[int, Trace]) -> str:
    """Say in a reason about the state which cell left it so."""
    words = reason.removeprefix("state changed: ")
    if words == reason:
        return reason
    names = words.split(", ")
    for at in sorted(traces, reverse=True):
        changes = traces[at]["body"]["changes"]
        left = {*changed_names(changes), *_ambient_names(changes)}
        if left & set(names):
            return f"state after {cells[at].name} changed: {words}"
    return reason


def _ambient_names(changes: Mapping[str, Any]) -> set[str]:
    part = changes.get("ambient", {"put": {}, "gone": []})
    return {*part["put"], *part["gone"]}


def _path(state: str, post: str) -> str:
    return os.path.join(state, "last", digest_text(post) + ".json")
