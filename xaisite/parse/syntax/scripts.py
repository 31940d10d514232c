"""Pandoc's `H~2~O` and `2^10^`: what is low or high right behind a word, without a blank in it.

GitHub strikes out `~a~`: a mark that does not stand behind a word is left to that rule.
"""

from __future__ import annotations

import re

from markdown_it.rules_inline import StateInline

from xaisite.parse.machine import Machine

_LOW = re.compile(r"~((?:[^\s~\\]|\\.){1,80})~(?!~)")
_HIGH = re.compile(r"\^((?:[^\s^\\]|\\.){1,80})\^")
_RULES = {"~": (_LOW, "sub"), "^": (_HIGH, "sup")}


def scripts_plugin(md: Machine) -> None:
    """Register the rule."""
    md.inline.ruler.before("strikethrough", "scripts", _script)
    md.inline.on("scripts", "~^")


def _script(state: StateInline, silent: bool) -> bool:
    start, limit = state.pos, state.posMax
    before = state.src[start - 1] if start else ""
    if not (before.isalnum() or before in (")", "]", "}")) or state.src.startswith("^[", start):
        return False
    pattern, tag = _RULES[state.src[start]]
    match = pattern.match(state.src, start, limit)
    if match is None:
        return False
    if not silent:
        state.push(f"{tag}_open", tag, 1)
        state.pos, state.posMax = match.start(1), match.end(1)
        state.md.inline.tokenize(state)
        state.pos, state.posMax = match.end(), limit
        state.push(f"{tag}_close", tag, -1)
    state.pos = match.end()
    return True
