"""Colour and width: what a terminal makes of text.

Invariant: text of an author can neither move the cursor nor change colours nor reorder what is read: control and
bidirectional characters are shown as U+FFFD.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TextIO
from unicodedata import category, combining, east_asian_width

from xaisite.core.diagnostic import Severity

TAB_COLUMNS = 4
_UNSAFE = frozenset({"Cc", "Cs", "Zl", "Zp"})
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")

RED, YELLOW, CYAN, BLUE, GREEN, BOLD, DIM = "1;31", "1;33", "1;36", "1;34", "1;32", "1", "2"
SEVERITY_COLOR: Mapping[Severity, str] = {Severity.ERROR: RED, Severity.WARNING: YELLOW, Severity.NOTICE: CYAN}


def wants_color(stream: TextIO, env: Mapping[str, str]) -> bool:
    """Whether to colour text on ``stream``: NO_COLOR forbids, FORCE_COLOR asks, else a terminal decides."""
    if env.get("NO_COLOR"):
        return False
    if env.get("FORCE_COLOR", "0") not in ("", "0"):
        return True
    return stream.isatty() and env.get("TERM") != "dumb"


def paint(text: str, code: str, *, color: bool) -> str:
    """Return ``text`` in a colour."""
    return f"\x1b[{code}m{text}\x1b[0m" if color and text else text


def plain(text: str) -> str:
    """Return ``text`` with nothing in it that a terminal would act upon (line ends and tabs stay)."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(c if c in "\n\t" else _safe(c) for c in text)


def one_line(text: str) -> str:
    """Return ``text`` made safe and joined to a single line."""
    return " ".join(plain(text).split())


def shown(char: str, column: int) -> tuple[str, int]:
    """Return what stands for ``char`` at display ``column`` (from 0), and how many columns it takes."""
    if char == "\t":
        size = TAB_COLUMNS - column % TAB_COLUMNS
        return " " * size, size
    safe = _safe(char)
    return safe, char_width(safe)


def char_width(char: str) -> int:
    """Return the columns a character takes: 0 for combining marks and joiners, 2 for wide ones."""
    if char < "\u0300":
        return 0 if char == "\u00ad" else 1
    if combining(char) or category(char) in ("Mn", "Me", "Cf") or "\u1160" <= char <= "\u11ff":
        return 0
    return 2 if east_asian_width(char) in "WF" else 1


def text_width(text: str) -> int:
    """Return the columns that ``text`` takes."""
    return len(text) if text.isascii() else sum(char_width(c) for c in text)


def _safe(char: str) -> str:
    return "\ufffd" if char in _BIDI or category(char) in _UNSAFE else char
