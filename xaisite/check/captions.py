"""Captions that two figures or tables share: a reader of a list of figures cannot tell them apart.

Looks at what has a label, and at what cells without one show.
"""

from __future__ import annotations

from collections.abc import Iterator

from xaisite.core.diagnostic import Diagnostic, Note, warning
from xaisite.core.record import record
from xaisite.core.source import Span
from xaisite.model.post import Outline

_CAPTIONED = frozenset(("fig", "tbl", "lst"))


@record
class _Caption:
    """A caption, whose it is, and where it stands."""

    kind: str
    text: str
    owner: str
    span: Span


def check_captions(outline: Outline) -> tuple[Diagnostic, ...]:
    """Return a warning for each caption that another of its kind on the page has."""
    first: dict[tuple[str, str], _Caption] = {}
    found: list[Diagnostic] = []
    for caption in _captions(outline):
        text = " ".join(caption.text.split()).casefold()
        if caption.kind not in _CAPTIONED or not text:
            continue
        earlier = first.setdefault((caption.kind, text), caption)
        if earlier is not caption and earlier.owner != caption.owner:
            message = f"“{caption.owner}” has the same caption as “{earlier.owner}”"
            notes = (Note("the other one", earlier.span),)
            found.append(warning("caption-duplicate", message, caption.span, notes=notes, help="say how they differ"))
    return tuple(found)


def _captions(outline: Outline) -> Iterator[_Caption]:
    for label in outline.labels:
        yield _Caption(label.kind, label.title, label.name, label.span)
    labelled = {label.name for label in outline.labels}
    for cell in outline.cells:
        if cell.label not in labelled:
            for kind, option, texts in (("fig", "fig-cap", cell.show.fig_caps), ("tbl", "tbl-cap", cell.show.tbl_caps)):
                for text in texts:
                    yield _Caption(kind, text, f"cell {cell.name}", cell.option_spans.get(option, cell.span))
