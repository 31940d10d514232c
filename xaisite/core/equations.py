r"""Rows of a formula, and what LaTeX keeps in its `.aux` file: labels, tags, references.

Does not decide numbers, nor change any TeX. Invariant: offsets are those of the TeX as given.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from xaisite.core.record import record

_TOKEN = re.compile(
    r"(?P<verb>\\verb\*?(?P<bar>[^A-Za-z\s*]).*?(?P=bar))"
    r"|(?P<comment>(?<!\\)%[^\n]*)"
    r"|(?P<env>\\(?P<edge>begin|end)\s*\{(?P<name>[A-Za-z]+\*?)\})"
    r"|(?P<use>\\(?P<command>label|ref|eqref|autoref|cref)\s*\{(?P<label>[^{}\\%]*)\})"
    r"|(?P<tag>\\tag(?P<star>\*?)\s*\{)"
    r"|(?P<untag>\\(?:notag|nonumber)(?![A-Za-z]))"
    r"|(?P<row>\\\\|\\(?:cr|newline)(?![A-Za-z]))"
    r"|(?P<other>\\(?:[A-Za-z@]+|.)|[{}])",
    re.DOTALL,
)
_NUMBERED = frozenset({"align", "alignat", "equation", "gather"})


@record
class EquationUse:
    r"""A `\label`, or a reference to one, at `tex[start:end]`."""

    name: str
    start: int
    end: int
    form: Literal["label", "number", "eqref"]
    tag: str = ""
    r"""Of a label: the text of the `\tag` in its row, which then is its number."""


def find_labels(tex: str) -> tuple[EquationUse, ...]:
    r"""Return every `\label{…}`, in order."""
    return tuple(use for row in read_rows(tex) for use in row.labels)


def find_references(tex: str) -> tuple[EquationUse, ...]:
    r"""Return every `\ref{…}`, `\eqref{…}` (and `\autoref`, `\cref`), in order."""
    return tuple(use for row in read_rows(tex) for use in row.references)


@record
class EquationRow:
    """A row of a formula that may carry one number."""

    labels: tuple[EquationUse, ...]
    references: tuple[EquationUse, ...]
    tag_text: str
    is_untagged: bool
    star_places: tuple[int, ...]
    """Where a star would go that takes the numbers of an environment away."""
    env_end: int = -1
    r"""Offset of a numbering environment's `\end`."""


def read_rows(tex: str) -> Iterator[EquationRow]:
    """Yield the rows of a formula that may carry one number each: those of `align` and `gather`, else the whole."""
    uses: list[EquationUse] = []
    stars: list[int] = []
    tag, untagged, env_end = "", False, -1
    stack: list[str] = []
    for m in _TOKEN.finditer(tex):
        if m["env"]:
            name = m["name"]
            if name in _NUMBERED:
                at = m.start("name") + len(name)
                stars.append(at)
            if m["edge"] == "begin":
                stack.append(name)
            elif stack:
                stack.pop()
            if m["edge"] == "end" and name.rstrip("*") in _NUMBERED:
                env_end = m.start()
        elif m["use"]:
            uses.append(_use(m))
        elif m["tag"]:
            tag = _group_text(tex, m.end())
        elif m["untag"]:
            untagged = True
        elif m["row"] and len(stack) == 1 and stack[0].rstrip("*") in _NUMBERED - {"equation"}:
            yield _row(uses, stars, tag, untagged, env_end)
            uses, stars, tag, untagged, env_end = [], [], "", False, -1
    yield _row(uses, stars, tag, untagged, env_end)


def _row(uses: list[EquationUse], stars: list[int], tag: str, untagged: bool, env_end: int) -> EquationRow:
    labels = tuple(EquationUse(u.name, u.start, u.end, u.form, tag) for u in uses if u.form == "label")
    return EquationRow(labels, tuple(u for u in uses if u.form != "label"), tag, untagged, tuple(stars), env_end)


def _use(m: re.Match[str]) -> EquationUse:
    forms: dict[str, Literal["label", "number", "eqref"]] = {"label": "label", "eqref": "eqref"}
    return EquationUse(m["label"].strip(), m.start(), m.end(), forms.get(m["command"], "number"))


def _group_text(tex: str, start: int) -> str:
    """Return the text from ``start`` to the brace that closes the group it is in."""
    depth = 1
    for m in re.compile(r"\\.|[{}]", re.DOTALL).finditer(tex, start):
        depth += {"{": 1, "}": -1}.get(m.group(), 0)
        if depth == 0:
            return tex[start : m.start()]
    return tex[start:]
