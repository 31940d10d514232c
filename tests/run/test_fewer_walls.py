"""The same hostile cells for an ordinary user, and where the kernel refuses namespaces and Landlock: each still ends.

All posts of a case run in one site, so that each is also one of the others that must not be harmed.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest

from tests.run.hostile import HOSTILE, MARK
from tests.run.lesser import NOBODY
from xaisite.run.walls import describe_missing

ROOT = Path(__file__).parent.parent.parent
pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or platform.machine() != "x86_64",
    reason="the filter of system calls is for x86-64 Linux",
)
NEEDS_ITS_OWN_PROCESSES = {"killing everything"}  # it would end whoever runs this test
NEEDS_LANDLOCK = {"writing through C", "writing outside", "network"}
ALONE = "fork bomb"
"""Without namespaces processes are counted for a user: until it is ended, other cells may be unable to start any."""
CASES = {
    "ordinary user": (["user"], set()),
    "ordinary user, no namespaces": (["user", "unshare"], NEEDS_ITS_OWN_PROCESSES),
    "ordinary user, no namespaces, no Landlock": (
        ["user", "unshare", "landlock"],
        NEEDS_ITS_OWN_PROCESSES | NEEDS_LANDLOCK,
    ),
    "no namespaces": (["unshare"], NEEDS_ITS_OWN_PROCESSES),
}
SEEN_IN_FULL_RUNS = ("ordinary user, no namespaces", "no namespaces")


def run_case(folder: Path, less: list[str], names: list[str]) -> dict[str, Any]:
    command = [sys.executable, str(ROOT / "tests/run/lesser.py"), *less, "--"]
    command += [sys.executable, "-m", "tests.run.hostile", str(folder), *names]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "PYTHONDONTWRITEBYTECODE": "1",
            "XAISITE_TEST_DAEMONS": MARK,
        },
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return dict(json.loads(done.stdout.splitlines()[-1]))


@pytest.mark.parametrize(
    "case", [pytest.param(case, marks=pytest.mark.slow) if case in SEEN_IN_FULL_RUNS else case for case in CASES]
)
def test_every_hostile_cell_ends(case: str) -> None:
    less, left_out = CASES[case]
    if "user" in less and os.getuid() != 0:
        less = [part for part in less if part != "user"]  # we are one already
    names = [name for name in HOSTILE if name not in left_out]
    together = [name for name in names if name != ALONE or "unshare" not in less]
    check_all_end(less, together)
    if together != names:
        check_all_end(less, [ALONE])


def check_all_end(less: list[str], names: list[str]) -> None:
    """Run these cells in one site; each must end with its error and leave nothing behind."""
    folder = Path(tempfile.mkdtemp())
    try:
        if "user" in less:
            os.chown(folder, NOBODY, NOBODY)
        found = run_case(folder, less, names)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if "user" in less:
        assert found["uid"] == NOBODY
    assert found["good"] == [["stdout: unharmed\n"]]
    assert {tuple(statuses[1:]) for statuses in found["posts"].values()} == {("failed", "not-run")}, found
    expected = {f"content/{n.replace(' ', '-')}.md": code_in(n, less).split() for n in names}
    codes = dict(found["codes"])
    assert {path: code for path, code in codes.items() if code not in expected[path]} == {}
    assert found["problems"] == len(names), "one error each"
    assert found["left"] == []
    assert not stray_daemons()
    assert found["source"] == "precious"
    assert found["scratch"] == []
    said = found["missing"]
    assert ("other processes" in said) == ("unshare" in less), said
    assert ("write wherever you can" in said) == ("landlock" in less), said


def code_in(name: str, less: list[str]) -> str:
    """Return the code of a cell here: without processes of its own it reaches the first one, or Landlock forbids it."""
    if name == "killing its parent" and "unshare" in less:
        return "cell-died" if "landlock" in less else "cell-error"
    return HOSTILE[name][1]


def stray_daemons() -> list[str]:
    """Return the daemons of these hostile cells that still run, wherever they hang."""
    found = []
    for place in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            command = place.read_bytes()
        except OSError:
            continue
        if command in (f"sleep\x00{MARK}{digit}\x00".encode() for digit in (1, 2, 3)):
            found.append(command.decode())
    return found


def test_what_is_missing_is_said() -> None:
    everything = ("processes", "mounts", "network", "process count", "shared memory", "memory", "writes")
    assert describe_missing(everything, network=False) == ()
    assert describe_missing(set(everything) - {"network"}, network=True) == ()
    assert "cells reach the network" in describe_missing(set(everything) - {"network"}, network=False)
    assert describe_missing({*everything, "TCP"} - {"network"}, network=False) == (
        "cells reach the network, except by TCP",
    )
    assert "signal them" in describe_missing(("memory",), network=False)[0]
    assert "signal them" not in describe_missing(("memory", "signals"), network=False)[0]
