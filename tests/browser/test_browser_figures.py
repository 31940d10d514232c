"""What a figure made by a cell looks like on a phone."""

from __future__ import annotations

import re

from tests.browser.browsing import PHONE, Open, scroll_through

# matplotlib draws letters as outlines of 100 units, scaled to their size in points.
_LETTERS = re.compile(r"scale\(([0-9.]+) -[0-9.]+\)")
_WIDTH = re.compile(r'viewBox="0 0 ([0-9.]+) ')


def test_text_in_figures_is_legible_on_a_phone(visit: Open) -> None:
    """No letter is smaller than 9 CSS px at a width of 360 px, whatever width the cell asks for."""
    page = visit("posts/tour/", PHONE).page
    scroll_through(page)
    shown = page.evaluate(
        """() => [...document.querySelectorAll('.figure-body img')].filter(i => i.checkVisibility() && /[.]svg/.test(i.src))
             .map(i => [i.src, i.getBoundingClientRect().width])"""
    )
    assert shown
    smallest = {}
    for source, width in shown:
        svg = page.request.get(source).text()
        sizes = [float(size) * 100 for size in _LETTERS.findall(svg)]
        if sizes and (box := _WIDTH.search(svg)):
            smallest[source.rpartition("/")[2]] = round(min(sizes) * width / float(box[1]), 2)
    assert smallest
    assert all(size >= 9 for size in smallest.values()), smallest
