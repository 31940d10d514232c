"""The guide's results in git, if there are any, are those of its present text: `--frozen` finds every one of them."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from xaisite.pipeline.execute import execute_posts
from xaisite.pipeline.options import BuildOptions
from xaisite.pipeline.passes import load_request
from xaisite.report.progress_kinds import SilentProgress

ROOT = Path(__file__).parent.parent.parent


def test_the_results_in_git_are_up_to_date(tmp_path: Path) -> None:
    if not (ROOT / "results/traces").is_dir():
        print("\nthe guide has no results in git", file=sys.__stderr__)
        pytest.skip("the guide has no results in git")
    loaded = load_request(ROOT, BuildOptions(), SilentProgress())
    assert loaded.value is not None, loaded.diagnostics
    (tmp_path / "results").symlink_to(ROOT / "results")
    state = tmp_path / ".xaisite"  # nothing that only this machine knows
    done = execute_posts(replace(loaded.value, mode="frozen", state=state))
    stale = [f"{d.span.path}: {d.message}" for d in done.diagnostics if d.code == "result-missing"]
    assert stale == [], "run `make build` and commit results/"
