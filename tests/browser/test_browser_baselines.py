"""The guide's switch of baselines: what its script counts is what Python counts, by mouse and by keyboard."""

from __future__ import annotations

import functools
import http.server
import json
import threading
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Page

MODULE = Path(__file__).parents[2] / "content" / "posts" / "baselines.js"
SIDE, REGION = 48, (39, 46, 31, 45)
NAMES, NETWORKS = ("black", "grey", "white"), ("confounded", "control")
PAGE = """<!doctype html><title>t</title><main></main><script type="module">
import start from "./baselines.js";
const data = await (await fetch("data.json")).json();
await start(document.querySelector("main"), { data, fallback: null, theme: () => "light" });
document.body.dataset.ready = "yes";
</script>"""


def _pack(values: np.ndarray) -> str:
    return b64encode(values.astype("<f4").tobytes()).decode()


@pytest.fixture(scope="module")
def maps() -> dict[tuple[str, str], np.ndarray]:
    rng = np.random.default_rng(0)
    return {(b, n): rng.normal(scale=0.02, size=(SIDE, SIDE)).astype("f4") for b in NAMES for n in NETWORKS}


@pytest.fixture
def switch(browser: Browser, tmp_path: Path, maps: dict[tuple[str, str], np.ndarray]) -> Iterator[Page]:
    """The widget alone on a page."""
    flat = _pack(np.full((SIDE, SIDE), 0.5))
    baselines = [
        {
            "name": b,
            "picture": flat,
            "maps": {n: _pack(maps[b, n]) for n in NETWORKS},
            "outputs": dict.fromkeys(NETWORKS, 0.0),
        }
        for b in NAMES
    ]
    data = {
        "side": SIDE,
        "region": REGION,
        "picture": flat,
        "outputs": dict.fromkeys(NETWORKS, 1.0),
        "baselines": baselines,
    }
    (tmp_path / "data.json").write_text(json.dumps(data))
    (tmp_path / "baselines.js").write_bytes(MODULE.read_bytes())
    (tmp_path / "index.html").write_text(PAGE)

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(tmp_path)))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    page = browser.new_page()
    page.set_default_timeout(8000)
    page.goto(f"http://127.0.0.1:{server.server_port}/index.html")
    page.wait_for_selector("body[data-ready]")
    yield page
    page.close()
    server.shutdown()
    server.server_close()


def _counted(page: Page) -> tuple[float, float]:
    shown = page.locator("output")
    return float(shown.get_attribute("data-sum") or "nan"), float(shown.get_attribute("data-share") or "nan")


def _expected(values: np.ndarray) -> tuple[float, float]:
    top, bottom, left, right = REGION
    exact = values.astype(np.float64)
    positive = np.maximum(exact, 0)
    return float(exact.sum()), float(positive[top:bottom, left:right].sum() / positive.sum())


def test_every_choice_counts_what_python_counts(switch: Page, maps: dict[tuple[str, str], np.ndarray]) -> None:
    for (baseline, network), values in maps.items():
        switch.get_by_label(baseline, exact=True).check()
        switch.get_by_label(network, exact=True).check()
        assert _counted(switch) == pytest.approx(_expected(values), abs=1e-6)


def test_the_switch_works_by_keyboard_alone(switch: Page, maps: dict[tuple[str, str], np.ndarray]) -> None:
    switch.keyboard.press("Tab")
    switch.keyboard.press("ArrowRight")
    assert _counted(switch) == pytest.approx(_expected(maps["grey", "confounded"]), abs=1e-6)
    switch.keyboard.press("Tab")
    switch.keyboard.press("ArrowRight")
    assert _counted(switch) == pytest.approx(_expected(maps["grey", "control"]), abs=1e-6)
    assert "4.3 % of the area" in switch.inner_text("output")


def test_the_map_is_painted_anew(switch: Page) -> None:
    def pixels() -> list[int]:
        found: list[int] = switch.evaluate(
            "[...document.querySelectorAll('canvas')[2].getContext('2d').getImageData(0, 0, 48, 48).data]"
        )
        return found

    before = pixels()
    switch.get_by_label("white", exact=True).check()
    assert pixels() != before
