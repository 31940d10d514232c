"""A kept cell does not run for its values either: what it changed is saved, and brought back beside what is new."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.engine.running_posts import Site, shown
from tests.engine.test_executing import request
from tests.engine.test_only_what_must_run import Counted, run
from xaisite.pipeline.execute import explain_why


@pytest.fixture
def site(tmp_path: Path) -> Counted:
    made = Counted(tmp_path)
    made.count()
    return made


KEPT = {
    "a value": ("m = [1]", "m"),
    "two names for one object": ("m = [1]; o = m", "(o.append(2), m)[1]"),
    "an alias of what is there": ("m = [base]", "(m[0].append(9), base)[1]"),
    "an alias from deep inside": ("m = {'k': deep['x'][0]}", "(m['k'].append(9), deep)[1]"),
    "a change in place": ("base.append(7)", "base"),
    "a change through an alias": ("alias.append(7)", "base"),
    "a name that goes": ("del gone", "'gone' in globals()"),
    "a function": ("def m(): return x + len(base)", "m()"),
    "a function over another": ("def m(): return helper() + 1", "m()"),
    "a class": ("class M:\n    def v(self): return base", "M().v() is base"),
    "an instance of a class from before": ("m = Early()", "type(m) is Early"),
    "a closure": (
        "def mk():\n    t = [0]\n    def inc(): t[0] += 1; return t[0]\n    return inc\nm = mk(); m()",
        "m()",
    ),
    "a view of an array from before": ("m = array[2:]", "(m.__setitem__(0, 99), array.tolist())[1]"),
    "an import": ("import statistics", "statistics.mean([1, 2])"),
    "a local module": ("import helper_module", "helper_module.V"),
    "random numbers": ("import random; m = random.random()", "(m, random.random())"),
    "numpy's random numbers": ("import numpy as np; m = np.random.rand()", "(m, np.random.rand())"),
    "an option": ("import numpy as np; np.set_printoptions(precision=2)", "np.array([1 / 3])"),
    "rcParams": ("import matplotlib as mpl; mpl.rcParams['lines.linewidth'] = 3", "mpl.rcParams['lines.linewidth']"),
    "a file": ("open('t.txt', 'w').write('1');", "open('t.txt').read()"),
    "a file removed": ("import os; os.remove('early.txt')", "os.path.exists('early.txt')"),
    "a link": ("import os; os.symlink('early.txt', 'l')", "(os.path.isfile('l'), open('l').read())"),
    "a folder": ("import os; os.makedirs('sub'); os.chdir('sub')", "os.path.basename(os.getcwd())"),
    "a variable of the environment": ("import os; os.environ['Q'] = '1'", "os.environ['Q']"),
    "a filter of warnings": ("import warnings; warnings.simplefilter('ignore')", "warnings.filters[0][0]"),
    "a limit": ("import sys; sys.setrecursionlimit(1234)", "sys.getrecursionlimit()"),
    "an iterator": ("m = iter(base); next(m)", "list(m)"),
    "a model": (
        "from sklearn.linear_model import LinearRegression\nm = LinearRegression().fit([[1], [2]], [1, 2])",
        "round(float(m.predict([[3]])[0]), 6)",
    ),
}
EARLY = """
x = 1
base = [1, 2]; alias = base; deep = {'x': [[1], [2]]}; gone = 1
import numpy as np; array = np.arange(5)
def helper(): return x
class Early: pass
open('early.txt', 'w').close()
"""


def post(site: Counted, edited: str, kept: str, seen: str) -> list[str]:
    return [
        site.mark("a") + EARLY,
        site.mark("b") + edited,
        site.mark("c") + kept,
        site.mark("d") + f"print(edited, {seen})",
    ]


@pytest.mark.parametrize("name", KEPT)
def test_the_cell_between_is_brought_back(site: Counted, tmp_path: Path, name: str) -> None:
    kept, seen = KEPT[name]
    (site.root / "content/helper_module.py").write_text("V = 5\n")
    run(site, post(site, "edited = 1", kept, seen))
    assert run(site, post(site, "edited = 2", kept, seen)) == ["b", "d"]
    clean = Site(tmp_path / "clean")
    (clean.root / "content/helper_module.py").write_text("V = 5\n")
    clean.put("post.md", [EARLY, "edited = 2", kept, f"print(edited, {seen})"])
    assert shown(site.execute().value["content/post.md"])[3] == shown(clean.execute().value["content/post.md"])[3]


DEAR = {
    "cannot be pickled": ("import sqlite3; m = sqlite3.connect(':memory:')", "type(m).__name__", "cannot be pickled"),
    "reaches outside": (
        "import threading; e = threading.Event(); t = threading.Thread(target=e.wait, daemon=True); t.start()",
        "1",
        "",
    ),
    "patches a library": ("import colorsys; colorsys.extra = 1", "colorsys.extra", "a library"),
    "registers": (
        "import collections.abc\nclass R: pass\ncollections.abc.Sized.register(R);",
        "issubclass(R, collections.abc.Sized)",
        "a library",
    ),
    "is too big": ("import numpy as np; m = np.random.rand(8_000_000)", "m.shape", "bigger"),
}


@pytest.mark.parametrize("name", DEAR)
def test_what_cannot_be_saved_runs_once_more_and_is_counted(site: Counted, name: str) -> None:
    kept, seen, why = DEAR[name]
    run(site, post(site, "edited = 1", kept, seen))
    site.put("post.md", post(site, "edited = 2", kept, seen))
    done = site.execute()
    assert not done.diagnostics
    cells = done.value["content/post.md"].cells
    counted = [label for label, cell in zip("abcd", cells, strict=True) if cell.status == "ran" or cell.again]
    assert counted == site.count(), "the report counts what runs"
    if cells[2].again:
        assert cells[2].status == "reused"
        assert "run once more" in cells[2].reason
        assert why in cells[2].reason


def test_why_says_which_kept_cells_would_run_once_more(site: Counted) -> None:
    kept = "import sqlite3; m = sqlite3.connect(':memory:')"
    run(site, post(site, "edited = 1", kept, "1"))
    site.put("post.md", post(site, "edited = 1", kept, "2"))
    said = explain_why(request(site), "content/post.md")
    assert [reason.runs for reason in said] == [False, False, True, True]
    assert "cannot be pickled" in said[2].reason
    assert run(site, post(site, "edited = 1", kept, "2")) == ["c", "d"], "what was said comes true"


def test_saved_changes_that_lie_are_not_used(site: Counted) -> None:
    run(site, post(site, "edited = 1", "m = [1, 2]", "m"))
    for path in (site.root / ".xaisite/checkpoints").iterdir():
        if path.suffix != ".json":
            path.write_bytes(path.read_bytes().replace(b"K\x01K\x02", b"K\x07K\x02"))
    run(site, post(site, "edited = 2", "m = [1, 2]", "m"))
    assert shown(site.execute().value["content/post.md"])[3] == ["stdout: 2 [1, 2]\n"]


def test_without_saved_states_every_result_is_the_same(site: Counted, monkeypatch: pytest.MonkeyPatch) -> None:
    import shutil

    run(site, post(site, "edited = 1", "m = [base]", "m"))
    shutil.rmtree(site.root / ".xaisite/checkpoints")
    assert run(site, post(site, "edited = 2", "m = [base]", "m")) == ["a", "b", "c", "d"]
    cells = site.execute().value["content/post.md"].cells
    assert not any(cell.again for cell in cells), "nothing ran in this build"


def test_a_plot_in_the_middle_is_restyled_alone(site: Counted) -> None:
    def cells(style: str) -> list[str]:
        return [
            site.mark("a") + "import matplotlib.pyplot as plt\nfrom sklearn.linear_model import LinearRegression",
            site.mark("b") + "data = [[1], [2]]",
            site.mark("c") + f"fig, ax = plt.subplots(); ax.plot([1, 2], {style});",
            site.mark("d") + "model = LinearRegression().fit(data, [1, 2])",
            site.mark("e") + "fig, ax = plt.subplots(); ax.plot(model.coef_);",
            site.mark("f") + "print(model.coef_.round(3))",
        ]

    run(site, cells("'r-'"))
    assert run(site, cells("'b--'")) == ["c"]


def test_a_look_of_the_stored_result_is_enough_in_another_mode(site: Counted) -> None:
    run(site, post(site, "edited = 1", "m = 1", "m"))
    done = replace(request(site), mode="frozen")
    assert [r.runs for r in explain_why(done, "content/post.md")] == [False] * 4
