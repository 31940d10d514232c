"""The guide's sliders: the browser's predictions and Shapley values are scikit-learn's, to 1e-6, by mouse, key and button."""

from __future__ import annotations

import functools
import http.server
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from itertools import combinations
from math import factorial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import Browser, Page
from sklearn.ensemble import GradientBoostingClassifier

from tests.browser.browsing import axe_violations

GUIDE = Path(__file__).parents[2] / "content" / "posts"
POST = """---
title: Sliders
---

## Play

::: {.widget #sliders src=play_shap.js data=model.json}
A still text.
:::
"""
RANGES = {
    "income": [8, 120, 1], "spending": [0.4, 6, 0.1], "debt": [0, 0.95, 0.01], "late": [0, 6, 1],
    "tenure": [0, 40, 0.5], "age": [20, 69, 1], "account": [0, 9999, 1],
}  # fmt: skip


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def world() -> Iterator[tuple[Any, Any]]:
    sys.path.insert(0, str(GUIDE))
    try:
        import cast_credit
        import play_shap

        yield cast_credit, play_shap
    finally:
        sys.path.remove(str(GUIDE))


@pytest.fixture(scope="module")
def model(world: tuple[Any, Any]) -> GradientBoostingClassifier:
    past = world[0].make_applicants(600, 0)
    return GradientBoostingClassifier(n_estimators=25, random_state=0).fit(past, world[0].make_defaults(past, 0))


@pytest.fixture(scope="module")
def address(
    world: tuple[Any, Any], model: GradientBoostingClassifier, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    credit, play = world
    site = tmp_path_factory.mktemp("sliders") / "site"
    posts = site / "content" / "posts"
    posts.mkdir(parents=True)
    (site / "site.toml").write_text('[site]\ntitle = "T"\nbase_url = "https://example.org/"\n')
    (posts / "sliders.md").write_text(POST)
    shutil.copy(GUIDE / "play_shap.js", posts)
    start = credit.make_applicants(3, 100).iloc[:1]
    play.write_boosting(str(posts / "model.json"), model, start, credit.make_applicants(20, 500), RANGES)
    done = subprocess.run(
        [sys.executable, "-m", "xaisite", "build", str(site)], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=str(site / "build")))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/posts/sliders/"
    server.shutdown()
    server.server_close()


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.goto(address)
    page.wait_for_selector(".shap-play .row[data-value]")
    yield page
    context.close()


def _game(answer: Any, row: pd.DataFrame, background: pd.DataFrame) -> tuple[list[float], float]:
    """Shapley values by definition, and the mean over the background."""
    d = row.shape[1]
    earned = {}
    for size in range(d + 1):
        for members in combinations(range(d), size):
            mixed = background.copy()
            for j in members:
                mixed.isetitem(j, np.repeat(row.iloc[0, j], len(mixed)))
            earned[frozenset(members)] = float(np.mean(answer(mixed.astype("float32"))))
    weight = [factorial(k) * factorial(d - k - 1) / factorial(d) for k in range(d)]
    values = [sum(weight[len(s)] * (earned[s | {j}] - earned[s]) for s in earned if j not in s) for j in range(d)]
    return values, earned[frozenset()]


def _shown(page: Page) -> dict[str, Any]:
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    return page.evaluate("""() => ({
        values: [...document.querySelectorAll('.shap-play .row')].map(r => +r.dataset.value),
        truths: [...document.querySelectorAll('.shap-play .row')].map(r => +r.dataset.truth),
        row: [...document.querySelectorAll('.shap-play input')].map(i => +i.value),
        ...Object.fromEntries(Object.entries(document.querySelector('.shap-play').dataset).map(([k, v]) => [k + '_sum', +v])),
    })""")


def _compare(
    shown: dict[str, Any], row: pd.DataFrame, world: tuple[Any, Any], model: GradientBoostingClassifier
) -> None:
    background = world[0].make_applicants(20, 500)
    values, base = _game(model.decision_function, row, background)
    truths, _ = _game(world[0].log_odds, row, background)
    assert np.abs(np.array(shown["values"]) - values).max() < 1e-6
    assert np.abs(np.array(shown["truths"]) - truths).max() < 1e-6
    assert abs(shown["base_sum"] - base) < 1e-6
    assert abs(shown["full_sum"] - float(model.decision_function(row)[0])) < 1e-6
    assert np.abs(values).max() > 0.1  # a game in which nothing is at stake would prove nothing


def test_the_first_applicant_is_shown_as_python_has_it(page: Page, world: tuple[Any, Any], model: Any) -> None:
    _compare(_shown(page), world[0].make_applicants(3, 100).iloc[:1], world, model)


def test_keys_move_a_slider_and_all_values_follow(page: Page, world: tuple[Any, Any], model: Any) -> None:
    before = _shown(page)
    page.get_by_label("late").focus()
    for key in ("Home", "ArrowRight", "ArrowRight", "ArrowRight"):
        page.keyboard.press(key)
    page.get_by_label("debt").focus()
    page.keyboard.press("End")
    after = _shown(page)
    assert after["row"][3] == 3
    assert after["row"][2] == 0.95
    assert after["values"] != before["values"]
    row = pd.DataFrame([after["row"]], columns=list(RANGES)).astype("float32")
    _compare(after, row, world, model)


def test_buttons_put_whole_applicants_and_return(page: Page, world: tuple[Any, Any], model: Any) -> None:
    first = _shown(page)
    page.get_by_role("button", name="Another one").click()
    _compare(_shown(page), world[0].make_applicants(20, 500).iloc[:1], world, model)
    page.get_by_role("button", name="The first applicant").click()
    assert _shown(page)["values"] == first["values"]


def test_it_fits_a_phone_and_says_what_it_is(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert not page.locator(".widget-fallback").is_visible()
    slider = page.get_by_label("late")
    assert "contributes" in str(slider.get_attribute("aria-valuetext"))
    assert "a risk of" in page.get_by_role("status").inner_text()
    assert axe_violations(page) == []
