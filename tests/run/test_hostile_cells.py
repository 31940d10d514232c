"""Cells that misbehave: each ends at its limit with one located error, leaves nothing running and harms nothing."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import pytest

from tests.engine.running_posts import Site, shown
from tests.run.hostile import HOSTILE, MEMORY_BYTES, put_hostile
from xaisite.run.disk import is_flooded, room_for_session
from xaisite.session.processes import find_descendants


def descendants() -> set[int]:
    return set(find_descendants(os.getpid())) - {os.getpid()}


@pytest.mark.parametrize("name", HOSTILE)
def test_it_ends_with_one_located_error(tmp_path: Path, name: str) -> None:
    site = Site(tmp_path / "site", memory_bytes=MEMORY_BYTES)
    (site.root / "content/source.txt").write_text("precious")
    path = put_hostile(site, name, timeout_s=2.0)
    site.put("good.md", ["print('unharmed')"])
    before = descendants()
    done = site.execute(jobs=2)
    assert shown(done.value["content/good.md"]) == [["stdout: unharmed\n"]]
    assert [c.status for c in done.value[path].cells] == ["ran", "failed", "not-run"], done.diagnostics
    assert len(done.diagnostics) == 1
    problem = done.diagnostics[0]
    block = site.posts[path][0].cells[1].span
    assert problem.span is not None
    assert problem.span.path == path
    assert block.start <= problem.span.start < block.end
    time.sleep(0.2)
    assert descendants() <= before, "something is left running"
    assert (site.root / "content/source.txt").read_text() == "precious"
    assert not list((site.root / ".xaisite/scratch").glob("*")), "a scratch tree is left"
    assert problem.code in HOSTILE[name][1].split(), problem


def test_many_files_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("xaisite.run.disk._MOST_FILES", 2000)
    site = Site(tmp_path)
    site.put(
        "post.md", [("i = 0\nwhile True:\n    open(f'f{i}', 'w').close(); i += 1", {"observed": {"timeout_s": 120.0}})]
    )
    assert [d.code for d in site.execute().diagnostics] == ["cell-disk"]


def test_files_without_a_name_count(tmp_path: Path) -> None:
    with (tmp_path / "gone").open("wb") as file:
        os.unlink(tmp_path / "gone")
        assert not is_flooded(str(tmp_path), 1 << 20, [os.getpid()])
        file.write(b"x" * (2 << 20))
        file.flush()
        assert is_flooded(str(tmp_path), 1 << 20, [os.getpid()])


def test_a_session_may_take_half_of_what_is_free(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small = os.statvfs_result((4096, 4096, 1000, 900, 800, 1, 1, 1, 0, 255))
    monkeypatch.setattr(os, "statvfs", lambda _: small)
    assert room_for_session(str(tmp_path)) == 400 * 4096


def test_closing_the_standard_streams_does_no_harm(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.put("post.md", ["import os\nos.close(0); os.close(1); os.close(2)\nprint('still')", "os.write(1, b'here');"])
    done = site.execute()
    assert not done.diagnostics
    assert [cell[0] for cell in shown(done.value["content/post.md"])] == ["stdout: still\n", "stdout: here"]


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
