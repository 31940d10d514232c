"""`xaisite verify`: posts run anew from nothing, and held against what is stored, within rounding.

Does not change what is stored. Invariant: the clean run sees neither stored results nor saved states.
"""

from __future__ import annotations

import math
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from xaisite.core.checked import Checked
from xaisite.core.diagnostic import Diagnostic, error, sort_diagnostics
from xaisite.core.record import record, replace
from xaisite.core.source import Span
from xaisite.model.cell import SessionPlan
from xaisite.model.result import CellResult, Figure, InlineResult, Output, PostResults, Raised, Rich, Stream
from xaisite.pipeline.execute_drift import find_numbers, number_changes, without_numbers
from xaisite.pipeline.picture_change import share_of_changes

if TYPE_CHECKING:
    from xaisite.pipeline.execute import ExecuteRequest

_MOST_PIXELS = 0.001  # of a picture may differ: smoothed edges, where numbers differ by rounding
ReadMedia = Callable[[str], bytes | None]


@record
class _Stores:
    """Where the media of the stored and of the clean results are."""

    old: ReadMedia
    new: ReadMedia


def verify_results(request: ExecuteRequest, stored: Mapping[str, PostResults]) -> Checked[Mapping[str, PostResults]]:
    """Run posts from the top with an empty store; return an error for all that does not give what is stored."""
    from xaisite.pipeline.execute import execute_posts
    from xaisite.pipeline.execute_context import open_store

    folder = Path(tempfile.mkdtemp(prefix="verify-", dir=request.state))
    config = replace(request.config, execution=replace(request.config.execution, store=""))
    state = folder / "state"
    try:
        clean = execute_posts(replace(request, state=state, mode="run", refresh=(), config=config, shares=False))
        stores = _Stores(open_store(request.state, request.config).read_media, open_store(state, config).read_media)
        found = [
            problem
            for plan in request.sessions
            if plan.path in stored and plan.path in clean.value
            for problem in _compare_post(plan, stored[plan.path], clean.value[plan.path], stores)
        ]
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return Checked(clean.value, sort_diagnostics([*(d for d in clean.diagnostics if d.is_error), *found]))


def _compare_post(plan: SessionPlan, old: PostResults, new: PostResults, stores: _Stores) -> Iterator[Diagnostic]:
    for cell, one, two in zip(plan.cells, old.cells, new.cells, strict=True):
        said = _compare_cell(one, two, stores)
        if said:
            yield _differs(said, cell.span)
    for inline, a, b in zip(plan.inlines, old.inlines, new.inlines, strict=True):
        said = _compare_inline(a, b)
        if said:
            yield _differs(said, inline.span)


def _differs(said: str, span: Span) -> Diagnostic:
    return error(
        "verify-differs",
        f"a clean run gives other results: {said}",
        span,
        help="`xaisite build --refresh` takes the new results over",
    )


def _compare_cell(old: CellResult, new: CellResult, stores: _Stores) -> str:
    if "not-run" in (old.status, new.status) or old.outputs == new.outputs:
        return ""
    if len(old.outputs) != len(new.outputs):
        return f"{len(old.outputs)} outputs → {len(new.outputs)}"
    for number, (a, b) in enumerate(zip(old.outputs, new.outputs, strict=True), 1):
        said = _compare_output(a, b, stores) if a != b else ""
        if said:
            return f"output {number}: {said}"
    return ""


def _compare_inline(old: InlineResult | None, new: InlineResult | None) -> str:
    return "" if old is None or new is None else _compare_text(old.text, new.text)


def _compare_output(old: Output, new: Output, stores: _Stores) -> str:
    if type(old) is not type(new):
        return "another kind of output"
    if isinstance(old, Figure) and isinstance(new, Figure):
        return _compare_figure(old, new, stores)
    return _compare_text(_text(old), _text(new))


def _text(output: Output) -> str:
    if isinstance(output, Stream):
        return output.text
    if isinstance(output, Raised):
        return f"{output.name}: {output.message}"
    return "\n".join(output.text.values()) if isinstance(output, Rich) else ""


def _compare_text(old: str, new: str) -> str:
    if without_numbers(old) != without_numbers(new):
        return "the text differs"
    if all(map(_is_close, find_numbers(old), find_numbers(new))):
        return ""
    return ", ".join(number_changes(old, new))


def _is_close(old: str, new: str) -> bool:
    """Whether two numbers are equal up to rounding; whole numbers are not rounded."""
    if old.lstrip("+-").isdigit() and new.lstrip("+-").isdigit():
        return int(old) == int(new)
    return math.isclose(float(old), float(new), rel_tol=1e-6, abs_tol=1e-9)


def _compare_figure(old: Figure, new: Figure, stores: _Stores) -> str:
    said = ""
    if old.data_csv is not None and new.data_csv is not None:
        data = stores.old(old.data_csv.digest), stores.new(new.data_csv.digest)
        said = _compare_text(*((part or b"").decode("utf-8", "replace") for part in data))
    for one, two in zip(old.light, new.light, strict=False):
        if one.mime == two.mime == "image/png" and one.digest != two.digest:
            share = share_of_changes(stores.old(one.digest) or b"", stores.new(two.digest) or b"")
            if share is None or share > _MOST_PIXELS:
                said = ", ".join(
                    filter(None, (said, "another picture" if share is None else f"{share:.2%} of its pixels"))
                )
    return said
