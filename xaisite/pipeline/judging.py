"""What is told of all that was found: the last word on each diagnostic, in one place.

`<!-- xaisite-ignore CODE -->` silences warnings and notices in its block, `[diagnostics] ignore` in the whole site;
errors stay. `xaisite check` asks more of an author than a build: what it holds for errors is listed here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from xaisite.core.diagnostic import Diagnostic, Severity
from xaisite.core.record import replace
from xaisite.model.post import Outline
from xaisite.parse.ignore import drop_ignored

ERRORS_OF_CHECK = frozenset({"alt-drafted", "alt-missing"})
"""Warnings of a build that `xaisite check` holds for errors."""


def judge_diagnostics(
    found: Iterable[Diagnostic], outlines: Mapping[str, Outline], ignored_codes: Iterable[str], *, is_check: bool
) -> tuple[Diagnostic, ...]:
    """Return what is left when silenced ones are taken out, with the severities of this command."""
    everywhere = frozenset(ignored_codes)
    heard = (d for d in found if d.is_error or d.code not in everywhere)
    left = drop_ignored(heard, [block for outline in outlines.values() for block in outline.ignored])
    return tuple(_raised(d) for d in left) if is_check else left


def _raised(diagnostic: Diagnostic) -> Diagnostic:
    if diagnostic.code in ERRORS_OF_CHECK and diagnostic.severity is Severity.WARNING:
        return replace(diagnostic, severity=Severity.ERROR)
    return diagnostic
