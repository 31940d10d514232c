"""Markdown laid out of pieces of files: a notebook's cells, a post with the files it includes.

The text is parsed like any other; then every span is moved to where its text stands. Invariant: a moved span lies in
the file that it names.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field, fields, is_dataclass, replace
from typing import Any

from markdown_it.token import Token

from xaisite.core.source import Source, Span


@dataclass
class Layout:
    """The Markdown laid out so far, and where its pieces stand."""

    source: Source
    """The file that stands for the whole."""
    parts: list[str] = field(default_factory=list)
    size: int = 0
    starts: list[int] = field(default_factory=list)
    offsets: list[int] = field(default_factory=list)
    made: list[bool] = field(default_factory=list)
    """Whether a piece is our own (a fence): all of it stands at one place."""
    sources: list[Source] = field(default_factory=list)

    @property
    def laid(self) -> Source:
        """The Markdown as a source of its own."""
        return Source(self.source.path, "".join(self.parts))

    def own(self, text: str, at: int) -> None:
        """Add text that stands nowhere; mistakes in it are shown at ``at``."""
        self.piece(self.source, at, made=True)
        self.add(text)

    def copy(self, source: Source, start: int, end: int) -> None:
        """Add ``source.text[start:end]``."""
        self.piece(source, start, made=False)
        self.add(source.text[start:end])

    def piece(self, source: Source, at: int, *, made: bool, base: int | None = None) -> None:
        """Say that what is added from ``base`` on (default: next) stands at ``at``."""
        self.starts.append(self.size if base is None else base)
        self.offsets.append(at)
        self.made.append(made)
        self.sources.append(source)

    def add(self, text: str) -> None:
        """Add text, of the last piece."""
        self.parts.append(text)
        self.size += len(text)

    def place(self, index: int) -> tuple[Source, int]:
        """Return where the character at ``index`` of the Markdown stands."""
        if not self.starts:
            return self.source, 0
        piece = max(0, bisect_right(self.starts, index) - 1)
        source, at = self.sources[piece], self.offsets[piece]
        shift = 0 if self.made[piece] else index - self.starts[piece]
        has_next = piece + 1 < len(self.offsets) and self.sources[piece + 1] is source
        limit = self.offsets[piece + 1] if has_next else len(source.text)
        return source, min(at + shift, max(limit, at), len(source.text))

    def span(self, span: Span) -> Span:
        """Return ``span`` of the Markdown as one of its file; one that goes on in another file ends with its first."""
        source, start = self.place(span.start)
        last = span.end - 1
        while last > span.start:
            ending, end = self.place(last)
            if ending is source:
                return source.span(start, max(start, end + 1))
            last = self.starts[bisect_right(self.starts, last) - 1] - 1
        return source.span(start, start + (1 if span.end > span.start else 0))

    def moved(self, value: Any) -> Any:
        """Return ``value`` with every span in it moved to where it stands."""
        if isinstance(value, Span):
            return self.span(value)
        if isinstance(value, Token):
            value.meta = self.moved(value.meta)
            value.children = [self.moved(c) for c in value.children] if value.children is not None else None
            return value
        if isinstance(value, tuple):
            return tuple(self.moved(v) for v in value)
        if isinstance(value, list):
            return [self.moved(v) for v in value]
        if isinstance(value, dict):
            return {k: self.moved(v) for k, v in value.items()}
        if is_dataclass(value) and not isinstance(value, type):
            changed = {f.name: self.moved(getattr(value, f.name)) for f in fields(value)}
            return replace(value, **self._offsets(changed))
        return value

    def _offsets(self, changed: dict[str, Any]) -> dict[str, Any]:
        for name in ("offsets", "code_offsets"):
            if name in changed:
                changed[name] = tuple(self.place(o)[1] for o in changed[name])
        for name in ("code_start", "body_start"):
            if name in changed:
                changed[name] = self.place(changed[name])[1]
        return changed
