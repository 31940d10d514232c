"""A cell that binds a name to what it was bound to already has bound it: it counts when what was before is gone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.engine.clean_run import clean, clean_run
from tests.engine.running_posts import Site, shown

FILE = "open('t.txt', 'w').write('a')"
SEED = "import random; random.seed(1)"
RC = "import matplotlib as mpl; mpl.rcParams['lines.linewidth'] = "
MADE = "import sys, types; sys.modules['made'] = types.ModuleType('made'); sys.modules['made'].k = 1"
CASES = {
    "a value": (["n = 5", "n = 5; b = 1", "print(n)"], "n = 6"),
    "a value that nothing else binds": (["n = 5", "n = 5; b = 1", "print(n)"], "m = 1"),
    "in a branch": (["n = 5", "if True:\n    n = 5", "print(n)"], "n = 6"),
    "in a branch not taken": (["n = 5", "if not 1:\n    n = 5", "print(n)"], "n = 6"),
    "a loop": (["for i in range(3): pass", "for i in range(3): pass\nb = 1", "print(i)"], "i = 9"),
    "bound and deleted": (["a = 1", "n = 5; del n", "print(globals().get('n'))"], "n = 6"),
    "deleted": (["a = 1", "n = 5; del n", "print(n)"], "n = 6"),
    "before an exception": (["n = 5", "n = 5; 1 / 0", "print(n)"], "n = 6"),
    "after an exception": (["n = 5", "1 / 0; n = 5", "print(n)"], "n = 6"),
    "a function": (["def f(): return 1", "def f(): return 1\nb = 2", "print(f())"], "def f(): return 2"),
    "a module": (["import json as j; a = 1", "import json as j; b = [1]", "print(j.dumps(b))"], "m = 1"),
    "shared objects": (["x = [1]; w = x", "w = x = [1]; b = 2", "w.append(1); print(x, w)"], "x = [1]; w = [1]"),
    "a global of a function": (["def f():\n    global n\n    n = 5\nn = 5", "f(); b = 1", "print(n)"], "n = 6"),
    "a file": ([f"{FILE};", f"{FILE}; b = 1", "print(open('t.txt').read())"], "open('t.txt', 'w').write('b');"),
    "a file that nothing else writes": ([f"{FILE};", f"{FILE}; b = 1", "print(open('t.txt').read())"], "m = 1"),
    "a generator": ([SEED, f"{SEED}; b = 1", "print(random.random())"], "import random; random.seed(2)"),
    "a setting": ([RC + "3", RC + "3; b = 1", "print(mpl.rcParams['lines.linewidth'])"], RC + "4"),
    "an attribute": (["class A: pass\nA.v = 1", "A.v = 1; b = 1", "print(A.v)"], "class A: pass\nA.v = 2"),
    "a module made by hand": ([MADE, f"{MADE}; b = 1", "import made; print(made.k)"], MADE.replace("k = 1", "k = 2")),
    "a module that nothing else makes": ([MADE, f"{MADE}; b = 1", "import made; print(made.k)"], "import sys, types"),
    "a library": (
        ["import json; json.x = 1", "import json; json.x = 1; b = 1", "print(json.x)"],
        "import json; json.x = 2",
    ),
}


@pytest.mark.parametrize("again", [False, True], ids=["its last cell kept", "its last cell edited"])
@pytest.mark.parametrize("name", CASES)
def test_what_a_cell_binds_is_bound(tmp_path: Path, name: str, again: bool) -> None:
    (first, second, last), other = CASES[name]
    cells = [other, second, last + "; 1" if again else last]
    site = Site(tmp_path / "site")
    for version in ([first, second, last], cells):
        site.put("post.md", [(code, {"exec": {"error": True}}) for code in version])
        done = site.execute()
    given = [clean(cell) for cell in shown(done.value["content/post.md"])]
    assert given == [clean(cell) for cell in clean_run(tmp_path / "site/content", cells)]


def test_an_opaque_value_is_another_when_it_is_bound_anew(tmp_path: Path) -> None:
    site = Site(tmp_path)
    for number in (3, 5):
        site.put("post.md", ["g = iter([1, 2])", f"g = iter([{number}, 4])", "print(next(g))"])
        done = site.execute()
    assert shown(done.value["content/post.md"])[2] == ["stdout: 5\n"]


def test_a_cell_that_binds_for_certain_need_not_run_again(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.put("post.md", ["n = 5", "n = 5; b = 1", "print(n, b)"], prose="")
    assert site.ran() == ["cell-1", "cell-2", "cell-3"]
    site.put("post.md", ["n = 6", "n = 5; b = 1", "print(n, b)"])
    assert site.ran() == ["cell-1"]


def test_a_module_made_by_hand_is_there_for_a_new_cell(tmp_path: Path) -> None:
    site = Site(tmp_path)
    function = "def h(x, acc=[]):\n    acc.append(x)\n    return list(acc)"
    for cells in ([function, MADE], [function, MADE, "import made; print(made.k)"]):
        site.put("post.md", cells)
        done = site.execute()
    assert shown(done.value["content/post.md"])[2] == ["stdout: 1\n"]


def test_a_size_set_to_matplotlibs_own_default_is_a_change(tmp_path: Path) -> None:
    """New figures get the page's size of text unless the author sets one: also one that is matplotlib's default."""
    import_, draw = "import matplotlib.pyplot as plt", "plt.figure().text(0, 0, 'a'); print(plt.rcParams['font.size'])"
    site = Site(tmp_path)
    for cells in ([import_, "plt.rc('font', size=9)", draw], [import_, "plt.rc('font', size=10)", draw]):
        site.put("post.md", cells)
        done = site.execute()
    assert shown(done.value["content/post.md"])[2][0] == "stdout: 10.0\n"
    site.put("post.md", [import_, draw, "plt.rc('font', size=9)", "plt.rc('font', size=10)"])
    assert shown(site.execute().value["content/post.md"])[1][0] == "stdout: 11.0\n"


def test_the_code_behind_a_figure_is_of_cells_that_made_a_difference(tmp_path: Path) -> None:
    import_ = "import numpy as np; "
    site = Site(tmp_path)
    site.put("post.md", [import_ + "data = np.arange(3)", import_ + "other = 1", "print(data * np.pi)"])
    provenance = site.execute().value["content/post.md"].cells[2].provenance
    assert "data" in provenance.code
    assert "other" not in provenance.code
