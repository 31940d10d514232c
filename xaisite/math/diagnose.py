"""From problems of a formula to diagnostics of a file."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable

from xaisite.core.diagnostic import Diagnostic, error, warning
from xaisite.core.source import Span
from xaisite.model.math import MathProblem
from xaisite.model.nodes import FormulaNode

_CODES = {
    "syntax": "math-error",
    "unsafe": "math-unsafe",
    "too-long": "math-too-long",
    "too-costly": "math-too-costly",
    "unusual": "math-unusual",
}
_HELP = {
    "unsafe": "links go to http, https, mailto or relative addresses; for pictures and ids use Markdown",
    "too-long": "split it into several formulas",
}


def diagnose_problem(problem: MathProblem, place: Callable[[int, int], Span]) -> Diagnostic:
    """Return the diagnostic of a problem; ``place`` maps offsets in the TeX to a span."""
    make = error if problem.is_error else warning
    text = problem.message.strip().rstrip(".")
    span = place(problem.start, max(problem.end, problem.start + 1))
    return make(_CODES[problem.kind], text, span, help=problem.help or _HELP.get(problem.kind, "") or _help(text))


def _help(text: str) -> str:
    """Return what can be done about what KaTeX says."""
    if "Undefined control sequence" in text:
        return "correct its name, or define it: \\newcommand above, `macros:` in the front matter or in site.toml"
    if "got '&'" in text:
        return "an `&` parts columns of `align`, `cases` or a matrix; the sign itself is \\&"
    if "got '}'" in text:
        return "no group is open here: remove this brace, or write \\}"
    return "close the group that is open here" if "expected '}'" in text else ""


def diagnose_formula(
    node: FormulaNode, problems: Iterable[MathProblem], origin: Callable[[int, int], tuple[int, int]] | None = None
) -> tuple[Diagnostic, ...]:
    """Return the diagnostics of a formula as it stands in its file.

    ``origin`` leads back from the typeset TeX to the one written, where the two differ.
    """

    def place(start: int, end: int) -> Span:
        first, last = origin(start, end) if origin else (start, end)
        return formula_span(node, first, last)

    return tuple(diagnose_problem(p, place) for p in problems)


def formula_span(node: FormulaNode, start: int, end: int) -> Span:
    """Return the place in the file of `node.tex[start:end]`, also inside lists and quotes."""
    size = len(node.tex)
    first = min(max(start, 0), size)
    last = min(max(end, first), size)
    if first == last and first == size and size > 0:
        first = len(node.tex.rstrip()) - 1 if node.tex.strip() else 0  # the end of the formula: its last character
        last = first + 1
    begin = _offset(node, first)
    return Span(node.span.path, begin, max(begin, _offset(node, last - 1) + 1 if last > first else begin + 1))


def _offset(node: FormulaNode, at: int) -> int:
    """Return the offset in the file of character ``at`` of the TeX."""
    if not node.offsets:
        return node.span.start + at
    starts = [0]
    for i, char in enumerate(node.tex):
        if char == "\n":
            starts.append(i + 1)
    line = bisect_right(starts, at) - 1
    base = node.offsets[min(line, len(node.offsets) - 1)]
    return base + at - starts[line]
