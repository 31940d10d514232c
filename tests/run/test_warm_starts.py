"""Sessions forked from processes that have imported ahead: the same as fresh ones, and none hangs."""

from __future__ import annotations

import importlib.util
import os
import threading
import time
from pathlib import Path

import pytest

from tests.engine.running_posts import Site, shown
from tests.site_files import write_site
from tests.waiting import wait_for
from xaisite import build_site
from xaisite.pipeline import execute_schedule
from xaisite.run.environment import base_environment
from xaisite.run.forktree import ForkTree, shared_beginnings
from xaisite.run.memory import MemoryGate, container_bytes
from xaisite.session.processes import find_descendants


def test_lists_share_what_they_begin_with() -> None:
    assert shared_beginnings([("a", "b", "c"), ("a", "b", "d"), ("a", "x"), ("z",)]) == {("a", "b"), ("a",)}
    assert shared_beginnings([("a", "b"), ("a", "b")]) == set()
    assert shared_beginnings([("a",), ("a", "b")]) == {("a",)}


def test_branches_grow_from_branches_and_hold_no_more_than_asked(tmp_path: Path) -> None:
    tree = ForkTree(base_environment(str(tmp_path)), str(tmp_path))
    try:
        tree.expect([("json", "colorsys"), ("json", "wave")])
        tree._node(("json", "colorsys"))
        tree._node(("json", "wave"))
        assert set(tree._nodes) == {(), ("json",), ("json", "colorsys"), ("json", "wave")}
    finally:
        tree.close()


def test_what_was_begun_is_what_is_asked_for_later(tmp_path: Path) -> None:
    (tmp_path / "ends_all.py").write_text("import os; os._exit(3)")
    environ = {**base_environment(str(tmp_path)), "PYTHONPATH": str(tmp_path)}
    tree = ForkTree(environ, str(tmp_path))
    try:
        tree.expect([("json", "colorsys"), ("json", "wave"), ("ends_all",)])
        for modules in (("json", "wave"), ("ends_all",), ("json", "colorsys")):
            tree.begin(modules)
        assert set(tree._coming) == {("json",), ("ends_all",)}
        assert tree._node(("json", "colorsys")) is not tree._nodes[("json",)]
        assert tree._node(("ends_all",)) is tree._nodes[()], "what ends its process is left for the cell to find out"
        assert set(tree._nodes) == {(), ("json",), ("json", "colorsys"), ("ends_all",)}
        assert not tree._coming
    finally:
        tree.close()


def test_what_begins_while_posts_are_checked_ends_with_their_errors(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[tuple[str, ...]] = []
    begin = ForkTree.begin
    monkeypatch.setattr(ForkTree, "begin", lambda tree, modules: (begun.append(modules), begin(tree, modules))[1])
    code = "```{python}\nimport pandas\nopen('ran', 'w')\n```\n"
    wrong = f"---\ntitle: T\ndate: 2026-01-05\n---\n\nSee [@nobody].\n\n{code}"
    root = write_site(tmp_path, {"content/posts/t.md": wrong, "references.bib": "@misc{one, title={A}, year={2020}}\n"})
    before = set(find_descendants(os.getpid()))
    result = build_site(root)
    assert [d.code for d in result.diagnostics if d.is_error] == ["cite-unknown-key"]
    assert (set(begun), result.cells) == ({("pandas",)}, ())  # guessed, and then known
    assert wait_for(lambda: not set(find_descendants(os.getpid())) - before, 20), "something is left"


def test_a_post_that_forgets_an_import_fails_though_another_post_has_it(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.put("a.md", ["import matplotlib", "import matplotlib.pyplot", "import numpy"])
    site.put("b.md", ["import matplotlib", "matplotlib.pyplot.plot([1])"])
    site.put("c.md", ["import sys", "print([m for m in ('numpy', 'matplotlib') if m in sys.modules])"])
    done = site.execute(jobs=2)
    assert [d.code for d in done.diagnostics] == ["cell-error"]
    assert "no attribute 'pyplot'" in done.diagnostics[0].message + str(done.diagnostics[0].notes)
    assert shown(done.value["content/c.md"])[1] == ["stdout: []\n"]


def test_a_cell_does_not_see_what_a_later_one_imports(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.put(
        "early.md",
        ["import matplotlib", "matplotlib.pyplot.plot([1])", "import matplotlib.pyplot"],
    )
    site.put(
        "looks.md",
        [
            "import sys, importlib.util\nnames = ('pandas', 'matplotlib.pyplot')\nprint([n for n in names if n in sys.modules], importlib.util.find_spec('pandas').name)\nprint([n for n in names if n in sys.modules])",
            "import pandas\nprint([n for n in names if n in sys.modules], pandas.__spec__.loader.__class__.__name__)",
            "import matplotlib.pyplot as plt\nprint([n for n in names if n in sys.modules])",
        ],
    )
    done = site.execute()
    assert [(d.code, d.span.path) for d in done.diagnostics] == [("cell-error", "content/early.md")]
    assert "no attribute 'pyplot'" in done.diagnostics[0].message
    assert shown(done.value["content/looks.md"]) == [
        ["stdout: [] pandas\n[]\n"],
        ["stdout: ['pandas'] SourceFileLoader\n"],
        ["stdout: ['pandas', 'matplotlib.pyplot']\n"],
    ]


def test_no_module_is_executed_twice(tmp_path: Path) -> None:
    """A library, a function or an unusual way to import gets the module that was imported ahead."""
    site = Site(tmp_path)
    site.put(
        "post.md",
        [
            "from sklearn.linear_model import LinearRegression",
            "def late():\n    import pandas.core.frame\n    return pandas.core.frame.DataFrame",
            "import importlib\nFrame = late(); Series = importlib.import_module('pandas.core.series').Series",
            """import sys
import pandas, sklearn.ensemble, sklearn.linear_model, sklearn.pipeline
print(pandas.DataFrame is Frame, pandas.Series is Series, pandas.core is sys.modules['pandas.core'],
      sklearn.linear_model.LinearRegression is LinearRegression)""",
            """model = sklearn.pipeline.make_pipeline(LinearRegression()).fit([[0], [1]], [0, 2])
print(model.predict([[2]]), pandas.DataFrame({'a': [1]}).a.sum(), pandas.__spec__.name, late() is Frame)""",
        ],
    )
    done = site.execute()
    assert not done.diagnostics, done.diagnostics
    assert shown(done.value["content/post.md"])[3:] == [
        ["stdout: True True True True\n"],
        ["stdout: [4.] 1 pandas True\n"],
    ]


def test_a_generator_is_seeded_whoever_loads_its_library(tmp_path: Path) -> None:
    """NumPy itself loads `numpy.random`, when it is first used: a later cell's imports have loaded it ahead already."""
    draw = "import numpy as np; print(np.random.randint(0, 10**6))"
    for others in (
        [],
        ["from sklearn.tree import DecisionTreeClassifier"],
        ["import scipy.stats", "import sklearn.tree"],
    ):
        site = Site(tmp_path / str(len(others)))
        site.put("post.md", [draw, *others])
        assert shown(site.execute().value["content/post.md"])[0] == ["stdout: 985772\n"]  # the first after `seed(0)`


HANGERS = {
    "HistGradientBoosting": "from sklearn.ensemble import HistGradientBoostingClassifier as M\n"
    "import numpy as np\nr = np.random.default_rng(0)\n"
    "m = M(max_iter=3).fit(r.normal(size=(2000, 4)), r.integers(0, 2, 2000))",
    "KMeans": "from sklearn.cluster import KMeans\nimport numpy as np\n"
    "m = KMeans(3, n_init=2, random_state=0).fit(np.random.default_rng(0).normal(size=(3000, 4)))",
    "numba": "import numba, numpy as np\n@numba.njit(parallel=True)\ndef f(a):\n    s = 0.0\n"
    "    for i in numba.prange(len(a)):\n        s += a[i]\n    return s\nm = f(np.ones(10_000))",
    "torch": "import torch\na = torch.ones(400, 400, requires_grad=True)\nm = (a @ a).sum(); m.backward(); m = float(m)",
}


@pytest.mark.parametrize("name", HANGERS)
def test_parallel_libraries_do_not_hang(tmp_path: Path, name: str) -> None:
    """They run in the first cell; every later cell and every digest is a fork after that."""
    library = {"numba": "numba", "torch": "torch"}.get(name, "sklearn")
    if importlib.util.find_spec(library) is None:
        pytest.skip(f"{library} is not installed")
    site = Site(tmp_path, timeout_s=120.0)
    for post in ("a", "b"):
        site.put(f"{post}.md", [HANGERS[name], HANGERS[name], "print('through')"], [("1 + 1", "prose", 2)])
    start = time.monotonic()
    done = site.execute(jobs=2)
    assert not [d for d in done.diagnostics if d.is_error], done.diagnostics
    for post in ("a", "b"):
        assert shown(done.value[f"content/{post}.md"])[2] == ["stdout: through\n"]
    assert time.monotonic() - start < 240


def test_posts_wait_for_memory_but_one_always_runs() -> None:
    free = [0]
    gate = MemoryGate(lambda: free[0])
    order: list[str] = []

    def other() -> None:
        with gate.room():
            order.append("second")

    with gate.room():  # nothing is free, but nothing runs either
        thread = threading.Thread(target=other)
        thread.start()
        thread.join(0.5)
        order.append("first")
        assert thread.is_alive()
        free[0] = 1 << 40
        thread.join(5)
        assert order == ["first", "second"]


@pytest.mark.parametrize(("free_bytes", "side_by_side"), [(0, False), (1 << 50, True)])
def test_posts_run_side_by_side_within_what_is_free(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free_bytes: int, side_by_side: bool
) -> None:
    monkeypatch.setattr(execute_schedule, "MemoryGate", lambda: MemoryGate(lambda: free_bytes))
    site = Site(tmp_path)
    for post in ("a", "b"):
        site.put(f"{post}.md", [f"import time; time.sleep(0.7); {post} = 1", f"time.sleep(0.7); print({post})"])
    assert not site.execute(jobs=2).diagnostics
    order = [event.post for event in site.events if event.kind in ("cell", "done")]
    changes = sum(one != two for one, two in zip(order, order[1:], strict=False))
    assert len(order) == 8
    assert (changes > 1) == side_by_side, order


def test_files_read_take_no_memory_from_a_container(tmp_path: Path) -> None:
    """What the kernel keeps of files counts as used, and is given up when memory is asked for."""
    (tmp_path / "memory.max").write_text("1000\n")
    (tmp_path / "memory.current").write_text("900\n")
    (tmp_path / "memory.stat").write_text("anon 200\nfile 700\ninactive_file 400\nactive_file 290\nslab 10\n")
    assert container_bytes(str(tmp_path)) == 790
    (tmp_path / "memory.max").write_text("max\n")
    assert container_bytes(str(tmp_path)) > 1 << 40
