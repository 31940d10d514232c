"""The lines of a code block that hold its options, as one piece of YAML with places.

Three spellings: Quarto's `#| key: value` (also `# |`), MyST's `:key: value`, and MyST's block between two lines of
`---`. Does not read the YAML. Invariant: the first line that is none of these ends them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from xaisite.core.record import record
from xaisite.core.source import Source

_HASH = re.compile(r"[ \t]*# ?\|(?: |(?=\S)|$)")
_COLON = re.compile(r":(?=[A-Za-z][A-Za-z0-9_.-]*:(?:\s|$))")
_RULE = re.compile(r"---[ \t]*$")


@record
class OptionLines:
    """Options cut out of a block."""

    text: str
    """The YAML, one line per option line."""
    pieces: tuple[tuple[int, int], ...]
    """(start in `text`, offset in the source) of each line."""
    count: int
    """Lines of the block that they take."""


def split_option_lines(source: Source, lines: Sequence[tuple[int, int]], *, is_myst: bool = False) -> OptionLines:
    """Return the options at the top of a block whose lines are ``source.text[start:end]`` (line ends left out)."""
    found, count = _myst_block(source, lines) if is_myst else ([], 0)
    if not count:
        found, count = _marked(source, lines, _COLON if is_myst else _HASH)
    if is_myst and not count:
        found, count = _marked(source, lines, _HASH)
    text: list[str] = []
    pieces: list[tuple[int, int]] = []
    at = 0
    for start, end in found:
        pieces.append((at, start))
        text.append(source.text[start:end])
        at += end - start + 1
    # No line end at the end: the source may not have one there.
    return OptionLines("\n".join(text), tuple(pieces), count)


def _marked(
    source: Source, lines: Sequence[tuple[int, int]], mark: re.Pattern[str]
) -> tuple[list[tuple[int, int]], int]:
    found: list[tuple[int, int]] = []
    for start, end in lines:
        match = mark.match(source.text, start, end)
        if match is None:
            break
        found.append((match.end(), end))
    return found, len(found)


def _myst_block(source: Source, lines: Sequence[tuple[int, int]]) -> tuple[list[tuple[int, int]], int]:
    if not lines or _RULE.match(source.text, *lines[0]) is None:
        return [], 0
    for number, (start, end) in enumerate(lines[1:], 1):
        if _RULE.match(source.text, start, end):
            return list(lines[1:number]), number + 1
    return [], 0
