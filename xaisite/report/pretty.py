"""Diagnostics for people at a terminal: header, place, excerpt with a caret, notes, help.

Does not choose the stream. Invariant: reading order, each problem once.
"""

from __future__ import annotations

from collections.abc import Iterable

from xaisite.core.diagnostic import Diagnostic, sort_diagnostics
from xaisite.core.record import record
from xaisite.core.source import Span
from xaisite.report.excerpt import Marker, gutter_of, render_excerpt
from xaisite.report.located import Sources, locate
from xaisite.report.style import BLUE, BOLD, CYAN, GREEN, SEVERITY_COLOR, one_line, paint, plain


@record
class _Look:
    """What all the lines of one message share."""

    sources: Sources
    color: bool
    prefix: str
    gutter: int


def render_pretty(diagnostics: Iterable[Diagnostic], sources: Sources, *, color: bool = False, prefix: str = "") -> str:
    """Return all diagnostics as text, a blank line after each; empty when there are none."""
    ordered = sort_diagnostics(diagnostics)
    return "".join(_render(d, _Look(sources, color, prefix, _gutter(d, sources))) + "\n\n" for d in ordered)


def _render(d: Diagnostic, look: _Look) -> str:
    tint = SEVERITY_COLOR[d.severity]
    title = paint(f"{d.severity}[{d.code}]", tint, color=look.color)
    lines = [title + paint(f": {one_line(d.message)}", BOLD, color=look.color)]
    lines += _place(d.span, Marker("^", d.label, tint, look.color), look)
    if len(lines) > 1 and (d.notes or d.help):
        lines.append(paint(f"{' ' * (look.gutter + 2)}|", BLUE, color=look.color))
    for note in d.notes:
        lines += _remark("note", note.message, CYAN, look)
        lines += _place(note.span, Marker("-", "", CYAN, look.color), look)
    if d.help:
        lines += _remark("help", d.help, GREEN, look)
    return "\n".join(lines)


def _remark(word: str, text: str, tint: str, look: _Look) -> list[str]:
    first, *rest = plain(text).strip().splitlines() or [""]
    sign, name = paint("=", BLUE, color=look.color), paint(f"{word}:", tint, color=look.color)
    indent = " " * (look.gutter + 2)
    return [f"{indent}{sign} {name} {first}".rstrip(), *(f"{indent}{' ' * (len(word) + 4)}{t}".rstrip() for t in rest)]


def _place(span: Span | None, marker: Marker, look: _Look) -> list[str]:
    place = locate(span, look.sources, look.prefix)
    if place is None or span is None:
        return (
            [f"{' ' * (look.gutter + 2)}{paint('=', BLUE, color=look.color)} {one_line(marker.label)}"]
            if marker.label
            else []
        )
    arrow = f"{' ' * (look.gutter + 1)}{paint('-->', BLUE, color=look.color)} {one_line(place.label)}"
    source = look.sources(span.path)
    if source is None or not source.text:
        return [arrow]
    return [arrow, *render_excerpt(source, span, marker, gutter=look.gutter)]


def _gutter(d: Diagnostic, sources: Sources) -> int:
    spans = [s for s in (d.span, *(n.span for n in d.notes)) if s is not None]
    pairs = [(sources(s.path), s) for s in spans]
    return max((gutter_of(source, s) for source, s in pairs if source is not None), default=1)
