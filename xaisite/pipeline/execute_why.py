"""`xaisite why`: the reason why each cell would run, or why not. Runs nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xaisite.pipeline.execute import ExecuteRequest
    from xaisite.pipeline.execute_post import PostExecution


@dataclass(frozen=True, slots=True)
class CellReason:
    """Why a cell would run, or why not."""

    post: str
    cell: str
    runs: bool
    reason: str

    def to_json(self) -> dict[str, object]:
        """Return it for `--json`."""
        return {"post": self.post, "cell": self.cell, "runs": self.runs, "reason": self.reason}


def explain_reasons(request: ExecuteRequest, post: str, label: str) -> tuple[CellReason, ...]:
    """Return a reason for each cell of a post (or for one)."""
    from xaisite.pipeline.execute_context import open_context
    from xaisite.pipeline.execute_post import PostExecution

    found = []
    context = open_context(replace(request, mode="check"))
    for plan in request.sessions:
        if plan.path != post:
            continue
        execution = PostExecution(context, plan)
        execution.try_store()
        stopped = ""
        again = _again(execution)
        for cell in plan.cells:
            result = execution.progress.cells.get(cell.index)
            reason = execution.progress.reasons.get(cell.index, "")
            if result is not None:
                said = (
                    "it is switched off (`eval: false`)"
                    if result.status == "skipped"
                    else again.get(cell.index, "nothing it depends on changed")
                )
                found.append(CellReason(post, cell.name, runs=cell.index in again, reason=said))
            elif not stopped:
                stopped = cell.name
                found.append(CellReason(post, stopped, runs=True, reason=reason))
            else:
                found.append(CellReason(post, cell.name, runs=True, reason=f"it may depend on what {stopped} changes"))
    return tuple(reason for reason in found if not label or reason.cell == label)


def _again(execution: PostExecution) -> dict[int, str]:
    """Return the kept cells that would be executed for their values, because a later cell or value must be made."""
    from xaisite.pipeline.execute_saved import SavedStates

    plan, now = execution.plan, execution.progress
    first = next((cell.index for cell in plan.cells if cell.index not in now.cells), len(plan.cells))
    waiting = [inline.after_cell + 1 for inline in plan.inlines if inline.index not in now.inlines]
    last = max([first if first < len(plan.cells) else 0, *(at for at in waiting if at <= first)])
    return dict(SavedStates(execution).missing_before(last))
