"""`{{< include file >}}`: places, cells, errors, and what is built anew."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import xaisite
from xaisite.core.diagnostic import Diagnostic
from xaisite.core.source import Source
from xaisite.parse.config import ParseConfig
from xaisite.parse.includes import Includable, include_files
from xaisite.parse.post import parse_post

Make = Callable[..., Path]
HEAD = "---\ntitle: A\ndate: 2024-01-01\n---\n\n"
SETUP = (
    "---\ntitle: Not read\n---\nBy the *includer's* words.\n\n```{python}\nvalue = 6 * 7\n```\n\n[there](nowhere.md)\n"
)


def page(root: Path) -> str:
    return (root / "build/posts/a/index.html").read_text(encoding="utf-8")


def placed(root: Path, found: tuple[Diagnostic, ...]) -> list[tuple[str, str, str]]:
    """Return (code, file, what it is about)."""
    out = []
    for d in found:
        assert d.span
        text = (root / d.span.path).read_text(encoding="utf-8")
        out.append((d.code, d.span.path, text[d.span.start : d.span.end]))
    return out


def test_text_and_cells_of_another_file(make_site: Make) -> None:
    body = HEAD + "Before.\n\n{{< include parts/_setup.md >}}\n\nThe value is `{python} value`. {{{< include x >}}}\n"
    files = {"content/posts/a.md": body, "content/posts/parts/_setup.md": SETUP, "content/posts/nowhere.md": HEAD}
    root = make_site(files)
    (root / "content/posts/parts/nowhere.md").write_text(HEAD, encoding="utf-8")
    result = xaisite.build_site(root)
    assert placed(root, result.diagnostics) == [
        ("migrant-include", "content/posts/a.md", "{{< include parts/_setup.md >}}"),
    ]
    html = page(root)
    assert "The value is 42." in html
    assert "By the <em>includer’s</em>" in html or "By the <em>includer's</em>" in html
    assert not (root / "build/posts/parts/_setup").exists()
    script = (root / "build/posts/a/a.py").read_text(encoding="utf-8") if (root / "build/posts/a/a.py").exists() else ""
    assert not script or script.count("value = 6 * 7") == 1


def test_a_change_of_the_piece_is_seen_and_of_another_file_is_not(make_site: Make) -> None:
    root = make_site({"content/posts/a.md": HEAD + "{{< include _p.md >}}\n", "content/posts/_p.md": "One.\n"})
    xaisite.build_site(root)
    (root / "content/posts/_p.md").write_text("Two.\n\n{{< include _q.md >}}\n", encoding="utf-8")
    broken = xaisite.build_site(root)
    assert placed(root, broken.diagnostics) == [("migrant-include", "content/posts/_p.md", "{{< include _q.md >}}")]
    (root / "content/posts/_q.md").write_text("Three.\n", encoding="utf-8")
    xaisite.build_site(root)
    assert "<p>Two.</p>\n<p>Three.</p>" in page(root)
    (root / "content/posts/_r.md").write_text("Nobody includes me.\n", encoding="utf-8")
    again = xaisite.build_site(root)
    assert again.parsed == ()


def test_a_mistake_is_shown_where_it_is_typed(make_site: Make) -> None:
    part = "Fine.\n\n```{python}\n1 / 0\n```\n"
    root = make_site({"content/posts/a.md": HEAD + "- a\n\n{{< include _p.md >}}\n", "content/posts/_p.md": part})
    found = xaisite.build_site(root).diagnostics
    assert placed(root, found) == [("cell-error", "content/posts/_p.md", "1 / 0")]
    (root / "content/posts/_p.md").write_text("a [b](gone.md) $\\frac{1}$\n", encoding="utf-8")
    found = xaisite.build_site(root).diagnostics
    assert sorted((code, path) for code, path, _ in placed(root, found)) == [
        ("link-broken", "content/posts/_p.md"), ("math-error", "content/posts/_p.md"),
    ]  # fmt: skip


def lay_out(text: str, **others: str) -> tuple[str, list[str]]:
    sources = {f"{name}.md": Source(f"{name}.md", content) for name, content in others.items()}
    files = Includable(sources, lambda path: xaisite_checked(sources[path]))
    done = include_files(Source("a.md", text), files)
    return (done.layout.laid.text, [d.message for d in done.diagnostics]) if done else (text, [])


def xaisite_checked(source: Source):  # type: ignore[no-untyped-def]
    from xaisite.core.checked import Checked

    return Checked(source)


def test_what_is_included_and_what_is_not() -> None:
    assert lay_out("a\n{{< include b.md >}}\nc", b="B")[0] == "a\nB\nc"
    assert lay_out("1. x\n\n   {{< include b.md >}}\n", b="p\n\nq\n")[0] == "1. x\n\n   p\n\n   q\n"
    fenced = "```\n{{< include b.md >}}\n```\n\n{{< include b.md >}}\n"
    assert lay_out(fenced, b="B\n")[0] == "```\n{{< include b.md >}}\n```\n\nB\n"
    assert lay_out("{{< include b.md >}}", b="{{< include b.md >}}")[1] == ["“b.md” includes itself"]
    assert lay_out("{{< include ../b.md >}}", b="B")[1] == ["“../b.md” is outside of the site"]
    assert lay_out("{{< include c.md >}}", b="B")[1] == ["there is no file “c.md” to include"]


def test_mysts_directive_includes_too() -> None:
    fence = "```{include} b.md\n```\n"
    assert lay_out(f"a\n\n{fence}\nc\n", b="*b*") == ("a\n\n*b*\n\nc\n", [])
    assert lay_out(":::{include} b.md\n:::\n", b="b\n") == ("b\n", [])
    assert lay_out(f"````\n{fence}````\n\n{fence}", b="b\n")[0] == f"````\n{fence}````\n\nb\n"
    assert lay_out("```{include} c.md\n```\n", b="b")[1] == ["there is no file “c.md” to include"]
    with_options = "```{include} b.md\n:start-line: 2\n```\n"
    assert lay_out(with_options + fence, b="b\n")[0] == with_options + "b\n"


def test_a_bomb_does_not_go_off() -> None:
    ten = "{{{{< include {} >}}}}\n" * 10
    names = "bcdefghij"
    others = {n: ten.format(*[f"{m}.md"] * 10) for n, m in zip(names, names[1:], strict=False)}
    text, messages = lay_out("{{< include b.md >}}\n", **others, j="x" * 99 + "\n")
    assert len(text) < 5_000_000
    assert any("four million" in m for m in messages)


def test_inline_it_is_an_error() -> None:
    source = Source("a.md", "Text {{< include b.md >}}\n")
    (d,) = parse_post(source, ParseConfig(), kind="post").diagnostics
    assert (d.code, d.is_error) == ("migrant-include", True)
