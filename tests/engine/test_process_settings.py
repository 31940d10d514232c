"""Settings of the process that a cell leaves behind are seen by later ones: taking the cell's effect away takes theirs.

Also when the later cell alone runs again, in a new process. Every setting is a post; a site has all of them, so that few
processes are started.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.engine.running_posts import Site, shown
from tests.engine.settings import SETTINGS, WITHOUT_EFFECT

NAMES = [name for name in SETTINGS if not name.startswith("torch") or find_spec("torch")]
NOTHING = "nothing = 1"
AGAIN = "\nprint('again')"
Shown = dict[str, list[str]]
"""What the last cell of each post shows."""


class Settings:
    """A site of posts with every change and one without: as they are, exchanged, and then with another last cell."""

    def __init__(self, folder: Path, names: Sequence[str]) -> None:
        self._names = names
        changed, plain = Site(folder / "changed"), Site(folder / "plain")
        self.clean_with = self._show(changed, with_change=True)
        self.clean_without = self._show(plain, with_change=False)
        self.taken_away = self._show(changed, with_change=False)
        self.brought_in = self._show(plain, with_change=True)
        self.last_cell_alone = self._show(plain, with_change=True, end=AGAIN)

    def _show(self, site: Site, *, with_change: bool, end: str = "") -> Shown:
        for at, name in enumerate(self._names):
            first, change, last = SETTINGS[name]
            # its number makes a post's first cell its own: what equal cells gave is shared
            site.put(f"{at}.md", [f"number = {at}\n{first}", change if with_change else NOTHING, last + end])
        done = site.execute(jobs=2)
        assert not done.diagnostics, done.diagnostics
        return {name: shown(done.value[f"content/{at}.md"])[-1] for at, name in enumerate(self._names)}


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Settings:
    chosen = {item.callspec.params.get("name") for item in request.session.items if hasattr(item, "callspec")}
    return Settings(tmp_path_factory.mktemp("settings"), [name for name in NAMES if name in chosen])


@pytest.mark.parametrize("name", NAMES)
def test_a_setting_is_seen_by_later_cells(settings: Settings, name: str) -> None:
    *others, last = settings.clean_with[name]
    assert (settings.clean_with[name] == settings.clean_without[name]) == (name in WITHOUT_EFFECT)
    assert settings.taken_away[name] == settings.clean_without[name]
    assert settings.brought_in[name] == settings.clean_with[name]
    assert settings.last_cell_alone[name] == [*others, last + "again\n"]


def test_a_crowd_that_the_watch_has_stepped_back_is_no_change(tmp_path: Path) -> None:
    """Its session has another priority from then on, which is not the cell's doing."""
    site = Site(tmp_path)
    code = "import subprocess\nstarted = [subprocess.Popen(['sleep', '0.8']) for _ in range({})]\nfor one in started: one.wait()\ndel started, one"
    site.put("post.md", [code.format(20), "print(2)"])
    site.execute()
    site.put("post.md", [code.format(2), "print(2)"])
    again = site.execute().value["content/post.md"]
    assert [cell.status for cell in again.cells] == ["ran", "reused"]
