"""Only what must run, runs: cells leave a mark outside the site each time they run, and the marks are counted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.engine.running_posts import Site, shown
from xaisite.model.cell import InlineRole
from xaisite.run.pool import ProcessPool


class Counted(Site):
    """A site whose cells can count their own runs."""

    def __init__(self, root: Path, **execution: Any) -> None:
        super().__init__(root / "site", **execution)
        self.marks = root / "marks"
        ProcessPool.writable = (str(self.marks),)

    def mark(self, name: str) -> str:
        """Return code that leaves a mark behind the recorder's back."""
        return f"_c = __import__('ctypes').CDLL(None); _c.close(_c.creat(('{self.marks}/{name}' + str(__import__('time').time_ns())).encode(), 384)); del _c\n"

    def count(self) -> list[str]:
        """Return which cells ran since the last call."""
        self.marks.mkdir(exist_ok=True)
        names = sorted(path.name.rstrip("0123456789") for path in self.marks.iterdir())
        for path in self.marks.iterdir():
            path.unlink()
        return names


TEN = [
    "a = 1",
    "b = [1, 2]",
    "c = a + 1",
    "print(c)",
    "d = {'k': b}",
    "e = a * 2",
    "f = sum(b)",
    "print(f)",
    "g = c + f",
    "print(g)",
]


@pytest.fixture
def site(tmp_path: Path) -> Counted:
    made = Counted(tmp_path)
    made.count()
    return made


def ten(site: Counted, **changes: str) -> list[str]:
    names = "abcdefghij"
    return [site.mark(names[i]) + changes.get(names[i], code) for i, code in enumerate(TEN)]


def run(site: Counted, cells: list[Any], **kwargs: Any) -> list[str]:
    site.put("post.md", cells, **kwargs)
    done = site.execute()
    assert not [d for d in done.diagnostics if d.is_error], done.diagnostics
    return site.count()


def test_nothing_runs_twice(site: Counted) -> None:
    assert run(site, ten(site)) == list("abcdefghij")
    assert run(site, ten(site)) == []


def test_an_edit_in_the_middle_runs_that_cell_and_those_that_see_it(site: Counted) -> None:
    run(site, ten(site))
    assert "".join(run(site, ten(site, g="f = sum(b) + 1"))) == "ghij"


def test_an_edit_that_changes_no_state_runs_alone(site: Counted) -> None:
    run(site, ten(site))
    assert run(site, ten(site, g="f = 1 + 2")) == ["g"]


@pytest.mark.parametrize("edit", ["# said\na = 1", "a = (1)", "\n\na  =  1  # why", "a = 1;"])
def test_comments_and_layout_run_nothing(site: Counted, edit: str) -> None:
    run(site, ten(site))
    assert run(site, ten(site, a=edit)) == []


def test_show_options_labels_and_timeouts_run_nothing(site: Counted) -> None:
    run(site, ten(site))
    shown_otherwise = [
        (
            code,
            {
                "show": {"echo": False, "fig_caps": ("new",), "code_fold": True},
                "label": f"new-{i}",
                "observed": {"timeout_s": 99.0},
            },
        )
        for i, code in enumerate(ten(site))
    ]
    assert run(site, shown_otherwise, prose="# Other prose\n\n") == []


def test_moving_the_site_and_the_post_runs_nothing(site: Counted, tmp_path: Path) -> None:
    cells = ten(site)
    run(site, cells)
    site.root.rename(tmp_path / "elsewhere")
    site.root = tmp_path / "elsewhere"
    site.posts.clear()
    site.put("deeper/renamed.md", cells)
    assert not site.execute(jobs=2).diagnostics
    assert site.count() == []


def test_a_data_file_runs_those_that_read_it(site: Counted) -> None:
    (site.root / "content/data.csv").write_text("1")
    cells = [
        site.mark("a") + "x = open('data.csv').read()",
        site.mark("b") + "y = 2",
        site.mark("c") + "print(x)",
        site.mark("d") + "print(y)",
    ]
    run(site, cells)
    (site.root / "content/data.csv").touch()
    assert run(site, cells) == []
    (site.root / "content/data.csv").write_text("2")
    assert run(site, cells) == ["a", "c"], "the cell between them is kept: not even for its values does it run"


def test_a_local_module_imported_indirectly(site: Counted) -> None:
    (site.root / "content/outer.py").write_text("import inner\ndef f(): return inner.V\n")
    (site.root / "content/inner.py").write_text("V = 1\n")
    cells = [site.mark("a") + "import outer\nx = outer.f()", site.mark("b") + "y = 2", site.mark("c") + "print(x)"]
    run(site, cells)
    (site.root / "content/inner.py").write_text("V = 2\n")
    assert run(site, cells) == ["a", "c"]
    assert shown(site.execute().value["content/post.md"])[2] == ["stdout: 2\n"]


def test_a_declared_variable_runs_those_that_read_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site = Counted(tmp_path, pass_env=("MODEL_SIZE",))
    site.count()
    monkeypatch.setenv("MODEL_SIZE", "1")
    cells = [
        site.mark("a") + "import os; s = os.environ.get('MODEL_SIZE')",
        site.mark("b") + "y = 2",
        site.mark("c") + "print(s)",
    ]
    run(site, cells)
    monkeypatch.setenv("MODEL_SIZE", "2")
    assert run(site, cells) == ["a", "c"]
    monkeypatch.delenv("MODEL_SIZE")
    assert run(site, cells) == ["a", "c"]


def test_an_undeclared_variable_does_not_exist(site: Counted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("API_KEY", "hidden")
    site.put("post.md", ["import os; print(os.environ.get('API_KEY'))"])
    assert shown(site.execute().value["content/post.md"]) == [["stdout: None\n"]]


def test_the_seed_runs_those_that_draw(site: Counted) -> None:
    cells = [
        site.mark("a") + "import random; x = random.random()",
        site.mark("b") + "y = 2",
        site.mark("c") + "print(x > 2)",
    ]
    run(site, cells, seed=1)
    assert run(site, cells, seed=2) == ["a", "c"]


def test_deleting_one_stored_result_runs_that_cell_alone(site: Counted) -> None:
    cells = ten(site)
    run(site, cells)
    traces = {path: path.read_text() for path in (site.root / ".xaisite/results/traces").rglob("*.json")}
    victim = next(path for path, text in traces.items() if '"cell-7"' in text)
    victim.unlink()
    assert run(site, cells) == ["g"]


@pytest.mark.parametrize("damage", ["", "{", '{"key": "x"}', "swap"])
def test_a_damaged_trace_is_a_miss(site: Counted, damage: str) -> None:
    cells = ten(site)
    run(site, cells)
    traces = {path: path.read_text() for path in (site.root / ".xaisite/results/traces").rglob("*.json")}
    victim = next(path for path, text in traces.items() if '"cell-8"' in text)
    other = next(text for text in traces.values() if '"cell-10"' in text)
    victim.write_text(other if damage == "swap" else damage)
    assert run(site, cells) == ["h"]
    assert shown(site.execute().value["content/post.md"])[7] == ["stdout: 3\n"]


def test_inline_values_run_alone(site: Counted) -> None:
    site.put("post.md", ten(site), [("c + 1", InlineRole.PROSE, 3)])
    assert site.execute().value["content/post.md"].inlines[0].text == "3"
    site.count()
    site.put("post.md", ten(site), [("c + 2", InlineRole.PROSE, 3)])
    done = site.execute()
    assert done.value["content/post.md"].inlines[0].text == "4"
    assert site.statuses(done, "ran") == []
    assert site.count() == [], "no cell runs for a value in the prose"


def test_a_cell_that_starts_a_process_follows_its_folder_but_not_the_words_of_posts(site: Counted) -> None:
    (site.root / "content/data.csv").write_text("1")
    cells = [
        site.mark("a") + "import subprocess; x = subprocess.run(['cat', 'data.csv'], capture_output=True).stdout",
        site.mark("b") + "print(x)",
    ]
    run(site, cells)
    site.put("other.md", [])
    assert run(site, cells, prose="# Other prose\n\n") == []
    (site.root / "content/data.csv").write_text("2")
    assert run(site, cells) == ["a", "b"]
    (site.root / "content/more.csv").write_text("3")
    assert run(site, cells) == ["a"]
