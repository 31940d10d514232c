"""Names as styles write them: initials, inverted, in full, in lists.

Invariant: a name without letters to abbreviate (a script without case) is never cut to an initial.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from xaisite.model.bib import Person

_WORD = re.compile(r"[\s\u00a0]+")


def initials(given: str) -> str:
    """Return `S. M.` for `Scott M.`, `J.-P.` for `Jean-Paul`."""
    return " ".join(_initial(word) for word in _WORD.split(given.replace(".", ". ").strip()) if word)


def _initial(word: str) -> str:
    parts = [part for part in re.split(r"[-‐‑]", word) if part.strip(".")]
    return "-".join(_cut(part) for part in parts)


def _cut(part: str) -> str:
    letter = next((c for c in part if c.isalpha()), "")
    if not letter or letter.upper() == letter.lower():
        return part  # 小明 has no initial
    return letter + "."


def surname(person: Person) -> str:
    """Return what a citation calls the person: `van der Laan`."""
    return " ".join(part for part in (person.prefix, person.family or person.literal or person.given) if part)


def initials_first(person: Person) -> str:
    """Return `M. J. van der Laan`."""
    if person.literal:
        return person.literal
    return _spaced(initials(person.given), person.prefix, person.family, _lineage(person))


def full_name(person: Person) -> str:
    """Return `Mark J. van der Laan, Jr`."""
    if person.literal:
        return person.literal
    name = _spaced(person.given, person.prefix, person.family)
    return f"{name}, {person.suffix}" if person.suffix else name


def inverted(person: Person) -> str:
    """Return `van der Laan, M. J., Jr.`."""
    if person.literal:
        return person.literal
    parts = (_spaced(person.prefix, person.family), initials(person.given), _lineage(person))
    return ", ".join(part for part in parts if part)


def _lineage(person: Person) -> str:
    return person.suffix + "." if person.suffix in ("Jr", "Sr") else person.suffix


def _spaced(*parts: str) -> str:
    return " ".join(part for part in parts if part)


def join_names(names: Sequence[str], *, last: str, two: str, others: str = "") -> str:
    """Return `A, B, and C`: ``two`` stands between two, ``last`` before the last of more, ``others`` at the end."""
    if others:
        return ", ".join(names) + others
    if len(names) < 2:
        return "".join(names)
    if len(names) == 2:
        return names[0] + two + names[1]
    return ", ".join(names[:-1]) + last + names[-1]


def named(people: Sequence[Person], write: Callable[[Person], str]) -> tuple[list[str], bool]:
    """Return the names that are there, and whether `and others` follows."""
    names = [name for p in people if not p.is_others and (name := write(p))]
    return names, any(p.is_others for p in people)


def short_names(people: Sequence[Person], *, joiner: str) -> str:
    """Return what a citation in the text says: `Lundberg and Lee`, `Ribeiro et al.`."""
    names, has_others = named(people, surname)
    if not names:
        return ""
    if len(names) > 2 or has_others:
        return f"{names[0]} et al."
    return joiner.join(names)
