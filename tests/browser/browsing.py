"""What the browser tests share: sizes, what a visit saw, scrolling, axe."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Page, Response

HERE = Path(__file__).parent
AXE = HERE.parents[1] / "node_modules" / "axe-core" / "axe.min.js"
DESKTOP = (1280, 900)
PHONE = (360, 740)


@dataclass
class Seen:
    """What a page asked for and complained of."""

    problems: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    responses: list[Response] = field(default_factory=list)


@dataclass
class Visit:
    page: Page
    seen: Seen


Open = Callable[..., Visit]


_FRAME = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"


def scroll_through(page: Page) -> None:
    """Show every part of the page once, so that lazy pictures load."""
    height = page.evaluate("document.documentElement.scrollHeight")
    for y in range(0, height, 600):
        page.evaluate("y => scrollTo({ top: y, behavior: 'instant' })", y)
        page.evaluate(_FRAME)
    settle(page)
    page.evaluate("scrollTo({ top: 0, behavior: 'instant' })")
    page.evaluate(_FRAME)


def settle(page: Page) -> None:
    """Wait until fonts and the pictures asked for are there and two frames were drawn."""
    page.evaluate(
        """async () => {
          await document.fonts.ready;
          const near = image => { const box = image.getBoundingClientRect(); return box.top < innerHeight && box.bottom > 0; };
          const due = [...document.images].filter(image => image.checkVisibility() && near(image) && !image.complete);
          const late = new Promise(done => setTimeout(done, 3000));
          await Promise.race([late, Promise.all(due.map(image => image.decode().catch(() => {})))]);
        }"""
    )
    page.evaluate(_FRAME)


def axe_violations(page: Page) -> list[str]:
    """Return what axe-core finds, one line a place."""
    if page.evaluate("typeof axe === 'undefined'"):
        page.add_script_tag(path=str(AXE))
    found = page.evaluate("axe.run(document, { resultTypes: ['violations'] }).then(result => result.violations)")
    return [f"{v['id']}: {node['html'][:140]} ({node['failureSummary'][:200]})" for v in found for node in v["nodes"]]
