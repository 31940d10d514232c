"""The preview in a real browser: what changed is shown, the place is kept, errors lie over the page."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Error

from xaisite.core.diagnostic import error
from xaisite.core.source import Source
from xaisite.serve.outcome import BuildOutcome
from xaisite.serve.session import serve_site

pytestmark = pytest.mark.browser
POLICY = "<meta http-equiv='Content-Security-Policy' content=\"default-src 'self'\">"


class Site:
    """A site of two pages; the text of the source is the first page's."""

    def __init__(self, root: Path) -> None:
        self.root, self.output, self.broken = root, root / "build", False
        self.write("one")
        self.stop, ready = threading.Event(), threading.Event()
        urls: list[str] = []
        self.thread = threading.Thread(
            target=lambda: serve_site(
                str(root),
                self.build,
                output_dir=str(self.output),
                port=0,
                stop=self.stop,
                on_ready=lambda url: (urls.append(url), ready.set()),
            )
        )
        self.thread.start()
        assert ready.wait(5)
        self.url = urls[0]

    def write(self, text: str) -> None:
        (self.root / "text.md").write_text(text)

    def build(self) -> BuildOutcome:
        text = (self.root / "text.md").read_text()
        self.output.mkdir(exist_ok=True)
        lines = "".join(f"<p>line {n}</p>" for n in range(300))
        (self.output / "index.html").write_text(f"{POLICY}<body><h1>{text}</h1>{lines}</body>")
        (self.output / "other.html").write_text(f"{POLICY}<body><h1>other</h1></body>")
        found = ()
        if "broken" in text:
            found = (error("x-broken", "no <b>good</b>", Source("text.md", text).span(0, 6)),)
        changed = {"index.html", "a/post.ipynb", "feed.xml", "_x/search/x.js"} | (
            {"a.css"} if "style" in text else set()
        )
        return BuildOutcome(found, frozenset(changed), lambda path: Source(path, text))


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    site = Site(tmp_path)
    yield site
    site.stop.set()
    site.thread.join(5)


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    page = browser.new_page()
    page.problems = []
    page.on("console", lambda message: page.problems.append(message.text) if is_problem(message) else None)
    page.on("pageerror", lambda problem: page.problems.append(str(problem)))
    yield page
    page.close()


def is_problem(message: Any) -> bool:
    return message.type == "error" and not message.location["url"].endswith("/favicon.ico")


def test_an_edit_shows_within_half_a_second_at_the_same_place(site, page):
    page.goto(site.url)
    page.wait_for_selector("h1:text-is('one')")
    page.evaluate("scrollTo(0, 3000)")
    page.wait_for_timeout(300)
    began = time.monotonic()
    site.write("two")
    page.wait_for_selector("h1:text-is('two')", state="attached")
    assert time.monotonic() - began < 1.0  # half a second on an idle machine
    page.wait_for_function("scrollY === 3000", timeout=2000)
    assert page.problems == []


def test_errors_lie_over_the_page_as_text_and_go_when_mended(site, page):
    page.goto(site.url)
    page.wait_for_timeout(200)
    site.write("broken")
    panel = page.locator("xaisite-errors section")
    panel.wait_for()
    assert panel.locator("h2").inner_text() == "1 error"
    assert "text.md:1:1" in panel.inner_text()
    assert "no <b>good</b>" in panel.inner_text()
    assert panel.locator("b").count() == 0
    box = panel.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] == pytest.approx(page.viewport_size["height"], abs=1)
    page.keyboard.press("Escape")
    assert panel.count() == 0
    page.reload()
    panel.wait_for()
    site.write("mended")
    page.wait_for_selector("h1:text-is('mended')")
    page.wait_for_timeout(200)
    assert panel.count() == 0
    assert page.problems == []


def wait_until_loaded_again(page: Any) -> None:
    """Wait until the page has lost its mark (asked from outside: its policy allows no `eval`, which polling inside needs)."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with contextlib.suppress(Error):  # the page is just being replaced
            if page.evaluate("window.mark === undefined"):
                return
        page.wait_for_timeout(50)
    raise AssertionError("the page was not loaded again")


def test_a_page_that_did_not_change_is_left_alone(site, page):
    page.goto(site.url + "other.html")
    page.wait_for_timeout(300)
    page.evaluate("window.mark = 1")
    site.write("two")
    page.wait_for_timeout(700)
    assert page.evaluate("window.mark") == 1
    site.write("another style")
    wait_until_loaded_again(page)


def test_a_hidden_page_catches_up_when_it_returns(site, page, browser):
    page.goto(site.url)
    page.wait_for_timeout(200)
    hide = """Object.defineProperty(document, 'hidden', {value: %s, configurable: true});
              document.dispatchEvent(new Event('visibilitychange'))"""
    page.evaluate(hide % "true")
    site.write("two")
    page.wait_for_timeout(600)
    assert page.locator("h1").inner_text() == "one"
    page.evaluate(hide % "false")
    page.wait_for_selector("h1:text-is('two')")
