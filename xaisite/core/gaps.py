"""Texts joined where something between them is left out (a citation, a note), without the blanks around the gap."""

from __future__ import annotations

from collections.abc import Iterable

_CLOSING = (".", ",", ";", ":", "!", "?", ")", "]", "…")
_BLANKS = " \u00a0"


def join_around_gaps(parts: Iterable[str | None]) -> str:
    """Return ``parts`` as one text, where None is a gap: “As shown”, None, “.” reads “As shown.”."""
    out: list[str] = []
    is_gap = False
    for part in parts:
        if not part:
            is_gap = is_gap or part is None
            continue
        if not is_gap:
            out.append(part)
            continue
        is_gap = False
        if out and part.startswith(_CLOSING):
            out[-1] = out[-1].rstrip(_BLANKS)
        is_open = not out or out[-1].endswith((" ", "(", "["))
        out.append(part.lstrip(_BLANKS) if is_open else part)
    if is_gap and out:
        out[-1] = out[-1].rstrip(_BLANKS)
    return "".join(out)
