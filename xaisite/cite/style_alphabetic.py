"""References as BibTeX's alpha.bst writes them, with links; and its labels (`Bre01`, `LL17`, `RSG16`).

Unlike alpha.bst, titles keep the author's capitals. Invariant: the order of parts is alpha.bst's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from xaisite.cite.fields import View, arxiv_link, doi_link, url_link
from xaisite.cite.inlines import Inlines, around, emph, join, plain, render_text, seq, stop
from xaisite.cite.parts import access_date, labelled, long_date, long_edition, patent_kind, prefixed, venue_note
from xaisite.cite.people import full_name, join_names, named
from xaisite.model.bib import Person


def format_alphabetic(view: View) -> Inlines:
    """Return the whole entry."""
    write = _TYPES.get(view.entry.type, _misc)
    if view.is_preprint:
        write = _preprint
    note = view.note if view.entry.type not in ("patent", "unpublished") else ()
    sentences = [*write(view), note, *_links(view)]
    return stop(join(sentences, ". "))


def alphabetic_label(view: View) -> str:
    """Return the label without its letter: initials of the authors and two digits of the year."""
    people = view.people("author") or view.people("editor") or view.people("holder")
    if people:
        head = _label_names(people)
    else:
        organization = render_text(view.first("organization", "institution", "publisher"))
        letters = [c for c in re.sub(r"\AThe\s+", "", organization) if c.isalnum()]
        head = "".join(letters[:3]) or view.entry.key[:3]
    digits = "".join(c for c in view.year if c.isdigit())
    return head + digits[-2:]


def _label_names(people: tuple[Person, ...]) -> str:
    names = [p for p in people if not p.is_others]
    has_others = len(names) < len(people)
    if len(names) == 1 and not has_others:
        initials = _name_initials(names[0])
        return initials if len(initials) > 1 else _letters(names[0].family or names[0].literal)[:3]
    shown = names[:3] if len(names) > 4 else names
    plus = "+" if has_others or len(shown) < len(names) else ""
    return "".join(_name_initials(p) for p in shown) + plus


def _name_initials(person: Person) -> str:
    if person.literal:
        return _letters(person.literal)[:1]
    words = re.split(r"[\s\u00a0‐‑-]+", f"{person.prefix} {person.family or person.given}")
    return "".join(_letters(word)[:1] for word in words if word)


def _letters(text: str) -> str:
    return "".join(c for c in text if c.isalnum())


def _names(view: View, role: str) -> str:
    names, has_others = named(view.people(role), full_name)
    others = ", et al." if len(names) > 1 else " et al."
    return join_names(names, last=", and ", two=" and ", others=others if has_others and names else "")


def _authors(view: View) -> Inlines:
    return plain(_names(view, "author"))


def _editors(view: View) -> Inlines:
    names = _names(view, "editor")
    return plain(f"{names}, {'editor' if len(view.people('editor')) == 1 else 'editors'}") if names else ()


def _of_series(view: View) -> Inlines:
    """`volume 3 of *Series*`, `number 3 in Series`; nothing for a series without number."""
    volume, number, series = view.get("volume"), view.get("number"), view.get("series")
    if volume:
        return seq(prefixed("volume ", volume), around(" of ", emph(series)))
    return seq(prefixed("number ", number), around(" in ", series)) if number else ()


def _series_alone(view: View) -> Inlines:
    return () if _of_series(view) else view.get("series")


def _pages(view: View) -> Inlines:
    return labelled("page", "pages", view.pages)


def _article(view: View) -> list[Inlines]:
    number = around("(", view.get("number"), ")")
    issue = seq(view.get("volume"), number)
    pages = plain(view.pages) or view.get("eid")
    where = join([issue, pages], ":") if issue else _pages(view)
    return [_authors(view), view.title, join([emph(view.journal), where, long_date(view)], ", ")]


def _preprint(view: View) -> list[Inlines]:
    return [_authors(view), view.title, join([arxiv_link(view.arxiv), long_date(view)], ", ")]


def _imprint(view: View) -> Inlines:
    where = join([view.first("publisher", "organization", "institution"), view.get("address")], ", ")
    edition = long_edition(view)
    if not where and edition:
        edition = plain(render_text(edition)[0].upper() + render_text(edition)[1:])
    return join([where, edition, long_date(view)], ", ")


def _book(view: View) -> list[Inlines]:
    chapter = join([prefixed("chapter ", view.get("chapter")), _pages(view)], ", ")
    title = join([emph(view.title), _of_series(view), chapter], ", ")
    return [_authors(view) or _editors(view), title, _series_alone(view), _imprint(view)]


def _in_whole(view: View) -> Inlines:
    editors = _editors(view) if view.people("author") else ()
    chapter = join([prefixed("chapter ", view.get("chapter")), _pages(view)], ", ")
    return around("In ", join([editors, emph(view.booktitle), _of_series(view), chapter], ", "))


def _incollection(view: View) -> list[Inlines]:
    return [_authors(view) or _editors(view), view.title, _in_whole(view), _series_alone(view), _imprint(view)]


def _inproceedings(view: View) -> list[Inlines]:
    return [_authors(view) or _editors(view), view.title, *_placed(view, _in_whole(view))]


def _placed(view: View, whole: Inlines) -> list[Inlines]:
    """Where and when a conference was, and who printed it: the date stands with the place, else with the printer."""
    makers = join([view.get("organization"), view.get("publisher")], ", ")
    if view.get("address") or not makers:
        return [join([whole, view.get("address"), long_date(view)], ", "), _series_alone(view), makers]
    return [whole, _series_alone(view), join([makers, long_date(view)], ", ")]


def _proceedings(view: View) -> list[Inlines]:
    return [_editors(view) or _authors(view), *_placed(view, join([emph(view.title), _of_series(view)], ", "))]


def _thesis(kind: str, *, is_book: bool) -> Callable[[View], list[Inlines]]:
    def write(view: View) -> list[Inlines]:
        title = emph(view.title) if is_book else view.title
        where = [view.get("type") or plain(kind), view.get("school"), view.get("address"), long_date(view)]
        return [_authors(view), title, join(where, ", ")]

    return write


def _techreport(view: View) -> list[Inlines]:
    report = join([view.get("type") or plain("Technical Report"), view.get("number")], " ")
    institution = view.first("institution", "school", "organization", "publisher")
    where = join([report, institution, view.get("address"), long_date(view)], ", ")
    return [_authors(view) or _editors(view), view.title, where]


def _misc(view: View) -> list[Inlines]:
    venue = view.first("publisher", "organization", "institution", "journal")
    kind = {"software": "Computer software", "dataset": "Data set"}.get(view.entry.type, "")
    version = prefixed("version ", view.get("version"))
    where = join([plain(kind), version, venue_note(view), venue, long_date(view)], ", ")
    return [_authors(view) or _editors(view), view.title, where]


def _manual(view: View) -> list[Inlines]:
    makers = join([view.first("organization", "publisher"), view.get("address")], ", ")
    edition = join([long_edition(view), prefixed("version ", view.get("version")), long_date(view)], ", ")
    authors = _authors(view) or _editors(view)
    return [authors, emph(view.title), join([makers, edition], ", ")]


def _booklet(view: View) -> list[Inlines]:
    where = join([venue_note(view), view.get("address"), long_date(view)], ", ")
    return [_authors(view) or _editors(view), view.title, where]


def _unpublished(view: View) -> list[Inlines]:
    status = view.note or plain("Unpublished")
    return [_authors(view), view.title, join([status, view.first("institution", "school"), long_date(view)], ", ")]


def _patent(view: View) -> list[Inlines]:
    number = join([plain(patent_kind(view)), view.get("number")], " ")
    return [_authors(view) or plain(_names(view, "holder")), view.title, join([number, long_date(view)], ", ")]


_TYPES: Mapping[str, Callable[[View], list[Inlines]]] = {
    "article": _article,
    "book": _book,
    "inbook": _book,
    "incollection": _incollection,
    "inproceedings": _inproceedings,
    "collection": _book,
    "proceedings": _proceedings,
    "phdthesis": _thesis("PhD thesis", is_book=True),
    "mastersthesis": _thesis("Master’s thesis", is_book=False),
    "thesis": _thesis("Thesis", is_book=False),
    "techreport": _techreport,
    "manual": _manual,
    "booklet": _booklet,
    "unpublished": _unpublished,
    "patent": _patent,
}


def _links(view: View) -> list[Inlines]:
    doi = around("doi:", doi_link(view.doi))
    arxiv = () if view.is_preprint else arxiv_link(view.arxiv)
    if not view.url or doi:
        return [doi, arxiv]
    accessed = access_date(view, short=False)
    return [doi, arxiv, seq("URL ", url_link(view.url), f", accessed {accessed}" if accessed else "")]
