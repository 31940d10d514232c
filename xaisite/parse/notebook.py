"""Jupyter notebooks as posts: the same Markdown, the same cells, the same engine.

The cells are laid out as one Markdown text, which is parsed like any other; then every span is moved to where its text
stands in the `.ipynb`. Front matter is a first cell that begins with `---`. Does not run anything; stored outputs are
kept with the cells for `execute: false`. Invariant: every span lies in the `.ipynb`.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field, fields, is_dataclass, replace
from typing import Any, Literal

from markdown_it.token import Token

from xaisite.core.checked import Checked
from xaisite.core.diagnostic import Diagnostic, error, sort_diagnostics
from xaisite.core.source import Source, Span
from xaisite.model.front import FrontMatter
from xaisite.model.post import Outline, Post
from xaisite.model.result import Media, PostResults
from xaisite.parse.config import ParseConfig
from xaisite.parse.found import StoredCell
from xaisite.parse.json_places import JsonError, Value, read_json, string_pieces
from xaisite.parse.post import parse_source

_PYTHON = ("python", "ipython", "")


@dataclass
class _Layout:
    """The Markdown laid out so far, and where its pieces stand in the file."""

    source: Source
    parts: list[str] = field(default_factory=list)
    size: int = 0
    starts: list[int] = field(default_factory=list)
    offsets: list[int] = field(default_factory=list)
    made: list[bool] = field(default_factory=list)
    """Whether a piece is our own (a fence): all of it stands at one place."""

    def own(self, text: str, at: int) -> None:
        """Add text that stands nowhere in the file."""
        self._piece(at, made=True)
        self._add(text)

    def typed(self, value: Value) -> None:
        """Add the text of a JSON string, or of a list of them."""
        for string in [value] if isinstance(value.data, str) else value.items():
            if not isinstance(string.data, str):
                continue
            base = self.size
            for start, offset in zip(*string_pieces(self.source.text, string), strict=True):
                self.starts.append(base + start)
                self.offsets.append(offset)
                self.made.append(False)
            self._add(string.data)

    def _piece(self, at: int, *, made: bool) -> None:
        self.starts.append(self.size)
        self.offsets.append(at)
        self.made.append(made)

    def _add(self, text: str) -> None:
        self.parts.append(text)
        self.size += len(text)

    def offset(self, index: int) -> int:
        """Return the offset in the file of the character at ``index`` of the Markdown."""
        piece = max(0, bisect_right(self.starts, index) - 1)
        if not self.starts:
            return 0
        shift = 0 if self.made[piece] else index - self.starts[piece]
        limit = self.offsets[piece + 1] if piece + 1 < len(self.offsets) else len(self.source.text)
        return min(self.offsets[piece] + shift, max(limit, self.offsets[piece]), len(self.source.text))

    def span(self, span: Span) -> Span:
        """Return ``span`` of the Markdown as one of the file."""
        start = self.offset(span.start)
        end = self.offset(span.end - 1) + 1 if span.end > span.start else start
        return self.source.span(start, max(start, end))


def parse_notebook(
    source: Source,
    config: ParseConfig,
    *,
    kind: Literal["post", "page"],
    results: PostResults | None = None,
    media_text: Callable[[Media], str] | None = None,
) -> Checked[Post]:
    """Return the post that a notebook holds."""
    try:
        notebook = read_json(source.text)
    except JsonError as fault:
        return _broken(source, kind, f"this is not a notebook: {fault}", fault.at)
    cells = notebook.get("cells")
    if cells is None or not isinstance(cells.data, list):
        return _broken(source, kind, "this is not a notebook of version 4: it has no “cells”", 0)
    layout, stored = _lay_out(source, cells, _language(notebook))
    laid = Source(source.path, "".join(layout.parts))
    parsed = parse_source(laid, config, kind=kind, results=results, media_text=media_text, stored=stored)
    post = Post(_moved(parsed.value.outline, layout), tuple(_moved(t, layout) for t in parsed.value.tokens))
    return Checked(post, sort_diagnostics(_moved(d, layout) for d in parsed.diagnostics))


def _broken(source: Source, kind: Literal["post", "page"], message: str, at: int) -> Checked[Post]:
    fault: Diagnostic = error("md-notebook", message, source.span(at), help="save it again from Jupyter")
    return Checked(Post(Outline(source.path, kind, FrontMatter())), (fault,))


def _language(notebook: Value) -> str:
    metadata = notebook.get("metadata")
    info = (metadata.get("kernelspec") or metadata.get("language_info")) if metadata else None
    language = (info.get("language") or info.get("name")) if info else None
    return str(language.data).lower() if language else ""


def _lay_out(source: Source, cells: Value, language: str) -> tuple[_Layout, dict[int, StoredCell]]:
    layout = _Layout(source)
    stored: dict[int, StoredCell] = {}
    for number, cell in enumerate(cells.items()):
        kind, text = cell.get("cell_type"), cell.get("source")
        if kind is None or text is None:
            continue
        plain = text.data if isinstance(text.data, str) else "".join(str(i.data) for i in text.items())
        if kind.data == "code":
            if language.startswith("python") or language in _PYTHON:
                stored[len(stored)] = _stored(cell)
            _add_code(layout, text, plain, language or "python", cell.start)
        elif kind.data == "markdown" or (number == 0 and plain.startswith("---")):
            layout.typed(text)
            layout.own("\n\n", cell.end - 1)
    return layout, stored


def _add_code(layout: _Layout, text: Value, plain: str, language: str, at: int) -> None:
    longest = max((len(run) for run in re.findall(r"`{3,}", plain)), default=2)
    fence = "`" * (longest + 1)
    layout.own(f"{fence}{{{language}}}\n", at)
    layout.typed(text)
    layout.own(("" if plain.endswith("\n") or not plain else "\n") + f"{fence}\n\n", text.end - 1)


def _stored(cell: Value) -> StoredCell:
    metadata, outputs = cell.get("metadata"), cell.get("outputs")
    tags = metadata.get("tags") if metadata else None
    return StoredCell(
        tuple(str(t.data) for t in tags.items()) if tags else (),
        tuple(o.plain() for o in outputs.items() if isinstance(o.data, dict)) if outputs else (),
    )


def _moved(value: Any, layout: _Layout) -> Any:
    """Return ``value`` with every span in it moved into the notebook."""
    if isinstance(value, Span):
        return layout.span(value)
    if isinstance(value, Token):
        value.meta = _moved(value.meta, layout)
        value.children = [_moved(c, layout) for c in value.children] if value.children is not None else None
        return value
    if isinstance(value, tuple):
        return tuple(_moved(v, layout) for v in value)
    if isinstance(value, list):
        return [_moved(v, layout) for v in value]
    if isinstance(value, dict):
        return {k: _moved(v, layout) for k, v in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        changed = {f.name: _moved(getattr(value, f.name), layout) for f in fields(value)}
        return replace(value, **_offsets(changed, layout))
    return value


def _offsets(changed: dict[str, Any], layout: _Layout) -> dict[str, Any]:
    for name in ("offsets", "code_offsets"):
        if name in changed:
            changed[name] = tuple(layout.offset(o) for o in changed[name])
    for name in ("code_start", "body_start"):
        if name in changed:
            changed[name] = layout.offset(changed[name])
    return changed
