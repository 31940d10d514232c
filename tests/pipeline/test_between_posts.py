"""What one post takes from another: figures with credit, anchors that only running makes; words of the page's language."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import xaisite
from xaisite.core.diagnostic import Diagnostic
from xaisite.pipeline.options import BuildOptions

Make = Callable[..., Path]
HEAD = "---\ntitle: {}\ndate: 2024-01-01\n---\n\n"
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30"></svg>'
DRAWN = """```{python}
#| label: fig-drawn
#| fig-cap: Two bars.
#| fig-alt: One bar is twice as high.
import matplotlib.pyplot as plt
plt.bar([0, 1], [1, 2]);
```
"""
GIVER = HEAD.format("The Giver & Co") + '![Typed *caption*](a.svg){#fig-typed fig-alt="A square"}\n\n' + DRAWN


def page(root: Path, name: str) -> str:
    return (root / f"build/posts/{name}/index.html").read_text(encoding="utf-8")


def codes(found: tuple[Diagnostic, ...]) -> list[str]:
    return [d.code for d in found]


def test_the_figure_of_another_post_stands_here_with_credit(make_site: Make) -> None:
    taker = HEAD.format("B") + "![](a.md#fig-typed)\n\n![My words](a.md#fig-drawn)\n"
    root = make_site({"content/posts/a.md": GIVER, "content/posts/a.svg": SVG, "content/posts/b.md": taker})
    assert codes(xaisite.build_site(root).diagnostics) == []
    html = page(root, "b")
    assert re.search(r'<img src="[^"]*a\.svg" width="40" height="30" alt="A square"', html)
    credits = re.findall(r'<span class="figure-credit">(.*?)</span>', html)
    assert credits == [
        '(<a href="../a/#fig-typed">Figure 1</a> from “The Giver &amp; Co”)',
        '(<a href="../a/#fig-drawn">Figure 2</a> from “The Giver &amp; Co”)',
    ]
    assert "Typed caption" in html
    drawn = re.findall(r'<img class="only-(?:light|dark)" src="\.\./\.\./([^"]+)"[^>]*alt="My words"', html)
    assert drawn
    assert all((root / "build" / name).is_file() for name in drawn)
    # A change of the other post's figure reaches this page.
    (root / "content/posts/a.md").write_text(GIVER.replace("[1, 2]", "[2, 1]"), encoding="utf-8")
    xaisite.build_site(root)
    again = re.findall(r'<img class="only-(?:light|dark)" src="\.\./\.\./([^"]+)"[^>]*alt="My words"', page(root, "b"))
    assert again != drawn
    assert all((root / "build" / name).is_file() for name in again)


def test_a_figure_that_the_other_post_has_not_is_an_error(make_site: Make) -> None:
    taker = HEAD.format("B") + "![](a.md#fig-tiped)\n\n![](gone.md#fig-x)\n"
    root = make_site({"content/posts/a.md": GIVER, "content/posts/a.svg": SVG, "content/posts/b.md": taker})
    found = xaisite.build_site(root).diagnostics
    assert [(d.code, d.help) for d in found if d.is_error][:1] == [("media-missing", "did you mean “fig-typed”?")]
    assert "link-broken" in codes(found)


def test_an_anchor_that_a_cell_makes_can_be_linked_to(make_site: Make) -> None:
    maker = "```{python}\n#| output: asis\nprint('## Made {#made}')\n```\n"
    here = HEAD.format("A") + "[down](#made)\n\n" + maker
    root = make_site({"content/posts/a.md": here, "content/posts/b.md": HEAD.format("B") + "[over](a.md#made)\n"})
    assert codes(xaisite.build_site(root).diagnostics) == []
    (root / "content/posts/a.md").write_text(here.replace("{#made}", "{#mad}"), encoding="utf-8")
    assert set(codes(xaisite.build_site(root).diagnostics)) == {"link-anchor-missing"}


def test_a_widget_falls_back_to_a_figure_of_the_text(make_site: Make) -> None:
    body = "![C](a.svg){#fig-c fig-alt=A}\n\n::: {.widget src=w.js fallback=fig-c}\n:::\n"
    files = {"content/posts/a.md": HEAD.format("A") + body, "content/posts/a.svg": SVG, "content/posts/w.js": "//\n"}
    root = make_site(files)
    assert codes(xaisite.build_site(root).diagnostics) == []
    assert re.search(r'<div class="widget-fallback">\s*<img src="[^"]*a\.svg"', page(root, "a"))
    (root / "content/posts/a.md").write_text(
        HEAD.format("A") + body.replace("fallback=fig-c", "fallback=fig-d"), "utf-8"
    )
    assert codes(xaisite.build_site(root).diagnostics) == ["xref-unknown"]


def test_a_code_that_there_is_not_cannot_be_ignored(make_site: Make) -> None:
    root = make_site({"content/posts/a.md": HEAD.format("A") + "<!-- xaisite-ignore note-unusd -->\n\nText.\n"})
    (d,) = xaisite.build_site(root).diagnostics
    assert (d.code, d.help) == ("ignore-unknown", "did you mean “note-unused”?")


def test_the_words_of_a_body_are_in_the_language_of_its_page(make_site: Make) -> None:
    body = (
        "## Eins\n\nSiehe @fig-a und @eq-b.[^n]\n\n![C](a.svg){#fig-a fig-alt=A}\n\n$$x$$ {#eq-b}\n\n::: {.callout-tip}\nx\n:::\n\n"
        "::: {.answer}\nx\n:::\n\n- [x] a\n\n[^n]: Notiz\n"
    )
    head = HEAD.format("A").replace("title", "lang: de-CH\ntitle")
    root = make_site({"content/posts/a.md": head + body, "content/posts/a.svg": SVG})
    assert codes(xaisite.build_site(root).diagnostics) == []
    html = page(root, "a")
    for wanted in (
        "Abbildung\u00a01",
        "Gleichung\u00a01",
        ">Tipp<",
        ">Antwort<",
        ">Anmerkungen<",
        ">Abbildung 1<",
        'aria-label="erledigt"',
    ):
        assert wanted in html, wanted
    body_html = html[html.index("Siehe") : html.index("Notiz")]
    for english in ("Figure", "Equation", ">Answer", "Link to this"):
        assert english not in body_html, english


def test_a_formula_in_the_caption_of_another_posts_figure_is_typeset(make_site: Make) -> None:
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"></svg>'
    head = "---\ntitle: {}\ndate: 2024-01-01\n---\n\n"
    root = make_site(
        {
            "content/posts/a.md": head.format("A") + '![Of $x_1$](a.svg){#fig-a fig-alt="x"}\n',
            "content/posts/b.md": head.format("B") + "![](a.md#fig-a)\n",
            "content/posts/a.svg": svg,
        }
    )
    assert xaisite.build_site(root).diagnostics == ()
    caption = (root / "build/posts/b/index.html").read_text(encoding="utf-8").partition("<figcaption>")[2]
    assert '<span class="figure-caption">Of <span class="katex">' in caption


def test_a_check_does_not_miss_a_figure_that_has_not_run(make_site: Make) -> None:
    head = "---\ntitle: {}\ndate: 2024-01-01\n---\n\n"
    cell = "```{python}\n#| label: fig-a\n#| fig-cap: c\n#| fig-alt: d\nimport matplotlib.pyplot as plt\nplt.plot([1]);\n```\n"
    root = make_site(
        {"content/posts/a.md": head.format("A") + cell, "content/posts/b.md": head.format("B") + "![](a.md#fig-a)\n"}
    )
    assert [
        d for d in xaisite.build_site(root, BuildOptions(execute="check", write=False)).diagnostics if d.is_error
    ] == []
