"""Code annotations: `# <1>` at the end of a line, explained by the ordered list directly below the code.

The marks are cut from what is shown (never from what runs); the list becomes the explanations. Does not render.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from markdown_it.token import Token

_MARK = re.compile(r"[ \t]*(?:#|//|--|%|/\*|<!--)[ \t]*<(\d{1,2})>[ \t]*(?:\*/|-->)?[ \t]*$", re.MULTILINE)


def has_marks(code: str) -> bool:
    """Whether any line of ``code`` ends in a mark."""
    return _MARK.search(code) is not None


def split_marks(code: str) -> tuple[str, tuple[tuple[int, int], ...]]:
    """Return ``code`` without its marks, and (line from 1, number) of each."""
    lines = code.split("\n")
    marks: list[tuple[int, int]] = []
    for k, line in enumerate(lines):
        match = _MARK.search(line)
        if match:
            marks.append((k + 1, int(match[1])))
            lines[k] = line[: match.start()]
    return "\n".join(lines), tuple(marks)


def take_list(tokens: Sequence[Token], at: int) -> tuple[list[list[Token]], int] | None:
    """Return the items of the ordered list at ``at``, not yet walked, and the index after it; None if there is none."""
    if at >= len(tokens) or tokens[at].type != "ordered_list_open":
        return None
    level = tokens[at].level
    items: list[list[Token]] = []
    start = at
    for k in range(at + 1, len(tokens)):
        token = tokens[k]
        if token.level == level + 1 and token.type == "list_item_open":
            start = k + 1
        elif token.level == level + 1 and token.type == "list_item_close":
            items.append(list(tokens[start:k]))
        elif token.level == level and token.type == "ordered_list_close":
            return items, k + 1
    return None
