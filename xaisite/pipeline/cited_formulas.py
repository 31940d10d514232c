"""Formulas in the titles of cited entries: what is wrong with them, at the field that holds them.

Does not typeset what pages show. Invariant: an entry without a dollar sign or a backslash costs nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from xaisite.cite.references import Style, format_reference
from xaisite.core.diagnostic import Diagnostic
from xaisite.core.source import Span
from xaisite.math.diagnose import diagnose_problem
from xaisite.model.bib import Entry
from xaisite.model.math import Formula, MathProblem, Typeset

TypesetAll = Callable[[Sequence[Formula]], Sequence[Typeset]]


def check_formulas(entries: Iterable[Entry], style: Style, typeset: TypesetAll) -> Iterator[Diagnostic]:
    """Yield what is wrong with the formulas of ``entries`` as the list of references shows them."""
    for entry in entries:
        if any("$" in value or "\\(" in value for value in entry.fields.values()):
            yield from _check(entry, style, typeset)


def _check(entry: Entry, style: Style, typeset: TypesetAll) -> Iterator[Diagnostic]:
    shown: list[str] = []

    def keep(tex: str) -> str:
        shown.append(tex)
        return ""

    format_reference(entry, style, math=keep)
    for tex, made in zip(shown, typeset([Formula(tex) for tex in shown]), strict=True):
        name = next((n for n, value in entry.fields.items() if tex in value), "title")
        yield from (_at(problem, entry.place(name) or Span("", 0, 0)) for problem in made.problems)


def _at(problem: MathProblem, place: Span) -> Diagnostic:
    return diagnose_problem(problem, lambda _start, _end: place)
