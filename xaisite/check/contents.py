"""Tables of contents written by hand (`toc:`): each entry must be the text of a heading, or it leads nowhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from xaisite.core.diagnostic import Diagnostic, warning
from xaisite.core.nearest import did_you_mean
from xaisite.model.front import TocEntry
from xaisite.model.post import Outline


def check_contents(outline: Outline) -> tuple[Diagnostic, ...]:
    """Return a warning for each entry that no heading has for its text."""
    known = {heading.text.casefold().strip() for heading in outline.headings}
    texts = [heading.text.strip() for heading in outline.headings]
    return tuple(
        warning("toc-unknown", f"no heading reads “{entry.name}”: this entry leads nowhere", entry.span,
                help=did_you_mean(entry.name, texts) or "write it as the heading is written")
        for entry in _entries(outline.front.toc_entries)
        if entry.name.casefold().strip() not in known
    )  # fmt: skip


def _entries(entries: Iterable[TocEntry]) -> Iterator[TocEntry]:
    for entry in entries:
        yield entry
        yield from _entries(entry.subsections)
