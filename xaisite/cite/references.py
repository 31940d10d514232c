"""The entries that a page cites → its reference list: order, marks, letters, formatted text.

Pure; knows the three styles through one function each. Invariants: one reference per entry, however often and under
whatever alias it is cited; marks are distinct; the same input gives the same list.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, MutableMapping, Sequence
from typing import Literal

from xaisite.cite.bibtex import make_bibtex
from xaisite.cite.fields import View
from xaisite.cite.inlines import Inlines, MathRenderer, plain, render_html, render_text, show_tex
from xaisite.cite.people import short_names
from xaisite.cite.style_alphabetic import alphabetic_label, format_alphabetic
from xaisite.cite.style_author_year import format_author_year, year_with_suffix
from xaisite.cite.style_numeric import format_numeric
from xaisite.model.bib import Entry, Reference

Style = Literal["numeric", "author-year", "alphabetic"]
Sort = Literal["appearance", "author", "year"]

_TITLE_CHARS = 40


def format_reference(entry: Entry, style: Style, *, suffix: str = "", math: MathRenderer = show_tex) -> tuple[str, str]:
    """Return one entry as (html, text), without its mark."""
    inlines = _format(View(entry), style, suffix)
    if not render_text(inlines).strip():
        inlines = plain(entry.key)  # an entry without any field that is shown
    return render_html(inlines, math), render_text(inlines)


def _format(view: View, style: Style, suffix: str) -> Inlines:
    if style == "author-year":
        return format_author_year(view, suffix)
    return format_alphabetic(view) if style == "alphabetic" else format_numeric(view)


def make_reference_list(
    cited: Iterable[Entry],
    *,
    nocite: Iterable[Entry] = (),
    style: Style = "numeric",
    sort: Sort | None = None,
    math: MathRenderer = show_tex,
    formatted: FormatCache | None = None,
) -> tuple[Reference, ...]:
    """Return the references of a page; ``cited`` in order of first citation, ``nocite`` after them.

    ``formatted`` remembers entries without formulas between the pages of a site.

    ``sort`` None is what the style does: numeric by appearance, author-year by author, alphabetic by label.
    """
    unique = {entry.key: View(entry) for entry in (*cited, *nocite)}
    views = _sorted(list(unique.values()), style, sort)
    suffixes = _letters(_clashes(views, style), views)
    cache: FormatCache = {} if formatted is None else formatted
    return tuple(
        _reference(view, number, style, _format_once(view.entry, style, suffixes.get(view.entry.key, ""), math, cache))
        for number, view in enumerate(views, start=1)
    )


FormatCache = MutableMapping[tuple[str, str, str], tuple[str, str, str, str]]
"""(digest of the entry, style, letter) → (html, text, BibTeX, letter)."""


def _format_once(
    entry: Entry, style: Style, suffix: str, math: MathRenderer, cache: FormatCache
) -> tuple[str, str, str, str]:
    key = (entry.digest, style, suffix)
    if key not in cache:
        formulas: list[str] = []

        def note_formula(tex: str) -> str:
            formulas.append(tex)
            return math(tex)

        made = (*format_reference(entry, style, suffix=suffix, math=note_formula), make_bibtex(entry), suffix)
        if formulas:  # the page's macros decide what it looks like
            return made
        cache[key] = made
    return cache[key]


def _reference(view: View, number: int, style: Style, made: tuple[str, str, str, str]) -> Reference:
    html, text, bibtex, suffix = made
    year = year_with_suffix(view, suffix if style == "author-year" else "")
    if style == "author-year":
        mark = f"{short_authors(view, joiner=' & ')}, {year}"
    else:
        mark = alphabetic_label(view) + suffix if style == "alphabetic" else str(number)
    authors = short_authors(view, joiner=" and ")
    return Reference(view.entry.key, view.entry, mark, number, html, text, bibtex, authors, year)


def short_authors(view: View, *, joiner: str) -> str:
    """Return what a citation calls the work: its authors, editors or makers, else its title in quotes."""
    for role in ("author", "editor", "holder"):
        names = short_names(view.people(role), joiner=joiner)
        if names:
            return names
    makers = view.text("organization") or view.text("institution")
    if makers:
        return makers
    title = render_text(view.title)
    return f"“{_shortened(title)}”" if title else view.entry.key


def _shortened(title: str) -> str:
    if len(title) <= _TITLE_CHARS:
        return title
    return title[:_TITLE_CHARS].rsplit(" ", 1)[0].rstrip(",:;") + "…"


def _sorted(views: list[View], style: Style, sort: Sort | None) -> list[View]:
    if sort == "appearance" or (sort is None and style == "numeric"):
        return views
    if sort == "year":
        return sorted(views, key=lambda v: (v.year or "9999", _author_key(v)))
    if sort is None and style == "alphabetic":
        return sorted(views, key=lambda v: (fold(alphabetic_label(v)), _author_key(v)))
    return sorted(views, key=_author_key)


def sort_key(entry: Entry) -> tuple[str, ...]:
    """Return where an entry stands in a list sorted by authors."""
    return _author_key(View(entry))


def _author_key(view: View) -> tuple[str, ...]:
    people = view.people("author") or view.people("editor") or view.people("holder")
    if people:
        names = [f"{p.prefix} {p.family or p.literal},{p.given}" for p in people]
        who = " ".join(fold(name.strip()) + "\x01" for name in names)
    else:
        who = fold(short_authors(view, joiner=" "))
    return who, view.year or "9999", fold(render_text(view.title)), view.entry.key


def fold(text: str) -> str:
    """Return text as it sorts: without accents, case and marks."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    letters = (c for c in decomposed if not unicodedata.combining(c))
    return "".join(c for c in letters if c.isalnum() or c in " ,").strip()


def _clashes(views: Sequence[View], style: Style) -> dict[str, str]:
    """Return key → what its citation shows before a letter is added, for the styles that add letters."""
    if style == "numeric":
        return {}
    if style == "alphabetic":
        return {v.entry.key: alphabetic_label(v) for v in views}
    return {v.entry.key: f"{short_authors(v, joiner=' & ')}, {v.year or 'n.d.'}" for v in views}


def _letters(shown: dict[str, str], views: Sequence[View]) -> dict[str, str]:
    """Give a, b, … to works that would read the same, in alphabetical order whatever the list's order."""
    counts = Counter(shown.values())
    taken: Counter[str] = Counter()
    suffixes: dict[str, str] = {}
    used = {mark for mark, count in counts.items() if count == 1}
    for view in sorted(views, key=_author_key):
        mark = shown.get(view.entry.key, "")
        if counts[mark] < 2:
            continue
        while True:
            letter = _letter(taken[mark])
            taken[mark] += 1
            if mark + letter not in used:  # `Mol20` twice must not become somebody's `Mol20a`
                break
        used.add(mark + letter)
        suffixes[view.entry.key] = letter
    return suffixes


def _letter(index: int) -> str:
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("a") + rest) + letters
    return letters
