"""What a page brings by itself, in a browser: drafts, old addresses, pages, authors, pictures and videos with sizes."""

from __future__ import annotations

import functools
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

import xaisite
from tests.browser.browsing import DESKTOP, PHONE, scroll_through
from tests.site_files import write_site
from xaisite.pipeline.options import BuildOptions

TOML = """[site]
title = "Furniture"
base_url = "https://example.org/x/"

[site.authors.jane]
name = "Jane Doe"
url = "https://example.org/jane"
orcid = "0000-0002-1825-0097"
affiliation = "University of Examples"
"""
POST = """---
title: A post with $O(n^2)$ in its title
author:
  - jane
  - {name: Joe Roe, email: joe@example.org, corresponding: true}
date: 2024-02-04
date-modified: 2024-05-01
aliases: [/old/place/]
license: CC BY 4.0
---

![Natural](../pictures/wide.svg){#fig-natural fig-alt="Wide."}

![Half](../pictures/wide.svg){#fig-half width=50% fig-alt="Half as wide."}

![Small](../pictures/wide.svg){#fig-small width=120 fig-alt="Small."}

<img id="raw" src="../pictures/wide.svg" alt="Raw">

{% include figure.html path="assets/inc.svg" alt="Included" %}

{{< video clip.mp4 poster="../pictures/wide.svg" captions="clip.vtt" title="A clip" >}}

<video id="html" src="clip.mp4" poster="../pictures/wide.svg"><track kind="captions" src="clip.vtt"></video>
"""
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="{}" height="{}"><rect width="100%" height="100%" fill="#c96"/></svg>'
FILES: dict[str, str | bytes] = {
    "site.toml": TOML,
    "content/posts/a.md": POST,
    "content/posts/draft.md": "---\ntitle: Not yet\ndraft: true\ndate: 2024-03-01\n---\n\nSecret.\n",
    "content/about.md": "---\ntitle: About\n---\n\nA page beside the posts.\n",
    "content/pictures/wide.svg": SVG.format(400, 100),
    "assets/inc.svg": SVG.format(200, 50),
    "content/posts/clip.mp4": b"\0" * 64,
    "content/posts/clip.vtt": "WEBVTT\n",
}


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        del format, args


def serve(folder: Path) -> tuple[ThreadingHTTPServer, str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server, f"http://127.0.0.1:{server.server_port}"


@pytest.fixture(scope="module", params=[False, True], ids=["published", "with drafts"])
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, bool]]:
    root = write_site(tmp_path_factory.mktemp("furniture"), FILES)
    result = xaisite.build_site(root, BuildOptions(drafts=request.param))
    assert [d.code for d in result.diagnostics if d.is_error] == []
    server, address = serve(root / "build")
    yield address, request.param
    server.shutdown()
    server.server_close()


@pytest.fixture(params=[DESKTOP, PHONE], ids=["desktop", "phone"])
def page(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    width, height = request.param
    shown = browser.new_page(viewport={"width": width, "height": height})
    yield shown
    shown.close()


def test_a_draft_is_there_only_when_asked_for_and_says_what_it_is(site: tuple[str, bool], page: Page) -> None:
    address, has_drafts = site
    answer = page.goto(f"{address}/posts/draft/")
    assert answer is not None
    assert answer.ok == has_drafts
    if has_drafts:
        assert page.locator(".draft").first.is_visible()
    page.goto(f"{address}/posts/")
    assert page.get_by_text("Not yet").count() == int(has_drafts)


def test_an_old_address_leads_to_the_post(site: tuple[str, bool], page: Page) -> None:
    page.goto(f"{site[0]}/old/place/")
    page.wait_for_url("**/posts/a/")
    assert page.inner_text("h1").startswith("A post with")


def test_a_page_beside_the_posts_has_no_date_and_is_no_post(site: tuple[str, bool], page: Page) -> None:
    page.goto(f"{site[0]}/about/")
    assert page.get_by_text("A page beside the posts.").is_visible()
    assert page.locator("time").count() == 0
    page.goto(f"{site[0]}/posts/")
    assert page.locator("main").get_by_text("About").count() == 0


def test_authors_dates_and_licence_are_told(site: tuple[str, bool], page: Page) -> None:
    page.goto(f"{site[0]}/posts/a/")
    byline = page.locator(".byline")
    for text in ("Jane Doe", "University of Examples", "ORCID", "Joe Roe", "4 February 2024", "1 May 2024"):
        assert byline.get_by_text(text).first.is_visible(), text
    assert byline.locator("a[href='mailto:joe@example.org']").is_visible()
    assert page.locator("h1 .katex").is_visible()
    assert "O(n²)" in page.title()
    assert page.get_by_role("link", name="CC BY 4.0").is_visible()


def test_pictures_and_videos_have_their_sizes_before_they_load(site: tuple[str, bool], page: Page) -> None:
    address, _ = site
    for kind in ("**/*.svg", "**/*.mp4"):
        page.route(kind, lambda _route: None)  # nothing arrives
    page.goto(f"{address}/posts/a/", wait_until="domcontentloaded")
    column = page.locator(".prose").bounding_box()
    assert column is not None
    shown = page.locator(".prose img, .prose video")
    assert shown.count() == 7
    for k in range(shown.count()):
        box = shown.nth(k).bounding_box()
        assert box is not None
        assert box["width"] <= column["width"] + 1
        assert abs(box["width"] / box["height"] - 4) < 0.05, shown.nth(k).evaluate("e => e.outerHTML")


def test_widths_are_those_asked_for(site: tuple[str, bool], page: Page) -> None:
    page.goto(f"{site[0]}/posts/a/")
    scroll_through(page)
    measured = {
        name: page.locator(f"#{name} img").evaluate("e => [e.getBoundingClientRect().width, e.naturalWidth]")
        for name in ("fig-natural", "fig-half", "fig-small")
    }
    room = page.locator("#fig-half .figure-body").evaluate("e => e.getBoundingClientRect().width")
    assert measured["fig-natural"][0] == min(400, room)
    assert measured["fig-small"][0] == 120
    assert measured["fig-half"][0] <= room
    assert all(natural == 400 for _, natural in measured.values())
    assert page.evaluate("document.documentElement.scrollWidth") <= page.evaluate("innerWidth")
