"""Titles with formulas as plain text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xaisite.core.plain_math import plain_title

TITLES = {
    "On $\\alpha$-stable noise": "On α-stable noise",
    "Sorting in $O(n^2)$": "Sorting in O(n²)",
    "Sorting in $O(n \\log n)$": "Sorting in O(n log n)",
    "$\\ell_1$ and $x_{12}$": "ℓ₁ and x₁₂",
    "$\\mathbb{R}^d \\to \\Sigma$": "R^d → Σ",
    "From $20,000 to $30,000": "From $20,000 to $30,000",
    "Costs $5 and $10": "Costs $5 and $10",
    "A \\$x\\$ b": "A \\$x\\$ b",
    "No formula": "No formula",
    "$x \\le 1 \\| y$": "x ≤ 1 ‖ y",
}


@pytest.mark.parametrize("title", TITLES)
def test_a_title_reads_without_html(title: str) -> None:
    assert plain_title(title) == TITLES[title]


@given(st.text("$\\\\{}^_ab1 é", max_size=40))
def test_it_never_fails_and_ends(text: str) -> None:
    once = plain_title(text)
    assert "$" not in text or isinstance(once, str)
    assert len(once) <= len(text) + 40
