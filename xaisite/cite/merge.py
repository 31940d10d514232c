"""Several `.bib` files of one page → one bibliography.

Invariants: the first definition of a key wins; no entry is decoded that is not asked for (a packed bibliography of
50,000 entries stays packed).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from xaisite.core.checked import Checked
from xaisite.core.diagnostic import Diagnostic, Note, warning
from xaisite.core.digest import digest_parts
from xaisite.core.record import record
from xaisite.model.bib import Bibliography, Entry


@record
class MergedEntries(Mapping[str, Entry]):
    """Entries of several files, looked up in order."""

    parts: tuple[Mapping[str, Entry], ...]

    def __getitem__(self, key: str) -> Entry:
        for part in self.parts:
            if key in part:
                return part[key]
        raise KeyError(key)

    def __contains__(self, key: object) -> bool:
        return any(key in part for part in self.parts)

    def __iter__(self) -> Iterator[str]:
        seen: set[str] = set()
        for part in self.parts:
            for key in part:
                if key not in seen:
                    seen.add(key)
                    yield key

    def __len__(self) -> int:
        return len(set().union(*self.parts))


def merge_bibliographies(parts: Sequence[Bibliography]) -> Checked[Bibliography]:
    """Return them as one; keys that two files define differently are warned of (an equal copy is not)."""
    if len(parts) == 1:
        return Checked(parts[0])
    diagnostics: list[Diagnostic] = []
    for index, part in enumerate(parts):
        for earlier in parts[:index]:
            shared = part.entries.keys() & earlier.entries.keys()
            diagnostics.extend(
                _duplicate(part.entries[key], earlier.entries[key])
                for key in sorted(shared)
                if part.entries[key].digest != earlier.entries[key].digest
            )
    paths = tuple(path for part in parts for path in part.paths)
    digest = digest_parts(part.digest for part in parts)
    return Checked(Bibliography(MergedEntries(tuple(p.entries for p in parts)), paths, digest), tuple(diagnostics))


def _duplicate(entry: Entry, first: Entry) -> Diagnostic:
    return warning(
        "bib-duplicate-key",
        f"the key “{entry.key}” is defined differently in two files; the first is used",
        entry.span,
        notes=(Note("first defined here", first.span),),
        help="give one of them a key of its own",
    )
