"""The files that front matter names are published and linked, or there is an error where they are named."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import xaisite

Make = Callable[..., Path]
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"></svg>'


def test_styles_scripts_and_picture(make_site: Make) -> None:
    head = (
        "---\ntitle: A\ndate: 2024-01-01\nstyles: own.css\nscripts: [own.js, /all.js]\nimage: cover.svg\n---\n\nText.\n"
    )
    root = make_site(
        {
            "content/posts/a.md": head,
            "content/posts/own.css": "p { color: red }",
            "content/posts/own.js": "export {};",
            "static/all.js": "export {};",
            "content/posts/cover.svg": SVG,
        }
    )
    assert xaisite.build_site(root).diagnostics == ()
    page = (root / "build/posts/a/index.html").read_text(encoding="utf-8")
    assert '<link rel="stylesheet" href="../own.css">' in page
    assert '<script type="module" src="../own.js"></script>' in page
    assert '<script type="module" src="../../all.js"></script>' in page
    assert (root / "build/posts/own.css").read_text(encoding="utf-8") == "p { color: red }"
    posts = (root / "build/posts/index.html").read_text(encoding="utf-8")
    assert 'src="cover.svg"' in posts
    assert (root / "build/posts/cover.svg").is_file()

    (root / "content/posts/own.css").write_text("p { color: blue }", encoding="utf-8")
    xaisite.build_site(root)
    assert (root / "build/posts/own.css").read_text(encoding="utf-8") == "p { color: blue }"


def test_what_does_not_exist_is_an_error_in_its_place(make_site: Make) -> None:
    head = "---\ntitle: A\ndate: 2024-01-01\nstyles: own.css\nscripts: https://cdn.example/x.js\nimage: fig-a\n---\n\nText.\n"
    root = make_site({"content/posts/a.md": head, "content/posts/owm.css": ""})
    found = xaisite.build_site(root).diagnostics
    at = [(d.code, head.encode()[d.span.start : d.span.end].decode()) for d in found if d.span]
    assert at == [
        ("media-missing", "own.css"),
        ("media-foreign", "https://cdn.example/x.js"),
        ("media-missing", "fig-a"),
    ]
    assert "owm.css" in found[0].help


def test_what_stands_between_two_chapters_has_no_number(make_site: Make) -> None:
    """`order: 2` is chapter 2; `order: 2.5` comes after it and is not numbered."""
    head = "---\ntitle: {}\ndate: 2024-01-01\npart: One\norder: {}\n---\n\nText.\n"
    root = make_site({"content/posts/b.md": head.format("Two", 2), "content/posts/c.md": head.format("Between", 2.5)})
    assert xaisite.build_site(root).diagnostics == ()
    assert "Chapter 2<" in (root / "build/posts/b/index.html").read_text(encoding="utf-8")
    assert (
        "Chapter"
        not in (root / "build/posts/c/index.html").read_text(encoding="utf-8").partition("<h1")[0].partition("<main")[2]
    )


def test_the_list_of_a_series_counts_as_the_chapters_do(make_site: Make) -> None:
    head = "---\ntitle: {}\ndate: 2024-01-01\nseries: S\norder: {}\n---\n\nText.\n"
    posts = {"Two": 2, "Between": 2.5, "Three": 3}
    root = make_site({f"content/posts/{name.lower()}.md": head.format(name, order) for name, order in posts.items()})
    assert xaisite.build_site(root).diagnostics == ()
    page = (root / "build/posts/two/index.html").read_text(encoding="utf-8")
    items = re.findall(r"<li([^>]*)>", page.partition('<nav class="series"')[2].partition("</nav>")[0])
    assert items == [' value="2"', ' class="between"', ' value="3"']
