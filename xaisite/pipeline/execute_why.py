"""`xaisite why`: the reason why each cell would run, or why not. Runs nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xaisite.core.record import record, replace
from xaisite.pipeline.execute_last import explain_own_change

if TYPE_CHECKING:
    from xaisite.model.cell import Cell
    from xaisite.pipeline.execute import ExecuteRequest
    from xaisite.pipeline.execute_post import PostExecution


@record
class CellReason:
    """Why a cell would run, or why not."""

    post: str
    cell: str
    runs: bool
    reason: str
    is_certain: bool = True
    """False: whether it runs depends on what an earlier cell will change."""


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
            if cell.index in execution.progress.cells or stopped:
                found.append(_explain_kept(execution, cell, again) or _explain_later(execution, cell, stopped))
            else:
                stopped = cell.name
                found.append(CellReason(post, stopped, runs=True, reason=execution.progress.reasons[cell.index]))
    return tuple(reason for reason in found if not label or reason.cell == label)


def _explain_kept(execution: PostExecution, cell: Cell, again: dict[int, str]) -> CellReason | None:
    """Return why a cell would be kept, or be executed for its values only (None: neither is known)."""
    result, post = execution.progress.cells.get(cell.index), execution.plan.path
    if not cell.exec.eval or (result is not None and result.status == "skipped"):
        return CellReason(post, cell.name, runs=False, reason="it is switched off (`eval: false`)")
    if result is None:
        return None
    said = again.get(cell.index, "nothing it depends on changed")
    return CellReason(post, cell.name, runs=cell.index in again, reason=said)


def _explain_later(execution: PostExecution, cell: Cell, stopped: str) -> CellReason:
    """Return why a cell would run behind one that runs for certain: its own edit, or perhaps what that one changes."""
    step = execution.step_of(cell)
    depends = step.depended(execution.view(execution.progress.state))
    own = explain_own_change(step, depends, execution.last().get(cell.name))
    said = own or f"it may depend on what {stopped} changes"
    return CellReason(execution.plan.path, cell.name, runs=True, reason=said, is_certain=bool(own))


def _again(execution: PostExecution) -> dict[int, str]:
    """Return the kept cells that would be executed for their values, because a later cell or value must be made."""
    from xaisite.pipeline.execute_saved import SavedStates

    plan, now = execution.plan, execution.progress
    first = next((cell.index for cell in plan.cells if cell.index not in now.cells), len(plan.cells))
    waiting = [inline.after_cell + 1 for inline in plan.inlines if inline.index not in now.inlines]
    last = max([first if first < len(plan.cells) else 0, *(at for at in waiting if at <= first)])
    return dict(SavedStates(execution).missing_before(last))
