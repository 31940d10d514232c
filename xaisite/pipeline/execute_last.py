"""What each cell of a post was like the last time: to say why it runs now, and whether its results have drifted.

Never decides whether a result holds. Invariant: losing the record costs an explanation, nothing else.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from typing import Any

from xaisite.core.diagnostic import Diagnostic, notice
from xaisite.core.digest import digest_json, digest_text
from xaisite.engine.state import State
from xaisite.engine.store import write_atomically
from xaisite.model.cell import Cell
from xaisite.pipeline.execute_trace import Step, Trace

_NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?")
LastCells = dict[str, dict[str, Any]]


def load_last(state: str, post: str) -> LastCells:
    """Return what is known of the last build of a post, by cell."""
    try:
        with open(_path(state, post), encoding="utf-8") as file:
            raw = json.load(file)
        return {str(name): dict(cell) for name, cell in raw.items()}
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
        "shown": [_shown(output) for output in trace["body"]["outputs"]],
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


def check_drift(cell: Cell, step: Step, trace: Trace, last: Mapping[str, Any] | None) -> Diagnostic | None:
    """Say what differs when equal code gave other results than the last time."""
    if last is None or step.form.digest != last["code"]:
        return None
    now = [_shown(output) for output in trace["body"]["outputs"]]
    differences = _differences(last["shown"], now)
    if not differences:
        return None
    return notice(
        "drift",
        f"the same code gives other results than the last time: {'; '.join(differences[:5])}",
        cell.span,
        help="see `xaisite why`; the prose may speak of the old results",
    )


def _shown(output: Mapping[str, Any]) -> list[str]:
    kind = output["kind"]
    if kind == "stream":
        return ["text", output["text"][:20_000]]
    if kind == "rich":
        return ["text", output["text"].get("text/plain", "")[:20_000]]
    return ["figure", *(media["digest"] for media in output["light"])]


def _differences(before: list[list[str]], now: list[list[str]]) -> list[str]:
    found = []
    if len(before) != len(now):
        found.append(f"{len(before)} outputs → {len(now)}")
    figure = 0
    for old, new in zip(before, now, strict=False):
        figure += new[0] == "figure"
        if old == new:
            continue
        if old[0] == new[0] == "text":
            found += _number_changes(old[1], new[1]) or ["printed text changed"]
        elif new[0] == "figure":
            found.append(f"figure {figure} changed")
    return found


def _number_changes(old: str, new: str) -> list[str]:
    if _NUMBER.sub("#", old) != _NUMBER.sub("#", new):
        return []
    pairs = zip(_NUMBER.findall(old), _NUMBER.findall(new), strict=False)
    return [f"{a} → {b}" for a, b in pairs if a != b]


def _path(state: str, post: str) -> str:
    return os.path.join(state, "last", digest_text(post) + ".json")
