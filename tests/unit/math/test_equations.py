r"""Labels, tags and references inside formulas."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xaisite.core.equations import find_labels, find_references
from xaisite.core.source import Span
from xaisite.math.diagnose import diagnose_formula, formula_span
from xaisite.math.equations import Edit, Rewritten, apply_edits, rewrite_equations
from xaisite.math.typeset import Typesetter
from xaisite.model.math import Formula, MathProblem
from xaisite.model.nodes import FormulaNode

NUMBERS = {"eq-a": "1", "eq-b": "2", "eq-w": "9"}


def target(name: str) -> tuple[str, str] | None:
    return {"eq-a": ("1", "#eq-a"), "eq-z": ("7", "../o/#eq-z"), "eq-odd": ("A_1%", "b%20c/#eq-odd")}.get(name)


def rewrite(tex: str, *, label: str = "", display: bool = True) -> str:
    return rewrite_equations(tex, numbers=NUMBERS, find_target=target, label=label, display=display).tex


CASES = [
    (r"x \label{eq-a}", "", r"x \tag{1}"),
    (r"x", "eq-w", r"x\tag{9}"),
    (r"x % note", "eq-w", "x % note\n\\tag{9}"),
    (r"x \tag{X}", "eq-w", r"x \tag{X}"),
    (r"x \tag{X} \label{eq-a}", "", r"x \tag{X} "),
    (r"x \notag \label{eq-a}", "", r"x \notag "),
    (r"x \label{eq-unknown}", "", r"x "),
    (r"x \label{eq-unknown}", "eq-w", r"x \tag{9}"),
    (
        r"\begin{align} a &= b \label{eq-a} \\ c &= d \\ e &= f \label{eq-b} \end{align}",
        "",
        r"\begin{align*} a &= b \tag{1} \\ c &= d \\ e &= f \tag{2} \end{align*}",
    ),
    (
        r"\begin{align} \begin{pmatrix} 1 \\ 2 \end{pmatrix} \label{eq-a} \end{align}",
        "",
        r"\begin{align*} \begin{pmatrix} 1 \\ 2 \end{pmatrix} \tag{1} \end{align*}",
    ),
    (r"\begin{equation} a \end{equation}", "eq-w", r"\begin{equation*} a \tag{9}\end{equation*}"),
    (r"\begin{align*} a \end{align*}", "", r"\begin{align*} a \end{align*}"),
    (
        r"\begin{aligned} a &= b \\ c &= d \end{aligned} \label{eq-a}",
        "",
        r"\begin{aligned} a &= b \\ c &= d \end{aligned} \tag{1}",
    ),
    (r"\verb|\label{eq-a}| % \label{eq-b}", "", r"\verb|\label{eq-a}| % \label{eq-b}"),
    (r"\text{by \eqref{eq-z}}", "", r"\text{by \href{../o/\#eq-z}{\text{(7)}}}"),
    (r"\ref{eq-nowhere}", "", r"\text{??}"),
    (r"\ref{eq-odd}", "", r"\href{b\%20c/\#eq-odd}{\text{A\_1\%}}"),
    (r"\%\label{eq-a}", "", r"\%\tag{1}"),
]


@pytest.mark.parametrize(("tex", "label", "expected"), CASES)
def test_rewriting(tex: str, label: str, expected: str) -> None:
    assert rewrite(tex, label=label) == expected


def test_what_is_rewritten_can_be_typeset() -> None:
    with Typesetter() as typesetter:
        texts = [rewrite(tex, label=label) for tex, label, _ in CASES]
        done = typesetter.typeset([Formula(t, display=True) for t in texts], {})
        assert [t for t, d in zip(texts, done, strict=True) if not d.is_good] == []
        align = done[8].html
        assert "eqn-num" in align
        odd = done[16].html
        assert 'href="b%20c/#eq-odd"' in odd
        assert "A_1%" in odd


def test_inline_formulas_get_no_tags() -> None:
    assert rewrite(r"x \label{eq-a}", label="eq-w", display=False) == "x "


def test_labels_and_references_are_found_with_their_places() -> None:
    tex = r"a \label{eq-a} \tag{5.1} \\ \eqref{ eq-z } \ref{eq-q}"
    [label] = find_labels(tex)
    assert (label.name, tex[label.start : label.end], label.tag) == ("eq-a", r"\label{eq-a}", "5.1")
    forms = [(u.name, u.form) for u in find_references(tex)]
    assert forms == [("eq-z", "eqref"), ("eq-q", "number")]


@given(st.text(alphabet="abc\n ", max_size=30), st.data())
def test_positions_lead_back(tex: str, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(tex)), max_size=6, unique=True)))
    edits = [
        Edit(a, b, data.draw(st.text(alphabet="XY", max_size=4))) for a, b in zip(cuts[::2], cuts[1::2], strict=False)
    ]
    new = Rewritten(apply_edits(tex, edits), tuple(edits))
    for at, char in enumerate(new.tex):
        start, end = new.origin(at, at + 1)
        assert 0 <= start <= end <= len(tex)
        if char not in "XY":
            assert tex[start:end] == char
        else:
            assert any((e.start, e.end) == (start, end) for e in edits)


def test_diagnostics_stand_where_the_tex_does() -> None:
    # > $$
    # > a
    # > \foo
    # > $$
    text = "> $$\n> a\n> \\foo\n> $$\n"
    node = FormulaNode(0, "a\n\\foo", True, Span("p.md", 7, 15), offsets=(7, 11))
    problem = MathProblem("syntax", "Undefined control sequence: \\foo", 2, 6)
    [found] = diagnose_formula(node, [problem])
    assert found.code == "math-error"
    assert found.span is not None
    assert text[found.span.start : found.span.end] == "\\foo"


def test_the_end_of_a_formula_is_its_last_character() -> None:
    node = FormulaNode(0, r"\frac{1}{2 ", False, Span("p.md", 10, 21))
    span = formula_span(node, 11, 11)
    assert (span.start, span.end) == (19, 20)


def test_every_kind_of_problem_has_its_code() -> None:
    page = [r"\foo", r"\href{javascript:x}{y}", "x" * 10_001, r"\def\a{\a}\a", "é"]
    with Typesetter() as typesetter:
        codes = []
        for tex, done in zip(page, typesetter.typeset([Formula(t) for t in page], {}), strict=True):
            node = FormulaNode(0, tex, False, Span("p.md", 1, 1 + len(tex)))
            codes += [(d.code, d.severity.value) for d in diagnose_formula(node, done.problems)]
    assert codes == [
        ("math-error", "error"),
        ("math-unsafe", "error"),
        ("math-too-long", "error"),
        ("math-too-costly", "error"),
        ("math-unusual", "warning"),
    ]


def test_rewritten_formulas_place_errors_in_what_was_written() -> None:
    tex = r"x \label{eq-a} + \foo"
    new = rewrite_equations(tex, numbers=NUMBERS, find_target=target)
    node = FormulaNode(0, tex, True, Span("p.md", 100, 100 + len(tex)))
    with Typesetter() as typesetter:
        [done] = typesetter.typeset([Formula(new.tex, display=True)], {})
    [found] = diagnose_formula(node, done.problems, new.origin)
    assert found.span is not None
    assert tex[found.span.start - 100 : found.span.end - 100] == r"\foo"
