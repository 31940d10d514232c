"""A post dated in the future is a draft until then, also for builds that find nothing else changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

import xaisite
from xaisite.load.clock import read_now
from xaisite.pipeline.options import BuildOptions

Make = Callable[..., Path]
BEFORE = BuildOptions(now=datetime(2024, 5, 31, 23, 59, 59, tzinfo=UTC))
AFTER = BuildOptions(now=datetime(2024, 6, 1, tzinfo=UTC))


def test_it_waits_for_its_date_and_goes_again(make_site: Make) -> None:
    root = make_site(
        {
            "content/posts/old.md": "---\ntitle: Old\ndate: 2024-01-01\n---\n\nText.\n",
            "content/posts/next.md": "---\ntitle: Next\ndate: 2024-06-01\n---\n\nText.\n",
        }
    )
    page = root / "build/posts/next/index.html"
    waiting = xaisite.build_site(root, BEFORE)
    assert [(d.code, d.span.path if d.span else "") for d in waiting.diagnostics] == [
        ("date-future", "content/posts/next.md")
    ]
    assert not page.exists()
    assert "Next" not in (root / "build/posts/index.html").read_text(encoding="utf-8")

    assert xaisite.build_site(root, BEFORE).rendered == ()
    assert xaisite.build_site(root, AFTER).diagnostics == ()
    assert page.exists()
    assert xaisite.build_site(root, AFTER).rendered == ()

    xaisite.build_site(root, BEFORE)
    assert not page.exists()

    assert xaisite.build_site(root, replace(BEFORE, drafts=True)).diagnostics == ()
    assert page.exists()


@pytest.mark.parametrize(("told", "year"), [("0", 1970), ("1717200000", 2024), ("99999999999999", 9999)])
def test_source_date_epoch_stands_for_the_clock(told: str, year: int) -> None:
    assert read_now({"SOURCE_DATE_EPOCH": told}).year == year


@pytest.mark.parametrize("environ", [{}, {"SOURCE_DATE_EPOCH": "soon"}])
def test_else_the_clock_is_read(environ: dict[str, str]) -> None:
    assert abs((read_now(environ) - datetime.now(UTC)).total_seconds()) < 60
