"""Diagnostics for editors and grep: one line each, ``path:line:column: CODE message``."""

from __future__ import annotations

from collections.abc import Iterable

from xaisite.core.diagnostic import Diagnostic, sort_diagnostics
from xaisite.report.located import Sources, locate
from xaisite.report.style import one_line


def render_concise(diagnostics: Iterable[Diagnostic], sources: Sources, *, prefix: str = "") -> str:
    """Return one line per diagnostic. What has no place at all is said by ``xaisite`` itself."""
    return "".join(_render(d, sources, prefix) for d in sort_diagnostics(diagnostics))


def _render(d: Diagnostic, sources: Sources, prefix: str) -> str:
    place = locate(d.span, sources, prefix)
    where = one_line(place.label) if place else "xaisite"
    return f"{where}: {d.code} {one_line(d.message)}\n"
