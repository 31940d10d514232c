"""No violation that axe-core knows: every kind of page, desktop and phone, light and dark, and what opens on top."""

from __future__ import annotations

import pytest

from tests.browser.browsing import DESKTOP, PHONE, Open, axe_violations

PAGES = ["", "posts/tour/", "posts/constructs/", "posts/", "tags/", "tags/test/", "series/the-tour/", "bibliography/",
         "search/", "404.html"]  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing(visit: Open, path: str) -> None:
    page = visit(path).page
    page.evaluate("document.querySelectorAll('main details').forEach(details => { details.open = true; })")
    for width, height in (DESKTOP, PHONE):
        page.set_viewport_size({"width": width, "height": height})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            assert axe_violations(page) == [], (width, scheme)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_what_opens(visit: Open, scheme: str) -> None:
    page = visit("posts/tour/", scheme=scheme).page
    page.hover(".citation-link")
    page.wait_for_selector(".preview")
    assert axe_violations(page) == []
    page.keyboard.press("Escape")
    page.hover("#fig-bars .figure-body")
    page.click("#fig-bars .enlarge")
    page.wait_for_selector("dialog.lightbox[open]")
    assert axe_violations(page) == []
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.fill("dialog.search input", "shapley")
    page.wait_for_selector("dialog.search li")
    assert axe_violations(page) == []


def test_landmarks_and_one_title(visit: Open) -> None:
    page = visit("posts/tour/").page
    for landmark in ("body > header", "main", "body > footer", "nav"):
        assert page.locator(landmark).count() >= 1, landmark
    assert page.locator("h1").count() == 1
    levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4')].map(h => +h.tagName[1])")
    assert all(b - a <= 1 for a, b in zip(levels, levels[1:], strict=False)), levels
