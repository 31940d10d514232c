"""Equations through a whole build: numbers of formulas and of rows, references inside and between posts, errors."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

import xaisite
from tests.site_files import write_site

POST = r"""---
title: A
date: 2024-01-01
---

@eq-one, \eqref{eq-two}, [@eq-one; @eq-two], @eq-tagged, \ref{eq:colon}, \eqref{eq-whole}, \eqref{w2}, @eq-inline,
\eqref{eq-quoted}, \eqref{eq-in-b}, \eqref{eq-alias}.

$$
x = 1
$$ {#eq-one}

\begin{align}
a &= b \label{eq-two} \\
c &= d \\
e &= f + \eqref{eq-one} \label{eq:colon}
\end{align}

$$
q \tag{A} \label{eq-tagged}
$$

$$
\begin{align}
a &= b \label{w1} \\
c &= d \label{w2}
\end{align}
$$ {#eq-whole}

$$
y \label{eq-alias}
$$ {#eq-named}

\begin{equation}
\begin{aligned} a &= b \label{eq-in-a} \\ c &= d \label{eq-in-b} \end{aligned}
\end{equation}

A display \[ z = \frac12 \label{eq-inline} \] within a line.

> - $$
>   k \label{eq-quoted}
>   $$

```{math}
:label: eq-directive
m = 1
```
"""
OTHER = """---
title: B
date: 2024-01-02
---

$$ o $$ {#eq-other}

Over there @eq-one, inside $\\eqref{eq-two}$, and $1 + \\ref{eq-other}$.
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("equations")
    result = xaisite.build_site(write_site(root, {"content/posts/a.md": POST, "content/posts/b.md": OTHER}))
    assert result.diagnostics == ()
    return root


def page(root: Path, name: str) -> str:
    return (root / "build/posts" / name / "index.html").read_text(encoding="utf-8")


def formula(html: str, label: str) -> str:
    """Return the display that holds the anchor of ``label``."""
    return next(part for part in html.split('class="math display"')[1:] if f'id="{label}"' in part.split("</div>\n")[0])


def test_references_read_and_lead_right(site: Path) -> None:
    html = page(site, "a")
    shown = re.findall(r'class="xref xref-eq" href="([^"]*)">([^<]*)<', html)
    assert [(href, text.replace("\u00a0", " ")) for href, text in shown] == [
        ("#eq-one", "Equation 1"),
        ("#eq-two", "(2)"),
        ("#eq-one", "Equation 1"),
        ("#eq-two", "Equation 2"),
        ("#eq-tagged", "Equation A"),
        ("#eq:colon", "3"),
        ("#eq-whole", "(4)"),
        ("#w2", "(4b)"),
        ("#eq-inline", "Equation 7"),
        ("#eq-quoted", "(8)"),
        ("#eq-in-b", "(6)"),
        ("#eq-alias", "(5)"),
    ]
    for href, _ in shown:
        assert html.count(f'id="{href[1:]}"') == 1


@pytest.mark.parametrize(
    ("label", "number"),
    [("eq-one", "1"), ("eq-named", "5"), ("eq-in-a", "6"), ("eq-quoted", "8"), ("eq-directive", "9")],
)
def test_a_formula_with_one_number_shows_it_beside_and_only_there(site: Path, label: str, number: str) -> None:
    own = formula(page(site, "a"), label).split("</div>\n")[0]
    assert re.findall(r'class="eq-number"[^>]*>([^<]*)<', own) == [f"({number})"]
    assert 'class="katex-tag' not in own


@pytest.mark.parametrize(
    ("label", "tags"), [("eq-two", "(2)(3)"), ("eq-tagged", "(A)"), ("eq-whole", "(4a)(4b)"), ("eq-inline", "(7)")]
)
def test_rows_and_tags_are_numbered_in_the_formula_and_only_there(site: Path, label: str, tags: str) -> None:
    own = formula(page(site, "a"), label).split("</div>\n")[0]
    assert "eq-number" not in own
    html = own.split('class="katex-html"')[1].split('class="katex-tag', maxsplit=1)[1]
    visible = re.sub(r"<[^>]*>|[^ -~]", "", html.partition(">")[2])
    assert visible.startswith(tags)


def test_references_inside_formulas_lead_to_other_posts(site: Path) -> None:
    html = page(site, "b")
    assert re.findall(r'class="xref xref-eq" href="([^"]*)"', html) == ["../a/#eq-one"]
    assert 'href="../a/#eq-two"' in html
    assert 'href="#eq-other"' in html


ERRORS = [
    ("$\\frca{1}$", "math-error", "\\frca"),
    ("$\\href{javascript:alert(1)}{x}$", "math-unsafe", "\\href"),
    ("$\\eqref{eq-oen}$ and\n\n$$ x $$ {#eq-one}", "xref-unknown", "\\eqref{eq-oen}"),
    ("$$\nx \\label{eq-a}\n$$\n\n$$\ny \\label{eq-a}\n$$", "xref-duplicate-id", "eq-a"),
    ("> - $$\n>   1 + \\frca\n>   $$", "math-error", "\\frca"),
    ("\\begin{align}\na &= b \\label{eq-a} \\\\\nc &= \\frca \\label{eq-b}\n\\end{align}", "math-error", "\\frca"),
]


@pytest.mark.parametrize(("body", "code", "place"), ERRORS)
def test_mistakes_have_their_place(make_site: Callable[..., Path], body: str, code: str, place: str) -> None:
    post = f"---\ntitle: A\n---\n\n{body}\n"
    result = xaisite.build_site(make_site({"content/posts/a.md": post}))
    assert [d.code for d in result.diagnostics] == [code]
    span = result.diagnostics[0].span
    assert span is not None
    assert post[span.start : span.end].startswith(place)
    if code == "xref-unknown":
        assert "eq-one" in result.diagnostics[0].help
