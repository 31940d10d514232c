"""What each cell of a post was like the last time: to say why it runs now, and what its results were.

Never decides whether a result holds. Invariant: losing the record costs an explanation, nothing else.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import Any

from xaisite.core.digest import digest_json, digest_text
from xaisite.engine.state import State
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
        return {str(name): dict(cell) for name, cell in raw.items() if "outputs" in cell}
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


def name_of(cell: Cell) -> str:
    """Return the name under which a cell is remembered."""
    return cell.label or str(cell.index + 1)


def describe_cell(step: Step, before: State, trace: Trace) -> dict[str, Any]:
    """Return what the next build needs to know of a cell."""
    visible = step.visible(before)
    return {
        "code": step.form.digest,
        "options": digest_json(dict(step.options)),
        "names": {name: before.names[name][0] for name in sorted(visible) if name in before.names},
        "outputs": shown_outputs(trace["body"]["outputs"]),
    }


def explain_miss(step: Step, before: State, last: Mapping[str, Any] | None) -> str:
    """Return in one line what is not as it was the last time."""
    if last is None:
        return "it is new"
    if step.form.digest != last["code"]:
        return "its code changed"
    if digest_json(dict(step.options)) != last["options"]:
        return "its options changed"
    visible = step.visible(before)
    now = {name: before.names[name][0] for name in visible if name in before.names}
    changed = sorted(n for n in {*now, *last["names"]} if now.get(n) != last["names"].get(n))
    if changed:
        return "state before it changed: " + ", ".join(changed[:6])
    return "its stored result is gone"


def _path(state: str, post: str) -> str:
    return os.path.join(state, "last", digest_text(post) + ".json")
