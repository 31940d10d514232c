"""The papers behind the methods.

What it does: reads ``methods.bib``. It deliberately understands only the plain form that file is kept in (one
field a line, braces balanced within the line); the site's own bibliography code is on another floor.
Invariant: every key a card names is in the file.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from xaisite.explain.errors import ExplainError

_ENTRY = re.compile(r"^@(\w+)\{([^,\s]+),\n(.*?)^\}", re.MULTILINE | re.DOTALL)
_FIELD = re.compile(r"^\s*(\w+)\s*=\s*\{(.*)\},?\s*$", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class Reference:
    """One entry of ``methods.bib``; ``doi`` is empty where the work has none."""

    key: str
    kind: str
    fields: tuple[tuple[str, str], ...]
    text: str

    @property
    def doi(self) -> str:
        """The DOI without its resolver."""
        return dict(self.fields).get("doi", "")


def read_references(text: str) -> tuple[Reference, ...]:
    """Return the entries of a BibTeX text in the plain form of ``methods.bib``."""
    return tuple(
        Reference(key=key, kind=kind, fields=tuple(_FIELD.findall(body)), text=f"@{kind}{{{key},\n{body}}}\n")
        for kind, key, body in _ENTRY.findall(text)
    )


@cache
def load_references() -> tuple[Reference, ...]:
    """Return the entries of the library's own ``methods.bib``."""
    return read_references(files("xaisite.explain").joinpath("methods.bib").read_text(encoding="utf-8"))


def find_reference(key: str) -> Reference:
    """Return the entry with that key."""
    for entry in load_references():
        if entry.key == key:
            return entry
    raise ExplainError(f"methods.bib has no entry {key!r}.", "use a key that a method card names.")
