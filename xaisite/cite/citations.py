"""A citation in the text → its parts, each plain or leading to a reference.

Pure. Prefixes and suffixes are HTML already and are put in as they are; all else is escaped here.
Invariants: every key of the group that has a reference is linked or covered by a range; an unknown key shows itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from html import escape

from xaisite.cite.references import Style
from xaisite.model.bib import Reference
from xaisite.model.body import CitationPart
from xaisite.model.nodes import CiteGroup, CiteItem

_SHORT_TERMS = {
    "book": ("bk.", "bks."), "chapter": ("chap.", "chaps."), "column": ("col.", "cols."), "figure": ("fig.", "figs."),
    "folio": ("fol.", "fols."), "number": ("no.", "nos."), "line": ("l.", "ll."), "note": ("n.", "nn."),
    "opus": ("op.", "opp."), "page": ("p.", "pp."), "paragraph": ("para.", "paras."), "part": ("pt.", "pts."),
    "section": ("sec.", "secs."), "sub verbo": ("s.v.", "s.vv."), "verse": ("v.", "vv."), "volume": ("vol.", "vols."),
}  # fmt: skip
_SEVERAL = re.compile(r"\w\s*(?:-+|[–—,;&]|\band\b)\s*\w")
_RANGE = re.compile(r"(?<=\w)\s*(?:--|-)\s*(?=\w)")

_Parts = list[CitationPart]
_Find = Callable[[str], Reference | None]


def format_citation(group: CiteGroup, references: Mapping[str, Reference], style: Style) -> tuple[CitationPart, ...]:
    """Return the parts of a citation; ``references`` as `by_key` gives them."""
    write = _write_author_year if style == "author-year" else _write_marks
    return tuple(_merged(write(group, references.get)))


def by_key(references: Sequence[Reference]) -> dict[str, Reference]:
    """Return the references by key, also under the aliases of their entries (BibLaTeX's `ids`)."""
    found = {alias: r for r in references for alias in r.entry.ids}
    return found | {r.key: r for r in references}


def locator_html(item: CiteItem) -> str:
    """Return `pp. 33–35`, escaped, or an empty string."""
    if not item.locator:
        return ""
    one, many = _SHORT_TERMS.get(item.locator_term or "page", (item.locator_term, item.locator_term))
    term = many if _SEVERAL.search(item.locator) else one
    return escape(f"{term}\u00a0{_RANGE.sub('–', item.locator)}", quote=False)


def _after(item: CiteItem) -> str:
    """Return locator and suffix with what parts them from the mark."""
    locator = locator_html(item)
    return (f", {locator}" if locator else "") + item.suffix.rstrip()


def _before(item: CiteItem) -> str:
    return f"{item.prefix.rstrip()} " if item.prefix.strip() else ""


def _is_plain(item: CiteItem) -> bool:
    return not (item.prefix.strip() or item.suffix.strip() or item.locator)


def _unknown(item: CiteItem) -> CitationPart:
    return CitationPart(f"<strong>{escape(item.key, quote=False)}?</strong>")


def _text(html: str) -> CitationPart:
    return CitationPart(html)


def _mark(html: str, key: str) -> CitationPart:
    return CitationPart(escape(html, quote=False), key)


# Numeric and alphabetic: [1, 3–5], [Bre01, p. 7]


def _write_marks(group: CiteGroup, find: _Find) -> _Parts:
    if _is_unknown_name(group, find):
        return [_text(f"@{escape(group.items[0].key, quote=False)}")]
    narrative: _Parts = []
    if group.narrative and group.items:
        first = find(group.items[0].key)
        if first and not group.items[0].suppress_author:
            narrative = [_text(_before(group.items[0]) + escape(first.authors, quote=False) + "\u00a0")]
    runs = _runs(group.items)
    parts: _Parts = [*narrative, _text("[")]
    for index, run in enumerate(runs):
        if index:
            parts.append(_text("; " if not (_is_plain(run[0]) and _is_plain(runs[index - 1][-1])) else ", "))
        parts.extend(_write_run(run, find, is_first=bool(narrative) and index == 0))
    return [*parts, _text("]")]


def _is_unknown_name(group: CiteGroup, find: _Find) -> bool:
    """Whether this is `@name` in the text that no bibliography has: it may be no citation, and stays as typed."""
    return group.narrative and len(group.items) == 1 and _is_plain(group.items[0]) and not find(group.items[0].key)


def _runs(items: Sequence[CiteItem]) -> list[list[CiteItem]]:
    """Group neighbours without prefix, locator and suffix: only they may be sorted and merged."""
    runs: list[list[CiteItem]] = []
    for item in items:
        if runs and _is_plain(item) and _is_plain(runs[-1][-1]):
            runs[-1].append(item)
        else:
            runs.append([item])
    return runs


def _write_run(run: list[CiteItem], find: _Find, *, is_first: bool) -> _Parts:
    if not _is_plain(run[0]):
        item = run[0]
        reference = find(item.key)
        mark = _mark(reference.mark, reference.key) if reference else _unknown(item)
        before = "" if is_first else _before(item)
        return [_text(before), mark, _text(_after(item))]
    known = {r.key: r for item in run if (r := find(item.key))}
    pieces = _ranges(sorted(known.values(), key=lambda r: r.number))
    pieces += [[_unknown(item)] for item in run if not find(item.key)]
    return _joined(pieces, ", ")


def _ranges(references: list[Reference]) -> list[_Parts]:
    """Write 3, 4, 5 as 3–5; the middle stays reachable through the dash."""
    stretches: list[list[Reference]] = []
    for reference in references:
        follows = bool(stretches) and reference.mark.isdecimal() and stretches[-1][-1].number + 1 == reference.number
        if follows:
            stretches[-1].append(reference)
        else:
            stretches.append([reference])
    pieces: list[_Parts] = []
    for stretch in stretches:
        if len(stretch) < 3:
            pieces.extend([_mark(r.mark, r.key)] for r in stretch)
        else:
            covered = tuple(r.key for r in stretch[1:-1])
            dash = CitationPart("–", covers=covered)
            pieces.append([_mark(stretch[0].mark, stretch[0].key), dash, _mark(stretch[-1].mark, stretch[-1].key)])
    return pieces


def _joined(pieces: list[_Parts], separator: str) -> _Parts:
    parts: _Parts = []
    for piece in pieces:
        parts.extend([_text(separator), *piece] if parts else piece)
    return parts


# Author-year: (Molnar, 2020; Lundberg & Lee, 2017, p. 3), Molnar (2020)


def _write_author_year(group: CiteGroup, find: _Find) -> _Parts:
    if group.narrative and group.items:
        return _write_narrative(group, find)
    parts: _Parts = [_text("(")]
    previous: tuple[CiteItem, Reference] | None = None
    for index, item in enumerate(group.items):
        reference = find(item.key)
        same = previous is not None and reference is not None and _shares_authors(previous, item, reference)
        if index:
            parts.append(_text(", " if same else "; "))
        parts.extend(_author_year_item(item, reference, year_only=same or item.suppress_author))
        previous = (item, reference) if reference else None
    return [*parts, _text(")")]


def _shares_authors(previous: tuple[CiteItem, Reference], item: CiteItem, reference: Reference) -> bool:
    before, there = previous
    is_bare = not before.suffix.strip() and not before.locator and not item.prefix.strip()
    return is_bare and not before.suppress_author and there.authors == reference.authors and there.key != reference.key


def _author_year_item(item: CiteItem, reference: Reference | None, *, year_only: bool) -> _Parts:
    if reference is None:
        return [_text(_before(item)), _unknown(item), _text(_after(item))]
    shown = reference.year if year_only else reference.mark
    return [_text(_before(item)), _mark(shown, reference.key), _text(_after(item))]


def _write_narrative(group: CiteGroup, find: _Find) -> _Parts:
    head, rest = group.items[0], group.items[1:]
    reference = find(head.key)
    if _is_unknown_name(group, find):
        return [_text(f"@{escape(head.key, quote=False)}")]
    if reference is None:
        parts = [_unknown(head), _text(" (" if rest else "")]
        if not rest:
            return parts
    else:
        name = _before(head) + ("" if head.suppress_author else escape(reference.authors, quote=False) + " ")
        parts = [_text(name + "("), _mark(reference.year, reference.key), _text(_after(head))]
    for index, item in enumerate(rest):
        other = find(item.key)
        parts.append(_text("; " if index or reference else ""))
        parts.extend(_author_year_item(item, other, year_only=item.suppress_author))
    return [*parts, _text(")")]


def _merged(parts: _Parts) -> _Parts:
    """Join neighbouring plain parts and drop empty ones."""
    out: _Parts = []
    for part in parts:
        if not part.html:
            continue
        if out and not (part.key or part.covers or out[-1].key or out[-1].covers):
            out[-1] = _text(out[-1].html + part.html)
        else:
            out.append(part)
    return out
