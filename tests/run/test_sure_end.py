"""Processes that try not to be ended, where no namespace ends them: whole trees, moving targets, orphans."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="orphans are collected on Linux")
LIFE_S = 30
"""After that all of these processes end by themselves, should the test fail."""

MOVING = """
import os, time
end = time.monotonic() + LIFE
for kind in ("sleep", "crowd", *["moving"] * 10, "sleep"):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            if kind == "sleep":
                os.execv("/bin/sleep", ["sleep", "LIFE"])
            for _ in range(6 if kind == "crowd" else 0):
                os.fork()
                time.sleep(0.02)
            while time.monotonic() < end:
                if kind == "crowd":
                    time.sleep(0.1)
                elif os.fork():
                    break  # it goes on in a child of itself
        os._exit(0)
while time.monotonic() < end:
    pass
"""

COLLECTOR = """
import os, signal, sys, time
from xaisite.session.jail import collect_orphans
from xaisite.session.processes import end_all_below_this
if IGNORES:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
collect_orphans()
if os.fork() == 0:
    os.setsid()
    exec(MOVING)
    os._exit(0)
time.sleep(0.15)
started = time.monotonic()
end_all_below_this()
print(time.monotonic() - started < 9)
"""

NO_ROOM = """
import os, random, resource, signal, time
import xaisite.session.observe
from xaisite.session.forkcall import plain_fork
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
os.setgid(54321)
os.setuid(54321)  # nobody else is this user: what this test starts is all that counts
if os.fork() == 0:
    time.sleep(0.5)
    os._exit(0)
resource.setrlimit(resource.RLIMIT_NPROC, (2, 2))
try:
    os.fork()
except BlockingIOError:
    print("full", flush=True)
print("child" if plain_fork() == 0 else "parent")
"""


def processes_with(mark: str) -> list[int]:
    """Return the processes that have this variable and still run."""
    found = []
    for place in Path("/proc").glob("[0-9]*/environ"):
        try:
            if mark.encode() in place.read_bytes():
                found.append(int(place.parent.name))
        except OSError:
            continue
    return found


@pytest.mark.parametrize("ignores", [True, False], ids=["nobody waits", "somebody waits"])
def test_nothing_is_left_below_a_process_that_collects_orphans(ignores: bool) -> None:
    mark = f"XAISITE_TEST_MARK={os.getpid()}-{ignores}"
    moving = MOVING.replace("LIFE", str(LIFE_S))
    code = COLLECTOR.replace("IGNORES", str(ignores)).replace("MOVING", repr(moving))
    name, _, value = mark.partition("=")
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, name: value},
        capture_output=True,
        text=True,
        timeout=40,
    )
    left = [pid for _ in range(20) for pid in processes_with(mark)]
    for pid in left:
        try:
            os.kill(pid, signal.SIGKILL)
        except OSError:
            continue
    assert done.stdout.split() == ["True"], done.stderr
    assert left == []


@pytest.mark.skipif(os.getuid() != 0, reason="to be another user needs root")
def test_a_fork_of_ours_waits_until_there_is_room() -> None:
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", NO_ROOM],
        cwd="/",
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=40,
    )
    assert sorted(done.stdout.split()) == ["child", "full", "parent"], done.stderr
    assert time.monotonic() - started >= 0.5
