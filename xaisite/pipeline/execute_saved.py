"""What sessions of a post have saved, whole states and what single cells changed: found, adopted, missed with a reason.

Does not talk to sessions. Invariant: losing any of it costs time only.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from xaisite.core.digest import digest_json
from xaisite.engine.state import State, looks_like
from xaisite.engine.where import installed_versions

if TYPE_CHECKING:
    from xaisite.pipeline.execute_post import PostExecution
    from xaisite.pipeline.execute_trace import Trace


class SavedStates:
    """Saved states of one post's cells."""

    def __init__(self, post: PostExecution) -> None:
        self._post = post
        self._folder = post.context.checkpoints

    def name_of_state(self, state: State) -> str:
        """Return the name of a whole state, held by a process."""
        return digest_json(["1", self._place(), dict(installed_versions()), state.to_json()])

    def name_of_saved(self, state: State, count: int) -> str:
        """Return the name under which the state after so many cells is saved.

        Of the installed distributions only those count that these cells used: others may be upgraded.
        """
        traces = self._post.progress.traces
        used = {name for at in range(count) if at in traces for name in traces[at]["where"]["versions"]}
        return digest_json(["2", self._place(), _versions_of(used), state.to_json()])

    def name_of_changes(self, trace: Trace) -> str:
        """Return the name of what the cell of a trace changed."""
        used = _versions_of(trace["where"]["versions"])
        return digest_json(["changes", self._place(), used, trace["key"], trace["body"]["changes"]])

    def _place(self) -> str:
        return self._post.context.place.digest

    def state_before(self, index: int) -> State:
        """Return the state before a cell (before one that has not been looked at: the last known)."""
        return self._post.progress.before.get(index, self._post.progress.state)

    def _last_state(self, index: int) -> int:
        """Return the last cell, ``index`` or before it, before which there is a saved state (0: none)."""
        states = ((at, self.name_of_saved(self.state_before(at), at)) for at in range(index, 0, -1))
        return next((at for at, name in states if self._folder.find(name) is not None), 0)

    def find_changes(self, first: int, index: int) -> list[dict[str, Any]]:
        """Return what the kept cells from ``first`` on changed, up to the first one of which it is not known."""
        found: list[dict[str, Any]] = []
        for at in range(first, index):
            if self._is_skipped(at):
                continue
            trace = self._post.progress.traces.get(at)
            known = trace and self._folder.find(self.name_of_changes(trace))
            if not trace or not known:
                break
            files = trace["body"]["changes"].get("files", {"put": {}, "gone": []})
            found.append(
                {
                    "index": at,
                    "path": known[0],
                    "modules": known[1],
                    "code": [at + 1, self._post.codes[at]],
                    "files": files["put"],
                    "gone": files["gone"],
                }
            )
        return found

    def _is_skipped(self, index: int) -> bool:
        return self._post.progress.cells[index].status == "skipped"

    def missing_before(self, index: int) -> Iterator[tuple[int, str]]:
        """Yield the kept cells that must run once more to bring a session to a cell, and why."""
        for at in range(self._last_state(index), index):
            if not self._is_skipped(at) and not self.find_changes(at, at + 1):
                yield at, self.why_missing(at)

    def why_missing(self, index: int) -> str:
        """Return why what a kept cell changed is not there."""
        trace = self._post.progress.traces.get(index)
        said = self._folder.why_unsaved(self.name_of_changes(trace)) if trace else ""
        return (
            f"run once more for its values, which could not be saved: {said}"
            if said
            else ("run once more for its values, which are not saved")
        )

    def has_changes(self, first: int, index: int) -> bool:
        """Whether it is known what all cells from one to before another changed."""
        return all(self._is_skipped(at) or self.find_changes(at, at + 1) for at in range(first, index))

    def drop_changes(self, index: int) -> None:
        """Forget what a cell changed: it cannot be brought back."""
        self._folder.refuse(self.name_of_changes(self._post.progress.traces[index]), "they do not survive saving")


def _versions_of(distributions: Iterable[str]) -> dict[str, str]:
    installed = installed_versions()
    return {name: installed.get(name, "") for name in distributions}


def is_state(state: State, answer: Mapping[str, Any]) -> bool:
    """Whether what a session says that it has become is this state."""
    if "failed" in answer or "failed" in answer["state"]:
        return False
    return looks_like(state, answer["state"], answer["files"])


def paths_of(spool: str, index: int) -> dict[str, str]:
    """Return where a session saves the state after a cell, and what the cell changed."""
    return {"path": os.path.join(spool, f"state-{index}"), "changes": os.path.join(spool, f"changes-{index}")}
