"""Lint of bibliographies: missing fields, malformed identifiers, one work under two keys, entries never cited.

Works on entries as read; formats nothing. What nobody cites harms no reader: only cited entries are judged, and all
others together get one notice. Invariant: one pass over the entries, whatever their number.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

from xaisite.core.diagnostic import Diagnostic, Note, notice, warning
from xaisite.core.source import Span
from xaisite.model.bib import Bibliography, Entry

_Need = tuple[str, ...]
_WHO: _Need = ("author", "editor", "holder", "organization", "institution")
_WHEN: _Need = ("year", "date", "pubstate")
_NEEDS: Mapping[str, tuple[_Need, ...]] = {
    "article": (("author", "editor"), ("title",), ("journal", "eprint"), _WHEN),
    "book": (_WHO, ("title",), ("publisher", "url", "doi"), _WHEN),
    "inbook": (_WHO, ("title",), ("chapter", "pages"), ("publisher", "url", "doi"), _WHEN),
    "incollection": (("author", "editor"), ("title",), ("booktitle",), _WHEN),
    "inproceedings": (("author", "editor"), ("title",), ("booktitle",), _WHEN),
    "phdthesis": (("author",), ("title",), ("school",), _WHEN),
    "mastersthesis": (("author",), ("title",), ("school",), _WHEN),
    "thesis": (("author",), ("title",), ("school",), _WHEN),
    "techreport": (_WHO, ("title",), ("institution", "school", "organization"), _WHEN),
    "proceedings": (("title",), _WHEN),
    "collection": (("editor",), ("title",), _WHEN),
    "online": (("title",), ("url", "doi", "howpublished")),
    "software": (("title",),),
    "dataset": (("title",),),
    "unpublished": (("author",), ("title",)),
    "patent": (("author", "holder"), ("title",), ("number",), _WHEN),
}
_ANY: tuple[_Need, ...] = (("title",),)
_IN_ARXIV = re.compile(r"arxiv|\bcorr\b", re.IGNORECASE)

_DOI_PREFIX = re.compile(r"(?:https?://)?(?:dx\.|www\.)?doi\.org/|doi:?\s*", re.IGNORECASE)
_DOI = re.compile(r"10\.\d{4,9}(?:\.\d+)*/\S+\Z")
_SCHEME = re.compile(r"(?:https?://[^\s/?#]+|mailto:[^\s@]+@\S)", re.IGNORECASE)
_URL_WRAP = re.compile(r"\\url\s*\{(.*)\}\Z", re.DOTALL)


def check_bibliography(
    bibliography: Bibliography, cited: Iterable[str], *, nocite_all: bool = False
) -> tuple[Diagnostic, ...]:
    """Return what is wrong with the cited entries, and one notice about the others."""
    entries = {e.key: e for key in sorted(set(cited)) if (e := bibliography.entries.get(key))}
    diagnostics: list[Diagnostic] = []
    for entry in entries.values():
        diagnostics.extend(check_entry(entry))
    diagnostics.extend(_check_twins(entries.values()))
    if not nocite_all:
        diagnostics.extend(_check_uncited(bibliography, entries))
    return tuple(diagnostics)


def check_unused(bibliography: Bibliography, cited: Iterable[str]) -> tuple[Diagnostic, ...]:
    """Return one notice when the bibliography has entries that nobody cites."""
    entries = {key: e for key in cited if (e := bibliography.entries.get(key))}
    return tuple(_check_uncited(bibliography, entries))


def check_entry(entry: Entry) -> tuple[Diagnostic, ...]:
    """Return what one entry lacks, and which of its identifiers are malformed."""
    return (*_check_needs(entry), *_check_doi(entry), *_check_url(entry))


def _check_needs(entry: Entry) -> list[Diagnostic]:
    missing = [need for need in _NEEDS.get(entry.type, _ANY) if not any(_has(entry, name) for name in need)]
    if not missing:
        return []
    names = ", ".join(" or ".join(f"“{name}”" for name in need[:2]) for need in missing)
    message = f"the {entry.type} “{entry.key}” has no {names}"
    return [warning("bib-missing-field", message, entry.span, help="readers will look for it in the reference list")]


def _has(entry: Entry, name: str) -> bool:
    if entry.fields.get(name, "").strip():
        return True
    return name == "journal" and any(_IN_ARXIV.search(entry.fields.get(n, "")) for n in ("doi", "url", "howpublished"))


def _check_doi(entry: Entry) -> list[Diagnostic]:
    raw = entry.fields.get("doi", "")
    if not raw or _DOI.match(_bare_doi(raw)):
        return []
    message = f"“{raw}” is not a DOI, so “{entry.key}” gets no link to it"
    help = "a DOI begins with 10., four or more digits and a slash: 10.1000/182"
    return [warning("bib-doi", message, entry.place("doi"), help=help)]


def _bare_doi(raw: str) -> str:
    text = _URL_WRAP.sub(r"\1", raw.strip())
    text = re.sub(r"\\([_%&#{}])", r"\1", text).replace("{", "").replace("}", "")
    return _DOI_PREFIX.sub("", "".join(text.split()), count=1)


def _check_url(entry: Entry) -> list[Diagnostic]:
    raw = entry.fields.get("url", "").strip()
    address = _URL_WRAP.sub(r"\1", raw).strip("{} ")
    if not raw or _SCHEME.match(address):
        return []
    message = f"“{raw}” is no http, https or mailto address, so “{entry.key}” gets no link to it"
    return [warning("bib-url", message, entry.place("url"), help="write the whole address, with https://")]


def _check_twins(entries: Iterable[Entry]) -> list[Diagnostic]:
    """Find one work under two keys: the same DOI, or the same title, year and first author."""
    first: dict[tuple[str, ...], Entry] = {}
    diagnostics: list[Diagnostic] = []
    for entry in entries:
        twin = next((first[mark] for mark in _marks(entry) if mark in first), None)
        for mark in _marks(entry):
            first.setdefault(mark, entry)
        if twin is not None:
            message = f"“{entry.key}” and “{twin.key}” are the same work"
            notes = (Note("the other entry", twin.span),)
            help = "cite one of them, or readers will find it twice in the reference list"
            diagnostics.append(warning("bib-duplicate-work", message, entry.span, notes=notes, help=help))
    return diagnostics


def _marks(entry: Entry) -> list[tuple[str, ...]]:
    doi, title = _bare_doi(entry.fields.get("doi", "")).lower(), _letters(entry.fields.get("title", ""))
    author = entry.persons.get("author", ())
    # A chapter may share its book's DOI, so the title must agree as well.
    marks: list[tuple[str, ...]] = [("doi", doi, title)] if _DOI.match(doi) else []
    if len(title) > 10 and author and entry.fields.get("year"):
        name = _letters(author[0].family or author[0].literal)
        marks.append(("title", title, name, entry.fields["year"], entry.type))
    return marks


def _letters(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", re.sub(r"\\[A-Za-z]+", "", text)).casefold()
    return "".join(c for c in decomposed if c.isalnum())


def _check_uncited(bibliography: Bibliography, cited: Mapping[str, Entry]) -> list[Diagnostic]:
    keys = bibliography.entries.keys()
    count = len(keys) - sum(1 for entry in cited.values() for key in {entry.key, *entry.ids} if key in keys)
    if count <= 0 or not bibliography.paths:
        return []
    where = ", ".join(bibliography.paths)
    message = f"{count} {'entry is' if count == 1 else 'entries are'} never cited in {where}"
    return [notice("bib-uncited", message, Span(bibliography.paths[0], 0, 0))]
