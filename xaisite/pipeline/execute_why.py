"""`xaisite why` and `xaisite verify`: reasons, and results held against a clean run.

Does not change what is stored. Invariant: `why` runs nothing.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from xaisite.core.checked import Checked
from xaisite.core.diagnostic import Diagnostic, error, sort_diagnostics
from xaisite.model.result import CellResult, PostResults
from xaisite.pipeline.execute_last import name_of

if TYPE_CHECKING:
    from xaisite.pipeline.execute import ExecuteRequest


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
        for cell in plan.cells:
            result = execution.progress.cells.get(cell.index)
            reason = execution.progress.reasons.get(cell.index, "")
            if result is not None:
                said = (
                    "it is switched off (`eval: false`)"
                    if result.status == "skipped"
                    else "nothing it depends on changed"
                )
                found.append(CellReason(post, name_of(cell), runs=False, reason=said))
            elif not stopped:
                stopped = name_of(cell)
                found.append(CellReason(post, stopped, runs=True, reason=reason))
            else:
                found.append(
                    CellReason(post, name_of(cell), runs=True, reason=f"it may depend on what {stopped} changes")
                )
    return tuple(reason for reason in found if not label or reason.cell == label)


def verify_results(request: ExecuteRequest, stored: Mapping[str, PostResults]) -> Checked[Mapping[str, PostResults]]:
    """Run posts from the top with an empty store; return an error for each cell that does not give what is stored."""
    from xaisite.pipeline.execute import execute_posts

    folder = Path(tempfile.mkdtemp(prefix="verify-", dir=request.state))
    execution = replace(request.config.execution, store="")
    config = replace(request.config, execution=execution)
    try:
        clean = execute_posts(
            replace(request, state=folder / "state", mode="run", refresh=(), config=config, shares=False)
        )
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    problems: list[Diagnostic] = [d for d in clean.diagnostics if d.is_error]
    for plan in request.sessions:
        if plan.path in stored and plan.path in clean.value:
            for cell, old, new in zip(plan.cells, stored[plan.path].cells, clean.value[plan.path].cells, strict=True):
                said = _compare(old, new)
                if said:
                    problems.append(
                        error(
                            "verify-differs",
                            f"a clean run gives other results: {said}",
                            cell.span,
                            help="`xaisite build --refresh` takes the new results over",
                        )
                    )
    return Checked(clean.value, sort_diagnostics(problems))


def _compare(old: CellResult, new: CellResult) -> str:
    if old.status == "not-run" or old.outputs == new.outputs:
        return ""
    if len(old.outputs) != len(new.outputs):
        return f"{len(old.outputs)} outputs → {len(new.outputs)}"
    for a, b in zip(old.outputs, new.outputs, strict=True):
        if a != b and not _close(a, b):
            return f"{str(a)[:120]} → {str(b)[:120]}"
    return ""


def _close(a: object, b: object) -> bool:
    """Whether two outputs differ only in numbers, and those by no more than rounding."""
    import math
    import re

    number = re.compile(r"[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?")
    text_a, text_b = getattr(a, "text", None), getattr(b, "text", None)
    if text_a is None or type(a) is not type(b):
        return False
    one, two = str(text_a), str(text_b)
    if number.sub("#", one) != number.sub("#", two):
        return False
    pairs = zip(number.findall(one), number.findall(two), strict=True)
    return all(math.isclose(float(x), float(y), rel_tol=1e-6, abs_tol=1e-9) for x, y in pairs)
