"""Names of people, read by BibTeX's rules (`von Last, Jr, First`), or by BibLaTeX's (`family=…, given=…`).

pybtex splits names; here what it does not know is read, and its parts are decoded. Does not format names. Invariants:
never raises; no part is lost.
"""

from __future__ import annotations

import re

from pybtex import errors
from pybtex.bibtex.utils import split_name_list, split_tex_string
from pybtex.database import Person as TheirPerson

from xaisite.cite.latex import decode_text
from xaisite.model.bib import Person

PERSON_FIELDS = ("author", "editor", "translator", "bookauthor", "holder")
"""Fields that hold names."""

_TEX = re.compile(r"[^A-Za-z0-9 .,()&-]|--|  ")
_EXTENDED = re.compile(r'\s*"?(?:family|given|prefix|suffix|useprefix)(?:-i)?\s*=', re.IGNORECASE)
_BRACE = re.compile(r"[{}]")
_MOST_BRACES, _DEEPEST = 20_000, 50  # pybtex reads braces by recursion, and copies the rest of the text at each


def read_names(text: str) -> tuple[tuple[Person, ...], tuple[str, ...]]:
    """Return the people of an `author` field, and what is odd about it (messages)."""
    people: list[Person] = []
    odd: list[str] = []
    if text.count("{") > _MOST_BRACES or _depth(text) > _DEEPEST:
        literal = Person(family="", literal=decode_text(text).strip())
        return (literal,), ("these names have too many braces to be told apart",)
    for part in split_name_list(" ".join(text.split())):
        name = part.strip()
        while name.lower() == "and" or name.lower().startswith("and "):
            odd.append("an empty name between two “and”")
            name = name[3:].lstrip()
        if not name:
            odd.append("an empty name between two “and”")
        elif name.lower() == "others":
            people.append(Person(family="", literal="others"))
        else:
            person, message = read_name(name)
            people.append(person)
            odd.extend([message] if message else [])
    return tuple(people), tuple(dict.fromkeys(odd))


def read_name(name: str) -> tuple[Person, str]:
    """Return one person, and what is odd about the name (empty: nothing)."""
    if _EXTENDED.match(name):
        return _extended(name), ""
    if _is_one_group(name):
        return Person(family="", literal=decode_text(name).strip()), ""
    with errors.capture() as problems:
        their = TheirPerson(name)
    message = f"“{name}” has more than two commas; names are separated by “and”" if problems else ""
    given = _text([*their.first_names, *their.middle_names])
    return Person(_text(their.last_names), given, _text(their.prelast_names), _text(their.lineage_names)), message


def _text(parts: list[str]) -> str:
    latex = " ".join(parts)
    if latex.isascii() and not _TEX.search(latex):
        return latex  # nearly every name; strings here have no runs of blanks but what TeX marks protect
    return " ".join(decode_text(latex).split())


def _depth(text: str) -> int:
    deepest = depth = 0
    for mark in _BRACE.findall(text):
        depth = max(0, depth + (1 if mark == "{" else -1))
        deepest = max(deepest, depth)
    return deepest


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
    for part in split_tex_string(name, ","):
        key, _, value = part.partition("=")
        values[key.strip().strip('"').lower()] = _text([value.strip().strip('"')])
    return Person(
        family=values.get("family", ""),
        given=values.get("given", ""),
        prefix=values.get("prefix", ""),
        suffix=values.get("suffix", ""),
    )
