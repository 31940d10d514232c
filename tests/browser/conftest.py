"""A real site, built by the command line, served under a path, and looked at in headless Chromium.

Without a Chromium these tests are skipped with a printed line; XAISITE_REQUIRE_BROWSER=1 makes that an error.
"""

from __future__ import annotations

import functools
import http.server
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.browsing import DESKTOP, HERE, Open, Seen, Visit, settle

UNDER = "/tour/"
PIECE = 400  # bytes of a page that arrives slowly ("?slow")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in Path(item.path).parents:
            item.add_marker(pytest.mark.browser)


class _Handler(http.server.SimpleHTTPRequestHandler):
    """Serves the site below a path, its 404 page, and a page in small pieces when asked with ``?slow``."""

    def translate_path(self, path: str) -> str:
        return super().translate_path("/" + path.removeprefix(UNDER)) if path.startswith(UNDER) else "/nonexistent"

    def do_GET(self) -> None:
        if not self.path.endswith("?slow"):
            super().do_GET()
            return
        page = (Path(self.translate_path(self.path)) / "index.html").read_bytes()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        for start in range(0, len(page), PIECE):
            self.wfile.write(page[start : start + PIECE])
            time.sleep(0.02)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        page = Path(self.directory, "404.html").read_bytes()
        self.send_response(code)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    site = tmp_path_factory.mktemp("browser") / "site"
    shutil.copytree(HERE / "site", site)
    for own in ("07-game.js", "07-game.json"):
        shutil.copy(HERE.parents[1] / "content" / "posts" / own, site / "content" / "posts")
    done = subprocess.run(
        [sys.executable, "-m", "xaisite", "build", str(site), "--strict"], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return site / "build"


@pytest.fixture(scope="session")
def base(built: Path) -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Handler, directory=str(built)))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}{UNDER}"
    server.shutdown()
    server.server_close()
    thread.join()


_SHIFTS = """
window.shifts = [];
new PerformanceObserver(list => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifts.push(
    [entry.value, entry.sources.map(source => source.node?.outerHTML?.slice(0, 120) || String(source.node))]);
}).observe({ type: "layout-shift", buffered: true });
"""


@pytest.fixture
def visit(browser: Browser, base: str) -> Iterator[Open]:
    """Open a page of the site: ``visit("posts/tour/", PHONE, scheme="dark", scripts=False, touch=True)``."""
    contexts = []

    def open_page(
        path: str, size: tuple[int, int] = DESKTOP, *, scheme: str = "light", scripts: bool = True, touch: bool = False,
        motion: str = "reduce", before: str = "",
    ) -> Visit:  # fmt: skip
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]}, color_scheme=scheme, java_script_enabled=scripts,
            has_touch=touch, reduced_motion=motion, permissions=["clipboard-read", "clipboard-write"],
        )  # fmt: skip
        contexts.append(context)
        context.set_default_timeout(8000)
        page = context.new_page()
        seen = Seen()
        page.on("console", lambda m: seen.problems.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: seen.problems.append(str(error)))
        page.on("request", lambda r: seen.foreign.append(r.url) if not r.url.startswith((base, "data:")) else None)
        page.on("response", lambda r: seen.responses.append(r))
        if scripts:
            page.add_init_script(_SHIFTS + before)
        page.goto(base + path)
        if scripts:
            settle(page)
        return Visit(page, seen)

    yield open_page
    for context in contexts:
        context.close()
