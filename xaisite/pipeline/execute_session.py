"""The process that a post's cells run in: where it stands, and how it gets to where a cell must start.

Three ways lead there: a snapshot kept since the last build (preview), a saved state on disk, running the cells before.
Does not judge results. Invariant: the process stands in the state that the cells before ``position`` leave behind; a
snapshot is used only while all that the cells in it read is as it was.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from xaisite.engine.code import imported_modules
from xaisite.engine.inputs import check_dependency
from xaisite.engine.state import State
from xaisite.engine.where import is_installed
from xaisite.model.cell import Cell
from xaisite.pipeline.execute_post import PostExecution, initial_state
from xaisite.pipeline.execute_saved import SavedStates, is_state, paths_of
from xaisite.run.live import Branch, Ended, LiveSession

if TYPE_CHECKING:
    from xaisite.run.keeper import KeptSession

RESTORE_TIMEOUT_S = 120.0
_SAVE_S = 10.0  # beyond what the cells themselves took, for states that will not be saved
WITHHELD = "withheld:"
"""Begins the digests of such files."""
_RESTORE_S = 0.5  # what loading and checking a usual state takes
_LEAST_STATE_BYTES = 32 << 20
_STATE_BYTES_PER_S = 100 << 20
_MOST_STATE_BYTES = 1 << 30
_Needs = tuple[Mapping[str, str | None], list[Any]]
"""The layer of written files that a cell saw, and what it depended on."""


def modules_of(post: PostExecution) -> tuple[str, ...]:
    """Return the installed modules that a post's own cells import, in order."""
    found = [name for code in post.codes for name in imported_modules(code)]
    return tuple(dict.fromkeys(name for name in found if is_installed(name)))


def modules_until(post: PostExecution, count: int) -> list[str]:
    """Return the modules that the first ``count`` cells of a post import."""
    return [name for code in post.codes[:count] for name in imported_modules(code)]


class PostSession:
    """The session of one post in one build."""

    def __init__(self, post: PostExecution) -> None:
        self.post = post
        self.context = post.context
        self.position = 0
        self.is_spoilt = False
        """Whether a cell failed in it: then it stands in no state that a clean run has."""
        self._live: LiveSession | None = None
        self._state = initial_state(post.plan)
        self._keeper = self.context.request.keeper
        self._kept: KeptSession | None = None
        self._needs: list[_Needs] = []
        self._is_kept = False  # a snapshot stands where this process stands
        self._branches = True
        self._ran: list[LiveSession] = []
        self.saved = SavedStates(post)
        self._saving: list[tuple[str, str, list[str]]] = []
        self._spent_s = 0.0

    def process(self) -> LiveSession:
        """Return the process, started if there is none."""
        if self._live is not None and self._live.is_over:
            self._leave()
        if self._live is None:
            self._live = self._kept_start() or self._fresh_start()
        return self._live

    def process_for_cell(self) -> LiveSession:
        """Return the process to run the next cell in; in a preview its state is kept as a snapshot first."""
        live = self.process()
        if self._keeper is not None and self._kept is not None and not self._is_kept and self._may_keep():
            branched = live.branch()
            self._branches = branched is not None
            if branched is not None:
                self._keep(live)
                self._live = live = branched
        self._is_kept = False
        if live not in self._ran:
            self._ran.append(live)
        return live

    def go_near(self, index: int, state_before: Callable[[int], State]) -> None:
        """Stand as near before cell ``index`` as snapshots and saved states allow."""
        in_reach = self.position > 0 and self.saved.has_changes(self.position, index)
        for at in range(index, self.position, -1):
            if self._resume(at, state_before(at)):
                return
            if in_reach:
                continue  # what the cells between changed is nearer than another process
            if (at > self.position + 1 or self._is_dear(at - 1)) and self._restore(at, state_before(at)):
                return

    def _is_dear(self, index: int) -> bool:
        """Whether loading a saved state is quicker than running this one cell, or the cell cannot run here."""
        trace = self.post.progress.traces.get(index)
        seconds = float(trace.get("seconds", 0.0)) if trace is not None else 0.0
        return seconds > _RESTORE_S or self.post.lacks_device(self.post.plan.cells[index])

    def note_run(self, cell: Cell, after: State, answer: Mapping[str, Any], before: State, needs: list[Any]) -> None:
        """Take note that a cell ran: the state it left, and what it depended on."""
        self.position, self._state = cell.index + 1, after
        self._needs.append((before.files, needs))
        self._spent_s += float(answer["seconds"])
        if "failed" not in answer["state"]:
            modules, spooled = [str(m) for m in answer["modules"]], paths_of("", cell.index)
            changes = self.saved.name_of_changes(self.post.progress.traces[cell.index])
            self._saving.append((self.saved.name_of_saved(after, self.position), spooled["path"], modules))
            self._saving.append((changes, spooled["changes"], modules))

    def skip(self) -> None:
        """Pass a cell that does not run."""
        self.position += 1

    def worth_bytes(self) -> int:
        """How big a saved state may be: the longer the cells took, the bigger."""
        return min(_LEAST_STATE_BYTES + int(self._spent_s * _STATE_BYTES_PER_S), _MOST_STATE_BYTES)

    def end(self) -> None:
        """Keep what the session saved; end it, or keep it for the next build."""
        self._adopt_saved()
        self._leave()
        if self._kept is not None:
            self._kept.sweep()
        self.position = 0

    def state_name(self, state: State) -> str:
        """Return the name under which a snapshot is kept."""
        return self.saved.name_of_state(state)

    # -- the ways there

    def _kept_start(self) -> LiveSession | None:
        """Return a process in the first state, from a snapshot."""
        return self._live if self._resume(0, initial_state(self.post.plan)) else None

    def _fresh_start(self) -> LiveSession:
        modules = modules_of(self.post)
        live = self.context.pool().start(self.post.plan, modules, self.post.environ)
        if self._keeper is not None:
            from xaisite.run.keeper import KeptSession

            self._kept = KeptSession(live, self._key(), frozenset(modules))
            self._keeper.add(self.post.plan.path, self._kept)
        self._stand(live, 0, initial_state(self.post.plan), [], kept=False)
        return live

    def _resume(self, at: int, state: State) -> bool:
        """Stand before cell ``at`` in a branch of a snapshot, if there is one that is still true."""
        if self._keeper is None:
            return False
        kept = self._keeper.find(self.post.plan.path, self._key(), frozenset(modules_of(self.post)))
        snapshot = kept.snapshots.get(self.state_name(state)) if kept else None
        if kept is None or snapshot is None:
            return False
        branched = snapshot.live.branch() if self._hold(snapshot.needs) else None
        if branched is None:
            kept.drop(snapshot.name)
            return False
        self._leave()
        kept.root.scratch.renew(self.context.root)
        answer = branched.ask(
            {"op": "renew", "files": dict(state.files), "media": self._media_folder()}, RESTORE_TIMEOUT_S
        )
        if isinstance(answer, Ended):
            return False
        self._keeper.use(snapshot)
        self._kept = kept
        self._stand(branched, at, state, list(snapshot.needs), kept=True)
        return True

    def _restore(self, at: int, state: State) -> bool:
        """Stand before cell ``at`` in a process that has loaded a saved state, if there is one that helps."""
        name = self.saved.name_of_saved(state, at)
        found = self.context.checkpoints.find(name)
        if found is None:
            return False
        if self.position:
            self._adopt_saved()
            self._leave()
        live = self.process_for_cell()
        message = {
            "op": "restore",
            "path": found[0],
            "modules": found[1],
            "imports": modules_until(self.post, at),
            "files": dict(state.files),
            "media": self._media_folder(),
            "code": [[n + 1, code] for n, code in enumerate(self.post.codes[:at])],
        }
        answer = live.ask(message, RESTORE_TIMEOUT_S)
        if not isinstance(answer, Ended) and answer["ok"]:
            traces = self.post.progress.traces
            needs = [(self.post.progress.before[i].files, traces[i]["body"]["needs"]) for i in range(at) if i in traces]
            self._stand(live, at, state, needs, kept=False)
            return True
        self.context.checkpoints.drop(name)
        self.is_spoilt = True
        self._leave()
        return False

    def _stand(self, live: LiveSession, at: int, state: State, needs: list[_Needs], *, kept: bool) -> None:
        self._live, self.position, self._state, self._needs, self._is_kept = live, at, state, needs, kept
        self._branches, self.is_spoilt = True, False

    def apply_changes(self, index: int) -> bool:
        """Take over what the next kept cells changed, as far as it is saved; say whether anything was tried."""
        changes = self.saved.find_changes(self.position, index)
        if not changes:
            return False
        end = int(changes[-1]["index"]) + 1
        message = {
            "op": "apply",
            "changes": changes,
            "media": self._media_folder(),
            "imports": modules_until(self.post, end),
        }
        answer = self.process_for_cell().ask(message, RESTORE_TIMEOUT_S)
        if not isinstance(answer, Ended) and is_state(self.saved.state_before(end), answer):
            now = self.post.progress
            for change in changes:
                at = int(change["index"])
                self._needs.append((now.before[at].files, now.traces[at]["body"]["needs"]))
            self.position, self._state = end, self.saved.state_before(end)
            return True
        for change in changes:
            self.saved.drop_changes(int(change["index"]))
        self._adopt_saved()
        self.is_spoilt = True
        self._leave()
        self.go_near(index, self.saved.state_before)
        return True

    # -- keeping

    def _leave(self) -> None:
        """Give the process up: it becomes a snapshot if it may, else it ends."""
        live, self._live, self.position = self._live, None, 0
        if live is None or live.is_over:
            return
        if self._kept is None or self._keeper is None:
            live.end()
        elif self._is_kept or self.is_spoilt or not self._branches or not self._may_keep():
            if isinstance(live, Branch):
                live.end()
            else:
                self._keeper.discard(self.post.plan.path)
        else:
            self._keep(live)
        self.is_spoilt = False

    def _keep(self, live: LiveSession) -> None:
        from xaisite.run.keeper import Snapshot

        assert self._kept is not None
        assert self._keeper is not None
        snapshot = Snapshot(self.state_name(self._state), live, tuple(self._needs))
        self._kept.keep(snapshot)
        self._keeper.use(snapshot)

    def _may_keep(self) -> bool:
        """Whether the state can be brought back: files that hold a secret are not stored anywhere."""
        return not any(digest and digest.startswith(WITHHELD) for digest in self._state.files.values())

    def _hold(self, needs: tuple[_Needs, ...]) -> bool:
        """Whether all that cells read is as it was."""
        return all(
            check_dependency(tuple(need), self.post.view(State(files=files)), self.post.environ)
            for files, group in needs
            for need in group
        )

    def _key(self) -> object:
        plan = self.post.plan
        return plan.seed, plan.execute_dir, tuple(sorted(self.post.environ.items()))

    def _media_folder(self) -> str:
        return os.path.join(self.context.store.folder, "media")

    def _adopt_saved(self) -> None:
        saving, self._saving = self._saving, []
        ran, self._ran = self._ran, []
        for live in ran if saving else ():
            if not live.is_over:
                live.ask({"op": "saved"}, _SAVE_S + self._spent_s)
        spool = ran[-1].scratch.folder("spool") if ran else ""
        for name, spooled, modules in saving if os.path.isdir(spool) else ():
            self.context.checkpoints.adopt(os.path.join(spool, spooled), name, modules)
