"""Drives the session of one post: runs cells without a result that holds, in the state that they need.

Does not decide what holds. Invariant: a cell runs only in the state that the cells before it leave behind; if
bringing a session there gives another state than was stored, what was stored is given up.
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from typing import Any

from xaisite.core.digest import digest_json
from xaisite.core.record import record
from xaisite.engine.state import State
from xaisite.model.cell import Cell, InlineExpr
from xaisite.pipeline import execute_problems as problems
from xaisite.pipeline.execute_context import ExecuteContext
from xaisite.pipeline.execute_post import PostExecution, initial_state
from xaisite.pipeline.execute_results import media_digests, python_version
from xaisite.pipeline.execute_saved import paths_of
from xaisite.pipeline.execute_session import PostSession, modules_until
from xaisite.pipeline.execute_trace import SitePaths, Step, Trace, find_needs, make_body, state_after, versions_used
from xaisite.run.live import Ended

_INLINE_TIMEOUT_S = 120.0


@record
class _Run:
    """What a session said of a step, and what it depended on."""

    answer: Mapping[str, Any]
    key: str
    needs: list[list[Any]]
    before: State
    after: State


class PostDriver:
    """Runs what one post needs."""

    def __init__(self, post: PostExecution) -> None:
        self.post = post
        self.context: ExecuteContext = post.context
        self.session = PostSession(post)
        self._started_ns = 0
        self._gave_other: set[int] = set()

    def run(self) -> None:
        """Evaluate the whole post; results and problems are left in it."""
        post = self.post
        post.progress = post.progress.again(initial_state(post.plan))
        try:
            index = -1
            while index < len(post.plan.cells):
                following = self._evaluate(index)
                if following is None:
                    return
                index = following
        finally:
            self.session.end()

    def _evaluate(self, index: int) -> int | None:
        """Evaluate a cell and the expressions after it. Return the next index, or None to stop."""
        post = self.post
        if index >= 0:
            cell = post.plan.cells[index]
            if not post.take_cell(cell):
                back = self._bring_to(index)
                if back is None:
                    return None
                if index not in post.progress.before:  # a cell run again gave another result: look again from there
                    return back
                if not self._run_cell(cell):
                    return None
        if self._missing_inlines(index):
            back = self._bring_to(index + 1)
            if back is None or back != index + 1:
                return back
            self._run_inlines(self._missing_inlines(index), index)
        return index + 1

    def _missing_inlines(self, index: int) -> list[InlineExpr]:
        """Take the stored values of the expressions after a cell; return those that must be evaluated."""
        post = self.post
        return [
            i for i in post.inlines_after(index) if i.index not in post.progress.inlines and not post.take_inline(i)
        ]

    # -- the session

    def _bring_to(self, index: int) -> int | None:
        """Bring the session to the state before a cell, from a saved state or by running the cells before it.

        Return ``index``, an earlier cell to go on from (running gave another state than was stored), or None.
        """
        session = self.session
        session.go_near(index, self._state_before)
        while session.position < index:
            cell = self.post.plan.cells[session.position]
            if self.post.progress.cells[cell.index].status == "skipped":
                session.skip()
                continue
            if session.apply_changes(index):
                continue
            back = self._run_again(cell)
            if back != cell.index + 1 or back is None:
                return None
            if cell.index in self._gave_other:
                self._gave_other.discard(cell.index)
                return back
        return index

    def _run_again(self, cell: Cell) -> int | None:
        """Run a cell for its effects; if they are not those stored, its new result replaces the stored one."""
        post = self.post
        if post.lacks_device(cell):
            post.progress.problems.append(problems.device_values_missing(cell))
            return None
        before = post.progress.before[cell.index]
        expected = self._state_before(cell.index + 1)
        why = self.session.saved.why_missing(cell.index)
        step = post.step_of(cell)
        answer = self._ask_cell(cell)
        if isinstance(answer, Ended) or self._unexpected(cell, answer):
            self._fail(cell, answer)
            return None
        run = self._describe_run(step, before, answer)
        if run.after == expected:
            post.note_again(cell, why, float(answer["seconds"]))
        else:
            self._record(cell, step, run, reason="it gave another result when run again")
            self._forget_from(cell.index + 1)
            self._gave_other.add(cell.index)
        self.session.note_run(cell, run.after, answer, before, post.progress.traces[cell.index]["body"]["needs"])
        if run.after != expected:
            self._run_inlines(self._missing_inlines(cell.index), cell.index)
        return cell.index + 1

    def _state_before(self, index: int) -> State:
        return self.post.progress.before.get(index, self.post.progress.state)

    def _forget_from(self, index: int) -> None:
        now = self.post.progress
        for group in (now.cells, now.traces, now.before):
            for at in [a for a in group if a >= index]:
                del group[at]
        for inline in self.post.plan.inlines:
            if inline.after_cell >= index - 1:
                now.inlines.pop(inline.index, None)

    def _ask_cell(self, cell: Cell) -> Mapping[str, Any] | Ended:
        live = self.session.process_for_cell()
        self._started_ns = time.time_ns()
        limits, options = self.context.request.config.execution, cell.exec
        limit = cell.observed.timeout_s or limits.timeout_s
        own_seed = cell.observed.seed
        first_seed = self.post.plan.seed if own_seed is None else own_seed
        live.limit_memory(cell.observed.memory_bytes or limits.memory_bytes)
        path, name, began = self.post.plan.path, cell.name, time.monotonic()
        step = self.post.step_of(cell)
        self.context.report("cell", path, name)
        answer = live.ask(
            {
                "op": "run",
                "code": [[cell.index + 1, self.post.codes[cell.index]]],
                "imports": modules_until(self.post, cell.index + 1),
                "env": dict(options.env),
                "folder": live.folder("site")
                if options.execute_dir == "project" and self.post.plan.execute_dir == "file"
                else "",
                "figure": {
                    "width": options.fig_width_in,
                    "height": options.fig_height_in,
                    "text": options.fig_text_pt,
                    "dpi": options.fig_dpi,
                    "formats": list(options.fig_formats),
                    "dark": True,
                    "fig_dark": cell.show.fig_dark,
                    "files": list(cell.observed.files),
                },
                "produces": cell.observed.produces,
                "seed": own_seed,
                "other_seeds": list(range(first_seed + 1, first_seed + options.seeds)),
                "save": {
                    **paths_of(live.folder("spool"), cell.index),
                    "limit": self.session.worth_bytes(),
                    "touched": sorted(step.touched(self._state_before(cell.index))),
                    "bound": list(step.form.bound),
                },
            },
            limit * max(1, options.seeds),
        )
        how = "failed" if isinstance(answer, Ended) or self._unexpected(cell, answer) else "ran"
        self.context.report("done", path, name, how, time.monotonic() - began)
        return answer

    def _describe_run(self, step: Step, before: State, answer: Mapping[str, Any]) -> _Run:
        """Return what a run depended on, and the state it leaves: what cannot be compared is named by all of that."""
        view = self.post.view(before)
        key = step.key(before, view)
        needs = find_needs(step, answer, view=view, environ=self.post.environ, names=self._site_paths())
        after = before  # of an expression
        if step.kind == "cell":
            after = state_after(before, answer, digest_json([key, needs]), step.touched(before))
        return _Run(answer, key, needs, before, after)

    def _site_paths(self) -> SitePaths:
        live = self.session.process()
        folders = {n: live.folder(n) for n in ("site", "tmp", "home", "cache", "private", "spool")}
        return SitePaths(self.context.root, folders, self.post.folder, self.context.artifacts)

    # -- one cell

    def _run_cell(self, cell: Cell) -> bool:
        post = self.post
        if post.lacks_device(cell):
            post.progress.problems.append(problems.device_missing(cell))
            return False
        step, before = post.step_of(cell), post.progress.state
        answer = self._ask_cell(cell)
        if isinstance(answer, Ended) or self._unexpected(cell, answer):
            self._fail(cell, answer)
            return False
        run = self._describe_run(step, before, answer)
        self._record(cell, step, run, reason=post.progress.reasons.get(cell.index, ""))
        self.session.note_run(cell, run.after, answer, before, run.needs)
        return True

    def _record(self, cell: Cell, step: Step, run: _Run, *, reason: str) -> None:
        post, answer = self.post, run.answer
        trace = self._make_trace(step, run, number=cell.index + 1, device="gpu" in cell.observed.requires)
        if post.judge_drift(cell, step, trace) and self._is_settled(trace) and not answer["nameless"]:
            post.keep_trace(step, run.before, trace)
        post.progress.before[cell.index] = post.progress.state = run.before
        post.accept(cell, trace, "ran", reason, float(answer["seconds"]))
        if answer.get("overflowed"):
            post.progress.problems.append(problems.output_cut(cell))

    def _make_trace(self, step: Step, run: _Run, *, number: int, device: bool = False) -> Trace:
        post, live, answer = self.post, self.session.process(), run.answer
        body = make_body(step, run.before, run.after, answer, needs=run.needs, codes=post.codes, number=number)
        for digest in media_digests(body):
            self.context.store.adopt_media(live.scratch.folder("spool"), digest)
        return {
            "key": run.key,
            "body": body,
            "post": post.plan.path,
            "label": step.label,
            "seconds": round(float(answer.get("seconds", 0.0)), 3),
            "where": {
                "place": self.context.place.digest,
                "parts": dict(self.context.place.parts),
                "python": python_version(),
                "versions": versions_used(answer["observed"], run.before, step.visible(run.before)),
                "protections": list(self.context.pool().protections),
                **({"device": self.context.device} if device else {}),
            },
        }

    def _is_settled(self, trace: Trace) -> bool:
        """Whether no file that was read has changed since the cell began."""
        for need in trace["body"]["needs"]:
            if need[0] not in ("file", "stat"):
                continue
            path = os.path.join(self.context.root, need[1][5:]) if need[1].startswith("site/") else need[1]
            try:
                about = os.stat(path)
            except OSError:
                continue
            if max(about.st_mtime_ns, about.st_ctime_ns) >= self._started_ns and os.path.isfile(path):
                return False
        return True

    def _unexpected(self, cell: Cell, answer: Mapping[str, Any]) -> bool:
        raised, promised = answer["raised"], cell.exec.error
        if isinstance(promised, str):
            return raised is None or promised not in raised["bases"]
        return raised is not None and not promised

    def _limit(self, cell: Cell, why: str) -> str:
        """Return the limit that a cell ran into, in words."""
        limits = self.context.request.config.execution
        seconds = (cell.observed.timeout_s or limits.timeout_s) * max(1, cell.exec.seeds)
        size = cell.observed.memory_bytes or limits.memory_bytes
        return {"timeout": f"{seconds:g} s", "memory": f"{size / 2**20:.0f} MiB"}.get(why, "")

    def _fail(self, cell: Cell, answer: Mapping[str, Any] | Ended) -> None:
        from xaisite.model.result import CellResult

        now = self.post.progress
        self.session.is_spoilt = True
        if isinstance(answer, Ended):
            problem = problems.cell_stopped(cell, answer.why, answer.detail or self._limit(cell, answer.why))
        elif answer["raised"] is None:
            problem = problems.must_raise(cell)
        elif answer["raised"]["name"] == "SecretFoundError":
            problem = problems.cell_secret(cell, answer["raised"])
        elif answer["raised"]["name"] == "OutputLimitError":
            problem = problems.output_cut(cell)
        elif problems.limit_behind(answer["raised"]):
            why = problems.limit_behind(answer["raised"])
            problem = problems.cell_stopped(cell, why, self._limit(cell, why), answer["raised"])
        elif isinstance(cell.exec.error, str):
            problem = problems.wrong_exception(cell, answer["raised"])
        else:
            problem = problems.cell_failed(cell, answer["raised"])
        now.problems.append(problem)
        now.cells[cell.index] = CellResult(cell.index, "failed", digest="failed")

    # -- inline values

    def _run_inlines(self, inlines: list[InlineExpr], index: int) -> None:
        if not inlines:
            return
        post, live = self.post, self.session.process()
        self._started_ns = time.time_ns()
        answer = live.ask({"op": "eval", "exprs": [[i.code, i.index] for i in inlines]}, _INLINE_TIMEOUT_S)
        if isinstance(answer, Ended):
            post.progress.problems += [
                problems.inline_failed(i, {"name": answer.why, "message": answer.detail}) for i in inlines
            ]
            return
        state = post.progress.state
        for inline, value in zip(inlines, answer["values"], strict=True):
            step = post.inline_step(inline)
            run = self._describe_run(step, state, {**value, "files": {}, "outputs": []})
            trace = self._make_trace(step, run, number=index + 1)
            trace["body"] |= {
                "text": value.get("text", ""),
                "is_markdown": value.get("is_markdown", False),
                "truth": value.get("truth"),
            }
            if not value.get("raised") and self._is_settled(trace) and not value["nameless"]:
                post.keep_trace(step, state, trace)
            post.accept_inline(inline, trace)
