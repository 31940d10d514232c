"""Cells and expressions that are no Python: told without running anything, where nothing is run.

A build that runs tells them itself, with Python's own words. Does not look at what code does.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator

from xaisite.core.diagnostic import Diagnostic, error
from xaisite.core.source import Span
from xaisite.model.cell import Cell, InlineExpr, InlineRole
from xaisite.model.post import Outline


def check_code(outline: Outline) -> tuple[Diagnostic, ...]:
    """Return an error for each cell and expression of the post that Python cannot read."""
    if outline.front.execute.get("enabled") is False:
        return ()
    cells = [cell for cell in outline.cells if cell.exec.eval and not cell.exec.error]
    return tuple(_problems(cells, outline.inlines))


def _problems(cells: list[Cell], inlines: tuple[InlineExpr, ...]) -> Iterator[Diagnostic]:
    for cell in cells:
        problem = _parse(cell.code, "exec")
        if problem is not None:
            yield error(
                "cell-error", f"this is no Python: {problem.msg}", _place(cell, problem), help=_help(cell, problem)
            )
    for inline in inlines:
        problem = _parse(inline.code.strip(), "eval") if inline.role is not InlineRole.ASSERT else None
        if problem is not None:
            yield error("inline-error", f"this is no Python expression: {problem.msg}", inline.span,
                        help="correct the expression; statements belong into a cell")  # fmt: skip


def _help(cell: Cell, problem: SyntaxError) -> str:
    lines = cell.code.split("\n")
    line = lines[problem.lineno - 1] if problem.lineno and problem.lineno <= len(lines) else ""
    if line.lstrip()[:1] in ("%", "!"):
        return "IPython's magics and shell commands are no Python: write what they do in Python, or remove the line"
    return "correct the code; if readers are meant to see this, set `#| error: true`"


def _parse(code: str, mode: str) -> SyntaxError | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a cell gives its own
            ast.parse(code, mode=mode)
    except SyntaxError as problem:
        return problem
    except (ValueError, RecursionError, MemoryError):
        return None  # running it tells
    return None


def _place(cell: Cell, problem: SyntaxError) -> Span:
    """Return what Python underlines, in the post."""
    line = problem.lineno or 0
    end = problem.end_offset if problem.end_lineno == line else 0
    return cell.place(line, max(0, (problem.offset or 1) - 1), (end or 1) - 1)
