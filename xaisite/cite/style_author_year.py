"""References as APA writes them (Publication Manual, 7th edition, chapter 10).

Titles keep the author's capitals (APA's sentence case would need to know every proper name). Invariant: the year stands
once, after the authors, with the letter that tells works of one year apart.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from xaisite.cite.fields import View, arxiv_link, doi_link, doi_url, url_link
from xaisite.cite.inlines import Inlines, around, emph, join, plain, render_text, seq, stop
from xaisite.cite.parts import access_date, labelled, month_day, patent_kind, prefixed, short_edition, venue_note
from xaisite.cite.people import initials_first, inverted, join_names, named

_MOST_NAMES = 20
_DATED = frozenset(("online", "misc", "patent", "booklet"))


def format_author_year(view: View, suffix: str = "") -> Inlines:
    """Return the whole entry; ``suffix`` is the letter after the year."""
    write = _TYPES.get(view.entry.type, _misc)
    if view.is_preprint:
        write = _preprint
    who = _authors(view)
    what = write(view)
    when = plain(f"({_date(view, suffix)}).")
    # A work without authors begins with its title.
    body = join([stop(who), when, stop(what)], " ") if who else join([stop(what), when], " ")
    return _with_links(view, body)


def year_with_suffix(view: View, suffix: str) -> str:
    """Return `2020a`, `n.d.-a`, `in press-a`."""
    year = view.year or "n.d."
    return year + (suffix if year[-1:].isdigit() or not suffix else f"-{suffix}")


def _date(view: View, suffix: str) -> str:
    year = year_with_suffix(view, suffix)
    extra = month_day(view) if view.entry.type in _DATED and view.year else ""
    return f"{year}, {extra}" if extra else year


def _authors(view: View) -> Inlines:
    if view.people("author"):
        return plain(_reference_names(view, "author"))
    if view.entry.type == "patent" and view.people("holder"):
        return plain(_reference_names(view, "holder"))
    if view.people("editor") and view.entry.type not in ("incollection", "inproceedings"):
        label = "Ed." if len(view.people("editor")) == 1 else "Eds."
        return plain(f"{_reference_names(view, 'editor')} ({label})")
    return view.get("organization") if view.entry.type in ("manual", "online", "misc", "software", "dataset") else ()


def _reference_names(view: View, role: str) -> str:
    names, has_others = named(view.people(role), inverted)
    if len(names) > _MOST_NAMES:
        return ", ".join(names[: _MOST_NAMES - 1]) + ", … " + names[-1]
    return join_names(names, last=", & ", two=", & ", others=", et al." if has_others else "")


def _paren(*parts: Inlines) -> Inlines:
    return around(" (", join(parts, ", "), ")")


def _volume(view: View) -> Inlines:
    return prefixed("Vol. ", view.get("volume"))


def _pages(view: View) -> Inlines:
    return labelled("p.", "pp.", view.pages)


def _article(view: View) -> Inlines:
    number = around("(", view.get("number"), ")")
    volume = seq(emph(view.get("volume")), number) if view.get("volume") else view.get("number")
    pages = plain(view.pages) or prefixed("Article ", view.get("eid"))
    return join([stop(view.title), join([emph(view.journal), volume, pages], ", ")], " ")


def _preprint(view: View) -> Inlines:
    return join([seq(emph(view.title), _paren(plain(f"arXiv:{view.arxiv}"))), plain("arXiv")], ". ")


def _book(view: View) -> Inlines:
    series = () if view.get("volume") else join([view.get("series"), view.get("number")], " ")
    chapter = prefixed("Ch. ", view.get("chapter"))
    title = seq(emph(view.title), _paren(series, short_edition(view), _volume(view), chapter, _pages(view)))
    return join([title, _publisher(view)], ". ")


def _publisher(view: View) -> Inlines:
    publisher = view.first("publisher", "organization", "institution")
    return () if publisher and publisher == _authors(view) else publisher


def _in_book(view: View) -> Inlines:
    names, has_others = named(view.people("editor"), initials_first)
    editors = join_names(names, last=", & ", two=" & ", others=", et al." if has_others else "")
    label = "(Ed.), " if len(names) == 1 and not has_others else "(Eds.), "
    series = view.get("series") if view.get("volume") else ()
    chapter = () if view.pages else prefixed("Ch. ", view.get("chapter"))
    details = _paren(series, short_edition(view), _volume(view), chapter, _pages(view))
    whole = around(f"In {editors} {label}" if editors else "In ", emph(view.booktitle), "")
    return join([stop(view.title), join([seq(whole, details), _publisher(view)], ". ")], " ")


def _bracketed(kind: str) -> Callable[[View], Inlines]:
    def write(view: View) -> Inlines:
        version = _paren(prefixed("Version ", view.get("version")))
        title = seq(emph(view.title), version, f" [{kind}]")
        return join([title, venue_note(view), _publisher(view)], ". ")

    return write


def _thesis(kind: str) -> Callable[[View], Inlines]:
    def write(view: View) -> Inlines:
        inside = join([view.get("type") or plain(kind), view.get("school")], ", ")
        return seq(emph(view.title), around(" [", inside, "]"))

    return write


def _techreport(view: View) -> Inlines:
    kind = view.get("type") or plain("Technical Report")
    is_counted = render_text(kind).lower().endswith(("report", "paper", "memo", "memorandum", "note"))
    number = around("No. " if is_counted else "", view.get("number"))
    title = seq(emph(view.title), _paren(join([kind, number], " ")) if number else ())
    return join([title, view.first("institution", "school", "organization", "publisher")], ". ")


def _misc(view: View) -> Inlines:
    venue = view.first("publisher", "institution", "journal") or _publisher(view)
    return join([emph(view.title), venue_note(view), venue if venue != _authors(view) else ()], ". ")


def _manual(view: View) -> Inlines:
    title = seq(emph(view.title), _paren(short_edition(view), prefixed("Version ", view.get("version"))))
    return join([title, _publisher(view)], ". ")


def _unpublished(view: View) -> Inlines:
    return join([seq(emph(view.title), " [Unpublished manuscript]"), view.first("institution", "school")], ". ")


def _patent(view: View) -> Inlines:
    number = around("No. ", view.get("number"))
    return seq(emph(view.title), _paren(join([plain(patent_kind(view)), number], " ")))


_TYPES: Mapping[str, Callable[[View], Inlines]] = {
    "article": _article,
    "book": _book,
    "inbook": _book,
    "collection": _book,
    "proceedings": _book,
    "incollection": _in_book,
    "inproceedings": _in_book,
    "phdthesis": _thesis("Doctoral dissertation"),
    "mastersthesis": _thesis("Master’s thesis"),
    "thesis": _thesis("Thesis"),
    "techreport": _techreport,
    "software": _bracketed("Computer software"),
    "dataset": _bracketed("Data set"),
    "manual": _manual,
    "unpublished": _unpublished,
    "patent": _patent,
}


def _with_links(view: View, body: Inlines) -> Inlines:
    note = stop(view.note) if view.entry.type != "patent" else ()
    doi = doi_link(view.doi, doi_url(view.doi)) if view.doi else ()
    arxiv = arxiv_link(view.arxiv, f"https://arxiv.org/abs/{view.arxiv}") if view.arxiv else ()
    return join([body, note, doi or arxiv or _url(view)], " ")


def _url(view: View) -> Inlines:
    accessed = access_date(view, short=False)
    return seq(f"Retrieved {accessed}, from " if accessed else "", url_link(view.url)) if view.url else ()
