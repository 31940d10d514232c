r"""TeX that only defines: `\newcommand{\x}{…}`, `\def\x{…}`, one after the other and nothing else."""

from __future__ import annotations

import re

_HEAD = re.compile(
    r"\s*(?:%[^\n]*\n\s*)*\\(?:"
    r"(?:(?:re|provide)?newcommand|providecommand)\*?\s*(?:\{\s*\\[A-Za-z@]+\s*\}|\\[A-Za-z@]+)\s*(?:\[\d\]\s*)?(?:\[[^\]]*\]\s*)?"
    r"|(?:long\s*\\)?[gx]?def\s*\\[A-Za-z@]+(?:#\d)*\s*"
    r")(?=\{)"
)
_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)
_REST = re.compile(r"\s*(?:%[^\n]*\n?\s*)*\Z")


def only_defines(tex: str) -> bool:
    """Whether ``tex`` consists of definitions of macros: it shows nothing."""
    at = 0
    while (head := _HEAD.match(tex, at)) is not None:
        end = _group_end(tex, head.end())
        if end < 0:
            return False
        at = end
    return at > 0 and _REST.match(tex, at) is not None


def _group_end(tex: str, start: int) -> int:
    """Return the index after the group that begins at ``start``, or -1."""
    depth = 0
    for match in _BRACE.finditer(tex, start):
        depth += {"{": 1, "}": -1}.get(match[0], 0)
        if depth == 0 and match[0] == "}":
            return match.end()
    return -1
