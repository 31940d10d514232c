"""Bytes on the disk → sources: UTF-8, line ends made one, the byte order mark gone.

Does not parse. Invariants: what cannot be read is a diagnostic, never an exception; a file that is not UTF-8 is still
returned, with U+FFFD where it is broken, so that the rest of the site is checked in the same run.
"""

from __future__ import annotations

import codecs
import os
from pathlib import Path

from xaisite.core.checked import Checked
from xaisite.core.diagnostic import Diagnostic, error
from xaisite.core.digest import digest_bytes
from xaisite.core.errors import SourceChangedError
from xaisite.core.source import Source, Span

MAX_BYTES = 64 << 20
"""A notebook with its pictures; text of this size is a mistake."""
_MAX_TEXT_BYTES = 4 << 20
_LARGE_SUFFIXES = (".ipynb", ".bib", ".json", ".csv")


def load_source(root: Path, path: str, digest: str = "") -> Checked[Source | None]:
    """Return the text of the file at ``path`` (relative to ``root``, POSIX); None when there is nothing to return.

    Raises ``SourceChangedError`` when a digest is given and is not that of the file.
    """
    limit = MAX_BYTES if path.endswith(_LARGE_SUFFIXES) else _MAX_TEXT_BYTES
    try:
        with open(os.path.join(root, path), "rb") as file:
            raw = file.read(limit + 1)
    except (OSError, ValueError) as e:
        return Checked(None, (_unreadable(path, e),))
    if digest and len(raw) <= limit and digest_bytes(raw) != digest:
        raise SourceChangedError(path)
    if len(raw) > limit:
        message = f"this file has more than {limit >> 20} MB"
        return Checked(None, (error("load-too-large", message, Span(path, 0, 0), help="split it"),))
    return read_source(path, raw)


def read_source(path: str, raw: bytes) -> Checked[Source | None]:
    """Return ``raw`` as the source at ``path``."""
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        message = "this file is in UTF-16, not in UTF-8"
        return Checked(None, (error("load-not-utf8", message, Span(path, 0, 0), help="save it as UTF-8"),))
    raw = raw.removeprefix(codecs.BOM_UTF8)
    try:
        return Checked(Source(path, _one_line_end(raw.decode("utf-8"))))
    except UnicodeDecodeError as e:
        source = Source(path, _one_line_end(raw.decode("utf-8", "replace")))
        return Checked(source, (_not_utf8(source, raw, e),))


def _one_line_end(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _not_utf8(source: Source, raw: bytes, e: UnicodeDecodeError) -> Diagnostic:
    at = len(_one_line_end(raw[: e.start].decode("utf-8")))
    where = source.position(at)
    byte = f"0x{raw[e.start]:02x}"
    message = f"byte {e.start:,} ({byte}) is not UTF-8 (line {where.line}, column {where.column})"
    return error("load-not-utf8", message, source.span(at), help=f"save the file as UTF-8{_guess(raw)}")


def _guess(raw: bytes) -> str:
    """Return what the file seems to be in, when its broken bytes are all letters and signs of Windows-1252."""
    try:
        raw.decode("cp1252")
    except UnicodeDecodeError:
        return ""
    return "; it seems to be in Windows-1252 (“Western”)"


def _unreadable(path: str, e: Exception) -> Diagnostic:
    reason = (e.strerror or str(e)) if isinstance(e, OSError) else str(e)
    return error("load-unreadable", f"{path} cannot be read: {reason}", Span(path, 0, 0), help="see its permissions")
