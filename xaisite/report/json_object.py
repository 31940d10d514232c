"""Diagnostics for programs: one JSON object.

Invariant: always the same keys; what is not known (no place, an unreadable file) is null.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from xaisite.core.diagnostic import Diagnostic, sort_diagnostics
from xaisite.report.located import Sources, locate


def render_json(diagnostics: Iterable[Diagnostic], sources: Sources, *, prefix: str = "") -> str:
    """Return ``{"diagnostics": […]}`` as one line of JSON."""
    records = [make_record(d, sources, prefix) for d in sort_diagnostics(diagnostics)]
    return json.dumps({"diagnostics": records}, ensure_ascii=True) + "\n"


def make_record(d: Diagnostic, sources: Sources, prefix: str = "") -> dict[str, str | int | None]:
    """Return one diagnostic as a JSON record (also used by the build report)."""
    place = locate(d.span, sources, prefix)
    start = place.start if place else None
    end = place.end if place else None
    return {
        "code": d.code,
        "severity": str(d.severity),
        "message": d.message,
        "path": place.path if place else None,
        "line": start.line if start else None,
        "column": start.column if start else None,
        "end_line": end.line if end else None,
        "end_column": end.column if end else None,
        "help": d.help,
    }
