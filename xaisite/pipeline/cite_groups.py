"""The entries that the citations of one post mean, each looked up in the file it names or in those of the page.

Does not format. Invariant: two different works never share a key in what is returned.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from xaisite.cite.cited import check_group
from xaisite.core.diagnostic import Diagnostic
from xaisite.core.record import record, replace
from xaisite.core.source import Span
from xaisite.link.bibliographies import find_bibliography
from xaisite.model.bib import Bibliography, Entry
from xaisite.model.nodes import CiteGroup, CiteItem
from xaisite.model.post import Outline
from xaisite.pipeline.context import BuildContext


@record
class FoundCites:
    """Citations of a post under the keys of their entries, and those entries in order of first citation."""

    groups: tuple[CiteGroup, ...]
    entries: tuple[Entry, ...]
    asked: tuple[str, ...]
    """Arguments of the fact `entry`: paths and key, joined by newlines."""
    diagnostics: tuple[Diagnostic, ...]


def find_cites(outline: Outline, paths: Sequence[str], known: Bibliography, build: BuildContext) -> FoundCites:
    """Look up every citation; ``known`` holds the bibliographies of the page, at ``paths``."""
    named, problems = _named_files(outline, build)
    by_key: dict[str, Entry] = {}
    groups: list[CiteGroup] = []
    asked: dict[str, None] = {}
    for group in outline.cites:
        name = group.bibliography
        there = named[name][1] if name else known
        asked |= dict.fromkeys("\n".join((*(named[name][0] if name else paths), item.key)) for item in group.items)
        if not name or named[name][0]:
            problems += check_group(group, there)
        groups.append(replace(group, items=tuple(_take(item, name, there, by_key) for item in group.items)))
    return FoundCites(tuple(groups), tuple(by_key.values()), tuple(asked), tuple(problems))


def _take(item: CiteItem, name: str, there: Bibliography, by_key: dict[str, Entry]) -> CiteItem:
    """Add the entry of an item to what is cited; another work with the same key makes way."""
    entry = there.entries.get(item.key)
    if entry is None:
        return item
    other = by_key.get(entry.key)
    if other is not None and other.digest != entry.digest:
        entry = replace(entry, key=f"{entry.key}-{name.rpartition('/')[2].removesuffix('.bib') or 'page'}", ids=())
        item = replace(item, key=entry.key)
    by_key.setdefault(entry.key, entry)
    return item


_Named = Mapping[str, tuple[tuple[str, ...], Bibliography]]


def _named_files(outline: Outline, build: BuildContext) -> tuple[_Named, list[Diagnostic]]:
    named: dict[str, tuple[tuple[str, ...], Bibliography]] = {}
    problems: list[Diagnostic] = []
    for name, span in _names(outline):
        found = find_bibliography(name, outline, build.bibliographies, build.config, span)
        problems += found.diagnostics
        if name not in named:
            path = found.value
            named[name] = ((path,), build.bibliographies[path]) if path else ((), Bibliography({}))
    return named, problems


def _names(outline: Outline) -> Iterator[tuple[str, Span]]:
    return ((group.bibliography, group.span) for group in outline.cites if group.bibliography)
