"""Liquid's `{{ '/x' | relative_url }}`: the address it means. Everything else is left alone."""

from __future__ import annotations

import re

_ADDRESS = re.compile(
    r"""\{\{-?\s*(?:
      (?P<quote>["'])(?P<path>[^"']*)(?P=quote)\s*(?:\|\s*(?:relative_url|absolute_url|url|prepend:\s*site\.baseurl|escape)\s*)*
    | (?P<base>site\.(?:baseurl|url)|page\.url)\s*
    )-?\}\}""",
    re.VERBOSE,
)


def read_address(text: str) -> str:
    """Return ``text`` with every `{{ … }}` that makes an address replaced by that address (from the site's root)."""
    return _ADDRESS.sub(_replacement, text) if "{{" in text else text


def match_address(text: str, at: int) -> tuple[str, int] | None:
    """Return the address that a `{{ … }}` at ``text[at]`` makes, and the index after it."""
    match = _ADDRESS.match(text, at)
    return (_replacement(match), match.end()) if match else None


def _replacement(match: re.Match[str]) -> str:
    if match["base"]:
        return ""
    path = match["path"]
    return path if path.startswith(("/", "http:", "https:", "#")) else "/" + path
