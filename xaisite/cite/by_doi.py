"""The entry of a DOI, found without decoding a packed bibliography."""

from __future__ import annotations

import json
from collections.abc import Mapping

from xaisite.cite.fields import read_doi
from xaisite.cite.merge import MergedEntries
from xaisite.cite.pack import PackedEntries
from xaisite.model.bib import Entry


def find_by_doi(entries: Mapping[str, Entry], doi: str) -> Entry | None:
    """Return the first entry with this DOI (case does not count in DOIs), or None."""
    if not doi:
        return None
    if isinstance(entries, MergedEntries):
        return next((e for part in entries.parts if (e := find_by_doi(part, doi))), None)
    candidates = _candidates(entries, doi) if isinstance(entries, PackedEntries) else entries
    return next((entries[key] for key in candidates if _has(entries[key], doi)), None)


def _has(entry: Entry, doi: str) -> bool:
    return read_doi(entry.fields.get("doi", "")).lower() == doi.lower()


def _candidates(entries: PackedEntries, doi: str) -> list[str]:
    # LaTeX may escape signs, so only the longest plain piece of the DOI is looked for.
    pieces = json.dumps(doi.lower())[1:-1].replace("\\", "_").replace("%", "_").split("_")
    needle = max(pieces, key=len).encode("ascii")
    haystack = entries.data.lower()
    starts: list[int] = []
    at = haystack.find(needle)
    while at >= 0:
        starts.append(at)
        at = haystack.find(needle, at + 1)
    return entries.keys_at(starts)
