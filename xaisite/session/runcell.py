"""One cell run: its code executed, what it shows recorded, its exception described.

Does not judge whether an exception was expected. Invariant: whatever the code raises, a record comes back; only the
end of the process itself ends the session.
"""

from __future__ import annotations

import linecache
import os
import sys
import traceback
from collections.abc import Callable
from typing import Any

from xaisite.session.cellcode import cell_filename, compile_cell
from xaisite.session.identity import identity_of
from xaisite.session.textout import hide_addresses

_Raised = dict[str, Any]


def execute_code(code: str, number: int, namespace: dict[str, Any], show: Callable[[Any], None]) -> _Raised | None:
    """Run a cell in ``namespace``; show its last expression. Return what it raised, or None."""
    try:
        cell = compile_cell(code, number)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return describe_exception(error, number)
    try:
        exec(cell.body, namespace)  # noqa: S102  # that is what this tool is for
        if cell.last is not None:
            value = eval(cell.last, namespace)  # noqa: S307  # the author's own code
            show(value)
    except BaseException as error:  # noqa: BLE001  # SystemExit and KeyboardInterrupt of a cell are its own
        record = describe_exception(error, number)
        _forget_frames(error)
        return record
    return None


def describe_exception(error: BaseException, number: int) -> _Raised:
    """Return name, message, Python's own traceback (from the author's first line on) and the place in the cell."""
    filename = cell_filename(number)
    line, column, end_column = _syntax_place(error, filename) if isinstance(error, SyntaxError) else (0, 0, 0)
    tb = error.__traceback__
    start = tb
    while start is not None and not start.tb_frame.f_code.co_filename.startswith("<cell "):
        start = start.tb_next
    if line == 0:
        line, column, end_column = _raise_place(error, filename)
    return {
        "name": type(error).__name__,
        "bases": [base.__name__ for base in type(error).__mro__],
        "message": hide_addresses(_message(error)),
        "traceback": hide_addresses(_format(error, start)),
        "line": line,
        "column": column,
        "end_column": end_column,
        "errno": error.errno if isinstance(error, OSError) else None,
    }


def describe_failure(name: str, message: str, trace: str = "") -> _Raised:
    """Return the record of something that went wrong without an exception in the cell's own code."""
    return {
        "name": name,
        "bases": [name],
        "message": message,
        "traceback": trace,
        "line": 0,
        "column": 0,
        "end_column": 0,
        "errno": None,
    }


def _message(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:  # noqa: BLE001  # an exception's own text may fail
        return "(its message cannot be shown)"


def _format(error: BaseException, start: Any) -> str:
    try:
        shown = traceback.TracebackException(type(error), error, start)
        _shorten(shown, set())
        return "".join(shown.format())
    except Exception:  # noqa: BLE001  # lying exceptions
        return f"{type(error).__name__}: {_message(error)}\n"


def _shorten(shown: traceback.TracebackException, seen: set[int]) -> None:
    """Leave out our own frames, and the machine's folders: a traceback is published."""
    if identity_of(shown) in seen:
        return
    seen.add(identity_of(shown))
    ours = os.path.dirname(__file__) + os.sep
    shown.stack[:] = [frame for frame in shown.stack if not frame.filename.startswith(ours)]
    for frame in shown.stack:
        _ = frame.line  # read under its real name, before that is cut
        frame.filename = _short_path(frame.filename)
    for other in (shown.__cause__, shown.__context__):
        if other is not None:
            _shorten(other, seen)


def _short_path(path: str) -> str:
    _, mark, below = path.rpartition("site-packages" + os.sep)
    if mark:
        return below
    library = os.path.dirname(os.__file__) + os.sep
    return path.removeprefix(library)


def _syntax_place(error: SyntaxError, filename: str) -> tuple[int, int, int]:
    if error.filename != filename or not error.lineno:
        return 0, 0, 0
    first = max(0, (error.offset or 1) - 1)
    same = error.end_lineno == error.lineno and error.end_offset
    return error.lineno, first, max(first, (error.end_offset or 1) - 1) if same else first


def _raise_place(error: BaseException, filename: str) -> tuple[int, int, int]:
    """Return the last place in this cell that the traceback passes: line, and the columns Python would underline."""
    place = (0, 0, 0)
    try:
        frames = traceback.extract_tb(error.__traceback__)
    except Exception:  # noqa: BLE001  # a traceback may be cut by deep recursion
        return place
    for frame in frames:
        if frame.filename == filename and frame.lineno:
            one_line = frame.end_lineno in (None, frame.lineno)
            line = linecache.getline(filename, frame.lineno)
            first = _characters(line, frame.colno)
            place = (frame.lineno, first, _characters(line, frame.end_colno) if one_line else len(line))
    return place


def _characters(line: str, column_bytes: int | None) -> int:
    return len(line.encode()[: column_bytes or 0].decode("utf-8", "replace"))


def _forget_frames(error: BaseException) -> None:
    """Let go of the frames: a caught exception must not keep the cell's values alive."""
    for name in ("last_type", "last_value", "last_traceback"):
        if hasattr(sys, name):
            delattr(sys, name)
    traceback.clear_frames(error.__traceback__)
