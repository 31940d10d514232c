"""What we tell an author about a mistake, as data.

Does not print. Invariants: total order, duplicates dropped, the same text whether computed or replayed from a cache.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from xaisite.core.record import record, replace
from xaisite.core.source import Span


class Severity(StrEnum):
    """How bad it is: only errors stop a build; ``--strict`` promotes warnings, never notices."""

    ERROR = "error"
    WARNING = "warning"
    NOTICE = "notice"


@record
class Note:
    """A further remark, possibly at a second place ("first defined here")."""

    message: str
    span: Span | None = None


@record
class Diagnostic:
    """One problem: what (``message``), where (``span``), why there (``label``), how to mend it (``help``)."""

    code: str
    severity: Severity
    message: str
    span: Span | None = None
    label: str = ""
    notes: tuple[Note, ...] = ()
    help: str = ""

    @property
    def is_error(self) -> bool:
        """Whether the build stops because of it."""
        return self.severity is Severity.ERROR


def error(
    code: str, message: str, span: Span | None = None, *, label: str = "", notes: tuple[Note, ...] = (), help: str = ""
) -> Diagnostic:
    """Return a diagnostic that stops the build."""
    return Diagnostic(code, Severity.ERROR, message, span, label, notes, help)


def warning(
    code: str, message: str, span: Span | None = None, *, label: str = "", notes: tuple[Note, ...] = (), help: str = ""
) -> Diagnostic:
    """Return a diagnostic that ``--strict`` turns into an error."""
    return Diagnostic(code, Severity.WARNING, message, span, label, notes, help)


def notice(
    code: str, message: str, span: Span | None = None, *, label: str = "", notes: tuple[Note, ...] = (), help: str = ""
) -> Diagnostic:
    """Return a diagnostic that only informs."""
    return Diagnostic(code, Severity.NOTICE, message, span, label, notes, help)


def sort_diagnostics(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Return them in reading order (path, place, severity, code, message), each once."""
    return tuple(sorted(set(diagnostics), key=_order))


def promote_warnings(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Return them with every warning made an error, as ``--strict`` asks."""
    return tuple(replace(d, severity=Severity.ERROR) if d.severity is Severity.WARNING else d for d in diagnostics)


_RANK = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.NOTICE: 2}


def _order(d: Diagnostic) -> tuple[object, ...]:
    place = (d.span.path, d.span.start, d.span.end) if d.span else ("", 0, 0)
    return (*place, _RANK[d.severity], d.code, d.message, d.label, d.help, str(d.notes))
