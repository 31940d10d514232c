"""A post as a Jupyter notebook, with its outputs: nbformat 4.5, written as nbformat writes it.

Does not run anything, and does not import nbformat: its validators are a quarter of the time of an edited word (the
tests ask it whether it would have written the same). Invariants: the same post gives the same bytes (ids are made from
labels, not drawn); the first code cell sets up what the session fixed.

Reference: the notebook format, nbformat.readthedocs.io/en/latest/format_description.html.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from xaisite.core.record import replace
from xaisite.export.set_up import CellLines, make_parameters, make_set_up
from xaisite.model.cell import Cell
from xaisite.model.export import CodePiece, Piece, Prose, SetUp
from xaisite.model.result import CellResult, Figure, Media, Output, PostResults, Raised, Rich, Stream

_Node = dict[str, Any]
ReadMedia = Callable[[Media], bytes | None]
_LINED = ("application/javascript", "image/svg+xml")
_MIME_KEPT = ("image/png", "image/jpeg", "image/svg+xml")


def make_notebook(
    title: str,
    pieces: Sequence[Piece],
    set_up: SetUp,
    *,
    results: PostResults | None = None,
    read_media: ReadMedia = lambda _media: None,
    page_url: str = "",
) -> str:
    """Return the notebook as JSON text."""
    by_index = {r.index: r for r in results.cells} if results else {}
    head = f"# {title}\n" + (f"\nFrom <{page_url}>.\n" if page_url else "")
    code_cells = [p.cell for p in pieces if isinstance(p, CodePiece) and p.cell.language == "python"]
    ids = _Ids()
    lines = CellLines(set_up, code_cells)
    cells = [_markdown(head, ids)]
    if code_cells:
        cells.append(_code(make_set_up(set_up, code_cells), ids("set-up")))
    for piece in pieces:
        if isinstance(piece, Prose):
            cells.append(_markdown(piece.text, ids))
        elif piece.cell.language != "python":
            cells.append(_markdown(f"```{piece.cell.language}\n{piece.source}\n```\n", ids))
        else:
            piece = replace(piece, source=lines.add_to(piece.source, piece.cell))  # noqa: PLW2901
            cells += _run_cell(piece, by_index.get(piece.cell.index), set_up, read_media, ids)
    metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
        "title": title,
    }
    notebook = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    text = json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    return text.encode("utf-8", "replace").decode("utf-8")


class _Ids:
    """Cell ids of one notebook: unique, and the same for the same post."""

    def __init__(self) -> None:
        self._used: set[str] = set()

    def __call__(self, wanted: str) -> str:
        base = re.sub(r"[^a-zA-Z0-9_-]", "-", wanted)[:56] or "cell"
        name, n = base, 1
        while name in self._used:
            n += 1
            name = f"{base}-{n}"
        self._used.add(name)
        return name


def _markdown(text: str, ids: _Ids) -> _Node:
    return {"cell_type": "markdown", "id": ids("text"), "metadata": {}, "source": _lines(text.strip("\n"))}


def _code(
    source: str, id: str, outputs: Sequence[_Node] = (), count: int | None = None, tags: Sequence[str] = ()
) -> _Node:
    return {
        "cell_type": "code",
        "id": id,
        "metadata": {"tags": list(tags)} if tags else {},
        "execution_count": count,
        "source": _lines(source),
        "outputs": list(outputs),
    }


def _lines(text: str) -> list[str]:
    """Return a text as the format keeps it: its lines with their ends."""
    return text.splitlines(keepends=True)


def _tags(cell: Cell) -> dict[str, bool]:
    """Return Jupyter's own words for what an option says, and whether it does."""
    return {
        "parameters": cell.observed.parameters,
        "raises-exception": bool(cell.exec.error),
        "skip-execution": not cell.exec.eval,
    }


def _run_cell(
    piece: CodePiece, result: CellResult | None, set_up: SetUp, read_media: ReadMedia, ids: _Ids
) -> Iterator[_Node]:
    cell = piece.cell
    outputs = [_output(output, read_media) for output in result.outputs] if result else []
    count = cell.index + 1 if result is not None and result.status in ("ran", "reused") else None
    tags = [name for name, holds in _tags(cell).items() if holds]
    yield _code(piece.source, ids(cell.label or f"cell-{cell.index + 1}"), outputs, count, tags)
    if cell.observed.parameters and set_up.params:
        yield _code(make_parameters(set_up), ids("injected-parameters"), tags=["injected-parameters"])


def _output(output: Output, read_media: ReadMedia) -> _Node:
    if isinstance(output, Stream):
        return {"output_type": "stream", "name": output.name, "text": _lines(output.text)}
    if isinstance(output, Raised):
        trace = output.traceback.split("\n")
        return {"output_type": "error", "ename": output.name, "evalue": output.message, "traceback": trace}
    if isinstance(output, Figure):
        data = {**_media_data(output.light, read_media), "text/plain": output.alt or "<Figure>"}
    else:
        data = _rich_data(output, read_media)
    return {"output_type": "display_data", "metadata": {}, "data": {m: _kept(m, v) for m, v in data.items()}}


def _kept(mime: str, value: Any) -> Any:
    """Return data as the format keeps it: texts as lines, Base64 and JSON as they are."""
    return _lines(value) if isinstance(value, str) and (mime.startswith("text/") or mime in _LINED) else value


def _rich_data(output: Rich, read_media: ReadMedia) -> dict[str, Any]:
    data: dict[str, Any] = _media_data(output.media, read_media)
    if output.figure is not None:
        data = {**_media_data(output.figure.light, read_media), **data}
    for mime, text in output.text.items():
        data[mime] = _json_or_text(text) if mime.endswith("json") else text
    return data or {"text/plain": ""}


def _media_data(media: Sequence[Media], read_media: ReadMedia) -> dict[str, Any]:
    """Return the best encodings: one per type; SVG as text, the others as Base64."""
    data: dict[str, Any] = {}
    for one in media:
        if one.mime not in _MIME_KEPT or one.mime in data:
            continue
        content = read_media(one)
        if content is not None:
            is_svg = one.mime == "image/svg+xml"
            data[one.mime] = content.decode("utf-8", "replace") if is_svg else base64.b64encode(content).decode()
    if "image/png" in data:
        data.pop("image/svg+xml", None)  # once is enough: notebooks are read by mail too
    return data


def _json_or_text(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return text
