"""Diagnostics as annotations of a GitHub workflow run.

Invariant: no text of an author can end an annotation or start another: line ends, ``%``, ``:`` and ``,`` are escaped as
the runner expects (actions/toolkit, ``command.ts``).
"""

from __future__ import annotations

from collections.abc import Iterable

from xaisite.core.diagnostic import Diagnostic, sort_diagnostics
from xaisite.report.located import Sources, locate
from xaisite.report.style import plain


def render_github(diagnostics: Iterable[Diagnostic], sources: Sources, *, prefix: str = "") -> str:
    """Return one workflow command per diagnostic."""
    return "".join(_render(d, sources, prefix) for d in sort_diagnostics(diagnostics))


def _render(d: Diagnostic, sources: Sources, prefix: str) -> str:
    properties = {"title": d.code, **_properties(d, sources, prefix)}
    head = ",".join(f"{name}={_escape_property(str(value))}" for name, value in properties.items())
    text = "\n".join([d.message, *(n.message for n in d.notes), *([f"help: {d.help}"] if d.help else [])])
    return f"::{d.severity} {head}::{_escape(plain(text))}\n"


def _properties(d: Diagnostic, sources: Sources, prefix: str) -> dict[str, str | int]:
    place = locate(d.span, sources, prefix)
    if place is None:
        return {}
    found: dict[str, str | int] = {"file": plain(place.path)}
    if place.start and place.end:
        found |= {"line": place.start.line, "endLine": place.end.line}
        if place.start.line == place.end.line:  # columns of a piece over several lines are refused by the service
            found |= {"col": place.start.column, "endColumn": place.end.column}
    return found


def _escape(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _escape_property(text: str) -> str:
    return _escape(text).replace(":", "%3A").replace(",", "%2C")
