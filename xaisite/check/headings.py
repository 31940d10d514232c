"""Headings that skip a level: screen readers and the table of contents show a chapter that is not there.

The page's title is level 1. Going back up by any number of levels is right.
"""

from __future__ import annotations

from xaisite.core.diagnostic import Diagnostic, Note, warning
from xaisite.model.nodes import Heading
from xaisite.model.post import Outline


def check_headings(outline: Outline) -> tuple[Diagnostic, ...]:
    """Return a warning for each heading that is more than one level below the one before it."""
    found: list[Diagnostic] = []
    before: Heading | None = None
    for heading in outline.headings:
        level = before.level if before else 1
        if heading.level > level + 1:
            found.append(_jump(heading, level, before))
        before = heading
    return tuple(found)


def _jump(heading: Heading, level: int, before: Heading | None) -> Diagnostic:
    above = "the page's title" if before is None else f"a heading of level {level}"
    message = f"“{heading.text}” is a heading of level {heading.level} right below {above}"
    notes = (Note("the heading before", before.span),) if before else ()
    return warning("heading-jump", message, heading.span, notes=notes, help=f"write {'#' * (level + 1)}")
