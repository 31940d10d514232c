"""Jupyter notebooks as posts: the same Markdown, the same cells, the same engine.

The cells are laid out as one Markdown text, which is parsed like any other; then every span is moved to where its text
stands in the `.ipynb`. Front matter is a first cell that begins with `---`. Does not run anything; stored outputs are
kept with the cells for `execute: false`. Invariant: every span lies in the `.ipynb`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Literal

from xaisite.core.checked import Checked
from xaisite.core.diagnostic import Diagnostic, error, sort_diagnostics
from xaisite.core.source import Source
from xaisite.model.front import FrontMatter
from xaisite.model.post import Outline, Post
from xaisite.model.result import Media, PostResults
from xaisite.parse.config import ParseConfig
from xaisite.parse.found import StoredCell
from xaisite.parse.json_places import JsonError, Value, read_json, string_pieces
from xaisite.parse.layout import Layout
from xaisite.parse.post import parse_source

_PYTHON = ("python", "ipython", "")


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
    layout, stored = _lay_out(source, cells, _read_outputs(source.text), _language(notebook))
    parsed = parse_source(layout.laid, config, kind=kind, results=results, media_text=media_text, stored=stored)
    post = Post(layout.moved(parsed.value.outline), layout.moved(parsed.value.tokens))
    return Checked(post, sort_diagnostics(layout.moved(d) for d in parsed.diagnostics))


def _broken(source: Source, kind: Literal["post", "page"], message: str, at: int) -> Checked[Post]:
    fault: Diagnostic = error("md-notebook", message, source.span(at), help="save it again from Jupyter")
    return Checked(Post(Outline(source.path, kind, FrontMatter())), (fault,))


def _language(notebook: Value) -> str:
    metadata = notebook.get("metadata")
    info = (metadata.get("kernelspec") or metadata.get("language_info")) if metadata else None
    language = (info.get("language") or info.get("name")) if info else None
    return str(language.data).lower() if language else ""


def _read_outputs(text: str) -> list[tuple[dict[str, object], ...]]:
    """Return the outputs of every cell as nbformat reads them: of any version 4, with joined lines."""
    import logging
    import warnings

    import nbformat

    logging.getLogger("traitlets").setLevel(logging.CRITICAL)  # what is not quite valid is shown all the same
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            read = nbformat.reads(text, as_version=4)
        # plain values: what is remembered of a post must not need nbformat when it is read again
        return [tuple(json.loads(json.dumps(output)) for output in cell.get("outputs", ())) for cell in read.cells]
    except Exception:  # noqa: BLE001  # nbformat raises whatever its helpers do; then there is nothing to show
        return []


def _lay_out(
    source: Source, cells: Value, outputs: list[tuple[dict[str, object], ...]], language: str
) -> tuple[Layout, dict[int, StoredCell]]:
    layout = Layout(source)
    stored: dict[int, StoredCell] = {}
    for number, cell in enumerate(cells.items()):
        kind, text = cell.get("cell_type"), cell.get("source")
        if kind is None or text is None:
            continue
        plain = text.data if isinstance(text.data, str) else "".join(str(i.data) for i in text.items())
        if kind.data == "code":
            if language.startswith("python") or language in _PYTHON:
                stored[len(stored)] = StoredCell(_tags(cell), outputs[number] if number < len(outputs) else ())
            _add_code(layout, text, plain, language or "python", cell.start)
        elif kind.data == "markdown" or (number == 0 and plain.startswith("---")):
            _add_string(layout, text)
            layout.own("\n\n", cell.end - 1)
    return layout, stored


def _add_code(layout: Layout, text: Value, plain: str, language: str, at: int) -> None:
    longest = max((len(run) for run in re.findall(r"`{3,}", plain)), default=2)
    fence = "`" * (longest + 1)
    layout.own(f"{fence}{{{language}}}\n", at)
    _add_string(layout, text)
    layout.own(("" if plain.endswith("\n") or not plain else "\n") + f"{fence}\n\n", text.end - 1)


def _add_string(layout: Layout, value: Value) -> None:
    """Add the text of a JSON string, or of a list of them."""
    for string in [value] if isinstance(value.data, str) else value.items():
        if not isinstance(string.data, str):
            continue
        base = layout.size
        for start, offset in zip(*string_pieces(layout.source.text, string), strict=True):
            layout.piece(layout.source, offset, made=False, base=base + start)
        layout.add(string.data)


def _tags(cell: Value) -> tuple[str, ...]:
    metadata = cell.get("metadata")
    tags = metadata.get("tags") if metadata else None
    return tuple(str(tag.data) for tag in tags.items()) if tags else ()
