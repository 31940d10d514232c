"""Cross references within and between posts, as they read and where they lead."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

import xaisite
from tests.site_files import write_site

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"></svg>'
TARGETS = """
## Introduction {#sec-intro}

### Second *part* with $x$ {#sec-two}

![First](a.svg){#fig-a fig-alt="x"}

![Second](a.svg){#fig-b fig-alt="x"}

::: {#fig-sub layout-ncol=2}
![One](a.svg){#fig-sub-one fig-alt="x"}

![Two](a.svg){#fig-sub-two fig-alt="x"}

Both of them.
:::

| a | b |
|---|---|
| 1 | 2 |

: A table {#tbl-t}

::: {#thm-t name="Big"}
Everything.
:::
"""
CASES = {
    "@fig-a": "Figure 1",
    "@Fig-a": "Figure 1",
    "[@fig-a]": "Figure 1",
    "[Fig @fig-a]": "Fig 1",
    "[**Fig** @fig-a]": "Fig 1",
    "[-@fig-a]": "1",
    "[@fig-a; @fig-b]": "Figure 1 and Figure 2",
    "[@fig-a; @fig-b; @fig-sub]": "Figure 1, Figure 2 and Figure 3",
    "[-@fig-a; -@fig-b]": "1 and 2",
    "[-@fig-a; @fig-b]": "1 and Figure 2",
    "[Figures @fig-a; @fig-b; @fig-sub]": "Figures 1, 2 and 3",
    "[Figures @fig-a; @tbl-t]": "Figures 1 and Table 1",
    "[see @fig-a, left side]": "see 1, left side",
    "@fig-sub-two": "Figure 3b",
    "[-@fig-sub-one]": "3a",
    "@tbl-t": "Table 1",
    "@thm-t": "Theorem 1",
    "@sec-intro": "Introduction",
    "[-@sec-intro]": "Introduction",
    "@fig-other": "Figure 1",
    "@sec-far": "Section 1",
    "{ref}`the *first* part <sec-intro>`": "the *first* part",
    "{ref}`sec-intro`": "Introduction",
    "{numref}`Fig. %s <fig-b>`": "Fig. 2",
    "{numref}`Fig. {number} ({name}) <fig-far>`": "Fig. 2 (Far)",
    "{eq}`Eq. %s <fig-a>`": "Eq. 1",
    "@fig-far": "Figure 2",
}
OTHER = """---
title: Other <b>
date: 2024-01-02
number-sections: true
---

## Far away {#sec-far}

![Other](a.svg){#fig-other fig-alt="x"}

Here @fig-a, @sec-far, @sec-intro and @fig-far.

![Far](a.svg){#fig-far fig-alt="x"}
"""
HEAD = "---\ntitle: A\ndate: 2024-01-01\n---\n\n"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    cases = "".join(f"CASE{k} {text} END\n\n" for k, text in enumerate([*CASES, "@sec-two"]))
    files = {
        "content/posts/a.md": HEAD + TARGETS + cases,
        "content/posts/b.md": OTHER,
        "content/posts/a.svg": SVG,
    }
    root = tmp_path_factory.mktemp("references")
    result = xaisite.build_site(write_site(root, files))
    assert result.diagnostics == ()
    return root


def page(root: Path, name: str) -> str:
    return (root / "build/posts" / name / "index.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(("typed", "shown"), CASES.items())
def test_a_reference_reads_as_in_quarto(site: Path, typed: str, shown: str) -> None:
    number = list(CASES).index(typed)
    case = page(site, "a").partition('class="prose')[2].split(f"CASE{number} ")[1].split(" END")[0]
    assert re.sub(r"<[^>]*>", "", case).replace("\u00a0", " ") == shown


def test_every_reference_leads_to_an_anchor(site: Path) -> None:
    for name, other in (("a", "b"), ("b", "a")):
        html = page(site, name)
        hrefs = re.findall(r'class="xref [^"]*" href="([^"]*)"', html)
        assert len(hrefs) >= 4
        for href in hrefs:
            target = html if href.startswith("#") else page(site, other)
            assert href.startswith(("#", f"../{other}/#"))
            assert target.count(f'id="{href.partition("#")[2]}"') == 1


def test_a_section_without_number_is_called_by_its_title_formulas_typeset(site: Path) -> None:
    case = page(site, "a").split(f"CASE{len(CASES)} ")[1].split(" END")[0]
    assert case.startswith('<a class="xref xref-sec" href="#sec-two">Second part with <span class="katex">')


def test_a_reference_to_another_post_names_it(site: Path) -> None:
    assert 'href="../b/#fig-other" title="in “Other &lt;b&gt;”">Figure\u00a01</a>' in page(site, "a")


def test_figures_of_a_group_are_lettered(site: Path) -> None:
    marks = re.findall(r'class="subfigure-mark">([^<]*)<', page(site, "a"))
    assert marks == ["(a)", "(b)"]


def test_a_label_of_several_posts_is_that_of_the_page_else_ambiguous(make_site: Callable[..., Path]) -> None:
    figure = '![F](a.svg){#fig-f fig-alt="x"}\n\n'
    files = {
        "content/posts/a.svg": SVG,
        "content/posts/a.md": HEAD + figure + "@fig-f\n",
        "content/posts/b.md": HEAD + figure + "@fig-f\n",
        "content/posts/c.md": HEAD + "@fig-f\n",
    }
    root = make_site(files)
    (problem,) = xaisite.build_site(root).diagnostics
    assert problem.code == "xref-ambiguous"
    assert problem.span is not None
    assert problem.span.path == "content/posts/c.md"
    assert "a.md" in problem.message
    assert "b.md" in problem.message
    assert 'href="#fig-f"' in page(root, "b").split("figcaption>")[-1]


UNKNOWN = [("@fig-aa", "fig-a"), ("[@fig-a; @fig-aa]", "fig-a"), ("[-@fig-aa]", "fig-a")]


@pytest.mark.parametrize(("typed", "near"), UNKNOWN)
def test_an_unknown_label_has_a_place_and_a_hint(make_site: Callable[..., Path], typed: str, near: str) -> None:
    post = HEAD + f'![F](a.svg){{#fig-a fig-alt="x"}}\n\n{typed}\n'
    result = xaisite.build_site(make_site({"content/posts/a.svg": SVG, "content/posts/a.md": post}))
    (problem,) = result.diagnostics
    assert problem.code == "xref-unknown"
    assert problem.span is not None
    assert post[problem.span.start : problem.span.end].endswith("fig-aa")
    assert f"“{near}”" in problem.help


def test_tables_side_by_side_are_parts_of_one(make_site: Callable[..., Path]) -> None:
    half = "| a | b |\n|---|---|\n| 1 | 2 |\n\n"
    text = f"{half}: Left {{#tbl-left}}\n\n{half}: Right {{#tbl-right}}\n\nBoth halves\n"
    post = f"---\ntitle: A\n---\n\n::: {{#tbl-both layout-ncol=2}}\n{text}:::\n\nIn @tbl-both and @tbl-right.\n"
    root = make_site({"content/posts/a.md": post})
    assert not [d for d in xaisite.build_site(root).diagnostics if d.is_error]
    html = (root / "build/posts/a/index.html").read_text(encoding="utf-8")
    shown = re.sub("<[^>]+>", "", html.replace("\u00a0", " "))
    assert "In Table 1 and Table 1b." in shown
    assert "(b) Right" in shown
    assert "Table 1 Both halves" in shown


def test_a_prerequisite_is_named_as_a_link_would_be(make_site: Callable[..., Path]) -> None:
    posts = {f"content/posts/{name}.md": f"---\ntitle: {name}\n---\n\nText\n" for name in ("deep/first", "deep/other")}
    for written in ("first.md", "../deep/first.md", "posts/deep/first.md", "/posts/deep/first/"):
        text = f"---\ntitle: B\nprerequisites: [{written}]\n---\n\nText\n"
        root = make_site({**posts, "content/posts/deep/b.md": text})
        assert xaisite.build_site(root).diagnostics == ()
        html = (root / "build/posts/deep/b/index.html").read_text(encoding="utf-8")
        assert 'href="../first/"' in html


def test_a_link_to_a_dated_file_is_told_its_name(make_site: Callable[..., Path]) -> None:
    head = "---\ntitle: A\n---\n\n"
    files = {"content/posts/2020-01-02-shap-values.md": head, "content/posts/b.md": head + "[a](shap-values.md)\n"}
    root = make_site(files)
    (d,) = xaisite.build_site(root).diagnostics
    assert (d.code, d.help) == ("link-broken", "did you mean “2020-01-02-shap-values.md”?")
    (root / "content/posts/b.md").write_text(head + "[a](2021-03-04-shap-value.md)\n", encoding="utf-8")
    (d,) = xaisite.build_site(root).diagnostics
    assert d.help == "did you mean “2020-01-02-shap-values.md”?"


def test_a_link_to_a_post_without_text_has_its_title(make_site: Callable[..., Path]) -> None:
    text = "---\ntitle: A\ndate: 2024-01-01\n---\n\n{doc}`b`, {doc}`words <b>`, {doc}`/posts/b.md`, [](b.md), [*b*](b.md).\n"
    other = "---\ntitle: Other <b>\ndate: 2024-01-02\n---\n\nText.\n"
    root = make_site({"content/posts/a.md": text, "content/posts/b.md": other})
    assert xaisite.build_site(root).diagnostics == ()
    page = root / "build/posts/a/index.html"
    texts = re.findall(r'<a href="../b/">(.*?)</a>', page.read_text(encoding="utf-8").partition('class="prose')[2])
    title = "Other &lt;b&gt;"
    assert texts[:5] == [title, "words", title, title, "<em>b</em>"]
    (root / "content/posts/b.md").write_text(other.replace("Other <b>", "Another"), encoding="utf-8")
    xaisite.build_site(root)
    assert '<a href="../b/">Another</a>' in page.read_text(encoding="utf-8")
