"""BibLaTeX's names of types and fields → BibTeX's, and what entries inherit from others.

Works on plain dictionaries of raw LaTeX. Invariant: no field is lost; an alias whose target is already there stays
under its own name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, MutableMapping

from xaisite.cite.months import MONTH_NAMES, read_month

TYPES = {
    "conference": "inproceedings", "electronic": "online", "www": "online", "webpage": "online", "report": "techreport",
    "mvbook": "book", "mvcollection": "collection", "mvproceedings": "proceedings", "mvreference": "collection",
    "reference": "collection", "inreference": "incollection", "bookinbook": "inbook", "suppbook": "inbook",
    "suppcollection": "incollection", "suppperiodical": "article", "review": "article",
}  # fmt: skip

FIELDS = {
    "journaltitle": "journal", "location": "address", "eprinttype": "archiveprefix", "eprintclass": "primaryclass",
    "annotation": "annote", "pdf": "file",
}  # fmt: skip

_DATE = re.compile(r"\s*(-?\d{4,})(?:-(\d{2}))?(?:-(\d{2}))?")
_PRIVATE = (
    "crossref xdata xref ids entryset entrysubtype execute label options presort related relatedoptions relatedstring "
    "relatedtype shorthand shorthandintro sortkey key title subtitle titleaddon booktitle doi url urldate eprint file "
    "abstract keywords pages note annote"
)
_NOT_INHERITED = frozenset(_PRIVATE.split())
_IN_WHOLE = frozenset(("inproceedings", "incollection", "inbook"))


def map_entry(type: str, fields: MutableMapping[str, str]) -> str:
    """Rename fields in place and return the BibTeX type."""
    for alias, name in FIELDS.items():
        if alias in fields and alias != name and name not in fields:
            fields[name] = fields.pop(alias)
    _split_date(fields)
    type = TYPES.get(type, type)
    if type == "thesis":
        type = _thesis_type(fields)
    if type == "techreport" and fields.get("type", "").lower() in ("techreport", "resreport"):
        del fields["type"]  # BibLaTeX's code words, not text
    if type in ("phdthesis", "mastersthesis", "thesis") and "institution" in fields and "school" not in fields:
        fields["school"] = fields.pop("institution")
    if type == "inbook" and "booktitle" in fields:
        type = "incollection"
    if type == "article" and "issue" in fields and "number" not in fields:
        fields["number"] = fields.pop("issue")
    return type


def _thesis_type(fields: MutableMapping[str, str]) -> str:
    kind = fields.get("type", "phdthesis").lower().replace(" ", "").replace(".", "")
    if re.search(r"mathesis|master|msc|diplom", kind):
        name = "mastersthesis"
    elif re.search(r"phd|doct|dissert|dphil", kind):
        name = "phdthesis"
    else:
        return "thesis"
    if kind in ("mathesis", "phdthesis", "candthesis"):
        fields.pop("type", None)  # BibLaTeX's code words, not text
    return name


def _split_date(fields: MutableMapping[str, str]) -> None:
    m = _DATE.match(fields.get("date", ""))
    if not m:
        _split_typed_date(fields)
        return
    if "year" not in fields:
        fields["year"] = m.group(1)
        if m.group(2) and 1 <= int(m.group(2)) <= 12:  # 21 to 24 are seasons
            fields.setdefault("month", str(int(m.group(2))))
            if m.group(3):
                fields.setdefault("day", str(int(m.group(3))))


def _split_typed_date(fields: MutableMapping[str, str]) -> None:
    """`December 10, 2024` or `June 2`: not BibLaTeX, but people write it."""
    text, comma, year = fields.get("date", "").rpartition(",")
    found = read_month(text if comma else year)
    if found and "month" not in fields and (not comma or year.strip().isdecimal()):
        fields["month"] = MONTH_NAMES[found[0] - 1]
        if found[1]:
            fields.setdefault("day", str(found[1]))
        if comma:
            fields.setdefault("year", year.strip())


def inherit(type: str, child: MutableMapping[str, str], parent: Mapping[str, str]) -> None:
    """Give ``child`` what it lacks of its `crossref` parent, in place."""
    whole = parent.get("booktitle") or parent.get("title", "")
    if type in _IN_WHOLE and whole:
        child.setdefault("booktitle", whole)
    elif type == "article" and parent.get("title"):
        child.setdefault("journal", parent["title"])
    for name, value in parent.items():
        if name not in _NOT_INHERITED:
            child.setdefault(name, value)


def inherit_all(child: MutableMapping[str, str], parent: Mapping[str, str]) -> None:
    """Give ``child`` what it lacks of an `xdata` entry, in place."""
    for name, value in parent.items():
        if name not in ("ids", "crossref", "xref"):
            child.setdefault(name, value)
