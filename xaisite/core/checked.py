"""The result of a pass: a value, and what was wrong on the way to it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Generic, TypeVar

from xaisite.core.diagnostic import Diagnostic
from xaisite.core.record import record

T_co = TypeVar("T_co", covariant=True)


@record
class Checked(Generic[T_co]):
    """A value with the diagnostics of making it. The value is always usable; errors say that it is not complete."""

    value: T_co
    diagnostics: tuple[Diagnostic, ...] = ()

    @property
    def has_errors(self) -> bool:
        """Whether any diagnostic is an error."""
        return any(d.is_error for d in self.diagnostics)


def has_errors(diagnostics: Iterable[Diagnostic]) -> bool:
    """Return whether any of them is an error."""
    return any(d.is_error for d in diagnostics)
