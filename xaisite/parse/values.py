"""Inline values wherever they stand: registered once, and their results put in their place (formulas, front matter).

Does not evaluate anything; prose is the business of `syntax.inline_code`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from xaisite.core.nearest import did_you_mean
from xaisite.core.plain_math import TITLE_FORMULA
from xaisite.core.record import replace
from xaisite.core.source import Span
from xaisite.model.cell import InlineRole
from xaisite.model.front import FrontMatter
from xaisite.model.result import InlineResult
from xaisite.parse.found import Found

VALUE = re.compile(r"`\{python(?:\s+@(?P<cell>[\w:.-]+))?\}\s+(?P<code>[^`]*[^`\s])\s*`(?!`)")
_FRONT_FIELDS = ("title", "subtitle", "description")
_NOT_RUN = "{?}"  # what a formula shows for a value that is not known yet

SpanOf = Callable[[int, int], Span]
"""(start, end) in the text at hand → its span."""


def add_value(here: Found, env: Mapping[str, Any], match: re.Match[str], span_of: SpanOf) -> int:
    """Add the expression that ``match`` found, and return its index."""
    span = span_of(*match.span("code"))
    role: InlineRole = env.get("role", InlineRole.PROSE)
    after = env.get("after_cell", here.cell_before(span.start))
    if match["cell"]:
        after = _cell_index(here, match["cell"], span_of(*match.span("cell")), after)
    queue = here.caption_inlines.get((role, match["code"])) if role is not InlineRole.PROSE else None
    return queue.pop(0) if queue else here.add_inline(match["code"], span, role, after)


def find_value(here: Found, index: int) -> InlineResult | None:
    """Return the result of an expression, None before it has run."""
    return here.results.inlines[index] if here.results and index < len(here.results.inlines) else None


def fill_formula(here: Found, env: Mapping[str, Any], tex: str, span_of: SpanOf) -> str:
    """Return ``tex`` with the expressions in it replaced by their values."""
    if "`{python" not in tex or here.fixed is not None:
        return tex

    def value(match: re.Match[str]) -> str:
        result = find_value(here, add_value(here, env, match, span_of))
        return " ".join(result.text.split()) if result is not None else _NOT_RUN

    return VALUE.sub(value, tex)


def add_front_values(here: Found) -> None:
    """Add the expressions in front matter, and put their results there."""
    changed: dict[str, Any] = {}
    for name in _FRONT_FIELDS:
        text: str = getattr(here.front, name)
        if "`{python" in text:
            changed[name] = VALUE.sub(lambda match, name=name: _front_value(here, name, match), text)  # type: ignore[misc]
    if changed and here.results is not None:
        here.front = _filled(here.front, changed)
    if here.front.math:
        _add_title_formulas(here)


def _add_title_formulas(here: Found) -> None:
    """Add the formulas in the title, so that a wrong one is reported at its place."""
    at = here.front.spans.get("title")
    for match in TITLE_FORMULA.finditer(here.front.title) if at else ():
        start = here.source.text.find(match[1], at.start, at.end) if at else -1
        span = here.source.span(start, start + len(match[1])) if start >= 0 else at
        if span is not None:
            here.add_formula(match[1], span, display=False)


def _filled(front: FrontMatter, changed: dict[str, Any]) -> FrontMatter:
    return replace(front, **changed)


def _front_value(here: Found, name: str, match: re.Match[str]) -> str:
    at = here.front.spans.get(name)
    code = match["code"]
    start = here.source.text.find(code, at.start, at.end) if at else -1
    span = here.source.span(start, start + len(code)) if start >= 0 else at or here.source.span(0, 0)
    result = find_value(here, here.add_inline(code, span, InlineRole.FRONT, -1))
    return result.text if result is not None else match[0]


def _cell_index(here: Found, label: str, span: Span, otherwise: int) -> int:
    for cell in here.cells:
        if cell.label == label:
            return cell.index
    known = [cell.label for cell in here.cells if cell.label]
    here.error("cell-unknown", f"no cell above is labelled “{label}”", span, help=did_you_mean(label, known))
    return otherwise
