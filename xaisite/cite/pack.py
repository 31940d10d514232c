"""A bibliography as bytes that open at once, whatever its size.

JSON throughout, so that a damaged or foreign file can run no code: an index of keys, then one record per entry, decoded
when it is asked for. Does not touch the disk. Invariants: unpack(pack(b)) equals b; damage raises `ValueError`, which
the cache takes for a miss.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence

from xaisite.core.record import field, record
from xaisite.core.source import Span
from xaisite.model.bib import Bibliography, Entry, Person

_MAGIC = b"xaisite-bib-1\n"


@record
class PackedEntries(Mapping[str, Entry]):
    """Entries decoded when asked for."""

    data: bytes
    """All that was packed; not cut up, because copying it would take longer than anything else here."""
    base: int
    """Where the records begin."""
    index: Mapping[str, tuple[int, int]]
    paths: tuple[str, ...]
    _decoded: dict[str, Entry] = field(default_factory=dict, compare=False, repr=False)

    def __getitem__(self, key: str) -> Entry:
        entry = self._decoded.get(key)
        if entry is None:
            start, end = self.index[key]
            entry = self._decoded[key] = _entry(json.loads(self.data[self.base + start : self.base + end]), self.paths)
        return entry

    def keys_at(self, offsets: Sequence[int]) -> list[str]:
        """Return the keys of the records that hold these offsets of ``data``, in order."""
        if not offsets:
            return []
        begins = [(start, key) for key, (start, _) in self.index.items()]
        begins.sort(key=lambda pair: pair[0])
        starts = [start for start, _ in begins]
        found = (bisect_right(starts, offset - self.base) - 1 for offset in offsets if offset >= self.base)
        return list(dict.fromkeys(begins[at][1] for at in found))

    def __contains__(self, key: object) -> bool:
        return key in self.index

    def __iter__(self) -> Iterator[str]:
        return iter(self.index)

    def __len__(self) -> int:
        return len(self.index)


def pack_bibliography(bibliography: Bibliography) -> bytes:
    """Return the bibliography as bytes."""
    records: list[bytes] = []
    index: dict[str, tuple[int, int]] = {}
    written: dict[int, tuple[int, int]] = {}
    at = 0
    for key, entry in bibliography.entries.items():
        if id(entry) not in written:  # an alias shares its record
            record = json.dumps(_record(entry, bibliography.paths), separators=(",", ":")).encode("ascii")
            records.append(record)
            written[id(entry)] = (at, at + len(record))
            at += len(record)
        index[key] = written[id(entry)]
    head = {"paths": bibliography.paths, "digest": bibliography.digest, "keys": list(index)}
    ends = [number for pair in index.values() for number in pair]
    line = json.dumps({**head, "ends": ends}, separators=(",", ":")).encode("ascii")
    return b"".join((_MAGIC, line, b"\n", *records))


def unpack_bibliography(data: bytes) -> Bibliography:
    """Return what was packed; entries are decoded one by one, when asked for."""
    if not data.startswith(_MAGIC):
        raise ValueError("not a packed bibliography")
    line_end = data.index(b"\n", len(_MAGIC))
    head = json.loads(data[len(_MAGIC) : line_end])
    base, ends = line_end + 1, head["ends"]
    if ends and base + max(ends) > len(data):
        raise ValueError("a packed bibliography is cut short")
    paths = tuple(head["paths"])
    index = dict(zip(head["keys"], zip(ends[::2], ends[1::2], strict=True), strict=True))
    return Bibliography(PackedEntries(data, base, index, paths), paths, head["digest"])


def _record(entry: Entry, paths: tuple[str, ...]) -> list[object]:
    persons = {
        role: [(p.family, p.given, p.prefix, p.suffix, p.literal) for p in people]
        for role, people in entry.persons.items()
    }
    span = entry.span
    place = [paths.index(span.path) if span.path in paths else span.path, span.start, span.end] if span else None
    return [
        entry.key, entry.type, dict(entry.fields), persons, place, entry.digest, entry.has_errors, dict(entry.places),
        entry.ids,
    ]  # fmt: skip


def _entry(record: list[object], paths: tuple[str, ...]) -> Entry:
    key, type, fields, persons, place, digest, has_errors, places, ids = record
    assert isinstance(persons, dict)
    assert isinstance(places, dict)
    assert isinstance(ids, list)
    people = {role: tuple(Person(*parts) for parts in group) for role, group in persons.items()}
    span = _span(place, paths)
    where = {name: (start, end) for name, (start, end) in places.items()}
    return Entry(str(key), str(type), fields, people, span, str(digest), bool(has_errors), where, tuple(ids))  # type: ignore[arg-type]


def _span(place: object, paths: tuple[str, ...]) -> Span | None:
    if not isinstance(place, list):
        return None
    where, start, end = place
    return Span(paths[where] if isinstance(where, int) else where, start, end)
