"""All formulas of one page: references put in, typeset in order, problems placed in the file.

Does not know labels: the caller finds them. Invariant: one HTML text per node, whatever is wrong with it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from html import escape

from xaisite.core.checked import Checked
from xaisite.core.diagnostic import Diagnostic, error
from xaisite.core.equations import find_references
from xaisite.math.diagnose import diagnose_formula, formula_span
from xaisite.math.equations import Rewritten, rewrite_equations
from xaisite.math.typeset import Typesetter
from xaisite.model.math import Formula
from xaisite.model.nodes import FormulaNode

_EMPTY = '<mtd class ="mml-eqn-num"></mtd>'
_TAG = re.compile(r"\\tag(\*?)\s*\{([^{}]*)\}")
FindTarget = Callable[[str], tuple[str, str] | None]
r"""(number, address) of the equation with a label, for `\ref` and `\eqref` inside formulas; None: there is none."""


def typeset_nodes(
    nodes: Sequence[FormulaNode],
    macros: Mapping[str, str],
    typesetter: Typesetter,
    *,
    find_target: FindTarget = lambda _label: None,
    numbers: Mapping[str, str] | None = None,
    near: Callable[[str], str] = lambda _label: "",
) -> Checked[tuple[str, ...]]:
    r"""Return the HTML of each formula.

    With ``numbers`` (label → number) formulas carry their numbers as TeX tags; without, the page shows them beside the
    formula. ``near`` says "did you mean …?" of an unknown label.
    """
    rewritten = [
        rewrite_equations(
            n.tex, numbers=numbers or {}, find_target=find_target, label=n.label if numbers else "", display=n.display
        )
        for n in nodes
    ]
    done = typesetter.typeset_page([Formula(r.tex, n.display) for n, r in zip(nodes, rewritten, strict=True)], macros)
    problems: list[Diagnostic] = []
    for node, new, one in zip(nodes, rewritten, done, strict=True):
        problems += _unknown_references(node, new, find_target, near)
        problems += diagnose_formula(node, one.problems, new.origin if new.edits else None)
    shown = (say_numbers(one.html, new.tex) for one, new in zip(done, rewritten, strict=True))
    return Checked(tuple(shown), tuple(problems))


def say_numbers(html: str, tex: str) -> str:
    """Put the numbers of rows into the MathML, where KaTeX leaves their cells empty: readers hear what others see."""
    if _EMPTY not in html:
        return html
    tags = [text if star else f"({text})" for star, text in _TAG.findall(tex)]
    pieces = html.split(_EMPTY)
    if len(pieces) != len(tags) + 1:
        return html
    cells = (
        f'<mtd class="mml-eqn-num"><mtext>{escape(tag.replace("$", ""), quote=False)}</mtext></mtd>' for tag in tags
    )
    return pieces[0] + "".join(cell + piece for cell, piece in zip(cells, pieces[1:], strict=True))


def _unknown_references(
    node: FormulaNode, new: Rewritten, find_target: FindTarget, near: Callable[[str], str]
) -> list[Diagnostic]:
    if not new.edits:
        return []
    return [
        error(
            "xref-unknown",
            f"there is no label “{use.name}”",
            formula_span(node, use.start, use.end),
            help=near(use.name),
        )
        for use in find_references(node.tex)
        if find_target(use.name) is None
    ]
