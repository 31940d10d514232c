"""The bytes of a `.bib` file → text.

UTF-8 with or without a mark, UTF-16 with one, what JabRef's `% Encoding:` line says, else Windows-1252 with a warning.
Invariant: never raises, never drops a byte.
"""

from __future__ import annotations

import codecs
import re

from xaisite.core.checked import Checked
from xaisite.core.diagnostic import warning
from xaisite.core.source import Source

_DECLARED = re.compile(rb"^%+\s*Encoding:\s*([\w.:-]+)", re.IGNORECASE | re.MULTILINE)
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


def decode_bibliography(path: str, data: bytes) -> Checked[Source]:
    """Return the source of the `.bib` file at ``path``."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return Checked(_source(path, data[len(mark) :].decode(encoding, "replace")))
    try:
        return Checked(_source(path, data.decode("utf-8")))
    except UnicodeDecodeError as wrong:
        at = wrong.start
    declared = _DECLARED.search(data[:2000])
    if declared:
        try:
            return Checked(_source(path, data.decode(declared.group(1).decode("ascii"))))
        except (LookupError, UnicodeDecodeError):
            pass
    # latin-1 knows every byte; cp1252 leaves five undefined
    text = "".join(_CP1252.get(byte, chr(byte)) for byte in data)
    offset = len(_source(path, text[:at]).text)
    source = _source(path, text)
    message = "this file is not UTF-8; it was read as Windows-1252"
    help = "save it as UTF-8, or begin it with a line `% Encoding: …`"
    return Checked(source, (warning("bib-encoding", message, source.span(offset), help=help),))


def _source(path: str, text: str) -> Source:
    return Source(path, text.replace("\r\n", "\n").replace("\r", "\n"))


_CP1252 = {
    byte: bytes((byte,)).decode("cp1252") for byte in range(0x80, 0xA0) if byte not in (0x81, 0x8D, 0x8F, 0x90, 0x9D)
}
