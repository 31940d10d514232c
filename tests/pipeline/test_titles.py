"""Formulas in titles: typeset above the post, plain text elsewhere, wrong ones reported at their place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import xaisite

Make = Callable[..., Path]


def test_a_formula_in_a_title_is_typeset_and_reads_as_text_elsewhere(make_site: Make) -> None:
    post = (
        "---\ntitle: On $\\alpha$-stable noise for $5\nsubtitle: In $\\mathbb{R}^2$\ndate: 2024-01-01\n---\n\nText.\n"
    )
    root = make_site({"content/posts/a.md": post})
    assert xaisite.build_site(root).diagnostics == ()
    html = (root / "build/posts/a/index.html").read_text(encoding="utf-8")
    heading = html.split("<h1>")[1].split("</h1>")[0]
    assert heading.startswith('On <span class="katex">')
    assert heading.endswith("-stable noise for $5")
    assert "<title>On α-stable noise for $5" in html
    assert "In R²" in html
    assert "katex" in html.split("</head>")[0]
    for page in ("build/feed.xml", "build/posts/index.html"):
        assert "On α-stable noise for $5" in (root / page).read_text(encoding="utf-8")


def test_math_false_leaves_dollars_in_titles(make_site: Make) -> None:
    root = make_site({"content/posts/a.md": "---\ntitle: From $a to b$\nmath: false\n---\n\nText.\n"})
    xaisite.build_site(root)
    assert "<h1>From $a to b$</h1>" in (root / "build/posts/a/index.html").read_text(encoding="utf-8")


def test_a_wrong_formula_in_a_title_is_an_error_at_its_place(make_site: Make) -> None:
    post = "---\ntitle: 'Of $\\frac{1}$'\ndate: 2024-01-01\n---\n\nText $x$.\n"
    root = make_site({"content/posts/a.md": post})
    (d,) = xaisite.build_site(root).diagnostics
    assert d.code == "math-error"
    assert d.span is not None
    assert post[d.span.start : d.span.end] in "\\frac{1}"
    assert post[: d.span.start].count("\n") == 1
