"""Sizes as authors write them (`60%`, `300`, `12em`), in CSS pixels."""

from __future__ import annotations

import re

_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*(px|%|in|cm|mm|em|rem|pt)?\Z")
_UNIT_PX = {"px": 1.0, "in": 96.0, "cm": 37.795, "mm": 3.7795, "em": 16.0, "rem": 16.0, "pt": 4 / 3, None: 1.0}


def is_size(text: str) -> bool:
    """Whether ``text`` is a number, with or without a unit."""
    return _SIZE.match(text.strip()) is not None


def read_pixels(text: str, whole: int) -> int:
    """Return a size in CSS pixels; a percentage is one of ``whole``. 0 when it is none."""
    match = _SIZE.match(text.strip())
    if match is None:
        return 0
    number = float(match[1])
    return round(number / 100 * whole) if match[2] == "%" else round(number * _UNIT_PX[match[2]])
