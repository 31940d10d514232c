"""One post: which of its cells hold, which must run, and what they give.

Does not start processes before something must run. Invariant: the state that a cell's key is made from is the state
that the cells before it leave behind, taken from traces or from the run itself.
"""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterator, Mapping
from typing import Any

from xaisite.core.checked import has_errors
from xaisite.core.diagnostic import Diagnostic
from xaisite.core.errors import InternalError
from xaisite.core.record import replace
from xaisite.engine.inputs import View
from xaisite.engine.state import State
from xaisite.engine.store import write_atomically
from xaisite.engine.where import Place
from xaisite.model.cell import Cell, InlineExpr, SessionPlan
from xaisite.model.result import CellResult, PostResults
from xaisite.pipeline import execute_problems as problems
from xaisite.pipeline.execute_context import ExecuteContext
from xaisite.pipeline.execute_drift import find_differences, shown_outputs
from xaisite.pipeline.execute_last import (
    LastCells,
    describe_cell,
    explain_miss,
    has_equal_code,
    load_last,
    name_origin,
    save_last,
)
from xaisite.pipeline.execute_progress import Progress
from xaisite.pipeline.execute_results import media_digests, read_cell, read_inline
from xaisite.pipeline.execute_stored import read_stored
from xaisite.pipeline.execute_trace import Step, Trace, make_step, replay, why_not


class PostExecution:
    """The execution of one post."""

    def __init__(self, context: ExecuteContext, plan: SessionPlan) -> None:
        self.context = context
        self.plan = plan
        self.folder = posixpath.dirname(plan.path)
        self.environ = context.environ(plan)
        self.codes = [cell_code(cell, plan) for cell in plan.cells]
        self.progress = Progress(initial_state(plan))
        self._last: LastCells | None = None
        self._steps: dict[tuple[str, int], Step] = {}
        self._groups: dict[int, list[InlineExpr]] = {}
        for inline in plan.inlines:
            self._groups.setdefault(inline.after_cell, []).append(inline)

    # -- what there is to evaluate

    def step_of(self, cell: Cell) -> Step:
        """Return a cell as a step."""
        at = ("cell", cell.index)
        if at not in self._steps:
            depends = tuple(posixpath.normpath(posixpath.join(self.folder, p)) for p in cell.observed.depends)
            options = {
                **exec_options(cell),
                "produces": cell.observed.produces,
                "files": [posixpath.splitext(f)[1] for f in cell.observed.files],
                "dark": cell.show.fig_dark,
                "folder": self.plan.execute_dir if cell.exec.execute_dir == "file" else "project",
                **({} if cell.observed.seed is None else {"seed": cell.observed.seed}),
            }
            step = make_step(
                "cell", self.codes[cell.index], options, cell.label, forms=self.context.forms, depends=depends
            )
            also = tuple(name for name in (cell.observed.produces, cell.show.fig_dark) if name)
            self._steps[at] = replace(step, also=also)
        return self._steps[at]

    def inline_step(self, inline: InlineExpr) -> Step:
        """Return an inline expression as a step."""
        at = ("inline", inline.index)
        if at not in self._steps:
            self._steps[at] = make_step("inline", inline.code, {}, "", forms=self.context.forms)
        return self._steps[at]

    def inlines_after(self, index: int) -> list[InlineExpr]:
        """Return the expressions that see the state after a cell."""
        return self._groups.get(index, [])

    def view(self, state: State) -> View:
        """Return the files as a cell sees them in a state."""
        from xaisite.run.scratch import is_hidden_name

        return View(self.context.root, state.files, self.context.cache, is_hidden_name, self.context.artifacts)

    # -- from the store

    def try_store(self) -> bool:
        """Take everything from the store if all of it holds (or nothing may run); else say that something must run."""
        mode = self.context.request.mode
        if not self.plan.enabled or not (self.plan.cells or self.plan.inlines):
            return self._disabled()
        for index in range(-1, len(self.plan.cells)):
            if index >= 0 and not self.take_cell(self.plan.cells[index]):
                if mode == "run":
                    return False
                self._stop_at(index)
                return True
            missing = [i for i in self.inlines_after(index) if not self.take_inline(i)]
            if missing and mode == "run":
                return False
            if missing and mode != "check":
                self.progress.problems += [problems.inline_missing(i, mode) for i in missing]
        return True

    def take_cell(self, cell: Cell) -> bool:
        """Reuse a stored result for a cell in the current state; say whether there was one that holds."""
        now = self.progress
        now.before[cell.index] = now.state
        if not cell.exec.eval or cell.language != "python":
            now.cells[cell.index] = CellResult(cell.index, "skipped")
            return True
        again = self._why_again(cell)
        trace = None if again else self.find_trace(self.step_of(cell), cell.index)
        if trace is None:
            now.reasons[cell.index] = again or now.reasons.get(cell.index, "")
            return False
        self.accept(cell, trace, "reused", now.reasons.get(cell.index, ""))
        return True

    def accept(self, cell: Cell, trace: Trace, status: str, reason: str, seconds: float = 0.0) -> None:
        """Record a cell's result and go on to the state after it."""
        now = self.progress
        now.state = replay(trace, now.state)
        if trace["body"].get("produced"):
            self._publish(trace["body"]["produced"])
        now.traces[cell.index] = trace
        found = problems.check_seeds(cell, trace["body"])
        now.problems += [found] if found is not None else []
        result = read_cell(cell, trace, self.folder)
        now.cells[cell.index] = replace(result, status=status, reason=reason, seconds=seconds)

    def note_again(self, cell: Cell, why: str, seconds: float) -> None:
        """Record that a kept cell was executed once more, for what it leaves behind."""
        now = self.progress.cells
        now[cell.index] = replace(now[cell.index], again=True, reason=why, seconds=seconds)

    def _publish(self, produced: dict[str, Any]) -> None:
        """Put a produced value where other posts find it."""
        data = self.context.store.read_media(produced["digest"])
        path = os.path.join(self.context.artifacts, post_name(self.plan), str(produced["name"]))
        if data is not None and self.context.cache.digest(path) != produced["digest"]:
            write_atomically(path, data)

    def find_trace(self, step: Step, index: int) -> Trace | None:
        """Return a stored trace that holds for a step in the current state; note why others do not."""
        state = self.progress.state
        view = self.view(state)
        reason = ""
        key = step.key(state, view)
        place = self._place(step, index)
        for trace in self.context.store.traces(key):
            reason = self._why_not(trace, step, place=place)
            if not reason and not self._media_hold(trace):
                reason = "a stored result is damaged or gone"
            if not reason:
                return trace
            if step.kind == "cell" and place is not None and not self._why_not(trace, step, place=None):
                self.progress.elsewhere[index] = trace
        if step.kind == "cell":
            last = self.last().get(self.plan.cells[index].name)
            reason = reason or explain_miss(step, state, step.depended(view), last)
            self.progress.reasons[index] = name_origin(reason, self.plan.cells, self.progress.traces)
        return None

    def _why_not(self, trace: Trace, step: Step, *, place: Place | None) -> str:
        state = self.progress.state
        return why_not(trace, step, state, view=self.view(state), environ=self.environ, codes=self.codes, place=place)

    def _place(self, step: Step, index: int) -> Place | None:
        """Return the environment that a stored result must come from; None: any will do.

        What cannot run here, and what follows it, is shown as it was made elsewhere.
        """
        cells = self.plan.cells[: (index if step.kind == "cell" else self.plan.inlines[index].after_cell) + 1]
        is_kept = step.kind == "cell" and cells[-1].observed.freeze
        if is_kept or self.context.request.mode == "frozen" or any(map(self.lacks_device, cells)):
            return None
        return self.context.place

    def lacks_device(self, cell: Cell) -> bool:
        """Whether the cell needs a device that this machine has not."""
        return "gpu" in cell.observed.requires and not self.context.device

    def keep_trace(self, step: Step, state: State, trace: Trace) -> None:
        """Store a trace in place of those that would hold in its stead."""
        store, view = self.context.store, self.view(state)
        name = store.add_trace(trace)
        trace["name"] = name
        for other in list(store.traces(str(trace["key"]))):
            if other["name"] != name and not why_not(
                other, step, state, view=view, environ=self.environ, codes=self.codes, place=self.context.place
            ):
                store.drop_trace(other)

    def last(self) -> LastCells:
        """Return what the last build knew of the cells."""
        if self._last is None:
            self._last = load_last(self.context.state, self.plan.path)
        return self._last

    def take_inline(self, inline: InlineExpr) -> bool:
        """Reuse a stored inline value."""
        trace = None if self._why_again(None) else self.find_trace(self.inline_step(inline), inline.index)
        if trace is None:
            return False
        self.accept_inline(inline, trace)
        return True

    def accept_inline(self, inline: InlineExpr, trace: Trace) -> None:
        """Record an inline value, and what is wrong with it."""
        body = trace["body"]
        if body.get("raised"):
            self.progress.problems.append(problems.inline_failed(inline, body["raised"]))
            return
        found = problems.check_assert(inline, body)
        if found is not None:
            self.progress.problems.append(found)
        self.progress.inlines[inline.index] = read_inline(inline, trace)
        self.progress.inline_traces[inline.index] = trace

    # -- the end

    def finish(self) -> tuple[PostResults, tuple[Diagnostic, ...]]:
        """Return the results of the post; cells without one are `not-run`."""
        from xaisite.pipeline.execute_results import make_results, tell_finished

        self._check_whole()
        if any(cell.status == "ran" for cell in self.progress.cells.values()):
            self._remember()
        tell_finished(self)
        return make_results(self), tuple(self.progress.problems)

    def _check_whole(self) -> None:
        """Never let a page out with a hole that nothing has been said about."""
        now = self.progress
        if self.context.request.mode != "run" or not self.plan.enabled or has_errors(tuple(now.problems)):
            return
        cells = [cell.index for cell in self.plan.cells if cell.index not in now.cells]
        inlines = [inline.code for inline in self.plan.inlines if inline.index not in now.inlines]
        if cells or inlines:
            raise InternalError(f"{self.plan.path}: nothing was computed for cells {cells} and values {inlines}")

    def _remember(self) -> None:
        now, cells = self.progress, dict(self.last())
        for index, trace in now.traces.items():
            if index not in now.refused:
                step, before = self.step_of(self.plan.cells[index]), now.before[index]
                depends = step.depended(self.view(before))
                cells[self.plan.cells[index].name] = describe_cell(step, before, trace, depends)
        save_last(self.context.state, self.plan.path, cells)

    def judge_drift(self, cell: Cell, step: Step, trace: Trace) -> bool:
        """Say what a cell that ran gives otherwise than the last time; whether its result may be kept."""
        before = self._last_outputs(cell, step)
        if before is None:
            return True
        found = find_differences(before, shown_outputs(trace["body"]["outputs"]), self.context.store.read_media)
        is_strict = self.context.request.strict_drift
        if found:
            self.progress.problems.append(problems.drifted(cell, found, is_strict=is_strict))
            if is_strict:
                self.progress.refused.add(cell.index)
        return not (found and is_strict)

    def _last_outputs(self, cell: Cell, step: Step) -> list[dict[str, Any]] | None:
        """Return what equal code showed the last time, here or else (in a shared store) elsewhere; None: it is new."""
        last = self.last().get(cell.name)
        if last is not None and has_equal_code(step, last) and not self._is_edited_before(cell):
            return list(last["outputs"])
        elsewhere = self.progress.elsewhere.get(cell.index)
        return None if elsewhere is None else shown_outputs(elsewhere["body"]["outputs"])

    def _is_edited_before(self, cell: Cell) -> bool:
        """Whether the code of a cell before this one is not that of the last time."""
        return any(
            self.step_of(self.plan.cells[at]).form.digest != self.last().get(self.plan.cells[at].name, {}).get("code")
            for at in self.progress.traces
            if at < cell.index
        )

    def _disabled(self) -> bool:
        for cell in self.plan.cells:
            if cell.stored_outputs and cell.language == "python":
                self.progress.cells[cell.index] = read_stored(cell, self.context.store)
        return True

    def _stop_at(self, index: int) -> None:
        """Nothing may run: the cells from here on have no result."""
        mode = self.context.request.mode
        if mode == "frozen":
            self.progress.problems.append(
                problems.result_missing(self.plan.cells[index], self.progress.reasons.get(index, ""))
            )
        elif mode == "no-execute":
            self.progress.problems.append(
                problems.cell_not_run(self.plan.cells[index], self.progress.reasons.get(index, ""))
            )

    def _why_again(self, cell: Cell | None) -> str:
        """Return why a stored result is not even looked for (empty: it is)."""
        mode = self.context.request.mode
        if cell is not None and not cell.observed.cache and mode in ("run", "check"):
            return "it has `cache: false`"
        asked = mode == "run" and any(self._names_this(word, cell) for word in self.context.request.refresh)
        return "asked for by --refresh" if asked else ""

    def _names_this(self, word: str, cell: Cell | None) -> bool:
        post, _, label = word.partition(":")
        stem = posixpath.splitext(self.plan.path)[0]
        if post not in (
            "",
            "*",
            self.plan.path,
            stem,
            posixpath.basename(stem),
            self.plan.url,
            self.plan.url.strip("/"),
        ):
            return False
        return not label or (cell is not None and label in (cell.label, str(cell.index + 1)))

    def _media_hold(self, trace: Trace) -> bool:
        store, digest_of = self.context.store, self.context.cache.digest
        return all(store.holds_media(digest, digest_of) for digest in media_digests(trace["body"]))


def post_name(plan: SessionPlan) -> str:
    """Return the name under which other posts ask for what this one produces."""
    return plan.url.strip("/").rpartition("/")[2] or "index"


def initial_state(plan: SessionPlan) -> State:
    """Return the state before the first cell: nothing but the seed is named."""
    return State(ambient={"seed": str(plan.seed)})


def cell_code(cell: Cell, plan: SessionPlan) -> str:
    """Return a cell's code, with the parameters injected after the cell tagged `parameters`."""
    return cell.code + injected_code(plan) if cell.observed.parameters and plan.params else cell.code


def injected_code(plan: SessionPlan) -> str:
    """Return the parameters as assignments."""
    lines = [f"{name} = {value!r}" for name, value in plan.params.items() if name.isidentifier()]
    return "\n" + "\n".join(lines) + "\n"


def exec_options(cell: Cell) -> Mapping[str, object]:
    """Return the options of a cell that belong into its key."""
    options = cell.exec
    return {
        "error": options.error,
        "size": [options.fig_width_in, options.fig_height_in],
        "text": options.fig_text_pt,
        "dpi": options.fig_dpi,
        "formats": list(options.fig_formats),
        "env": dict(options.env),
        "seeds": options.seeds,
    }


def all_steps(post: PostExecution) -> Iterator[tuple[str, Any]]:
    """Yield cells and inline expressions in the order they are evaluated."""
    for index in range(-1, len(post.plan.cells)):
        if index >= 0:
            yield "cell", post.plan.cells[index]
        for inline in post.inlines_after(index):
            yield "inline", inline
