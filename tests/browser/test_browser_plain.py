"""Without scripts, and on paper: everything is there to be read."""

from __future__ import annotations

import pytest

from tests.browser.browsing import DESKTOP, PHONE, Open


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_everything_reads_without_scripts(visit: Open, size: tuple[int, int]) -> None:
    page = visit("posts/constructs/", size, scripts=False).page
    for text in ("The first panel.", "The second panel.", "An importance is a property", "A block in the margin."):
        assert page.get_by_text(text).is_visible(), text
    for control in (".theme-toggle", ".copy", ".enlarge", "[role=tab]"):
        assert page.locator(control).locator("visible=true").count() == 0, control
    summaries = page.locator("main details.callout summary")
    summaries.first.click()
    assert page.get_by_text("Hidden until asked for.").is_visible()


def test_a_widgets_still_figure_stays_without_scripts(visit: Open) -> None:
    page = visit("posts/widgets/", scripts=False).page
    assert page.locator("#works .widget-fallback img.only-light").is_visible()
    assert page.locator("#fails .widget-fallback img.only-light").is_visible()


def test_links_work_without_scripts(visit: Open) -> None:
    page = visit("posts/tour/", scripts=False).page
    page.click(".citation-link")
    assert page.url.endswith("#ref-molnar2020interpretable")
    page.click("#ref-molnar2020interpretable .reference-back a")
    assert "#cite-molnar2020interpretable" in page.url
    page.click(".note-ref a")
    assert page.url.endswith("#fn-why")
    page.click("#fn-why .note-back")
    assert page.url.endswith("#fnref-why")
    page.click("a.xref-fig")
    assert page.url.endswith("#fig-bars")
    page.click("a[rel=next]")
    assert page.url.endswith("/posts/second/")
    page.click(".search-open")
    assert page.url.endswith("/search/")
    page.get_by_text("Without it, these lists lead everywhere").wait_for()  # the address is there before the page


def test_the_theme_follows_the_system_without_scripts(visit: Open) -> None:
    grounds = set()
    for scheme, shown in (("light", "only-light"), ("dark", "only-dark")):
        page = visit("posts/tour/", scheme=scheme, scripts=False).page
        assert page.locator(f"#fig-bars .{shown}").is_visible()
        assert page.locator("#fig-bars img").locator("visible=true").count() == 1
        grounds.add(page.locator("body").evaluate("e => getComputedStyle(e).backgroundColor"))
    assert len(grounds) == 2


def test_on_paper(visit: Open) -> None:
    page = visit("posts/constructs/", (760, 1000), scheme="dark").page
    page.emulate_media(media="print", color_scheme="dark")
    for chrome in (".site-header", ".site-footer", ".toc-narrow", ".copy", ".tab-list", ".neighbours"):
        assert page.locator(chrome).locator("visible=true").count() == 0, chrome
    for text in ("The second panel.", "Hidden until asked for.", "A block in the margin."):
        assert page.get_by_text(text).is_visible(), text
    red, *_ = page.evaluate("getComputedStyle(document.querySelector('.prose')).color.match(/\\d+/g).map(Number)")
    assert red < 80  # dark ink, also for a reader who likes dark screens
    after = page.evaluate("getComputedStyle(document.querySelector('.callout a'), '::after').content")
    assert "example.org/x" in after


def test_on_paper_pictures_are_light(visit: Open) -> None:
    page = visit("posts/tour/", scheme="dark").page
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    page.emulate_media(media="print", color_scheme="dark")
    assert page.locator("#fig-bars .only-light").is_visible()
    assert not page.locator("#fig-bars .only-dark").is_visible()
    assert page.locator("#fn-why").is_visible()
    assert page.locator("#ref-molnar2020interpretable").is_visible()


def test_reduced_motion(visit: Open) -> None:
    still = visit("posts/tour/", motion="reduce").page
    lively = visit("posts/tour/", motion="no-preference").page
    behaviour = "getComputedStyle(document.documentElement).scrollBehavior"
    assert still.evaluate(behaviour) == "auto"
    assert lively.evaluate(behaviour) == "smooth"
