"""What went wrong while running, located in the Markdown.

Does not print. Invariant: every problem of a cell points into that cell's block.
"""

from __future__ import annotations

import errno
from collections.abc import Mapping
from typing import Any

from xaisite.core.diagnostic import Diagnostic, Note, error, notice, warning
from xaisite.core.source import Span
from xaisite.model.cell import Cell, InlineExpr, InlineRole

_NO_ROOM = frozenset({errno.EFBIG, errno.ENOSPC, errno.EDQUOT})


def place_in_cell(cell: Cell, raised: Mapping[str, Any]) -> Span:
    """Return the place of an exception: the columns Python underlines, else the line, else the block's first line."""
    return cell.place(int(raised["line"]), int(raised["column"]), int(raised["end_column"]))


def cell_failed(cell: Cell, raised: Mapping[str, Any]) -> Diagnostic:
    """Return the error of a cell that raised what it should not."""
    message = str(raised["message"]).strip().split("\n")[0][:300]
    said = f"{raised['name']}: {message}" if message else str(raised["name"])
    notes = (Note(str(raised["traceback"]).rstrip()),) if raised["traceback"] else ()
    return error(
        "cell-error",
        f"the cell raised {said}",
        place_in_cell(cell, raised),
        label=raised["name"],
        notes=notes,
        help="correct the code; if readers are meant to see this, set `#| error: true` or `#| error: "
        f"{raised['name']}`",
    )


def limit_behind(raised: Mapping[str, Any]) -> str:
    """Return the limit that an exception tells of (`memory`, `disk`), or nothing."""
    if "MemoryError" in raised["bases"]:
        return "memory"
    return "disk" if raised.get("errno") in _NO_ROOM else ""


def wrong_exception(cell: Cell, raised: Mapping[str, Any]) -> Diagnostic:
    """Return the error of a cell that raised another exception than it promised."""
    return error(
        "cell-wrong-exception",
        f"the cell must raise {cell.exec.error}, but raised {raised['name']}: {raised['message']}",
        place_in_cell(cell, raised),
        notes=(Note(str(raised["traceback"]).rstrip()),),
        help="correct the code, or the name under `error:`",
    )


def must_raise(cell: Cell) -> Diagnostic:
    """Return the error of a cell that promised an exception and raised none."""
    return error(
        "cell-must-raise",
        f"the cell must raise {cell.exec.error}, but ran to its end",
        cell.option_spans.get("error", cell.span),
        help="remove `error:` if the code is right now",
    )


def check_seeds(cell: Cell, body: Mapping[str, Any]) -> Diagnostic | None:
    """Return the warning of a cell that shows the same under every seed: its code probably sets one itself."""
    repeats = body.get("repeats") or []
    if not repeats or any(repeat["outputs"] != body["outputs"] for repeat in repeats):
        return None
    return warning(
        "seeds-without-effect",
        f"the cell shows the same under all {len(repeats) + 1} seeds",
        cell.option_spans.get("seeds", cell.span),
        help="let it draw from `random`, `numpy.random`, torch or a generator made in an earlier cell, and set no seed "
        "of its own (`random_state=None`)",
    )


def device_missing(cell: Cell) -> Diagnostic:
    """Return the error of a cell that needs a device this machine has not, when no stored result holds."""
    return error(
        "device-missing",
        "this cell requires a GPU, this machine has none, and no stored result holds",
        cell.option_spans.get("requires", cell.span),
        help='build once on a machine that has one, with `[execution] store = "results"` or `freeze: true`, and commit '
        "the results folder",
    )


def device_values_missing(cell: Cell) -> Diagnostic:
    """Return the error of a cell whose stored result holds, but whose values a later cell needs."""
    return error(
        "device-missing",
        "a later cell must run and needs the values of this one, which requires a GPU that this machine has not",
        cell.option_spans.get("requires", cell.span),
        help="build on a machine that has one, or hand the values on with `produces:` to another post",
    )


def drifted(cell: Cell, differences: tuple[str, ...], *, is_strict: bool) -> Diagnostic:
    """Return what to say of equal code that gave other results."""
    say = error if is_strict else notice
    return say(
        "drift",
        f"the same code gives other results than the last time: {'; '.join(differences[:5])}",
        cell.span,
        help="the new results are not kept; build without `--strict-drift` to take them over"
        if is_strict
        else "see `xaisite why`; the prose may speak of the old results",
    )


def cell_stopped(cell: Cell, why: str, detail: str, raised: Mapping[str, Any] | None = None) -> Diagnostic:
    """Return the error of a cell that passed a limit: its process came to an end, or it was told by an exception."""
    messages = {
        "timeout": (
            "cell-timeout",
            f"the cell ran longer than {detail}",
            "raise `#| timeout:` if it really needs longer",
        ),
        "memory": (
            "cell-memory",
            f"the cell needed more memory than {detail}",
            "raise `memory` under [execution], or use less",
        ),
        "output": ("cell-output-limit", "the cell printed more than a page can hold", "print less"),
        "disk": ("cell-disk", "the cell wrote more files than a session may", "write less, or to fewer files"),
        "processes": ("cell-processes", "the cell started more processes than a session may", "start fewer processes"),
        "died": (
            "cell-died",
            f"the process died while the cell ran{detail}",
            "a library crashed, or the code ended the process: run the cell alone to see which line does it",
        ),
    }
    code, message, help = messages[why]
    if raised is None:
        return error(code, message, cell.span, help=help)
    notes = (Note(str(raised["traceback"]).rstrip()),)
    return error(code, message, place_in_cell(cell, raised), label=raised["name"], notes=notes, help=help)


def cell_secret(cell: Cell, raised: Mapping[str, Any]) -> Diagnostic:
    """Return the error of a cell that shows or gives away the value of a secret in a form that cannot be masked."""
    return error(
        "cell-secret",
        f"what the cell shows or produces cannot be kept: {raised['message']}",
        place_in_cell(cell, raised),
        help="leave the value out of pictures, files and produced values; in text it is struck out",
    )


def output_cut(cell: Cell) -> Diagnostic:
    """Return the error of a cell that printed more than a page can hold."""
    return error(
        "cell-output-limit",
        "the cell printed more than 1,000,000 characters",
        cell.span,
        help="print less, or end the expression with `;`",
    )


def result_missing(cell: Cell, reason: str) -> Diagnostic:
    """Return the error of `--frozen` for a cell without a stored result."""
    return error(
        "result-missing",
        f"no stored result holds for this cell ({reason})",
        cell.span,
        help="build without `--frozen` where the experiment can run, and commit the results folder",
    )


def cell_not_run(cell: Cell, reason: str) -> Diagnostic:
    """Return the warning of `--no-execute` for a cell without a stored result."""
    return warning(
        "cell-not-run",
        f"this cell was not run, and no stored result holds ({reason})",
        cell.span,
        help="build without `--no-execute` and `--without`",
    )


def inline_missing(inline: InlineExpr, mode: str) -> Diagnostic:
    """Return the problem of an inline value that may not be computed."""
    if mode == "frozen":
        return error(
            "result-missing",
            f"no stored value holds for `{inline.code}`",
            inline.span,
            help="build without `--frozen` where the experiment can run, and commit the results folder",
        )
    return warning(
        "cell-not-run",
        f"`{inline.code}` was not evaluated",
        inline.span,
        help="build without `--no-execute` and `--without`",
    )


def inline_failed(inline: InlineExpr, raised: Mapping[str, Any]) -> Diagnostic:
    """Return the error of an inline expression that raised."""
    return error(
        "inline-error",
        f"the expression raised {raised['name']}: {raised['message']}",
        inline.span,
        help="inline code sees the state after the last cell above it",
    )


def check_assert(inline: InlineExpr, body: Mapping[str, Any]) -> Diagnostic | None:
    """Return the error of an assertion that does not hold."""
    if inline.role is not InlineRole.ASSERT or body.get("truth") is True:
        return None
    return error(
        "assert-failed",
        f"`{inline.code}` does not hold: it is {body['text'][:200]}",
        inline.span,
        help="the prose may claim what is no longer true: correct the text, or the experiment",
    )
