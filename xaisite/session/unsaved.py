"""Word of why a state was not saved, left where it would have been.

Apart from saving itself: whoever only reads it loads nothing else.
"""

from __future__ import annotations

UNSAVED = ".unsaved"
"""What the name of such a file ends with."""


def note_unsaved(path: str, why: str) -> None:
    """Leave word where the state would have been."""
    with open(path + UNSAVED, "w", encoding="utf-8") as file:
        file.write(why)
