"""One walk over the site's folders."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest

from xaisite.load.names import is_never_published
from xaisite.load.scan import scan_site
from xaisite.model.config import CitationsTable, ContentTable, SiteConfig


def make(root, *paths):
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text("x")


def scan(root, config=None):
    return scan_site(root, config or SiteConfig())


def test_kinds_of_files(tmp_path):
    make(
        tmp_path,
        "content/index.md",
        "content/about.markdown",
        "content/nb.ipynb",
        "content/posts/b.md",
        "content/posts/a/index.md",
        "content/posts/a/plot.png",
        "content/posts/a/own.bib",
        "content/data.csv",
        "static/x/y.txt",
        "assets/z.js",
        "references.bib",
        "templates/post.html",
        "templates/parts/nav.html",
        "site.toml",
        "build/index.html",
        "refs/more.bib",
        "other/no.md",
    )
    config = replace(SiteConfig(), citations=CitationsTable(folders=("refs", "missing")))
    checked = scan(tmp_path, config)
    assert checked.diagnostics == ()
    files = checked.value.files
    assert files.posts == ("content/posts/a/index.md", "content/posts/b.md")
    assert files.pages == ("content/about.markdown", "content/index.md", "content/nb.ipynb")
    assert files.static == ("assets/z.js", "static/x/y.txt")
    assert files.content_files == ("content/data.csv", "content/posts/a/own.bib", "content/posts/a/plot.png")
    assert files.bibliographies == ("content/posts/a/own.bib", "references.bib", "refs/more.bib")
    assert files.templates == ("templates/parts/nav.html", "templates/post.html")
    assert set(checked.value.stats) == {
        *files.posts,
        *files.pages,
        *files.static,
        *files.content_files,
        *files.bibliographies,
        *files.templates,
    }


def test_folders_of_the_config(tmp_path):
    make(tmp_path, "text/blog/a.md", "text/b.md", "public/x")
    config = replace(SiteConfig(), content=ContentTable(folder="text", posts="blog", static=("public",)))
    files = scan(tmp_path, config).value.files
    assert (files.posts, files.pages, files.static) == (("text/blog/a.md",), ("text/b.md",), ("public/x",))


@pytest.mark.parametrize(
    "name",
    [
        ".git",
        ".DS_Store",
        "a.md~",
        "#a.md#",
        ".#a.md",
        "a.bak",
        "a.swp",
        "__pycache__",
        "x.pyc",
        "node_modules",
        "Thumbs.db",
        ".ipynb_checkpoints",
    ],
)
def test_what_is_never_published(tmp_path, name):
    assert is_never_published(name)
    make(tmp_path, "content/a.md", f"content/{name}/b.md")
    make(tmp_path, f"static/{name}")
    files = scan(tmp_path).value.files
    assert (files.posts, files.pages, files.static) == ((), ("content/a.md",), ())


@pytest.mark.parametrize("name", ["_drafts", "a.b.md", "bak.md", "tmp", "build", "a~b"])
def test_what_is(name):
    assert not is_never_published(name)


def test_links_out_of_the_site_are_refused(tmp_path):
    root, outside = tmp_path / "site", tmp_path / "site-secret"
    make(root, "content/a.md")
    make(outside, "b.md", "c/d.md")
    os.symlink(outside / "b.md", root / "content/b.md")
    os.symlink(outside, root / "content/out")
    os.symlink("../../site-secret/b.md", root / "content/rel.md")
    os.symlink(outside / "b.md", root / "x.bib")
    checked = scan(root)
    assert checked.value.files.pages == ("content/a.md",)
    assert checked.value.files.bibliographies == ()
    assert [(d.code, d.span.path) for d in checked.diagnostics] == [
        ("load-symlink-outside", p) for p in ("content/b.md", "content/out", "content/rel.md")
    ]


def test_links_inside_the_site_are_followed_once(tmp_path):
    make(tmp_path, "content/a/b.md", "shared/c.md")
    os.symlink("../shared", tmp_path / "content/shared")
    os.symlink("../shared/c.md", tmp_path / "content/c.md")
    os.symlink("..", tmp_path / "content/a/up")
    os.symlink(".", tmp_path / "content/a/here")
    os.symlink("../../content", tmp_path / "shared/circle")
    checked = scan(tmp_path)
    assert "content/shared/c.md" in checked.value.files.pages
    assert "content/c.md" in checked.value.files.pages
    assert len(checked.value.files.pages) < 10


def test_a_broken_link_and_a_pipe(tmp_path):
    make(tmp_path, "content/a.md")
    os.symlink("nowhere.md", tmp_path / "content/b.md")
    os.mkfifo(tmp_path / "content/pipe.md")
    checked = scan(tmp_path)
    assert checked.value.files.pages == ("content/a.md",)
    assert [(d.code, d.span.path) for d in checked.diagnostics] == [("load-unreadable", "content/b.md")]


def test_names_that_cannot_be_addresses(tmp_path):
    make(tmp_path, "content/a.md")
    for name in (b"\xff.md", b"a\\b.md", b"a\nb.md"):
        with open(os.fsencode(tmp_path) + b"/content/" + name, "wb"):
            pass
    checked = scan(tmp_path)
    assert checked.value.files.pages == ("content/a.md",)
    assert [d.code for d in checked.diagnostics] == ["load-bad-name"] * 3
    for d in checked.diagnostics:
        d.message.encode()
        d.span.path.encode()


def test_names_that_are_one_file_elsewhere(tmp_path):
    make(
        tmp_path,
        "content/a.md",
        "assets/Plot.png",
        "assets/plot.png",
        "assets/é.png",
        "assets/e\u0301.png",
        "static/plot.png",
    )
    checked = scan(tmp_path)
    assert [d.code for d in checked.diagnostics] == ["load-name-collision"] * 2
    assert not checked.has_errors


def test_no_content(tmp_path):
    assert [d.code for d in scan(tmp_path).diagnostics] == ["load-no-content"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_that_may_not_be_read(tmp_path):
    make(tmp_path, "content/a/b.md")
    os.chmod(tmp_path / "content/a", 0)
    try:
        assert [d.code for d in scan(tmp_path).diagnostics] == ["load-unreadable"]
    finally:
        os.chmod(tmp_path / "content/a", 0o755)
