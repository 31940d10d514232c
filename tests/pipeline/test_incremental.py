"""Incremental = clean, byte for byte, for any sequence of edits.

The oracle builds a copy of the site from nothing, with no state: it decides nothing by keys, so that no mistake in a key
can hide in it.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import xaisite
from tests.site_files import read_tree, write_site
from xaisite.pipeline.options import BuildOptions

BIB = (
    "@book{one, author = {Uno, Una}, title = {One}, publisher = {P}, year = {2020}}\n"
    "@book{two, author = {Due, Dina}, title = {Two $x^2$}, publisher = {P}, year = {2021}}\n"
)


def post(title: str, tags: str, body: str, extra: str = "") -> str:
    return f"---\ntitle: {title}\ndate: 2024-01-0{len(title) % 9 + 1}\ntags: [{tags}]\n{extra}---\n\n{body}\n"


FILES = {
    "references.bib": BIB,
    "content/posts/a.md": post(
        "Alpha", "x, y", "See [the second](b.md#sec-two) and @sec-two. $a$ [@one]", "description: About a.\n"
    ),
    "content/posts/b.md": post("Beta", "y", "## Part {#sec-two}\n\nText[^n] [@two; @one].\n\n[^n]: Note."),
    "content/posts/c.md": post("Gamma", "x", "![A dot](dot.svg)\n\n```python\nx = 1\n```", "series: S\norder: 1\n"),
    "content/posts/dot.svg": '<svg xmlns="http://www.w3.org/2000/svg" width="4" height="3"><circle r="1"/></svg>',
    "content/about.md": "---\ntitle: About\n---\n\nWho we are: [posts](/posts/).\n",
    "static/robots-extra.txt": "hello\n",
}

Edit = Callable[[Path, int], None]


def replace(path: str, old: str, new: str) -> Edit:
    def edit(root: Path, n: int) -> None:
        file = root / path
        if file.exists():
            file.write_text(file.read_text().replace(old, new.replace("{n}", str(n))))

    return edit


def write(path: str, text: str) -> Edit:
    def edit(root: Path, n: int) -> None:
        write_site_file(root / path, text.replace("{n}", str(n)))

    return edit


def write_site_file(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def remove(path: str) -> Edit:
    def edit(root: Path, _n: int) -> None:
        (root / path).unlink(missing_ok=True)

    return edit


def damage_output(root: Path, n: int) -> None:
    pages = sorted((root / "build").rglob("*.html"))
    if pages:
        pages[n % len(pages)].write_text("damaged")


def drop_output(root: Path, n: int) -> None:
    pages = sorted((root / "build").rglob("*.html"))
    if pages:
        pages[n % len(pages)].unlink()


def damage_state(root: Path, n: int) -> None:
    for path in sorted((root / ".xaisite").glob("*.sqlite3"))[: 1 + n % 2]:
        path.write_bytes(b"not a database" * (1 + n % 5))


def drop_state(root: Path, _n: int) -> None:
    shutil.rmtree(root / ".xaisite", ignore_errors=True)


EDITS: dict[str, Edit] = {
    "word": replace("content/posts/a.md", "See", "See {n}"),
    "title": replace("content/posts/b.md", "title: Beta", "title: Beta {n}"),
    "heading": replace("content/posts/b.md", "## Part", "## Part {n}"),
    "tag": replace("content/posts/a.md", "[x, y]", "[x, y, z{n}]"),
    "date": replace("content/posts/a.md", "date: 2024", "date: 2023"),
    "new post": write("content/posts/new-1.md", post("New {n}", "x", "Body {n} [@two]")),
    "drop post": remove("content/posts/new-1.md"),
    "draft": replace("content/posts/c.md", "title: Gamma\ndate", "title: Gamma\ndraft: true\ndate"),
    "undraft": replace("content/posts/c.md", "draft: true\n", ""),
    "entry": replace("references.bib", "title = {One", "title = {One more {n}"),
    "picture": write("content/posts/dot.svg", '<svg xmlns="http://www.w3.org/2000/svg" width="{n}" height="9"/>'),
    "site title": replace("site.toml", 'title = "Test site', 'title = "Test site {n}'),
    "macro": write("site.toml", '[site]\ntitle = "U"\n[math.macros]\nR = "\\\\mathbb{R{n}}"\n'),
    "style": write(
        "site.toml", '[site]\ntitle = "T"\nbase_url = "https://example.org/"\n[citations]\nstyle = "author-year"\n'
    ),
    "template": write("templates/tag.html", '{% extends "base.html" %}{% block main %}tag {{ tag }} {n}{% endblock %}'),
    "theme css": write("templates/static/guide.css", "body { margin: {n}px }"),
    "drop template": remove("templates/tag.html"),
    "static": write("static/robots-extra.txt", "hello {n}\n"),
    "page": replace("content/about.md", "Who", "Who {n}"),
    "alias": write("content/about.md", "---\ntitle: About\naliases: [/old-{n}/]\n---\n\nWho: [posts](/posts/).\n"),
    "damaged output": damage_output,
    "dropped output": drop_output,
    "damaged state": damage_state,
    "no state": drop_state,
}


def build(root: Path) -> dict[str, bytes]:
    result = xaisite.build_site(root, BuildOptions(jobs=1))
    assert result.ok, [(d.code, d.message) for d in result.diagnostics]
    return read_tree(root / "build")


def build_clean(root: Path, place: Path) -> dict[str, bytes]:
    """Build a copy of the sources in another folder, from nothing."""
    copy = place / "clean"
    shutil.copytree(root, copy, ignore=shutil.ignore_patterns("build", ".xaisite"))
    try:
        return build(copy)
    finally:
        shutil.rmtree(copy)


def check(sequence: list[tuple[str, int]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        root = write_site(place / "site", FILES)
        build(root)
        for name, n in sequence:
            EDITS[name](root, n)
            assert build(root) == build_clean(root, place), name


sequences = st.lists(st.tuples(st.sampled_from(sorted(EDITS)), st.integers(1, 9)), min_size=3, max_size=5)


@settings(
    max_examples=4, deadline=None, derandomize=True, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
)
@given(sequences)
def test_incremental_is_clean(sequence: list[tuple[str, int]]) -> None:
    check(sequence)


@pytest.mark.slow
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(sequences)
def test_incremental_is_clean_at_length(sequence: list[tuple[str, int]]) -> None:
    check(sequence)


def test_every_edit_once_after_another() -> None:
    check([(name, 3) for name in EDITS])


def test_nothing_changed_does_nothing(make_site) -> None:  # type: ignore[no-untyped-def]
    root = make_site(FILES)
    first = xaisite.build_site(root)
    assert first.rendered
    assert first.parsed
    inodes = {p: p.stat().st_ino for p in (root / "build").rglob("*")}
    again = xaisite.build_site(root)
    assert again.ok
    assert (again.rendered, again.parsed, again.changed) == ((), (), ())
    assert {p: p.stat().st_ino for p in (root / "build").rglob("*")} == inodes


def test_one_word_renders_one_page(make_site) -> None:  # type: ignore[no-untyped-def]
    root = make_site(FILES)
    xaisite.build_site(root)
    EDITS["word"](root, 7)
    result = xaisite.build_site(root)
    assert result.rendered == ("/posts/a/",)
    assert result.parsed == ("content/posts/a.md",)


def test_a_title_renders_the_pages_that_show_it(make_site) -> None:  # type: ignore[no-untyped-def]
    root = make_site({**FILES, "content/posts/d.md": "---\ntitle: Lone\ndate: 2020-01-01\n---\n\nAlone.\n"})
    xaisite.build_site(root)
    EDITS["title"](root, 7)
    rendered = xaisite.build_site(root).rendered
    assert "/posts/b/" in rendered
    assert "/posts/" in rendered
    assert "/posts/a/" in rendered  # related, neighbour
    assert "/tags/y/" in rendered
    assert "/tags/x/" not in rendered
    assert "/about/" not in rendered


def test_cached_and_fresh_builds_print_the_same_diagnostics(make_site) -> None:  # type: ignore[no-untyped-def]
    files = {**FILES, "content/posts/w.md": "---\ntitle: W\nunknwon: 1\n---\n\nText with @nobody here.\n"}
    root = make_site(files)
    first = xaisite.build_site(root)
    assert first.diagnostics
    EDITS["word"](root, 1)
    assert xaisite.build_site(root).diagnostics == first.diagnostics
    assert xaisite.build_site(root).diagnostics == first.diagnostics


def test_a_change_of_the_tool_makes_nothing_stale(make_site, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    import xaisite.pipeline.inputs as inputs_module

    root = make_site(FILES)
    first = xaisite.build_site(root)
    monkeypatch.setattr(inputs_module, "observe_tool", lambda _digest: "another tool")
    again = xaisite.build_site(root)
    assert len(again.rendered) == len(first.rendered)


def test_jobs_and_place_do_not_show(make_site) -> None:  # type: ignore[no-untyped-def]
    many = {f"content/posts/p{i:02}.md": post(f"P{i}", f"t{i % 3}", f"Body {i} $x_{i}$ [@one]") for i in range(60)}
    one, two = make_site({**FILES, **many}), make_site({**FILES, **many})
    assert xaisite.build_site(one, BuildOptions(jobs=1)).ok
    assert xaisite.build_site(two, BuildOptions(jobs=2)).ok
    assert read_tree(one / "build") == read_tree(two / "build")
