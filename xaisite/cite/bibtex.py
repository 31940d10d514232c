"""An entry → BibTeX for readers to copy.

Only fields that describe the work: no files, notes to oneself, abstracts or keywords. Invariant: the same entry gives
the same text, and reading it back gives the same fields.
"""

from __future__ import annotations

from xaisite.cite.biblatex import map_entry
from xaisite.model.bib import Entry

PUBLIC_FIELDS = (
    "author", "editor", "translator", "title", "subtitle", "booktitle", "booksubtitle", "maintitle", "journal",
    "journalsubtitle", "series", "edition", "volume", "number", "eid", "chapter", "pages", "school", "institution",
    "organization", "publisher", "address", "howpublished", "type", "version", "year", "month", "day", "date",
    "pubstate", "doi", "eprint", "archiveprefix", "primaryclass", "url", "urldate", "isbn", "issn", "nationality",
    "holder",
)  # fmt: skip
"""In the order in which they are written."""

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def make_bibtex(entry: Entry) -> str:
    """Return the entry as BibTeX, ended by a line feed."""
    fields = dict(entry.fields)
    map_entry(entry.type, fields)
    if fields.get("year") and (fields.get("date", "").startswith(fields["year"]) or fields.get("month")):
        fields.pop("date", None)  # said by year, month and day already
    lines = [f"  {name} = {_value(name, fields[name])}" for name in PUBLIC_FIELDS if fields.get(name)]
    return f"@{entry.type}{{{entry.key}" + "".join(f",\n{line}" for line in lines) + "\n}\n"


def _value(name: str, raw: str) -> str:
    if name == "month" and raw[:3].lower() in _MONTHS and raw.isalpha():
        return raw[:3].lower()
    return f"{{{_balanced(raw)}}}"


def _balanced(raw: str) -> str:
    """Drop braces that have no partner: they would swallow the rest of the file."""
    out: list[str] = []
    opened: list[int] = []
    for char in raw:
        if char == "{":
            opened.append(len(out))
        elif char == "}":
            if not opened:
                continue
            opened.pop()
        out.append(char)
    for at in reversed(opened):
        del out[at]
    return "".join(out)
