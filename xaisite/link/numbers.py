"""Numbers of labelled things within a page.

Only labelled figures, tables, equations, listings and theorems count. A sub-figure is ``2a`` of its figure. Sections
are numbered ``2.1`` when the page asks for it. Invariant: a number depends on the page alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from xaisite.model.nodes import Heading, Label
from xaisite.model.post import Outline

KIND_NAMES: Mapping[str, str] = {
    "fig": "Figure",
    "tbl": "Table",
    "sec": "Section",
    "eq": "Equation",
    "lst": "Listing",
    "thm": "Theorem",
    "lem": "Lemma",
    "cor": "Corollary",
    "prp": "Proposition",
    "cnj": "Conjecture",
    "def": "Definition",
    "exm": "Example",
    "exr": "Exercise",
    "rem": "Remark",
    "alg": "Algorithm",
    "axm": "Axiom",
    "asm": "Assumption",
    "cell": "Cell",
}


def number_labels(outline: Outline) -> dict[str, str]:
    """Return label → number for one page; a section without numbers gets an empty one."""
    headings = number_headings(outline)
    by_label = {h.label: headings.get(h.id, "") for h in outline.headings if h.label}
    counts: Counter[str] = Counter()
    children: Counter[str] = Counter()
    numbers: dict[str, str] = {}
    for label in outline.labels:
        if label.same_as:
            numbers[label.name] = numbers.get(label.same_as, "")
        elif label.number:
            numbers[label.name] = label.number
        elif label.kind == "sec":
            numbers[label.name] = by_label.get(label.name, "")
        elif label.parent:
            numbers[label.name] = numbers.get(label.parent, "") + _letter(children[label.parent])
            children[label.parent] += 1
        else:
            counts[label.kind] += 1
            numbers[label.name] = str(counts[label.kind])
    return numbers


def number_headings(outline: Outline) -> dict[str, str]:
    """Return heading id → ``2.1`` when the page numbers its sections, else an empty mapping."""
    if not outline.front.number_sections:
        return {}
    numbers: dict[str, str] = {}
    counters: list[int] = []
    base = min((h.level for h in outline.headings if h.is_numbered), default=2)
    for heading in outline.headings:
        if heading.is_numbered:
            counters = _advance(counters, heading, base)
            numbers[heading.id] = ".".join(map(str, counters))
    return numbers


def label_title(label: Label, outline: Outline) -> str:
    """Return what a preview or a section reference shows for ``label``."""
    if label.title:
        return label.title
    return next((h.text for h in outline.headings if h.label == label.name), "")


def _advance(counters: list[int], heading: Heading, base: int) -> list[int]:
    depth = heading.level - base + 1
    grown = [*counters, *[0] * (depth - len(counters))][:depth]
    grown[-1] += 1
    return [max(1, n) for n in grown]


def _letter(index: int) -> str:
    return chr(ord("a") + index) if index < 26 else f"a{index}"
