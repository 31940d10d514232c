"""The preview: how long an edit of the last cell behind a slow one takes to show; what a snapshot costs.

The preview is the real command; the page is watched on the disk. Snapshots are looked at in a build of this process.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

import corpus

from xaisite.pipeline.build import build
from xaisite.pipeline.options import BuildOptions
from xaisite.report.progress_kinds import SilentProgress
from xaisite.run.keeper import Keeper

SLOW_S = 10.0
_LIMIT_S = 180.0


def measure_preview(work: Path, runs: int) -> str:
    """Return a table of the preview."""
    shown = measure_edits(work / "preview", runs + 2)
    forks_ms, sizes = measure_snapshots(work / "snapshots")
    return (
        f"| preview | fastest (median) |\n|---|--:|\n"
        f"| last cell behind one of {SLOW_S:g} s: from saving to the page, s | {min(shown):.2f} ({statistics.median(shown):.2f}) |\n"
        f"| a snapshot with numpy, matplotlib, scikit-learn, shap: branch, ms | {min(forks_ms):.1f} ({statistics.median(forks_ms):.1f}) |\n"
        f"| its own memory, MB | {min(sizes):.1f} ({statistics.median(sizes):.1f}) |"
    )


def measure_edits(root: Path, runs: int) -> list[float]:
    """Return the seconds from an edit of the last cell to its number on the page."""
    post = root / "content/posts/slow.md"
    page = root / ".xaisite/preview/posts/slow/index.html"
    post.parent.mkdir(parents=True)
    (root / "site.toml").write_text('[site]\ntitle = "Bench"\n')

    def write(number: int) -> None:
        cells = [
            *corpus.cells_of(0)[:2],
            f"import time\ntime.sleep({SLOW_S})",
            f"print('shows', {number} + int(y[0]) * 0)",
        ]
        fences = "\n\n".join(f"```{{python}}\n{code}\n```" for code in cells)
        post.write_text(f"---\ntitle: Slow\ndescription: D.\n---\n\n{fences}\n")

    write(0)
    environ = {**os.environ, "CI": "1"}
    command = [sys.executable, "-m", "xaisite", "serve", str(root), "--port", "0"]
    preview = subprocess.Popen(command, env=environ, stderr=subprocess.DEVNULL)
    try:
        _wait_for(page, "shows 0")
        found = []
        for number in range(1, runs + 1):
            time.sleep(0.3)
            start = time.perf_counter()
            write(number)
            _wait_for(page, f"shows {number}\n")
            found.append(time.perf_counter() - start)
        return found
    finally:
        preview.terminate()
        preview.wait()


def _wait_for(page: Path, text: str) -> None:
    end = time.monotonic() + _LIMIT_S
    while time.monotonic() < end:
        if page.is_file() and text in page.read_text(encoding="utf-8"):
            return
        time.sleep(0.005)
    raise SystemExit(f"the preview never showed {text!r}")


def measure_snapshots(root: Path) -> tuple[list[float], list[float]]:
    """Return milliseconds of branching from a snapshot, and megabytes that each snapshot alone holds."""
    corpus.write_xaisite(root / "content/posts", 0)
    (root / "site.toml").write_text('[site]\ntitle = "Bench"\n')
    os.environ["CI"] = "1"
    keeper = Keeper()
    try:
        result = build(root, BuildOptions(), SilentProgress(), keeper)
        if not result.ok:
            raise SystemExit(str(result.diagnostics))
        sizes = [size / 2**20 for size in keeper.sizes().values()]
        forks_ms = []
        session = next(iter(keeper._sessions.values()))
        for snapshot in list(session.snapshots.values()) * 4:
            start = time.perf_counter()
            branched = snapshot.live.branch()
            forks_ms.append((time.perf_counter() - start) * 1000)
            if branched is not None:
                branched.end()
        return forks_ms, sizes
    finally:
        keeper.close()
