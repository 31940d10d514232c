r"""Numbers and references put into formulas: what LaTeX does with its `.aux` file and KaTeX lacks.

Does not decide numbers or addresses: `core.equations` says what wants one, whoever numbers the site answers. Only
what is labelled or tagged shows a number, so `align` is set as `align*` with the tags of its labelled rows. Invariant:
every position of the rewritten TeX leads back to one of the original.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping

from xaisite.core.equations import EquationRow, EquationUse, read_rows
from xaisite.core.record import record


@record
class Edit:
    """`tex[start:end]` becomes `text`."""

    start: int
    end: int
    text: str


@record
class Rewritten:
    """TeX made from other TeX, and the way back."""

    tex: str
    edits: tuple[Edit, ...] = ()

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """Return the place in the original of `tex[start:end]`; what was put in leads to what it stands for."""
        return self._place(start)[0], max(self._place(end, is_end=True)[1], self._place(start)[0])

    def _place(self, at: int, *, is_end: bool = False) -> tuple[int, int]:
        starts, shift = [], 0
        for edit in self.edits:
            starts.append(edit.start + shift)
            shift += len(edit.text) - (edit.end - edit.start)
        # An end that touches an insertion from the right belongs to it, one that touches from the left does not.
        i = bisect_right(starts, at - 1 if is_end else at) - 1
        if i < 0:
            return at, at
        edit, first = self.edits[i], starts[i]
        inside = at - first
        if inside < len(edit.text) or (is_end and inside == len(edit.text)):
            return edit.start, edit.end
        back = edit.end + inside - len(edit.text)
        return back, back


def rewrite_equations(
    tex: str,
    *,
    numbers: Mapping[str, str],
    find_target: Callable[[str], tuple[str, str] | None],
    label: str = "",
    display: bool = True,
) -> Rewritten:
    r"""Put numbers in: a labelled row gets its `\tag`, a reference a link.

    ``numbers`` has the number of each label of this page; ``find_target`` gives (number, address) of a label anywhere,
    or None (the reference then reads `??`). ``label`` is that of the whole formula (`{#eq-x}`).
    """
    edits: list[Edit] = []
    rows = list(read_rows(tex))
    for row in rows:
        edits += _label_edits(row, numbers if display else {})
        edits += [_reference_edit(use, find_target(use.name)) for use in row.references]
        edits += [Edit(at, at, "*") for at in row.star_places]
    is_tagged = any(row.tag_text or any(use.name in numbers for use in row.labels) for row in rows)
    if label in numbers and display and not is_tagged:
        edits.append(_whole_tag(tex, rows, numbers[label]))
    edits.sort(key=lambda e: (e.start, e.end))
    return Rewritten(apply_edits(tex, edits), tuple(edits))


def apply_edits(tex: str, edits: list[Edit]) -> str:
    """Return ``tex`` with edits applied (sorted, not overlapping)."""
    pieces, at = [], 0
    for edit in edits:
        pieces += [tex[at : edit.start], edit.text]
        at = edit.end
    return "".join([*pieces, tex[at:]])


def _label_edits(row: EquationRow, numbers: Mapping[str, str]) -> Iterator[Edit]:
    is_open = not row.tag_text and not row.is_untagged
    for use in row.labels:
        number = numbers.get(use.name, "")
        if number and is_open:
            yield Edit(use.start, use.end, f"\\tag{{{plain_tex(number)}}}")
            is_open = False
        else:
            yield Edit(use.start, use.end, "")


def _reference_edit(use: EquationUse, target: tuple[str, str] | None) -> Edit:
    number, href = target or ("??", "")
    text = f"\\text{{({plain_tex(number)})}}" if use.form == "eqref" else f"\\text{{{plain_tex(number)}}}"
    return Edit(use.start, use.end, f"\\href{{{href_tex(href)}}}{{{text}}}" if href else text)


def _whole_tag(tex: str, rows: list[EquationRow], number: str) -> Edit:
    ends = [row.env_end for row in rows if row.env_end >= 0]
    at = ends[-1] if ends else len(tex)
    blank = "\n" if "%" in tex[tex.rfind("\n", 0, at) + 1 : at] else ""
    return Edit(at, at, f"{blank}\\tag{{{plain_tex(number)}}}")


def plain_tex(text: str) -> str:
    r"""Return ``text`` as TeX that shows it in `\text{…}`."""
    special = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
    return "".join(special.get(c, "\\" + c if c in "{}$&#%_" else c) for c in text)


def href_tex(url: str) -> str:
    r"""Return an address as the first argument of `\href`."""
    special = {"{": r"\%7B", "}": r"\%7D", "\\": r"\%5C", "%": r"\%", "#": r"\#"}
    return "".join(special.get(c, c) for c in url)
