"""Numbers of figures typed by hand: `see Figure 2` is wrong as soon as a figure is put in before it.

Looks at the text as written, outside code, cells, formulas and citations. Only kinds that the page numbers itself are
looked at, and "Figure 2 of [@doe]" speaks of somebody else's. Invariants: linear time; every span is the reference.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable

from xaisite.core.diagnostic import Diagnostic, warning
from xaisite.core.source import Source, Span
from xaisite.model.post import Outline

_WORDS = {
    "figure": "fig", "figures": "fig", "fig.": "fig", "figs.": "fig", "table": "tbl", "tables": "tbl", "tab.": "tbl",
    "section": "sec", "sections": "sec", "sec.": "sec", "equation": "eq", "equations": "eq", "eq.": "eq",
    "eqs.": "eq", "listing": "lst", "listings": "lst", "theorem": "thm", "lemma": "lem", "corollary": "cor",
    "proposition": "prp", "conjecture": "cnj", "definition": "def", "example": "exm", "exercise": "exr",
}  # fmt: skip
_TYPED = re.compile(
    r"(?<![\w@#-])("
    + "|".join(re.escape(w) for w in sorted(_WORDS, key=len, reverse=True))
    + r")(?:[ \u00a0]|~|&nbsp;)"
    r"(?:\(\d{1,3}(?:\.\d{1,2})*\)|\d{1,3}(?:\.\d{1,2})*\b(?![\w%]))",
    re.IGNORECASE,
)
_ELSEWHERE = re.compile(
    r"[^.\n]{0,12}?\b(?:of|in|from)\b[^.\n]{0,60}?(?:@|\{%-?\s*cite|<d-cite|\bet al\b|\]\()", re.IGNORECASE
)
_FENCE = re.compile(r"^[ >]{0,12}(`{3,}|~{3,})[^\n]*\n(?:.*?^[ >]{0,12}\1[`~]*[ \t]*$|.*\Z)", re.MULTILINE | re.DOTALL)
_INLINE_CODE = re.compile(r"(?<!`)(`+)(?!`)[^\n]{0,400}?(?<!`)\1(?!`)")
_LINK_TEXT = re.compile(r"\[[^\[\]\n]*\]\([^()\n]*\)")


def check_typed_numbers(source: Source, outline: Outline) -> tuple[Diagnostic, ...]:
    """Return a warning for each number typed where the page makes its own."""
    numbered = {label.kind for label in outline.labels if label.is_typed}
    if not numbered:
        return ()
    hidden = _hidden(source, outline)
    found: list[Diagnostic] = []
    for m in _TYPED.finditer(source.text, outline.front.body_start):
        kind = _WORDS[m.group(1).lower()]
        if kind in numbered and not _covers(hidden, m.start()) and not _ELSEWHERE.match(source.text, m.end()):
            message = f"the number of “{m.group()}” is typed by hand"
            help = f"label it {{#{kind}-…}} and write @{kind}-…; “Figure 2 of [@key]” is left alone"
            found.append(warning("number-typed", message, source.span(m.start(), m.end()), help=help))
    return tuple(found)


def _hidden(source: Source, outline: Outline) -> list[tuple[int, int]]:
    """Return the pieces of the text that are not prose, sorted, overlaps joined."""
    pieces = [m.span() for pattern in (_FENCE, _INLINE_CODE, _LINK_TEXT) for m in pattern.finditer(source.text)]
    spans: list[Span] = [cell.span for cell in outline.cells]
    spans += [formula.span for formula in outline.formulas]
    spans += [cite.span for cite in outline.cites]
    spans += [ref.span for ref in outline.cross_refs]
    pieces.extend((span.start, span.end) for span in spans if span.path == source.path)
    return _joined(sorted(pieces))


def _joined(pieces: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    out: list[tuple[int, int]] = []
    for start, end in pieces:
        if out and start <= out[-1][1]:
            out[-1] = (out[-1][0], max(end, out[-1][1]))
        else:
            out.append((start, end))
    return out


def _covers(pieces: list[tuple[int, int]], at: int) -> bool:
    index = bisect_right(pieces, (at, len(pieces) + (1 << 40))) - 1
    return index >= 0 and pieces[index][0] <= at < pieces[index][1]
