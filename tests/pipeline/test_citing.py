"""Citations through a whole build: ranges, files of their own, methods that cite themselves, the site's bibliography."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest

import xaisite
from tests.site_files import write_site

BIB = "".join(
    f"@article{{k{n}, author = {{Name{n}, Ann}}, title = {{Work {n}}}, journal = {{J}}, year = {{20{n:02}}}}}\n"
    for n in range(1, 7)
) + (
    "@article{mathy, author = {Aa, Al}, title = {On $\\alpha$-stable \\emph{noise}}, journal = {J}, year = {2001}}\n"
    "@book{unused, author = {Nobody, N.}, title = {Never}, publisher = {P}, year = {2000}}\n"
)
OTHER = "@book{k1, author = {Else, Somebody}, title = {Another Work}, publisher = {P}, year = {1999}}\n"
POST = """---
title: Ranges
date: 2024-01-01
---

First [@k1], then [@k1; @k2; @k3; @k4], and {% cite k1 --file other %} of another file, {% cite k1 --file other %}.
Once more [@k3] and [@mathy].
"""
SECOND = """---
title: Second
date: 2024-01-02
---

Also here [@k2].
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("citing")
    files = {"references.bib": BIB, "other.bib": OTHER, "content/posts/a.md": POST, "content/posts/b.md": SECOND}
    result = xaisite.build_site(write_site(root, files))
    assert [d.code for d in result.diagnostics if d.severity != "notice"] == []
    return root


def page(root: Path, address: str) -> str:
    return (root / "build" / address).read_text(encoding="utf-8")


def reference(html: str, key: str) -> str:
    return html.split(f'<li id="ref-{key}">')[1].split("</li>", maxsplit=1)[0]


def test_keys_inside_a_range_have_a_place_to_lead_back_to(site: Path) -> None:
    html = page(site, "posts/a/index.html")
    assert re.search(r">1</a>(<span id=[^>]*></span>)+–<a[^>]*>4</a>", html)
    for key in ("k1", "k2", "k3", "k4", "mathy"):
        back = re.findall(r'<a href="#([^"]+)" role="doc-backlink">', reference(html, key))
        assert back, key
        assert all(html.count(f'id="{place}"') == 1 for place in back)
    assert len(re.findall("doc-backlink", reference(html, "k3"))) == 2


def test_a_citation_that_names_a_file_is_looked_up_there_only(site: Path) -> None:
    html = page(site, "posts/a/index.html")
    assert "Another Work" in reference(html, "k1-other")
    assert "Work 1" in reference(html, "k1")
    assert len(re.findall("doc-backlink", reference(html, "k1-other"))) == 2


def test_the_bibliography_page_lists_every_work_once_with_the_posts_that_cite_it(site: Path) -> None:
    html = page(site, "bibliography/index.html")
    items = re.findall(r'<li id="ref-([^"]+)">(.*?)</li>', html, re.DOTALL)
    assert [key for key, _ in items] == ["mathy", "k1", "k1", "k2", "k3", "k4"]
    texts = [unescape(text) for _, text in items]
    assert "<math" in texts[0]
    assert "$" not in re.sub(r"<annotation.*?</annotation>", "", texts[0])
    assert "Another Work" in texts[1]
    assert [re.findall(r"posts/([ab])/", text) for text in texts] == [["a"], ["a"], ["a"], ["a", "b"], ["a"], ["a"]]
    assert "Never" not in html


def test_entries_read_on_the_bibliography_page_as_they_do_in_a_post(site: Path) -> None:
    in_post = reference(page(site, "posts/a/index.html"), "k2")
    on_page = reference(page(site, "bibliography/index.html"), "k2")
    text = re.compile(r'<span class="reference-text">(.*?)</span>', re.DOTALL)
    assert text.search(in_post)[1] == text.search(on_page)[1]  # type: ignore[index]


def test_a_file_that_does_not_exist_is_one_error_at_the_citation(make_site: Callable[..., Path]) -> None:
    post = "---\ntitle: A\n---\n\nA {% cite k1 --file othr %} b.\n"
    result = xaisite.build_site(make_site({"other.bib": OTHER, "content/posts/a.md": post}))
    assert [d.code for d in result.diagnostics] == ["bib-missing"]
    (problem,) = result.diagnostics
    assert problem.span is not None
    assert post[problem.span.start : problem.span.end] == "{% cite k1 --file othr %}"
    assert "other.bib" in problem.help


@pytest.mark.parametrize("folder", ["_bibliography", "papers"])
def test_the_sites_bibliography_may_stand_in_its_folder(make_site: Callable[..., Path], folder: str) -> None:
    toml = '[site]\ntitle = "T"\n[citations]\nfolders = ["papers"]\n'
    root = make_site({"site.toml": toml, f"{folder}/references.bib": BIB, "content/posts/a.md": SECOND})
    assert [d.code for d in xaisite.build_site(root).diagnostics if d.is_error] == []
    assert "Work 2" in page(root, "posts/a/index.html")


def test_a_page_that_lists_everything_follows_every_entry(make_site: Callable[..., Path]) -> None:
    post = "---\ntitle: A\nnocite: '@*'\n---\n\nText.\n"
    root = make_site({"references.bib": BIB, "content/posts/a.md": post})
    assert xaisite.build_site(root).diagnostics == ()
    (root / "references.bib").write_text(BIB.replace("Work 6", "Changed"), encoding="utf-8")
    xaisite.build_site(root)
    assert "Changed" in page(root, "posts/a/index.html")
    more = "@book{new, author = {A}, title = {Added}, publisher = {P}, year = {2000}, doi = {nonsense}}\n"
    (root / "references.bib").write_text(BIB + more, encoding="utf-8")
    assert [d.code for d in xaisite.build_site(root).diagnostics] == ["bib-doi"]
    assert "Added" in page(root, "posts/a/index.html")


def test_a_key_of_the_page_is_unknown_in_a_named_file(make_site: Callable[..., Path]) -> None:
    post = "---\ntitle: A\n---\n\nA {% cite k2 --file other %} b.\n"
    files = {"references.bib": BIB, "other.bib": OTHER, "content/posts/a.md": post}
    result = xaisite.build_site(make_site(files))
    assert {d.code for d in result.diagnostics if d.is_error} == {"cite-unknown-key"}


def build(tmp_path: Path, **bibs: str) -> tuple[Path, list[tuple[str, str, str]]]:
    files = {f"{name}.bib": text for name, text in bibs.items()}
    post = "---\ntitle: A\ndate: 2024-01-01\nbibliography: [refs.bib]\n---\n\nAs [@paper] says.\n"
    root = write_site(tmp_path, {**files, "content/posts/a.md": post})
    found = xaisite.build_site(root).diagnostics
    return root, [(d.code, d.span.path, d.message) for d in found if d.span and d.code not in ("bib-uncited",)]


def test_strings_and_parents_may_stand_in_another_file(tmp_path: Path) -> None:
    refs = "@inproceedings{paper, author = {Ann Lee}, title = {Paper}, crossref = {whole}, series = lncs}\n"
    more = "@string{lncs = {Lecture Notes}}\n@proceedings{whole, title = {All of It}, year = {2020}, publisher = {P}}\n"
    root, found = build(tmp_path, refs=refs, strings=more)
    assert found == []
    assert "All of It" in page(root, "posts/a/index.html")
    (root / "strings.bib").write_text(more.replace("All of It", "Some of It"), encoding="utf-8")
    xaisite.build_site(root)
    assert "Some of It" in page(root, "posts/a/index.html")
    (root / "strings.bib").write_text("@string{other = {x}}\n", encoding="utf-8")
    codes = {d.code for d in xaisite.build_site(root).diagnostics}
    assert {"bib-crossref", "bib-undefined-string"} <= codes


def test_a_wrong_formula_in_a_title_is_an_error_at_the_field(tmp_path: Path) -> None:
    refs = "@article{paper, author = {Ann Lee}, title = {On $\\fraq{1}{2}$}, journal = {J}, year = {2020}}\n"
    root, found = build(tmp_path, refs=refs)
    assert [(code, path) for code, path, _ in found] == [("math-error", "refs.bib")]
    (d,) = [d for d in xaisite.build_site(root).diagnostics if d.code == "math-error"]
    assert d.span
    assert refs[d.span.start : d.span.end] == "{On $\\fraq{1}{2}$}"


@pytest.mark.parametrize("style", ["numeric", "author-year"])
def test_a_bare_name_that_nobody_has_is_a_warning_and_stays_as_typed(
    make_site: Callable[..., Path], style: str
) -> None:
    post = f"---\ntitle: A\ncitation-style: {style}\n---\n\nThanks to @k11, see [@k1], and @someone.\n"
    root = make_site({"references.bib": BIB, "content/posts/a.md": post})
    result = xaisite.build_site(root)
    names = [d for d in result.diagnostics if d.code == "cite-unknown-name"]
    assert [(str(d.severity), d.span and post[d.span.start : d.span.end]) for d in names] == [
        ("warning", "k11"), ("warning", "someone"),
    ]  # fmt: skip
    assert "did you mean “k1”" in names[0].help
    assert "\\@someone" in names[1].help
    assert not [d for d in result.diagnostics if d.is_error]
    assert "@someone" in re.sub("<[^>]+>", "", page(root, "posts/a/index.html"))


@pytest.mark.parametrize("text", ["[@nobody]", "@nobody [p. 3]", "@{nobody}", "{cite:t}`nobody`"])
def test_what_can_only_be_a_citation_is_an_error(make_site: Callable[..., Path], text: str) -> None:
    post = f"---\ntitle: A\n---\n\nSee {text}.\n"
    result = xaisite.build_site(make_site({"references.bib": BIB, "content/posts/a.md": post}))
    assert [d.code for d in result.diagnostics if d.is_error] == ["cite-unknown-key"]
