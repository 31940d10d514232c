"""`xaisite serve` as a whole process: builds, goes on from snapshots, and leaves nothing behind however it ends."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.site_files import write_site
from xaisite.run import place, resident
from xaisite.run.scratch import remove_leftovers
from xaisite.session.processes import find_descendants, is_gone

SLOW_S = 4.0
POST = """---
title: A post
description: D.
---

```{{python}}
import time
time.sleep({slow})
x = 20
```

```{{python}}
print("answer", x + {n})
```
"""


class Command:
    """A running preview of a site whose first cell is slow."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.post = root / "content/posts/a.md"
        self.page = root / ".xaisite/preview/posts/a/index.html"
        self.log = root.parent / "log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "xaisite", "serve", str(root), "--port", "0"],
                stderr=log,
                stdout=log,
                preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # ignored in shells' background jobs
            )

    def write(self, n: int) -> None:
        self.post.write_text(POST.format(slow=SLOW_S, n=n))

    def shows(self, text: str) -> bool:
        return self.page.is_file() and text in self.page.read_text()

    def wait_for(self, truth: Callable[[], bool], seconds: float = 60.0) -> float:
        """Return how long it took; fail when it takes too long."""
        start = time.monotonic()
        while not truth():
            assert time.monotonic() - start < seconds, self.log.read_text()
            assert self.process.poll() is None, self.log.read_text()
            time.sleep(0.01)
        return time.monotonic() - start


@pytest.fixture
def preview(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Command]:
    runtime = tempfile.mkdtemp(prefix="xr-")
    monkeypatch.setenv("XDG_RUNTIME_DIR", runtime)
    monkeypatch.delenv("CI", raising=False)
    root = write_site(tmp_path / "site", {"content/posts/a.md": POST.format(slow=SLOW_S, n=1)})
    command = Command(root)
    yield command
    command.process.kill()
    command.process.wait()
    resident.stop_resident()
    shutil.rmtree(runtime, ignore_errors=True)


def servers_and_sessions() -> list[int]:
    """Return the resident server, the processes that it forks from, and the sessions."""
    path = place.socket_path()
    control = resident.connect(path) if path else None
    if control is None:
        return []
    with control:
        return find_descendants(place._peer(control)[0])


def test_an_edit_of_the_last_cell_does_not_wait_for_the_slow_one(preview: Command) -> None:
    preview.wait_for(lambda: preview.shows("answer 21"))
    times = []
    for n in range(2, 5):
        preview.write(n)
        times.append(preview.wait_for(lambda n=n: preview.shows(f"answer {20 + n}")))
    assert min(times) < SLOW_S / 2, times


def test_a_file_outside_the_site_is_watched(preview: Command) -> None:
    data = preview.root.parent / "data.txt"
    data.write_text("first")
    preview.post.write_text(f"---\ntitle: A\n---\n\n```{{python}}\nprint(open({str(data)!r}).read())\n```\n")
    preview.wait_for(lambda: preview.shows("first"))
    time.sleep(0.5)
    data.write_text("second")
    preview.wait_for(lambda: preview.shows("second"), 20.0)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL], ids=["interrupted", "killed"])
@pytest.mark.parametrize("when", ["idle", "in a cell"])
def test_nothing_is_left(preview: Command, how: signal.Signals, when: str) -> None:
    if when == "idle":
        preview.wait_for(lambda: preview.shows("answer 21"))
    preview.wait_for(lambda: len(servers_and_sessions()) > 4)
    started = find_descendants(preview.process.pid)
    preview.process.send_signal(how)
    preview.process.wait(15)
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        left = [pid for pid in started if not is_gone(pid)]
        if not left and len(servers_and_sessions()) <= 2:
            break
        time.sleep(0.05)
    assert not left
    kept = servers_and_sessions()
    assert 1 <= len(kept) <= 2, "the resident server and the process that it forks from stay, nothing else"
    assert not any(is_gone(pid) for pid in kept), "a zombie"
    if how == signal.SIGINT:
        assert not list((preview.root / ".xaisite/scratch").glob("*"))
    else:
        remove_leftovers(str(preview.root / ".xaisite"))  # as the next build does
        assert not list((preview.root / ".xaisite/scratch").glob("*"))


def test_a_worker_that_dies_is_replaced(preview: Command) -> None:
    preview.wait_for(lambda: preview.shows("answer 21"))
    worker = next(pid for pid in find_descendants(preview.process.pid) if pid != preview.process.pid)
    os.kill(worker, signal.SIGKILL)
    preview.write(5)
    preview.wait_for(lambda: "error[serve-bug]: the build ended without a word" in preview.log.read_text(), 20.0)
    preview.write(6)
    preview.wait_for(lambda: preview.shows("answer 26"))


def test_a_machine_that_refuses_is_told_and_tried_again(tmp_path: Path) -> None:
    root = write_site(tmp_path / "site", {"content/posts/a.md": POST.format(slow=0, n=1), ".xaisite": "a file"})
    command = Command(root)
    try:
        command.wait_for(lambda: "error[serve-machine]: cannot keep state in" in command.log.read_text(), 20.0)
        (root / ".xaisite").unlink()
        command.write(2)
        command.wait_for(lambda: command.shows("answer 22"))
    finally:
        command.process.kill()
        command.process.wait()
        resident.stop_resident()
