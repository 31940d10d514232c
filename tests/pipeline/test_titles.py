"""Formulas in titles: typeset above the post, plain text elsewhere, wrong ones reported at their place."""

from __future__ import annotations

import re
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


def test_a_heading_that_is_the_title_stands_once(make_site: Callable[..., Path]) -> None:
    root = make_site(
        {
            "content/posts/a.md": "---\ndate: 2024-01-01\n---\n\n# On $x^2$ & *co* {#sec-top}\n\nText, [up](#sec-top).\n\n## Next\n",
            "content/posts/b.md": "---\ntitle: Same\ndate: 2024-01-01\n---\n\n# Same\n\nText.\n\n# Other\n",
            "content/posts/c.md": "---\ntitle: C\ndate: 2024-01-01\n---\n\n# Another\n\nText.\n",
        }
    )
    assert xaisite.build_site(root).diagnostics == ()
    a, b, c = (
        re.findall(r"<h1[^>]*>(.*?)</h1>", (root / f"build/posts/{name}/index.html").read_text(encoding="utf-8"))
        for name in "abc"
    )
    assert len(a) == 1
    assert 'class="katex"' in a[0]
    page = (root / "build/posts/a/index.html").read_text(encoding="utf-8")
    assert "<title>On x² &amp; co" in page
    assert '<span id="sec-top"></span>' in page
    assert [text.partition(" <a")[0] for text in b] == ["Same", "Other"]
    assert [text.partition(" <a")[0] for text in c] == ["C", "Another"]
