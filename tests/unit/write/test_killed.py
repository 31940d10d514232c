"""The writer killed, or out of disk, at its system calls, one after the other: the old site or the new one, never less.

Real kernel faults through strace. A sample runs always, every point under `slow`.
"""

from __future__ import annotations

import runpy
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from xaisite.model.output import MARKER, STAGING
from xaisite.write.observe import observe_output

DRIVER = Path(__file__).with_name("kill_driver.py")
_SITES = runpy.run_path(str(DRIVER))
OLD: dict[str, bytes] = _SITES["OLD"]
NEW: dict[str, bytes] = _SITES["NEW"]
BUILD = _SITES["build"]
ROOT = Path(__file__).parents[3]
CALLS = (
    "mkdir",
    "link",
    "linkat",
    "openat",
    "write",
    "rename",
    "renameat",
    "renameat2",
    "unlink",
    "unlinkat",
    "rmdir",
    "mkdirat",
    "chmod",
)
REFUSED = ("-e", "inject=renameat2:error=EINVAL")
STRACE = shutil.which("strace")


@pytest.fixture(autouse=True)
def _strace() -> None:
    if STRACE is None:
        print("skipped: strace is not installed, so the writer cannot be killed half-way")
        pytest.skip("strace is not installed")


def run(output: Path, site: str, *options: str) -> subprocess.CompletedProcess[str]:
    command = [str(STRACE), "-f", "--quiet=all", *options, sys.executable, str(DRIVER), str(output), site]
    env = {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", "PYTHONHASHSEED": "0", "LC_ALL": "C"}
    return subprocess.run(command, env=env, capture_output=True, text=True, timeout=60, check=False)


def start(tmp_path: Path, name: str) -> Path:
    """Make an old site with a file of somebody else in it, and a mirror beside it."""
    output = tmp_path / name / "build"
    BUILD(str(output), OLD)
    (output / "CNAME").write_text("theirs")
    return output


def content(output: Path) -> dict[str, bytes]:
    return {
        str(p.relative_to(output)): p.read_bytes()
        for p in output.rglob("*")
        if p.is_file() and p.name != MARKER and p.relative_to(output).parts[0] != STAGING
    }


Point = tuple[str, int]
"""A system call and its number among the calls of the same name: strace counts each name apart."""


def points_of(tmp_path: Path, extra: tuple[str, ...] = ()) -> list[Point]:
    """Return every call of the build itself: from the mark on, without the one that is refused anyway."""
    output, log = start(tmp_path, "counted"), tmp_path / "log"
    done = run(output, "new", "-o", str(log), "-e", f"trace={','.join(CALLS)},access", *extra)
    assert done.returncode == 0, done.stderr
    names = [line.split(maxsplit=1)[1] for line in log.read_text().splitlines() if "(" in line]
    mark = next(i for i, line in enumerate(names) if "xaisite-begin" in line)
    counts: Counter[str] = Counter()
    points: list[Point] = []
    for number, line in enumerate(names):
        name = line.split("(")[0]
        counts[name] += 1
        if number > mark and name in CALLS and not (extra and name == "renameat2"):
            points.append((name, counts[name]))
    return points


def sample(points: list[Point], size: int) -> list[Point]:
    """Return ``size`` points spread over all, the last third (where things are swapped) twice as densely."""
    late = points[2 * len(points) // 3 :]
    early = points[: 2 * len(points) // 3]
    half = size // 2
    return early[:: max(1, len(early) // half)][:half] + late[:: max(1, len(late) // half)][:half]


def check_recovery(output: Path, *, atomic: bool) -> bool:
    """Check what stands after a fault, and that the next build makes it good; return whether it was the new site."""
    theirs = {"CNAME": b"theirs"}
    found = content(output)
    if atomic:
        assert found in (OLD | theirs, NEW | theirs)
        seen = observe_output(str(output))
        assert seen.files.keys() == (found.keys() - theirs.keys())
    else:
        observe_output(str(output))  # the next build finishes a journal first
        assert content(output) in (OLD | theirs, NEW | theirs)
        assert not (output / STAGING).exists()
    BUILD(str(output), NEW)
    assert content(output) == NEW | theirs
    side = output.parent / ".build.xaisite"
    left = sorted(p.name for p in side.iterdir())
    assert [name for name in left if not name.startswith("live-")] in (
        [".gitignore", "next", "next.json"],
        [".gitignore"],
    )
    assert not [name for name in left if name.endswith(".tmp")]
    if (side / "next").exists():
        assert content(side / "next") == NEW | theirs
    return found == NEW | theirs


def campaign(tmp_path: Path, fault: str, points: list[Point], extra: tuple[str, ...] = ()) -> set[bool]:
    outcomes = set()
    for point in points:
        call, number = point
        output = start(tmp_path, f"{call}-{number}")
        done = run(
            output, "new", *extra, "-e", f"trace={','.join(CALLS)}", "-e", f"inject={call}:{fault}:when={number}"
        )
        if fault == "signal=SIGKILL":
            assert done.returncode == -9, (point, done.stderr)
        else:
            assert done.returncode in (0, 40, 41), (point, done.stderr)
            assert "Traceback" not in done.stderr
        outcomes.add(check_recovery(output, atomic=not extra))
        shutil.rmtree(output.parent)
    return outcomes


def test_killed_while_swapping(tmp_path):
    assert campaign(tmp_path, "signal=SIGKILL", sample(points_of(tmp_path), 10)) == {False, True}


def test_disk_full_while_swapping(tmp_path):
    assert campaign(tmp_path, "error=ENOSPC", sample(points_of(tmp_path), 8)) == {False, True}


def test_killed_while_writing_in_place(tmp_path):
    campaign(tmp_path, "signal=SIGKILL", sample(points_of(tmp_path, REFUSED), 10), REFUSED)


def test_disk_full_while_writing_in_place(tmp_path):
    campaign(tmp_path, "error=ENOSPC", sample(points_of(tmp_path, REFUSED), 6), REFUSED)


@pytest.mark.slow
@pytest.mark.parametrize("fault", ["signal=SIGKILL", "error=ENOSPC", "error=EIO"])
def test_every_call_of_a_swap(tmp_path, fault):
    assert campaign(tmp_path, fault, points_of(tmp_path)) == {False, True}


@pytest.mark.slow
@pytest.mark.parametrize("fault", ["signal=SIGKILL", "error=ENOSPC", "error=EIO"])
def test_every_call_in_place(tmp_path, fault):
    campaign(tmp_path, fault, points_of(tmp_path, REFUSED), REFUSED)
