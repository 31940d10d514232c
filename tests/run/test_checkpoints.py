"""Saved states: within their budget, the least used thrown out, for nobody else to read; losing them costs time only."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from tests.engine.running_posts import Site, shown
from xaisite.run import checkpoints
from xaisite.run.checkpoints import Checkpoints


def keep(folder: Path, states: Checkpoints, name: str, size_bytes: int, used_s: int) -> None:
    spooled = folder / f"spooled-{name}"
    spooled.write_bytes(b"x" * size_bytes)
    states.adopt(str(spooled), name, ["json"])
    os.utime(folder / "states" / name, (used_s, used_s))


@pytest.fixture
def states(tmp_path: Path) -> Checkpoints:
    made = Checkpoints(str(tmp_path / "states"), budget_bytes=1000)
    for name, used_s in (("old", 10), ("older", 5), ("new", 20)):
        keep(tmp_path, made, name, 400, used_s)
    return made


def test_the_least_used_go_first(states: Checkpoints) -> None:
    states.evict()
    assert [states.find(name) is not None for name in ("older", "old", "new")] == [False, True, True]


def test_what_is_used_is_kept(states: Checkpoints) -> None:
    assert states.find("older") is not None
    states.evict()
    assert [states.find(name) is not None for name in ("older", "old", "new")] == [True, False, True]


def test_words_about_what_is_not_there_are_bounded(
    tmp_path: Path, states: Checkpoints, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpoints, "_MOST_NOTES", 3)
    for number in range(6):
        states.refuse(f"refused-{number}", "they do not survive saving")
        os.utime(tmp_path / f"states/refused-{number}.json", (number, number))
    states.evict()
    assert [bool(states.why_unsaved(f"refused-{number}")) for number in range(6)] == [False] * 3 + [True] * 3


def test_a_link_is_not_taken_for_a_state(tmp_path: Path, states: Checkpoints) -> None:
    (tmp_path / "secret").write_text("of somebody else")
    (tmp_path / "spooled").symlink_to(tmp_path / "secret")
    states.adopt(str(tmp_path / "spooled"), "linked", [])
    assert not (tmp_path / "states/linked").exists()
    assert (tmp_path / "secret").exists()


SLOW = ["import time; time.sleep(0.7); x = [1]", "y = 2", "print(x, y)"]


def test_a_budget_of_nothing_costs_time_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site = Site(tmp_path)
    site.put("post.md", SLOW)
    site.execute()
    folder = site.root / ".xaisite/checkpoints"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [path for path in folder.iterdir() if path.suffix != ".json"]
    monkeypatch.setattr(checkpoints.Checkpoints, "__init__", _with_budget(0))
    for word in ("once", "twice"):
        site.put("post.md", [*SLOW[:2], f"print(x, y, '{word}')"])
        done = site.execute()
        assert shown(done.value["content/post.md"])[2] == [f"stdout: [1] 2 {word}\n"]
        assert not [path for path in folder.iterdir() if path.suffix != ".json"]
    assert [cell.again for cell in done.value["content/post.md"].cells] == [True, True, False]
    assert "run once more" in done.value["content/post.md"].cells[0].reason


def _with_budget(budget_bytes: int) -> object:
    plain = Checkpoints.__init__
    return lambda self, folder: plain(self, folder, budget_bytes)
