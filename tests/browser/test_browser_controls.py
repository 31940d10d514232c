"""Everything that can be pressed: by keyboard too, and it says what it is."""

from __future__ import annotations

from tests.browser.browsing import DESKTOP, PHONE, Open

_STOPS = """() => [...document.querySelectorAll('a[href], button, summary, input, [tabindex="0"]')]
  .filter(e => e.checkVisibility({ visibilityProperty: true }) && !e.disabled && e.tabIndex >= 0)
  .map((e, i) => { e.dataset.stop = i; return i; })"""
_HERE = """() => {
  const at = document.activeElement, style = getComputedStyle(at), card = at.closest('.card');
  const ring = style.outlineStyle !== 'none' || (card && getComputedStyle(card).outlineStyle !== 'none') || at.matches('input');
  return [at.dataset.stop === undefined ? null : +at.dataset.stop, ring, at.outerHTML.slice(0, 100)];
}"""


def test_every_control_is_reached_by_tab_in_order_and_shows_it(visit: Open) -> None:
    for path in ("", "posts/tour/", "posts/constructs/"):
        page = visit(path).page
        stops = page.evaluate(_STOPS)
        seen = []
        for _ in stops:
            page.keyboard.press("Tab")
            stop, ring, html = page.evaluate(_HERE)
            assert ring, f"no visible focus: {html}"
            seen.append(stop)
        assert seen == stops, path


def test_skip_link(visit: Open) -> None:
    page = visit("posts/tour/").page
    page.keyboard.press("Tab")
    assert page.locator(".skip").bounding_box()["y"] >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_theme_is_chosen_kept_and_never_flashes(visit: Open) -> None:
    page = visit("posts/tour/", scheme="light").page
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    toggle = page.locator(".theme-toggle")
    assert toggle.get_attribute("aria-label") == "Colour theme: as the system"
    toggle.click()
    assert page.evaluate(ground) == light
    toggle.click()
    assert toggle.get_attribute("aria-label") == "Colour theme: dark"
    dark = page.evaluate(ground)
    assert dark != light
    assert page.locator("#fig-bars .only-dark").is_visible()
    assert not page.locator("#fig-bars .only-light").is_visible()
    # On the next page the first frame is dark already: the attribute is there before the body is parsed.
    page.add_init_script(
        "new MutationObserver(() => { if (document.body && !window.first) window.first = document.documentElement.dataset.theme || 'none'; }).observe(document, { childList: true, subtree: true });"
    )
    page.goto(page.url.replace("tour/posts/tour", "tour/posts/second"))
    assert page.evaluate("window.first") == "dark"
    assert page.evaluate(ground) == dark
    page.click(".theme-toggle")
    assert page.evaluate("localStorage.getItem('theme')") is None


def test_refused_storage_harms_nothing(visit: Open) -> None:
    refuse = "Object.defineProperty(window, 'localStorage', { get() { throw new Error('refused'); } });"
    visited = visit("posts/tour/", before=refuse)
    visited.page.click(".theme-toggle")
    visited.page.click(".theme-toggle")
    assert visited.page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert visited.seen.problems == []


def test_copy(visit: Open) -> None:
    page = visit("posts/tour/").page
    page.hover(".listing")
    page.click(".listing .copy")
    page.wait_for_selector(".copy.done")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("from sklearn.ensemble import RandomForestClassifier\n")
    assert 'return {f"row {i}"' in copied
    assert not copied.endswith("\n")


def test_copy_leaves_line_numbers_and_marks(visit: Open) -> None:
    page = visit("posts/constructs/").page
    page.hover(".listing:has(.line)")
    page.click(".listing:has(.line) .copy")
    page.wait_for_selector(".copy.done")
    assert page.evaluate("navigator.clipboard.readText()") == 'def f(): \n    return 1 # one "two" len'


def test_tabs(visit: Open) -> None:
    page = visit("posts/constructs/").page
    tabs = page.locator("[role=tab]")
    assert tabs.all_inner_texts() == ["scikit-learn", "PyTorch"]
    assert page.locator("#tab-1").is_visible()
    assert not page.locator("#tab-2").is_visible()
    tabs.nth(0).focus()
    page.keyboard.press("ArrowRight")
    assert page.locator("#tab-2").is_visible()
    assert not page.locator("#tab-1").is_visible()
    assert tabs.nth(1).get_attribute("aria-selected") == "true"
    page.keyboard.press("Home")
    assert page.locator("#tab-1").is_visible()
    page.evaluate("location.hash = '#tab-2'")
    page.wait_for_selector("#tab-2", state="visible")


def test_lightbox(visit: Open) -> None:
    for size in (DESKTOP, PHONE):
        page = visit("posts/tour/", size).page
        page.locator("#fig-bars .enlarge").focus()
        page.keyboard.press("Enter")
        dialog = page.locator("dialog.lightbox[open]")
        assert "Importance of four features" in dialog.inner_text()
        page.wait_for_function(
            "[...document.querySelectorAll('dialog img')].some(i => i.checkVisibility() && i.naturalWidth)"
        )
        small = page.locator("#fig-bars img.only-light").bounding_box()["width"]
        assert dialog.locator("img.only-light").bounding_box()["width"] > 1.2 * small
        page.keyboard.press("Escape")
        page.wait_for_selector("dialog", state="detached")
        assert page.evaluate("document.activeElement.className") == "enlarge"


def test_a_widget_takes_the_place_of_its_still_figure_only_when_it_works(visit: Open) -> None:
    page = visit("posts/widgets/", scheme="dark").page
    page.evaluate("document.querySelector('#works').scrollIntoView()")
    page.wait_for_selector("#works .widget-live p")
    assert page.inner_text("#works .widget-live") == "12 points, dark, 2 still"  # one for light pages, one for dark
    assert not page.locator("#works .widget-fallback").is_visible()
    page.wait_for_selector("#fails .widget-live", state="detached")
    assert page.locator("#fails .widget-fallback img.only-dark").is_visible()
    assert not page.locator("#fails .widget-fallback img.only-light").is_visible()


def test_tokens_of_the_site_win(visit: Open) -> None:
    page = visit("posts/tour/").page
    assert page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--radius')").strip() == "5px"


def test_search_by_keyboard(visit: Open) -> None:
    for key in ("/", "Control+k"):
        page = visit("posts/tour/").page
        page.keyboard.press(key)
        page.wait_for_selector("dialog.search[open]")
        page.keyboard.type("supercalif")
        page.wait_for_function(
            "document.querySelector('dialog.search li mark')?.textContent.toLowerCase().includes('supercalif')"
        )  # results follow each letter
        assert page.inner_text("dialog.search li strong") == "A second post, mostly words"
        page.keyboard.press("ArrowDown")
        assert page.evaluate("document.activeElement.tagName") == "A"
        page.keyboard.press("Enter")
        page.wait_for_url("**/posts/second/")


def test_search_says_when_nothing_is_found(visit: Open) -> None:
    page = visit("posts/tour/").page
    page.click(".search-open")
    page.fill("dialog.search input", "xyzzyx")
    page.wait_for_function("document.querySelector('.search-status').textContent.includes('xyzzyx')")
    page.keyboard.press("Escape")
    assert page.locator("dialog[open]").count() == 0


def test_search_page_answers_its_address(visit: Open) -> None:
    page = visit("search/?q=supercalifragilistic").page
    page.wait_for_selector(".search-results a")
    assert "A second post" in page.inner_text(".search-results")


def test_a_link_into_closed_details_opens_them(visit: Open) -> None:
    page = visit("posts/constructs/#inside").page
    assert page.locator("#inside").is_visible()


def test_the_slash_is_a_letter_where_one_types(visit: Open) -> None:
    page = visit("search/").page
    page.fill("#search-input", "")
    page.focus("#search-input")
    page.keyboard.type("a/b")
    assert page.input_value("#search-input") == "a/b"
    assert page.locator("dialog").count() == 0


def test_an_address_that_does_not_exist_leads_home_from_any_depth(visit: Open, base: str) -> None:
    page = visit("no/such/page/here/").page
    assert "no page at this address" in page.inner_text("h1")
    assert (
        page.evaluate("getComputedStyle(document.querySelector('.skip')).position") == "absolute"
    )  # the style sheet came
    page.click("main a.button")
    page.wait_for_url(base)
