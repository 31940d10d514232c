"""What a terminal would have shown: carriage returns collapsed, progress bars without their clocks, no addresses.

Does not escape for HTML. Invariant: text that is the same up to timing and memory addresses comes out the same.
"""

from __future__ import annotations

import re
from typing import Any

from xaisite.session.secrets import Secrets

_ADDRESS = re.compile(r"\bat 0x[0-9a-fA-F]{6,16}\b")
_BAR_CLOCK = re.compile(r"(\d+(?:\.\d+)?[kMG]?/\d+(?:\.\d+)?[kMG]?|\d+it) \[[\d:?]+(?:<[\d:?]+)?, *[^\]\n]{0,80}\]")
LIMIT_CHARS = 1_000_000


def collapse_text(text: str) -> str:
    """Return the text as it stands at the end: what a carriage return overwrote is gone."""
    if "\r" in text:
        text = "\n".join(_last_state(line) for line in text.replace("\r\n", "\n").split("\n"))
        text = _BAR_CLOCK.sub(r"\1", text)
    return _ADDRESS.sub("at 0x…", text) if "at 0x" in text else text


def hide_addresses(text: str) -> str:
    """Return a repr without memory addresses, which differ from run to run."""
    return _ADDRESS.sub("at 0x…", text)


def mask(value: Any, secrets: Secrets, base: str) -> Any:
    """Return a record with the values of secrets struck out, and the scratch folder called by a name of its own."""
    return _rename(secrets.mask(value), base + "/site")


def _rename(value: Any, folder: str) -> Any:
    if isinstance(value, dict):
        return {key: _rename(item, folder) for key, item in value.items()}
    if isinstance(value, list):
        return [_rename(item, folder) for item in value]
    return value.replace(folder, "/site") if isinstance(value, str) else value


def _last_state(line: str) -> str:
    states = [state for state in line.split("\r") if state.strip(" \x1b[A")]
    return states[-1] if states else ""
