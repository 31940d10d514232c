"""The `name="value"` pairs of a Liquid or shortcode tag, each with its place."""

from __future__ import annotations

import re

_PAIR = re.compile(r"(?P<name>[\w-]+)\s*=\s*(?:\"(?P<dq>[^\"]*)\"|'(?P<sq>[^']*)'|(?P<bare>[^\s\"']+))")


def read_values(text: str, base: int = 0) -> dict[str, tuple[str, int]]:
    """Return name → (value, its index plus ``base``)."""
    values: dict[str, tuple[str, int]] = {}
    for match in _PAIR.finditer(text):
        group = next(g for g in ("dq", "sq", "bare") if match[g] is not None)
        values[match["name"]] = (match[group], base + match.start(group))
    return values
