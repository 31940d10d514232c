"""Fixtures for all tests: sites, and one browser per process (Playwright allows no second)."""

from __future__ import annotations

import atexit
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from tests.site_files import write_site

settings.register_profile("unhurried", settings(settings.default, deadline=None))  # a busy machine breaks no law
settings.load_profile("unhurried")

# a fork server that the developer left running is none of the tests' business
os.environ["XDG_RUNTIME_DIR"] = tempfile.mkdtemp(prefix="xr-")
atexit.register(shutil.rmtree, os.environ["XDG_RUNTIME_DIR"], ignore_errors=True)


@pytest.fixture
def make_site(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that writes a site and gives its folder."""
    count = 0

    def make(files: Mapping[str, str | bytes]) -> Path:
        nonlocal count
        count += 1
        return write_site(tmp_path / f"site{count}", files)

    return make


AXE = Path(__file__).parent.parent / "node_modules/axe-core/axe.min.js"


def find_chromium() -> str | None:
    named = os.environ.get("XAISITE_CHROMIUM")
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
    return named or next(filter(None, map(shutil.which, names)), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Return headless Chromium; without one, skip with a printed line (XAISITE_REQUIRE_BROWSER=1: fail)."""
    program = find_chromium()
    missing = (
        "no Chromium found" if program is None else "" if AXE.is_file() else "axe-core is not installed (make setup)"
    )
    if missing:
        if os.environ.get("XAISITE_REQUIRE_BROWSER") == "1":
            pytest.fail(f"{missing}, and XAISITE_REQUIRE_BROWSER=1")
        print(f"\nbrowser tests skipped: {missing}", file=sys.__stderr__)
        pytest.skip(missing)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        yield chromium
        chromium.close()
