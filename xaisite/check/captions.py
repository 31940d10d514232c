"""Captions that two figures or tables share: a reader of a list of figures cannot tell them apart."""

from __future__ import annotations

from xaisite.core.diagnostic import Diagnostic, Note, warning
from xaisite.model.nodes import Label
from xaisite.model.post import Outline

_CAPTIONED = frozenset(("fig", "tbl", "lst"))


def check_captions(outline: Outline) -> tuple[Diagnostic, ...]:
    """Return a warning for each caption that another of its kind on the page has."""
    first: dict[tuple[str, str], Label] = {}
    found: list[Diagnostic] = []
    for label in outline.labels:
        title = " ".join(label.title.split()).casefold()
        if label.kind not in _CAPTIONED or not title:
            continue
        earlier = first.setdefault((label.kind, title), label)
        if earlier is not label and earlier.name != label.name:
            message = f"“{label.name}” has the same caption as “{earlier.name}”"
            notes = (Note("the other one", earlier.span),)
            found.append(warning("caption-duplicate", message, label.span, notes=notes, help="say how they differ"))
    return tuple(found)
