r"""Labels of displayed formulas: `{#eq-x}` behind them, `\label` and `\tag` inside.

One labelled formula shows its number beside it. Where several rows are labelled, or an author's `\tag` is the number,
the typeset formula carries the numbers itself, and the labels are plain anchors. Does not number. Invariant: the TeX
stays as it was typed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from xaisite.core.equations import EquationRow, EquationUse, read_rows
from xaisite.core.record import replace
from xaisite.core.source import Span
from xaisite.parse.found import Found

_LONGEST = 20_000  # characters; what is longer is refused by the typesetter anyway


def add_equation(
    here: Found,
    tex: str,
    span: Span,
    offsets: tuple[int, ...] = (),
    *,
    tail: tuple[str, Span] | None = None,
    is_inline: bool = False,
) -> dict[str, object]:
    """Add a displayed formula with its labels, and return what its token must know of it."""
    rows = _named(read_rows(tex)) if _may_have_labels(tex) else []
    place = _placer(here, tex, offsets, span)
    labelled = [row for row in rows if row.labels]
    if tail is not None and tail[0]:
        beside, anchors = _with_tail(here, tail, rows, labelled, place)
    elif len(labelled) == 1 and not labelled[0].tag_text and not is_inline:
        beside, anchors = labelled[0].labels[0].name, []
        _add_row(here, labelled[0], place)
        anchors = [use.name for use in labelled[0].labels[1:]]
    else:
        beside, anchors = "", [name for row in labelled for name in _add_row(here, row, place)]
    ordinal = here.add_formula(tex, span, display=True, label=beside, offsets=offsets)
    return {"ordinal": ordinal, "label": beside, "anchors": tuple(dict.fromkeys(anchors))}


_Placer = Callable[[EquationUse], Span]


def _with_tail(
    here: Found, tail: tuple[str, Span], rows: list[EquationRow], labelled: list[EquationRow], place: _Placer
) -> tuple[str, list[str]]:
    """Add `{#eq-x}`; one label inside is another name of the same equation, several are its parts (1a), (1b)."""
    name, span = tail
    tags = [row.tag_text for row in rows if row.tag_text]
    here.add_label(name, "eq", span, number=tags[0] if len(tags) == 1 else "")
    anchors: list[str] = []
    for row in labelled:
        if len(labelled) > 1:
            anchors += _add_row(here, row, place, parent=name)
            continue
        for use in row.labels:
            here.add_label(use.name, "eq", place(use), anchor=_anchor(use), same_as=name)
            anchors.append(use.name)
    return (name, anchors) if not tags and len(labelled) <= 1 else ("", [name, *anchors])


def _add_row(here: Found, row: EquationRow, place: _Placer, parent: str = "") -> list[str]:
    """Add the labels of one row; they share its number."""
    first = row.labels[0]
    here.add_label(first.name, "eq", place(first), anchor=_anchor(first), number=row.tag_text, parent=parent)
    for use in row.labels[1:]:
        here.add_label(use.name, "eq", place(use), anchor=_anchor(use), same_as=first.name)
    return [use.name for use in row.labels]


def _named(rows: Iterable[EquationRow]) -> list[EquationRow]:
    return [replace(row, labels=tuple(use for use in row.labels if use.name)) for row in rows]


def _anchor(use: EquationUse) -> str:
    return "-".join(use.name.split())


def _may_have_labels(tex: str) -> bool:
    return len(tex) <= _LONGEST and ("\\label" in tex or "\\tag" in tex)


def _placer(here: Found, tex: str, offsets: tuple[int, ...], span: Span) -> _Placer:
    def place(use: EquationUse) -> Span:
        if here.fixed is not None:
            return here.fixed.at
        start = tex.index(use.name, tex.index("{", use.start)) if use.name else use.start
        line = tex.count("\n", 0, start)
        if line >= len(offsets):
            return span
        at = offsets[line] + start - (tex.rfind("\n", 0, start) + 1)
        return here.source.span(at, at + len(use.name))

    return place
