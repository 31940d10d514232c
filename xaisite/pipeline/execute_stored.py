"""Outputs that a notebook carried, shown as they are where nothing is to run (`execute: false`).

Does not say how they were made: nobody knows. Invariant: pictures are kept in the results store like those of cells
that ran; what cannot be decoded is left out.
"""

from __future__ import annotations

import base64
import binascii
import io
import re
from collections.abc import Mapping

from xaisite.core.digest import digest_json
from xaisite.engine.store import Store
from xaisite.model.cell import Cell
from xaisite.model.result import CellResult, Figure, Media, Output, Raised, Rich, Stream

_PICTURES = ("image/svg+xml", "image/png", "image/jpeg", "image/webp", "image/gif")
_TEXTS = ("text/html", "text/markdown", "text/latex", "text/plain")
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


def read_stored(cell: Cell, store: Store) -> CellResult:
    """Return what the notebook's own outputs show of a cell."""
    from dataclasses import asdict

    outputs = tuple(made for raw in cell.stored_outputs if (made := _output(raw, store)) is not None)
    digest = digest_json(["stored", [asdict(output) for output in outputs]])
    return CellResult(cell.index, "reused", outputs, reason="kept in the notebook", digest=digest)


def _output(raw: Mapping[str, object], store: Store) -> Output | None:
    kind = raw.get("output_type")
    if kind == "stream":
        return Stream("stderr" if raw.get("name") == "stderr" else "stdout", _text(raw.get("text")))
    if kind == "error":
        lines = raw.get("traceback")
        trace = "\n".join(map(str, lines)) if isinstance(lines, list | tuple) else ""
        return Raised(str(raw.get("ename", "")), str(raw.get("evalue", "")), _COLOURS.sub("", trace))
    data = raw.get("data")
    if not isinstance(data, Mapping):
        return None
    pictures = [m for mime in _PICTURES if mime in data and (m := _media(mime, data[mime], store)) is not None]
    if pictures:
        return Figure(light=tuple(pictures))
    return Rich(text={mime: _text(data[mime]) for mime in _TEXTS if mime in data})


def _text(value: object) -> str:
    return "".join(map(str, value)) if isinstance(value, list | tuple) else "" if value is None else str(value)


def _media(mime: str, value: object, store: Store) -> Media | None:
    text = _text(value)
    try:
        data = text.encode() if mime == "image/svg+xml" else base64.b64decode(text)
    except (binascii.Error, ValueError):
        return None
    width, height = _size(mime, data)
    return Media(store.add_media(data), mime, len(data), width, height) if data else None


def _size(mime: str, data: bytes) -> tuple[int, int]:
    if mime == "image/svg+xml":
        sizes = dict(re.findall(rb'\s(width|height)="([\d.]+)', data[:2000]))
        return round(float(sizes.get(b"width", 0))), round(float(sizes.get(b"height", 0)))
    from PIL import Image

    try:
        with Image.open(io.BytesIO(data)) as picture:
            return picture.size
    except (OSError, ValueError):
        return 0, 0
