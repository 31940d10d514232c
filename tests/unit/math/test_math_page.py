"""All formulas of a page at once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from xaisite.core.source import Span
from xaisite.math.page import typeset_nodes
from xaisite.math.typeset import Typesetter
from xaisite.model.nodes import FormulaNode

TEXTS = [
    (r"\newcommand{\E}{\mathbb{E}}", False, ""),
    (r"\begin{align} \E x &= 1 \\ y &= 2 \end{align}", True, "eq-a"),
    (r"\text{by \eqref{eq-a}}", False, ""),
    (r"\ref{eq-b} + \foo", False, ""),
]


def nodes() -> list[FormulaNode]:
    return [
        FormulaNode(i, tex, display, Span("p.md", 1000 * i, 1000 * i + len(tex)), label)
        for i, (tex, display, label) in enumerate(TEXTS)
    ]


@pytest.fixture(scope="module")
def typesetter() -> Iterator[Typesetter]:
    with Typesetter() as one:
        yield one


def test_numbers_beside_the_formula(typesetter: Typesetter) -> None:
    found = typeset_nodes(
        nodes(), {}, typesetter, find_target={"eq-a": ("1", "#eq-a")}.get, near=lambda _name: "did you mean “eq-a”?"
    )
    assert "eqn-num" not in found.value[1]  # no second number from KaTeX's style sheet
    assert 'href="#eq-a"' in found.value[2]
    assert [(d.code, d.span) for d in found.diagnostics] == [
        ("xref-unknown", Span("p.md", 3000, 3010)),
        ("math-error", Span("p.md", 3013, 3017)),
    ]
    assert found.diagnostics[0].help == "did you mean “eq-a”?"


def test_numbers_as_tags(typesetter: Typesetter) -> None:
    page = [FormulaNode(0, "x", True, Span("p.md", 0, 1), "eq-a")]
    found = typeset_nodes(page, {}, typesetter, numbers={"eq-a": "4.2"})
    assert found.diagnostics == ()
    assert "4.2" in found.value[0]
    assert "tag" in found.value[0]


def test_nothing_costs_nothing() -> None:
    fresh = Typesetter()
    assert typeset_nodes([], {}, fresh).value == ()
    assert not fresh.has_started


def test_the_numbers_of_rows_are_said_too(typesetter: Typesetter) -> None:
    tex = r"\begin{align} a &= 1 \label{eq:a} \\ b &= 2 \\ c &= 3 \tag*{x < y} \end{align}"
    node = FormulaNode(0, tex, True, Span("p.md", 0, len(tex)), "")
    (html,) = typeset_nodes([node], {}, typesetter, numbers={"eq:a": "4"}).value
    said = html.partition('<span class="katex-html"')[0]
    assert "<mtext>(4)</mtext>" in said
    assert "<mtext>x &lt; y</mtext>" in said
