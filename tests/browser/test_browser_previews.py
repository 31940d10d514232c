"""Previews of what a link points to: by mouse, keyboard and finger, on the page and between pages."""

from __future__ import annotations

import pytest

from tests.browser.browsing import PHONE, Open

CASES = {
    ".citation-link": "Molnar",
    ".note-ref a": "Because decisions touch lives",
    "a.xref-fig": "Importance of four features",
    "a.xref-eq": "(1)",
    "a.xref-tbl": "A wide table",
    "a.xref-sec": "The Shapley value has a formula",
}


def test_hover(visit: Open) -> None:
    page = visit("posts/tour/").page
    for link, says in CASES.items():
        page.hover(link)
        preview = page.wait_for_selector(".preview")
        assert says in preview.inner_text()
        box = preview.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 1280
        page.mouse.move(5, 5)
        page.wait_for_selector(".preview", state="detached")


def test_the_pointer_can_move_into_it(visit: Open) -> None:
    page = visit("posts/tour/").page
    page.hover(".citation-link")
    page.wait_for_selector(".preview")
    page.hover(".preview")
    page.wait_for_timeout(500)
    assert page.locator(".preview").is_visible()


def test_focus_and_escape(visit: Open) -> None:
    page = visit("posts/tour/").page
    page.keyboard.press("Tab")  # the keyboard is in use: :focus-visible
    for link, says in CASES.items():
        page.focus(link)
        assert says in page.wait_for_selector(".preview").inner_text()
        assert page.locator(link).first.get_attribute("aria-describedby") == "preview"
        page.keyboard.press("Escape")
        assert page.locator(".preview").count() == 0
        assert page.evaluate("s => document.activeElement === document.querySelector(s)", link)
        assert page.locator(link).first.get_attribute("aria-describedby") is None


@pytest.mark.parametrize("link", [".citation-link", ".note-ref a", "a.xref-fig"])
def test_a_tap_shows_and_a_second_goes(visit: Open, link: str) -> None:
    page = visit("posts/tour/", PHONE, touch=True).page
    page.locator(link).first.tap()
    preview = page.wait_for_selector(".preview")
    assert "#" not in page.url
    box = preview.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= PHONE[0]
    target = page.locator(link).first.get_attribute("href")
    page.locator(link).first.tap()
    page.wait_for_url(f"**{target}")


def test_a_tap_elsewhere_closes(visit: Open) -> None:
    page = visit("posts/tour/", PHONE, touch=True).page
    page.tap(".citation-link")
    page.wait_for_selector(".preview")
    page.tap("h1")
    page.wait_for_selector(".preview", state="detached")


def test_the_copy_holds_no_ids_and_no_back_links(visit: Open) -> None:
    page = visit("posts/tour/").page
    for link in CASES:
        page.hover(link)
        page.wait_for_selector(".preview")
        assert (
            page.locator(".preview [id], .preview .note-back, .preview .reference-bibtex, .preview .anchor").count()
            == 0
        )
        page.keyboard.press("Escape")
        page.mouse.move(5, 5)
    assert page.evaluate(
        "[...document.querySelectorAll('[id]')].every((e, i, all) => all.findIndex(o => o.id === e.id) === i)"
    )


def test_between_pages(visit: Open) -> None:
    visited = visit("posts/second/")
    page = visited.page
    page.hover("a.xref-fig")
    preview = page.wait_for_selector(".preview img")
    assert "Importance of four features" in page.inner_text(".preview")
    page.wait_for_function(
        "[...document.querySelectorAll('.preview img')].some(i => i.checkVisibility() && i.naturalWidth > 0)"
    )
    assert preview
    assert page.get_attribute(".preview-go", "href").endswith("/posts/tour/#fig-bars")
    assert visited.seen.foreign == []


def test_a_page_that_cannot_be_had_leaves_a_plain_link(visit: Open) -> None:
    page = visit("posts/second/", touch=True).page
    page.route(
        "**/posts/tour/**", lambda route: route.abort() if route.request.resource_type == "fetch" else route.continue_()
    )
    page.tap("a.xref-fig")
    page.wait_for_url("**/posts/tour/#fig-bars")


def test_never_from_another_origin(visit: Open) -> None:
    visited = visit("posts/constructs/")
    page = visited.page
    page.evaluate("document.querySelector('a.term').href = 'https://example.org/elsewhere/#x'")
    page.hover("a.term")
    page.wait_for_timeout(500)
    assert page.locator(".preview").count() == 0
    assert visited.seen.foreign == []
