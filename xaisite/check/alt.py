"""Alternative texts: readers who cannot see a picture get its text.

A picture the author put in needs an `alt`; an empty one says "decoration" and is a choice. A computed figure is given a
drafted text when the author writes none, and a warning: the draft knows axes, not what the figure shows. Posts from
Jekyll that `include` their figures seldom have any text: a warning, so that they build; an error of `xaisite check`.
Invariant: one diagnostic per picture at most, at the place where the text would be written.
"""

from __future__ import annotations

from xaisite.core.diagnostic import Diagnostic, error, warning
from xaisite.model.cell import Cell
from xaisite.model.nodes import MediaUse
from xaisite.model.post import Outline
from xaisite.model.result import CellResult, Figure, PostResults, Rich


def check_alt(outline: Outline, results: PostResults | None = None) -> tuple[Diagnostic, ...]:
    """Return what lacks an alternative text; computed figures are judged when there are ``results``."""
    static = tuple(
        _missing(use) for use in outline.media if use.kind == "image" and use.alt is None and not use.other_figure[0]
    )
    if results is None:
        return static
    by_index = {result.index: result for result in results.cells}
    computed = (d for cell in outline.cells for d in _check_cell(cell, by_index.get(cell.index)))
    return (*static, *computed)


def _missing(use: MediaUse) -> Diagnostic:
    message = f"the picture “{use.src}” has no alternative text"
    help = 'say what it shows, or write alt="" when it is only decoration'
    say = warning if use.is_included else error
    return say("alt-missing", message, use.span, help=help)


def _check_cell(cell: Cell, result: CellResult | None) -> list[Diagnostic]:
    show = cell.show
    if result is None or not show.include or show.output is False:
        return []
    figures = [f for output in result.outputs if (f := _figure(output)) is not None]
    missing = [number for number, _ in enumerate(figures) if not _author_alt(show.fig_alts, number, len(figures))]
    if not missing:
        return []
    name = f"“{cell.label}”" if cell.label else f"cell {cell.index + 1}"
    which = "the figure" if len(figures) == 1 else f"{len(missing)} of {len(figures)} figures"
    draft = figures[missing[0]].alt
    help = "write `#| fig-alt:`" + (f"; the draft is “{draft}”" if draft else "")
    place = cell.option_spans.get("fig-alt", cell.span)
    return [warning("alt-drafted", f"{which} of {name} has no alternative text of yours", place, help=help)]


def _figure(output: object) -> Figure | None:
    if isinstance(output, Figure):
        return output
    return output.figure if isinstance(output, Rich) else None


def _author_alt(alts: tuple[str, ...], number: int, count: int) -> str:
    """One text for several figures of one cell speaks of all of them."""
    if len(alts) == 1 and count > 1:
        return alts[0]
    return alts[number] if number < len(alts) else ""
