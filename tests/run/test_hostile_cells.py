"""Cells that misbehave: each ends at its limit with one located error, leaves nothing running and harms nothing."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import pytest

from tests.engine.running_posts import Site, shown

GOOD = "print('unharmed')"


def descendants() -> set[int]:
    from xaisite.run.descendants import find_descendants

    return set(find_descendants(os.getpid())) - {os.getpid()}


def run_hostile(tmp_path: Path, code: str, *, timeout: float = 2.0, **execution: object) -> tuple[str, Site]:
    """Run a hostile post beside a good one; return the code of the one error."""
    site = Site(tmp_path / "site", timeout_s=timeout, **execution)
    (site.root / "content/source.txt").write_text("precious")
    site.put("hostile.md", ["x = 1", code, "print('never')"])
    site.put("good.md", [GOOD])
    before = descendants()
    done = site.execute(jobs=2)
    assert shown(done.value["content/good.md"]) == [["stdout: unharmed\n"]]
    hostile = done.value["content/hostile.md"]
    assert [c.status for c in hostile.cells] == ["ran", "failed", "not-run"], done.diagnostics
    assert len(done.diagnostics) == 1
    problem = done.diagnostics[0]
    block = site.posts["content/hostile.md"][0].cells[1].span
    assert problem.span is not None
    assert problem.span.path == "content/hostile.md"
    assert block.start <= problem.span.start < block.end
    time.sleep(0.2)
    assert descendants() <= before, "something is left running"
    assert (site.root / "content/source.txt").read_text() == "precious"
    assert not list((site.root / ".xaisite/scratch").glob("*")), "a scratch tree is left"
    return problem.code, site


HOSTILE = {
    "endless loop": ("while True: pass", "cell-timeout"),
    "sleep": ("import time; time.sleep(99)", "cell-timeout"),
    "ignoring SIGTERM": (
        "import signal, time\nfor s in (15, 2, 1): signal.signal(s, signal.SIG_IGN)\ntime.sleep(99)",
        "cell-timeout",
    ),
    "stopping itself": ("import os, signal; os.kill(os.getpid(), signal.SIGSTOP)", "cell-timeout"),
    "segmentation fault": ("import ctypes; ctypes.string_at(0)", "cell-died"),
    "leaving at once": ("import os; os._exit(0)", "cell-died"),
    "sys.exit": ("import sys; sys.exit(0)", "cell-error"),
    "keyboard interrupt": ("raise KeyboardInterrupt", "cell-error"),
    "closing what is open": ("import os; os.closerange(0, 64); print('x')", "cell-died"),
    "deep recursion": ("def f(): return f()\nf()", "cell-error"),
    "deep recursion in C": (
        "import sys; sys.setrecursionlimit(10**9)\ndef f(): return [f()]\nf()",
        "cell-died cell-error cell-memory cell-timeout",
    ),
    "killing its parent": (
        "import os, signal, time\nos.kill(os.getppid(), signal.SIGKILL); time.sleep(99)",
        "cell-timeout",
    ),
    "endless printing": ("while True: print('x' * 1000)", "cell-output-limit"),
    "daemon": (
        "import os, time\nif os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n        time.sleep(60)\n    os._exit(0)\nwhile True: pass",
        "cell-timeout",
    ),
    "writing in place": ("open('source.txt', 'w').write('lost')", "cell-error"),
    "writing through C": (
        "import ctypes, os\np = os.path.realpath('source.txt').encode()\nassert ctypes.CDLL(None, use_errno=True).open(p, 1) >= 0, 'refused'",
        "cell-error",
    ),
    "writing outside": ("import os; os.mkdir('/var/tmp/xaisite-was-here')", "cell-error"),
    "removing a source": ("import os; os.remove(os.path.realpath('source.txt'))", "cell-error"),
    "network": ("import socket; socket.create_connection(('192.0.2.1', 80), timeout=1)", "cell-error"),
    "killing everything": ("import os, signal, time; os.kill(-1, signal.SIGKILL); time.sleep(99)", "cell-timeout"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_it_ends_with_one_located_error(tmp_path: Path, name: str) -> None:
    code, expected = HOSTILE[name]
    assert run_hostile(tmp_path, code)[0] in expected.split()


def test_memory_is_limited(tmp_path: Path) -> None:
    code, _ = run_hostile(
        tmp_path, "x = []\nwhile True: x.append(bytearray(16 << 20))", timeout=30.0, memory_bytes=300 << 20
    )
    assert code in ("cell-memory", "cell-error")


def test_a_fork_bomb_ends(tmp_path: Path) -> None:
    code, _ = run_hostile(
        tmp_path, "import os\nwhile True:\n    try: os.fork()\n    except OSError: pass", timeout=20.0
    )
    assert code in ("cell-processes", "cell-timeout")


def test_a_file_bomb_ends(tmp_path: Path) -> None:
    code, _ = run_hostile(tmp_path, "i = 0\nwhile True:\n    open(f'f{i}', 'w').close(); i += 1", timeout=4.0)
    assert code in ("cell-disk", "cell-timeout")


def test_gigabytes_of_output_from_below_python(tmp_path: Path) -> None:
    code, _ = run_hostile(tmp_path, "import os\nb = b'x' * (1 << 20)\nwhile True: os.write(1, b)", timeout=20.0)
    assert code in ("cell-output-limit", "cell-disk")


def test_lying_reprs_do_no_harm(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.put(
        "post.md",
        [
            "class A:\n    def __repr__(self): raise ValueError('no')\nA()",
            "class B:\n    def __repr__(self): return 3\n    def _repr_html_(self): raise KeyError('no')\nB()",
            "class C:\n    def __getattr__(self, name): return lambda *a, **k: 1 / 0\nC()",
            "class D:\n    __slots__ = ()\n    def __eq__(self, o): raise OSError\n    def __bool__(self): raise OSError\n    __hash__ = None\nd = D(); d",
        ],
    )
    done = site.execute()
    assert not done.diagnostics
    assert "repr failed: ValueError" in shown(done.value["content/post.md"])[0][0]
    assert [c.status for c in site.execute().value["content/post.md"].cells] == ["reused"] * 4


def test_a_cell_writes_beside_its_post_into_the_scratch_tree(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.put("post.md", ["open('made.txt', 'w').write('hello');", "print(open('made.txt').read())"])
    done = site.execute()
    assert not done.diagnostics
    assert shown(done.value["content/post.md"])[1] == ["stdout: hello\n"]
    assert not (site.root / "content/made.txt").exists()
    assert [name for name, _ in done.value["content/post.md"].cells[0].files] == ["made.txt"]
    site.put("post.md", ["open('made.txt', 'w').write('other');", "print(open('made.txt').read())"])
    assert shown(site.execute().value["content/post.md"])[1] == ["stdout: other\n"]


def test_a_post_does_not_wait_for_another(tmp_path: Path) -> None:
    site = Site(tmp_path, timeout_s=3.0)
    site.put("slow.md", ["import time; time.sleep(99)"])
    site.put("quick.md", ["print(1)"])
    started = time.monotonic()
    finished: list[float] = []
    thread = threading.Thread(target=lambda: (site.execute(jobs=2), finished.append(time.monotonic() - started)))
    thread.start()
    thread.join(30)
    assert finished
    assert finished[0] < 15
