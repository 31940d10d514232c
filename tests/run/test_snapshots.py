"""Sessions kept between the builds of a preview: an edit goes on from the last snapshot before it, and never a stale one."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.engine.running_posts import Site, shown
from xaisite.run.keeper import Keeper
from xaisite.session.processes import find_descendants


class LiveSite(Site):
    """A site whose builds share a keeper, as those of a preview do."""

    def __init__(self, root: Path, keeper: Keeper, **execution: Any) -> None:
        super().__init__(root, **execution)
        self.keeper = keeper

    def said(self) -> list[list[str]]:
        done = self.execute()
        assert not [d for d in done.diagnostics if d.is_error], done.diagnostics
        return shown(done.value["content/a.md"])


@pytest.fixture
def keeper() -> Iterator[Keeper]:
    before = set(find_descendants(os.getpid()))
    made = Keeper()
    yield made
    made.close()
    time.sleep(0.1)
    assert set(find_descendants(os.getpid())) <= before, "something is left running"


def count_of(keeper: Keeper) -> int:
    return sum(len(session.snapshots) for session in keeper._sessions.values())


SLOW = "import time; time.sleep(3)\nslow = 42"


def test_an_edit_behind_a_slow_cell_does_not_wait_for_it(tmp_path: Path, keeper: Keeper) -> None:
    site = LiveSite(tmp_path / "site", keeper)
    site.put("a.md", ["import json", SLOW, "print(slow)"])
    site.said()
    for n in range(3):
        site.put("a.md", ["import json", SLOW, f"print(slow + {n})"])
        start = time.monotonic()
        assert site.said()[2] == [f"stdout: {42 + n}\n"]
        assert time.monotonic() - start < 2.0, "the slow cell was run again"
    assert site.ran() == []


def test_what_cannot_be_saved_on_disk_is_kept_too(tmp_path: Path, keeper: Keeper) -> None:
    site = LiveSite(tmp_path / "site", keeper)
    slow = SLOW + "\ng = (n for n in range(9)); next(g)"
    site.put("a.md", [slow, "print(next(g))"])
    assert site.said()[1] == ["stdout: 1\n"]
    site.put("a.md", [slow, "print(next(g), 'again')"])
    start = time.monotonic()
    assert site.said()[1] == ["stdout: 1 again\n"], "the snapshot was dirtied by the run before"
    assert time.monotonic() - start < 2.0


def test_an_edit_in_the_middle_keeps_what_follows(tmp_path: Path, keeper: Keeper) -> None:
    site = LiveSite(tmp_path / "site", keeper)
    site.put("a.md", ["a = 1", "print('plot')", SLOW, "print(slow, a)"])
    site.said()
    site.put("a.md", ["a = 1", "print('another plot')", SLOW, "print(slow, a)"])
    assert site.ran() == ["cell-2"]
    site.put("a.md", ["a = 1", "print('another plot')", SLOW, "print(slow, a, '!')"])
    start = time.monotonic()
    assert site.said()[3] == ["stdout: 42 1 !\n"]
    assert time.monotonic() - start < 2.0, "the snapshot behind the edited plot was lost"


def test_a_failed_cell_leaves_its_snapshot_clean(tmp_path: Path, keeper: Keeper) -> None:
    site = LiveSite(tmp_path / "site", keeper)
    site.put("a.md", [SLOW + "; found = []", "found.append(1); print(found)"])
    site.said()
    site.put("a.md", [SLOW + "; found = []", "found.append(2); boom"])
    assert [d.code for d in site.execute().diagnostics] == ["cell-error"]
    site.put("a.md", [SLOW + "; found = []", "found.append(3); print(found)"])
    start = time.monotonic()
    assert site.said()[1] == ["stdout: [3]\n"]
    assert time.monotonic() - start < 2.0


def test_a_cell_that_is_ended_takes_nothing_else_with_it(tmp_path: Path, keeper: Keeper) -> None:
    site = LiveSite(tmp_path / "site", keeper, timeout_s=5.0)
    site.put("a.md", [SLOW, "print(slow)"])
    site.said()
    site.put("a.md", [SLOW, "while True: pass"])
    assert [d.code for d in site.execute().diagnostics] == ["cell-timeout"]
    site.put("a.md", [SLOW, "print(slow, 'again')"])
    start = time.monotonic()
    assert site.said()[1] == ["stdout: 42 again\n"]
    assert time.monotonic() - start < 2.0


def test_written_files_are_those_of_the_state(tmp_path: Path, keeper: Keeper) -> None:
    site = LiveSite(tmp_path / "site", keeper)
    (site.root / "content/source.txt").write_text("one")
    first = "open('kept.txt', 'w').write('kept')"
    listing = "import os; print(sorted(n for n in os.listdir() if n.endswith('.txt')), open('kept.txt').read())"
    site.put(
        "a.md",
        [first, "x = 1", "import os\nopen('kept.txt', 'w').write('lost'); os.mkdir('later')\nos.remove('source.txt')"],
    )
    site.said()
    site.put("a.md", [first, "x = 1", listing])
    assert site.said()[2] == ["stdout: ['kept.txt', 'source.txt'] kept\n"]
    (site.root / "content/new.txt").write_text("new")
    assert site.said()[2] == ["stdout: ['kept.txt', 'new.txt', 'source.txt'] kept\n"]
    site.put("a.md", [first, "x = 1", listing, "print(open('source.txt').read(), os.getcwd() == os.path.abspath('.'))"])
    assert site.said()[3] == ["stdout: one True\n"]


def test_a_snapshot_whose_past_read_something_else_is_not_used(tmp_path: Path, keeper: Keeper) -> None:
    """What a cell read is remembered by the process in ways that no digest of values shows."""
    site = LiveSite(tmp_path / "site", keeper)
    (site.root / "content/data.txt").write_text("old")
    read = "import functools\n@functools.cache\ndef read():\n    return open('data.txt').read()\nx = len(read())"
    site.put("a.md", [read, "y = 1", "print(read())"])
    assert site.said()[2] == ["stdout: old\n"]
    (site.root / "content/data.txt").write_text("new")
    site.put("a.md", [read, "y = 1", "print(read(), '!')"])
    assert site.said()[2] == ["stdout: new !\n"]


def test_a_module_that_was_edited_is_imported_again(tmp_path: Path, keeper: Keeper) -> None:
    site = LiveSite(tmp_path / "site", keeper)
    module = site.root / "content/helper.py"
    module.write_text("def f(): return 1\ndef g(): return 'old'\n")
    site.put("a.md", ["from helper import f", "y = f()", "print(y)"])
    site.said()
    module.write_text("def f(): return 1\ndef g(): return 'new'\n")
    site.put("a.md", ["from helper import f", "y = f()", "import helper; print(y, helper.g())"])
    assert site.said()[2] == ["stdout: 1 new\n"]


NO_SNAPSHOT = {
    "an open file": ("x = open('data.txt')", "print(next(x).strip())", "first"),
    "a thread": ("import threading\nx = threading.Event()\nthreading.Thread(target=x.wait, daemon=True).start()", "print(x.is_set())", "False"),
    "shared memory": ("import mmap\nx = mmap.mmap(-1, 8)", "x[0] += 1; print(x[0])", "1"),
    "a process": ("import subprocess\nx = subprocess.Popen(['sleep', '60'])", "print(x.poll())", "None"),
}  # fmt: skip


@pytest.mark.parametrize("name", NO_SNAPSHOT)
def test_what_a_fork_would_share_is_run_again_instead(tmp_path: Path, keeper: Keeper, name: str) -> None:
    site = LiveSite(tmp_path / "site", keeper)
    (site.root / "content/data.txt").write_text("first\nsecond\n")
    made, used, shows = NO_SNAPSHOT[name]
    for n in range(3):
        site.put("a.md", ["z = 1", made, f"{used}; n = {n}"])
        assert "".join(site.said()[2]) == f"stdout: {shows}\n"


def test_memory_is_bounded_the_least_used_go_first(tmp_path: Path) -> None:
    keeper = Keeper(budget_bytes=60 << 20)
    try:
        site = LiveSite(tmp_path / "site", keeper)
        cells = [
            "import json",
            "a = bytearray(40 << 20)",
            *(f"a[::4096] = bytes([{n}]) * len(a[::4096])" for n in range(1, 5)),
            "print(1)",
        ]
        site.put("a.md", cells)
        site.said()
        assert keeper._size() <= 60 << 20
        assert 0 < count_of(keeper) < len(cells)
        site.put("a.md", [*cells[:-1], "print(2)"])
        assert site.said()[-1] == ["stdout: 2\n"]
    finally:
        keeper.close()


def test_other_imports_other_variables_and_gone_posts_end_sessions(tmp_path: Path, keeper: Keeper) -> None:
    site = LiveSite(tmp_path / "site", keeper)
    site.put("a.md", ["import numpy", "print(1)"])
    site.put("b.md", ["print(2)"])
    site.execute()
    assert set(keeper._sessions) == {"content/a.md", "content/b.md"}
    root = keeper._sessions["content/a.md"].root.pid
    site.put("a.md", ["import json", "print(1)"])
    site.posts.pop("content/b.md")
    site.execute()
    assert set(keeper._sessions) == {"content/a.md"}
    assert keeper._sessions["content/a.md"].root.pid != root, "a module that is not imported any more was still there"


def test_parallel_libraries_go_on_from_snapshots(tmp_path: Path, keeper: Keeper) -> None:
    site = LiveSite(tmp_path / "site", keeper, timeout_s=60.0)
    fit = (
        "from sklearn.cluster import KMeans\nfrom sklearn.ensemble import HistGradientBoostingRegressor as H\n"
        "import numpy as np\nr = np.random.default_rng(0).normal(size=(2000, 4))\n"
        "k = KMeans(3, n_init=1, random_state=0).fit(r); h = H(max_iter=3).fit(r, r[:, 0])"
    )
    for n in range(2):
        site.put("a.md", [fit, f"k2 = KMeans(3, n_init=1, random_state={n}).fit(r); h.predict(r); print({n})"])
        assert site.said()[1] == [f"stdout: {n}\n"]
