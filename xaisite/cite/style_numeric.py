"""References as IEEE writes them (IEEE Reference Guide, 2023; where it is silent, IEEEtran.bst).

Titles keep the author's capitals. Invariant: a missing field takes its punctuation with it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from xaisite.cite.fields import View, arxiv_link, doi_link, url_link
from xaisite.cite.inlines import Inlines, around, emph, join, plain, quoted, seq, stop
from xaisite.cite.parts import (
    access_date,
    labelled,
    patent_kind,
    prefixed,
    short_date,
    short_edition,
    venue_note,
)
from xaisite.cite.people import initials_first, join_names, named

_MOST_NAMES = 6


def format_numeric(view: View) -> Inlines:
    """Return the whole entry."""
    write = _TYPES.get(view.entry.type, _misc)
    if view.is_preprint:
        write = _preprint
    body = write(view)
    return _with_links(view, body)


def _names(view: View, role: str) -> str:
    names, has_others = named(view.people(role), initials_first)
    if len(names) > _MOST_NAMES:
        return f"{names[0]} et al."
    return join_names(names, last=", and ", two=" and ", others=" et al." if has_others and names else "")


def _authors(view: View) -> Inlines:
    return plain(_names(view, "author"))


def _editors(view: View) -> Inlines:
    names = _names(view, "editor")
    is_one = len(view.people("editor")) == 1
    return plain(f"{names}, {'Ed.' if is_one else 'Eds.'}") if names else ()


def _authors_or_editors(view: View) -> Inlines:
    return _authors(view) or _editors(view)


def _article_title(view: View, rest: Inlines) -> Inlines:
    return join([quoted(view.title, "," if rest else "."), rest], ", ")


def _pages(view: View) -> Inlines:
    pages = labelled("p.", "pp.", view.pages)
    return pages or prefixed("Art. no. ", view.get("eid"))


def _volume(view: View) -> Inlines:
    return prefixed("vol. ", view.get("volume"))


def _number(view: View) -> Inlines:
    return prefixed("no. ", view.get("number"))


def _publisher(view: View) -> Inlines:
    return join([view.get("address"), view.first("publisher", "organization")], ": ")


def _article(view: View) -> Inlines:
    volume = _volume(view) if view.journal else ()
    rest = join([emph(view.journal), volume, _number(view), _pages(view), short_date(view)], ", ")
    return join([_authors(view), _article_title(view, rest)], ", ")


def _preprint(view: View) -> Inlines:
    rest = join([plain(view.year), emph(arxiv_link(view.arxiv))], ", ")
    return join([_authors(view), _article_title(view, rest)], ", ")


def _series(view: View) -> Inlines:
    return prefixed("ser. ", view.get("series"))


def _book(view: View) -> Inlines:
    series = join([view.get("series"), _number(view)], ", ")
    title = seq(emph(view.title), around(" (", series, ")"))
    head = join([_authors_or_editors(view), title, _volume(view), short_edition(view)], ", ")
    chapter = join([prefixed("ch. ", view.get("chapter")), _pages(view)], ", ")
    publisher = _publisher(view)
    return join([head, join([publisher, short_date(view), chapter], ", ")], ". " if publisher else ", ")


def _in_book(view: View) -> Inlines:
    whole = around("in ", emph(view.booktitle))
    head = join([whole, _series(view), _editors(view) if view.people("author") else (), _volume(view)], ", ")
    head = join([head, short_edition(view)], ", ")
    has_publisher = bool(view.first("publisher", "organization"))
    place = _publisher(view) if has_publisher else view.get("address")
    tail = join([place, short_date(view), prefixed("ch. ", view.get("chapter")), _pages(view)], ", ")
    rest = join([head, tail], ". " if has_publisher else ", ")
    return join([_authors_or_editors(view), _article_title(view, rest)], ", ")


def _proceedings(view: View) -> Inlines:
    head = join([_editors(view) or _authors(view), emph(view.title), _series(view), _volume(view)], ", ")
    publisher = _publisher(view)
    return join([head, join([publisher, short_date(view)], ", ")], ". " if publisher else ", ")


def _thesis(kind: str) -> Callable[[View], Inlines]:
    def write(view: View) -> Inlines:
        what = view.get("type") or plain(kind)
        rest = join([what, view.get("school"), view.get("address"), short_date(view)], ", ")
        return join([_authors(view), _article_title(view, rest)], ", ")

    return write


def _techreport(view: View) -> Inlines:
    report = join([view.get("type") or plain("Tech. Rep."), view.get("number")], " ")
    institution = view.first("institution", "school", "organization", "publisher")
    rest = join([institution, view.get("address"), report, short_date(view)], ", ")
    return join([_authors_or_editors(view), _article_title(view, rest)], ", ")


def _misc(view: View) -> Inlines:
    venue = view.first("publisher", "organization", "institution", "journal")
    rest = join([venue_note(view), venue, view.get("address"), short_date(view)], ", ")
    return join([_authors_or_editors(view), _article_title(view, rest)], ", ")


def _software(view: View) -> Inlines:
    venue = view.first("publisher", "organization", "institution")
    version = prefixed("version ", view.get("version"))
    rest = join([version, venue_note(view), venue, short_date(view)], ", ")
    return join([_authors_or_editors(view), emph(view.title), rest], ", ")


def _dataset(view: View) -> Inlines:
    venue = view.first("publisher", "organization", "institution")
    version = prefixed("version ", view.get("version"))
    rest = join([plain("data set"), version, venue_note(view), venue, short_date(view)], ", ")
    return join([_authors_or_editors(view), _article_title(view, rest)], ", ")


def _manual(view: View) -> Inlines:
    makers = join([view.first("organization", "publisher"), view.get("address")], ", ")
    edition = join([short_edition(view), prefixed("version ", view.get("version"))], ", ")
    return join([_authors_or_editors(view), emph(view.title), edition, makers, short_date(view)], ", ")


def _booklet(view: View) -> Inlines:
    rest = join([venue_note(view), view.get("address"), short_date(view)], ", ")
    return join([_authors_or_editors(view), _article_title(view, rest)], ", ")


def _unpublished(view: View) -> Inlines:
    rest = join([view.note or plain("unpublished"), view.first("institution", "school"), short_date(view)], ", ")
    return join([_authors(view), _article_title(view, rest)], ", ")


def _patent(view: View) -> Inlines:
    rest = join([join([plain(patent_kind(view)), view.get("number")], " "), short_date(view)], ", ")
    return join([_authors(view) or plain(_names(view, "holder")), _article_title(view, rest)], ", ")


_TYPES: Mapping[str, Callable[[View], Inlines]] = {
    "article": _article,
    "book": _book,
    "inbook": _book,
    "incollection": _in_book,
    "inproceedings": _in_book,
    "collection": _proceedings,
    "proceedings": _proceedings,
    "phdthesis": _thesis("Ph.D. dissertation"),
    "mastersthesis": _thesis("M.S. thesis"),
    "thesis": _thesis("Thesis"),
    "techreport": _techreport,
    "software": _software,
    "dataset": _dataset,
    "manual": _manual,
    "booklet": _booklet,
    "unpublished": _unpublished,
    "patent": _patent,
}


def _with_links(view: View, body: Inlines) -> Inlines:
    doi = around("doi: ", doi_link(view.doi))
    arxiv = () if view.is_preprint else arxiv_link(view.arxiv)
    note = view.note if view.entry.type not in ("patent", "unpublished") else ()
    entry = join([body, note, doi, arxiv], ", ")
    if not view.url or view.doi:
        return stop(entry)
    accessed = access_date(view, short=True)
    online = seq(f"Accessed: {accessed}. " if accessed else "", "[Online]. Available: ", url_link(view.url))
    return join([stop(entry), online], " ")
