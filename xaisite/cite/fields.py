"""An entry as styles see it: decoded fields, people, date, and the addresses of DOI, arXiv and URL.

Does not order or punctuate. Invariants: a missing field is empty, never an error; DOI and arXiv addresses are built
here from identifiers that have the right form, never copied.
"""

from __future__ import annotations

import re
from urllib.parse import quote

from xaisite.cite.inlines import Inlines, Link, Text, plain, render_text, safe_href, seq
from xaisite.cite.latex import decode_latex, decode_text, read_verbatim
from xaisite.cite.months import read_month
from xaisite.core.record import record
from xaisite.model.bib import Entry, Person

_DOI = re.compile(r"10\.\d{4,9}(?:\.\d+)*/\S+\Z")
_DOI_PREFIX = re.compile(r"(?:https?://)?(?:dx\.|www\.)?doi\.org/|doi:?\s*", re.IGNORECASE)
_ARXIV_ID = r"\d{4}\.\d{4,5}(?:v\d+)?|[a-z-]+(?:\.[A-Z]{2})?/\d{7}(?:v\d+)?"
_ARXIV_EXACT = re.compile(rf"(?:arxiv:)?\s*({_ARXIV_ID})\Z", re.IGNORECASE)
_ARXIV_INSIDE = re.compile(rf"(?:arxiv[:\s]+|arxiv\.org/(?:abs|pdf)/|\babs/)({_ARXIV_ID})", re.IGNORECASE)
_ARXIV_DOI = re.compile(rf"10\.48550/arxiv\.({_ARXIV_ID})\Z", re.IGNORECASE)
_PREPRINT_JOURNAL = re.compile(r"\s*(?:arxiv\b|corr\b|computing research repository|ArXiv e-prints)", re.IGNORECASE)
_FINAL_STOP = re.compile(r"[^\W\d_]{4}\.\s*\Z")  # not after an abbreviation
_ONLY_URL = re.compile(r"\s*(?:\\url\s*\{[^{}]*\}|https?://\S+)\s*\Z")
_ACCESSED = re.compile(
    r"\s*\[?(?:online[;:,.]?\s*)?(?:last\s+)?accessed:?(?:\s+on)?\s+([^\].]{4,40})\]?\.?\s*\Z", re.IGNORECASE
)
_RANGE = re.compile(r"(?<=\w)\s*(?:--+|-|–|—)\s*(?=\w)")


@record
class View:
    """One entry, decoded on demand."""

    entry: Entry

    def get(self, name: str) -> Inlines:
        """Return a field as formatted text, or nothing."""
        raw = self.entry.fields.get(name, "")
        return decode_latex(raw).value if raw else ()

    def first(self, *names: str) -> Inlines:
        """Return the first of these fields that is there."""
        return next((value for name in names if (value := self.get(name))), ())

    def text(self, name: str) -> str:
        """Return a field as plain text."""
        return decode_text(self.entry.fields.get(name, "")).strip()

    def people(self, role: str) -> tuple[Person, ...]:
        """Return the people in a role."""
        return tuple(self.entry.persons.get(role, ()))

    @property
    def title(self) -> Inlines:
        """Title and subtitle, without a full stop that some databases put after them."""
        return _without_stop(_with_subtitle(self.get("title"), self.get("subtitle")))

    @property
    def booktitle(self) -> Inlines:
        """Title of the whole, with its subtitle."""
        return _with_subtitle(self.first("booktitle", "maintitle"), self.get("booksubtitle"))

    @property
    def journal(self) -> Inlines:
        """Name of the journal; nothing for a preprint server's pseudo-journal."""
        if self.arxiv and _PREPRINT_JOURNAL.match(self.entry.fields.get("journal", "")):
            return ()
        return _with_subtitle(self.first("journal", "shortjournal"), self.get("journalsubtitle"))

    @property
    def is_preprint(self) -> bool:
        """Whether arXiv is all the venue it has."""
        venues = ("booktitle", "school", "institution", "publisher", "howpublished")
        kinds = ("article", "misc", "online", "unpublished", "techreport", "preprint")
        if not self.arxiv or self.entry.type not in kinds or self.journal:
            return False
        return all(not self.entry.fields.get(v) or "arxiv" in self.entry.fields[v].lower() for v in venues)

    @property
    def year(self) -> str:
        """Year as text, or an empty string."""
        year = self.text("year") or self.text("date")[:4]
        return year or self.text("pubstate")

    @property
    def month(self) -> tuple[int, int, str]:
        """(month, day, text): text is what the field says when it is no month."""
        raw = self.text("month")
        if not raw:
            return 0, 0, ""
        found = read_month(raw)
        if found is None:
            return 0, 0, raw
        day = self.text("day")
        return found[0], found[1] or (int(day) if day.isdecimal() and 1 <= int(day) <= 31 else 0), ""

    @property
    def pages(self) -> str:
        """Pages with en dashes: `5–32`."""
        return ", ".join(part.strip() for part in _RANGE.sub("–", self.text("pages")).split(",") if part.strip())

    @property
    def doi(self) -> str:
        """A DOI of the right form, or an empty string (arXiv's own DOIs show as arXiv)."""
        doi = read_doi(self.entry.fields.get("doi", ""))
        return "" if _ARXIV_DOI.match(doi) and self.arxiv else doi

    @property
    def arxiv(self) -> str:
        """An arXiv identifier, or an empty string."""
        return find_arxiv(self.entry)

    @property
    def note(self) -> Inlines:
        """The note, unless it is only an address (shown as such) a date of access, or the arXiv identifier again."""
        raw = self.entry.fields.get("note", "")
        if _ONLY_URL.match(raw) or _ACCESSED.match(raw) or (self.arxiv and self.arxiv in raw):
            return ()
        return self.get("note")

    @property
    def accessed(self) -> str:
        """When the address was looked at: `urldate`, or a note `[Online; accessed 3 May 2020]`, as typed."""
        m = _ACCESSED.match(self.entry.fields.get("note", ""))
        return self.text("urldate") or (m.group(1).strip() if m else "")

    @property
    def url(self) -> str:
        """A safe address that is not just the DOI or arXiv page again, or an empty string."""
        fields = self.entry.fields
        address = read_verbatim(fields.get("url", "")) or _url_in(fields.get("howpublished", ""))
        if not address and _ONLY_URL.match(fields.get("note", "")):
            address = _url_in(fields["note"])
        if not safe_href(address):
            return ""
        same = (self.doi and self.doi.lower() in address.lower()) or (self.arxiv and "arxiv.org" in address.lower())
        return "" if same else address


def _without_stop(title: Inlines) -> Inlines:
    last = title[-1] if title else None
    if isinstance(last, Text) and _FINAL_STOP.search(last.text):
        return (*title[:-1], Text(last.text.rstrip()[:-1]))
    return title


def _with_subtitle(title: Inlines, subtitle: Inlines) -> Inlines:
    if not title or not subtitle:
        return title or subtitle
    return seq(title, " " if render_text(title).rstrip()[-1:] in "?!:" else ": ", subtitle)


def _url_in(raw: str) -> str:
    m = re.search(r"\\(?:url|href)\s*\{([^{}]*)\}", raw)
    if m:
        return read_verbatim(m.group(1))
    return read_verbatim(raw) if re.match(r"\s*https?://\S+\s*\Z", raw) else ""


def read_doi(raw: str) -> str:
    """Return the DOI in a field, without `doi:` or resolver; empty when it has not the form of one."""
    doi = _DOI_PREFIX.sub("", read_verbatim(raw), count=1)
    return doi.rstrip(".,;") if _DOI.match(doi) else ""


def find_arxiv(entry: Entry) -> str:
    """Return the arXiv identifier of an entry, wherever it says so; empty when nowhere."""
    fields = entry.fields
    eprint = read_verbatim(fields.get("eprint", ""))
    prefix = fields.get("archiveprefix", "").lower()
    if eprint and prefix in ("arxiv", ""):
        m = _ARXIV_EXACT.match(eprint) or _ARXIV_INSIDE.search(eprint)
        if m:
            return m.group(1)
    doi = _ARXIV_DOI.match(_DOI_PREFIX.sub("", read_verbatim(fields.get("doi", ""))))
    if doi:
        return doi.group(1)
    for name in ("journal", "volume", "howpublished", "url", "note", "number"):
        is_corr = name != "volume" or fields.get("journal", "").strip("{} ").lower() == "corr"
        m = _ARXIV_INSIDE.search(fields.get(name, "")) if is_corr else None
        if m:
            return m.group(1)
    return ""


def doi_url(doi: str) -> str:
    """Return the address of a DOI."""
    return "https://doi.org/" + quote(doi, safe="/:;().-_~,@!$&'*+=[]")


def doi_link(doi: str, label: str = "") -> Inlines:
    """Return a link to a DOI."""
    return (Link(doi_url(doi), plain(label or doi)),) if doi else ()


def arxiv_link(identifier: str, label: str = "") -> Inlines:
    """Return a link to an arXiv abstract."""
    if not identifier:
        return ()
    return (Link("https://arxiv.org/abs/" + identifier, plain(label or f"arXiv:{identifier}")),)


def url_link(url: str) -> Inlines:
    """Return a link that shows its address."""
    return (Link(url, plain(url)),) if url else ()
