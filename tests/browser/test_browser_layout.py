"""Nothing moves, nothing sticks out, lines are readable, notes stand in the margin where there is one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser

import xaisite
from tests.browser.browsing import DESKTOP, PHONE, Open, scroll_through

PAGES = ["", "posts/tour/", "posts/constructs/", "posts/", "bibliography/"]
WIDE = (1680, 1050)


@pytest.mark.parametrize("path", PAGES)
def test_no_horizontal_scroll(visit: Open, path: str) -> None:
    page = visit(path).page
    scroll_through(page)
    for width in (320, 360, 768, 991, 992, 1024, 1279, 1280, 1536, 1680, 2400):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, width


@pytest.mark.parametrize("size", [DESKTOP, (1680, 1050), (768, 1024)], ids=["desktop", "wide", "tablet"])
def test_measured_line(visit: Open, size: tuple[int, int]) -> None:
    page = visit("posts/second/", size).page
    letters = page.evaluate("""() => {
      const paragraph = [...document.querySelectorAll('.prose p')].at(-1), range = document.createRange(), text = paragraph.firstChild;
      let lines = [], top = null;
      for (let i = 0; i < text.length; i++) {
        range.setStart(text, i); range.setEnd(text, i + 1);
        const at = Math.round(range.getBoundingClientRect().top);
        if (at !== top) { lines.push(0); top = at; }
        lines[lines.length - 1]++;
      }
      return lines.slice(0, -1);
    }""")
    assert letters
    assert all(50 <= n <= 82 for n in letters), letters


def test_notes_stand_in_the_margin_or_in_the_text(visit: Open) -> None:
    for size, beside in ((DESKTOP, True), (WIDE, True), (PHONE, False)):
        page = visit("posts/tour/", size).page
        text, note = (page.locator(s).first.bounding_box() for s in (".prose > p", ".marginnote"))
        assert text
        assert note
        assert (note["x"] >= text["x"] + text["width"]) is beside
        assert note["x"] + note["width"] <= size[0]


def test_wide_things_scroll_in_their_own_box_that_has_focus(visit: Open) -> None:
    page = visit("posts/tour/", PHONE).page
    scroll_through(page)
    boxes = page.evaluate("""() => [...document.querySelectorAll('.prose *')]
      .filter(e => e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).overflowX !== 'visible' && e.checkVisibility()
                   && !e.closest('.katex-mathml'))
      .map(e => [e.className || e.tagName, e.tabIndex])""")
    kinds = " ".join(str(name) for name, _ in boxes)
    for kind in ("PRE", "math display", "table-scroll", "figure-body"):
        assert kind in kinds, boxes
    assert all(tab == 0 for _, tab in boxes), boxes


@pytest.mark.parametrize("post", ["posts/tour/", "posts/constructs/"])
def test_what_is_unfolded_is_no_wider_than_a_phone(visit: Open, post: str) -> None:
    page = visit(post, PHONE).page
    count = page.evaluate("[...document.querySelectorAll('details')].map(one => one.open = true).length")
    assert count > 3
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]


def test_the_words_of_a_wide_table_stay_in_sight(visit: Open) -> None:
    page = visit("posts/tour/", PHONE).page
    box = page.locator(".table-scroll:has(#tbl-wide), #tbl-wide .table-scroll, #tbl-wide.table-scroll").first
    for moved in (0, 150):
        left = box.evaluate("(box, moved) => (box.scrollLeft = moved, box.scrollLeft)", moved)
        assert left == moved
        words = box.locator("caption").bounding_box()
        assert words["x"] >= 0
        assert words["x"] + words["width"] <= PHONE[0]


def test_a_wide_figure_keeps_its_size_on_a_phone(visit: Open) -> None:
    page = visit("posts/tour/", PHONE).page
    assert page.locator("#fig-wide img.only-light").bounding_box()["width"] >= 600
    assert page.locator("#fig-bars img.only-light").bounding_box()["width"] <= 360


def test_contents_stick_and_follow(visit: Open) -> None:
    page = visit("posts/tour/").page
    assert page.locator(".toc-wide").is_visible()
    assert not page.locator(".toc-narrow").is_visible()
    page.evaluate("document.querySelector('#sec-shap').scrollIntoView()")
    page.wait_for_selector(".toc-wide a[href='#sec-shap'][aria-current]")
    assert 0 <= page.locator(".toc-wide").bounding_box()["y"] < 100
    page.evaluate("scrollTo(0, 0)")
    page.wait_for_selector(".toc-wide a[href='#sec-shap']:not([aria-current])", state="attached")


def test_contents_unfold_on_a_phone(visit: Open) -> None:
    page = visit("posts/tour/", PHONE).page
    assert not page.locator(".toc-wide").is_visible()
    assert not page.locator(".toc-narrow a").first.is_visible()
    page.click(".toc-narrow summary")
    page.click(".toc-narrow a[href='#sec-shap']")
    assert page.url.endswith("#sec-shap")
    assert not page.locator(".toc-narrow a").first.is_visible()


def test_a_formula_wraps_and_keeps_its_full_stop(make_site: Callable[..., Path], browser: Browser) -> None:
    text = "---\ntitle: A\ndate: 2024-01-01\n---\n\nSome words, then $a + b + c + d = e + f$. More (so $x_1 + x_2 = y$), $z$; $\\pi$?\n"
    root = make_site({"content/posts/a.md": text})
    assert xaisite.build_site(root).diagnostics == ()
    page = browser.new_page()
    page.goto((root / "build/posts/a/index.html").as_uri())
    found = page.evaluate("""() => {
      const text = document.querySelector('.prose p'), found = {parted: [], wraps: 0, over: []};
      for (let width = 90; width < 500; width++) {
        text.style.width = width + 'px';
        for (const joined of text.querySelectorAll('.joined')) {
          const places = [...joined.querySelectorAll('.katex-base')].map(e => e.getBoundingClientRect());
          const first = places[0], last = places.at(-1), stop = joined.lastChild.getBoundingClientRect();
          if (Math.abs(stop.top + stop.bottom - last.top - last.bottom) > 24) found.parted.push(width);
          if (stop.right > text.getBoundingClientRect().right + 1) found.over.push(width);
          if (stop.left < last.right - 1) found.over.push(-width);
          found.wraps += last.top - first.top > 12;
        }
      }
      return found;
    }""")
    page.close()
    assert found["wraps"]
    assert found["parted"] == found["over"] == []
