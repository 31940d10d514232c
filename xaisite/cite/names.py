"""Names of people, read by BibTeX's rules (`von Last, Jr, First`), or by BibLaTeX's (`family=…, given=…`).

Does not format names. The split is checked against pybtex's in the tests. Invariant: never raises; no part is lost.
"""

from __future__ import annotations

import re

from xaisite.cite.latex import decode_text
from xaisite.model.bib import Person

PERSON_FIELDS = ("author", "editor", "translator", "bookauthor", "holder")
"""Fields that hold names."""

_AND = re.compile(r"[ \t\n]and(?=[ \t\n])", re.IGNORECASE)
_SPACE = re.compile(r"(?:\\ |[ \t\n]|(?<!\\)~)+")
_TEX = re.compile(r"[^A-Za-z0-9 .,()&-]|--|  ")
_COMMA = re.compile(r",")
_EXTENDED = re.compile(r'\s*"?(?:family|given|prefix|suffix|useprefix)(?:-i)?\s*=', re.IGNORECASE)
_BRACE = re.compile(r"[{}]")


def read_names(text: str) -> tuple[tuple[Person, ...], tuple[str, ...]]:
    """Return the people of an `author` field, and what is odd about it (messages)."""
    people: list[Person] = []
    odd: list[str] = []
    for part in _split(text, _AND):
        name = part.strip()
        if not name:
            odd.append("an empty name between two “and”")
        elif name.lower() == "others":
            people.append(Person(family="", literal="others"))
        else:
            person, message = read_name(name)
            people.append(person)
            odd.extend([message] if message else [])
    return tuple(people), tuple(odd)


def read_name(name: str) -> tuple[Person, str]:
    """Return one person, and what is odd about the name (empty: nothing)."""
    if _EXTENDED.match(name):
        return _extended(name), ""
    if _is_one_group(name):
        return Person(family="", literal=decode_text(name).strip()), ""
    parts = [part.strip() for part in _split(name, _COMMA)]
    message = ""
    if len(parts) > 3:
        message = f"“{name}” has {len(parts) - 1} commas; names are separated by “and”"
        parts = [parts[0], parts[1], " ".join(parts[2:])]
    if len(parts) == 1:
        return _first_von_last(parts[0]), message
    prefix, family = _von_last(_words(parts[0]))
    suffix = parts[1] if len(parts) == 3 else ""
    return _person(parts[-1], prefix, family, suffix), message


def _person(given: str, prefix: list[str], family: list[str], suffix: str) -> Person:
    return Person(
        family=_text(" ".join(family)), given=_text(given), prefix=_text(" ".join(prefix)), suffix=_text(suffix)
    )


def _text(latex: str) -> str:
    if latex.isascii() and not _TEX.search(latex):
        return latex  # nearly every name; strings here have no runs of blanks but what TeX marks protect
    return " ".join(decode_text(latex).split())


def _first_von_last(name: str) -> Person:
    words = _words(name)
    start = next((i for i, word in enumerate(words) if _is_von(word)), len(words))
    start = min(start, max(0, len(words) - 1))
    prefix, family = _von_last(words[start:])
    return _person(" ".join(words[:start]), prefix, family, "")


def _von_last(words: list[str]) -> tuple[list[str], list[str]]:
    """Split so that the last word is always family."""
    last_von = max((i for i, word in enumerate(words[:-1]) if _is_von(word)), default=-1)
    return words[: last_von + 1], words[last_von + 1 :]


def _is_von(word: str) -> bool:
    """Whether its first letter outside of groups is small (a group that begins with a command counts)."""
    if word[0].isalpha():
        return word[0].islower()
    depth = 0
    for at, char in enumerate(word):
        if char == "{":
            depth += 1
            if depth == 1 and word[at + 1 : at + 2] == "\\":
                return _is_small_command(word[at + 1 :])
        elif char == "}":
            depth -= 1
        elif depth == 0 and char.isalpha():
            return char.islower()
    return False


def _is_small_command(rest: str) -> bool:
    m = re.match(r"\\(?:[A-Za-z]+|.)", rest)
    inner = rest[m.end() :] if m else ""
    letter = next((c for c in inner.split("}")[0] if c.isalpha()), "")
    return letter.islower() if letter else False


def _words(text: str) -> list[str]:
    return [word for word in _split(text, _SPACE) if word]


def _split(text: str, separator: re.Pattern[str]) -> list[str]:
    """Split at ``separator`` where no brace is open."""
    if "{" not in text:
        return separator.split(text)
    depths, parts, start = _depths(text), [], 0
    for m in separator.finditer(text):
        if depths[m.start()] == 0 and m.start() >= start:
            parts.append(text[start : m.start()])
            start = m.end()
    return [*parts, text[start:]]


def _depths(text: str) -> list[int]:
    out: list[int] = []
    depth = 0
    for char in text:
        if char == "{":
            depth += 1
        out.append(depth)
        if char == "}":
            depth = max(0, depth - 1)
    return out


def _is_one_group(name: str) -> bool:
    if not (name.startswith("{") and name.endswith("}")) or name.startswith("{\\"):
        return False
    depth = 0
    for m in _BRACE.finditer(name):
        depth += 1 if m.group() == "{" else -1
        if depth == 0:
            return m.end() == len(name)
    return False


def _extended(name: str) -> Person:
    values: dict[str, str] = {}
    for part in _split(name, _COMMA):
        key, _, value = part.partition("=")
        values[key.strip().strip('"').lower()] = _text(value.strip().strip('"'))
    return Person(
        family=values.get("family", ""),
        given=values.get("given", ""),
        prefix=values.get("prefix", ""),
        suffix=values.get("suffix", ""),
    )
