"""What a page costs, and whom it asks: itself only, and little."""

from __future__ import annotations

import gzip

import pytest

from tests.browser.browsing import DESKTOP, PHONE, Open, Seen, scroll_through

PAGES = ["", "posts/tour/", "posts/second/", "posts/constructs/", "posts/", "tags/", "bibliography/", "search/"]


def weigh(seen: Seen, *kinds: str) -> int:
    """Compressed bytes of what was fetched, by kind of resource."""
    fetched = [r for r in seen.responses if not kinds or r.request.resource_type in kinds]
    return sum(len(gzip.compress(r.body(), 9)) for r in fetched)


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_silent_at_home_and_still(visit: Open, path: str, size: tuple[int, int]) -> None:
    """No complaint on the console, no request to another origin, none that fails, and nothing moves."""
    visited = visit(path, size)
    scroll_through(visited.page)
    assert visited.page.evaluate("window.shifts") == []
    assert visited.seen.problems == []
    assert visited.seen.foreign == []
    assert [r.url for r in visited.seen.responses if r.status >= 400] == []


@pytest.mark.parametrize("path", ["", "posts/second/", "posts/constructs/"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_nothing_moves_while_a_page_arrives_in_pieces(visit: Open, path: str, size: tuple[int, int]) -> None:
    """What is already drawn stays where it is when the rest comes."""
    page = visit(path + "?slow", size).page
    assert page.evaluate("window.shifts") == []


def test_a_text_post_is_light(visit: Open) -> None:
    seen = visit("posts/second/").seen
    assert weigh(seen) <= 40_000
    assert weigh(seen, "font", "image") <= 2_000  # no font; the icon
    assert weigh(seen, "script") <= 15_000


def test_the_heaviest_post_stays_light_before_images(visit: Open) -> None:
    seen = visit("posts/tour/").seen
    assert weigh(seen, "document", "stylesheet", "script", "font") <= 150_000
    assert weigh(seen, "script") <= 15_000


def test_all_scripts_together(built) -> None:
    sizes = {p.name: len(gzip.compress(p.read_bytes(), 9)) for p in built.glob("_x/**/*.js") if "search" not in p.name}
    assert sizes
    assert sum(sizes.values()) <= 15_000, sizes


def test_fonts_only_where_there_is_math(visit: Open) -> None:
    def fonts(path: str) -> list[str]:
        visited = visit(path)
        scroll_through(visited.page)
        return [r.url for r in visited.seen.responses if r.request.resource_type == "font" or "katex" in r.url]

    assert fonts("posts/second/") == []
    assert fonts("posts/tour/")


def test_search_is_fetched_when_asked_for(visit: Open) -> None:
    visited = visit("posts/second/")
    assert not [r.url for r in visited.seen.responses if "search" in r.url]
    visited.page.click(".search-open")
    visited.page.wait_for_selector("dialog.search[open]")
    assert [r.url for r in visited.seen.responses if "search" in r.url]


def test_only_the_shown_picture_of_two_is_fetched(visit: Open) -> None:
    for scheme in ("light", "dark"):
        visited = visit("posts/tour/", scheme=scheme)
        scroll_through(visited.page)
        fetched = {r.url for r in visited.seen.responses}
        address = "document.querySelector('#fig-bars .only-%s').src"
        other = "dark" if scheme == "light" else "light"
        assert visited.page.evaluate(address % scheme) in fetched
        assert visited.page.evaluate(address % other) not in fetched
