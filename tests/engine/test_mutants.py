"""Each part of the key is needed: with it switched off, a stale result is shown, and these scenes see that."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.engine.running_posts import Site, shown
from xaisite.engine import inputs, where
from xaisite.engine.state import make_changes
from xaisite.model.config import ExecutionTable, SiteConfig
from xaisite.pipeline import execute_drive, execute_post, execute_trace
from xaisite.run.checkpoints import Checkpoints

CONNECT = "con = sqlite3.connect(':memory:')"
ASK = "print(list(con.execute('select * from t')))"
Scene = Callable[[Site], tuple[list[list[str]], list[list[str]]]]


def last_shown(site: Site) -> list[list[str]]:
    done = site.execute()
    assert not [d for d in done.diagnostics if d.is_error], done.diagnostics
    return shown(done.value["content/post.md"])


def edit(before: list[Any], after: list[Any], wanted: str, **second: Any) -> Scene:
    def scene(site: Site) -> tuple[list[list[str]], list[list[str]]]:
        site.put("post.md", before)
        last_shown(site)
        site.put("post.md", after, **second)
        return last_shown(site)[-1:], [[f"stdout: {wanted}\n"]]

    return scene


def edit_file(name: str, old: str, new: str, cells: list[str], wanted: str) -> Scene:
    def scene(site: Site) -> tuple[list[list[str]], list[list[str]]]:
        path = site.root / "content" / name
        path.write_text(old)
        site.put("post.md", cells)
        last_shown(site)
        if new:
            path.write_text(new)
        else:
            path.unlink()
        return last_shown(site)[-1:], [[f"stdout: {wanted}\n"]]

    return scene


def seed_scene(site: Site) -> tuple[list[list[str]], list[list[str]]]:
    site.put("post.md", ["import random; print(random.random())"], seed=1)
    last_shown(site)
    site.put("post.md", ["import random; print(random.random())"], seed=2)
    return last_shown(site), [[f"stdout: {random.Random(2).random()}\n"]]


SCENES: dict[str, Scene] = {
    "values": edit(["a = 1", "print(a)"], ["a = 2", "print(a)"], "2"),
    "functions": edit(
        ["def f(): return 1", "g = lambda: f()", "print(g())"],
        ["def f(): return 2", "g = lambda: f()", "print(g())"],
        "2",
    ),
    "aliases": edit(
        ["a = [1]", "b = a", "b.append(2);", "print(a)"], ["a = [1]", "b = list(a)", "b.append(2);", "print(a)"], "[1]"
    ),
    "code": edit(["print(1)"], ["print(2)"], "2"),
    "seed": seed_scene,
    "warnings": edit(
        [
            "import warnings; warnings.simplefilter('ignore')",
            "import warnings; print(len(warnings.filters) > 0, warnings.filters[0][0])",
        ],
        [
            "import warnings; warnings.simplefilter('error')",
            "import warnings; print(len(warnings.filters) > 0, warnings.filters[0][0])",
        ],
        "True error",
    ),
    "folder": edit(
        ["import os; os.makedirs('x'); os.chdir('x')", "import os; print(os.path.basename(os.getcwd()))"],
        ["import os; os.makedirs('y'); os.chdir('y')", "import os; print(os.path.basename(os.getcwd()))"],
        "y",
    ),
    "patches": edit(
        ["import json; json.dumps = lambda o: 'one'", "import json; print(json.dumps(1))"],
        ["import json; json.dumps = lambda o: 'two'", "import json; print(json.dumps(1))"],
        "two",
    ),
    "options": edit(
        ["import numpy as np; np.set_printoptions(precision=2)", "import numpy as np; print(np.array([1 / 3]))"],
        ["import numpy as np; np.set_printoptions(precision=3)", "import numpy as np; print(np.array([1 / 3]))"],
        "[0.333]",
    ),
    "data": edit_file("d.txt", "1", "2", ["print(open('d.txt').read())"], "2"),
    "absence": edit_file("d.txt", "1", "", ["import os; print(os.path.exists('d.txt'))"], "False"),
    "module": edit_file("m.py", "V = 1", "V = 2", ["import m; print(m.V)"], "2"),
    "generators": edit(
        ["a = [1, 2]", "g = (i for i in list(a))", "next(g);", "print(next(g))"],
        ["a = [1, 3]", "g = (i for i in list(a))", "next(g);", "print(next(g))"],
        "3",
    ),
    "written files": edit(
        ["open('t', 'w').write('1');", "print(open('t').read())"],
        ["open('t', 'w').write('2');", "print(open('t').read())"],
        "2",
    ),
}


def option(before: dict[str, Any], after: dict[str, Any], code: str, wanted: str) -> Scene:
    return edit([(code, before)], [(code, after)], wanted)


def variable_scene(site: Site) -> tuple[list[list[str]], list[list[str]]]:
    cells = ["import os; print(os.environ.get('MODEL_SIZE'))"]
    for value in ("1", "2"):
        os.environ["MODEL_SIZE"] = value
        site.put("post.md", cells, pass_env=("MODEL_SIZE",))
        site.config = SiteConfig(execution=ExecutionTable(pass_env=("MODEL_SIZE",)))
        said = last_shown(site)
    del os.environ["MODEL_SIZE"]
    return said, [["stdout: 2\n"]]


def artifact_scene(site: Site) -> tuple[list[list[str]], list[list[str]]]:
    for value in ("1", "2"):
        site.put("maker.md", [(f"v = [{value}]", {"observed": {"produces": "v"}})])
        site.put("post.md", ["import xaisite; print(xaisite.artifact('maker/v'))"])
        said = last_shown(site)
    return said, [["stdout: [2]\n"]]


def unseen_file_scene(site: Site) -> tuple[list[list[str]], list[list[str]]]:
    code = "import subprocess; print(subprocess.run(['cat', 'd.txt'], capture_output=True, text=True).stdout)"
    for value in ("1", "2"):
        (site.root / "content/d.txt").write_text(value)
        site.put("post.md", [(code, {"observed": {"depends": ("d.txt",)}})])
        said = last_shown(site)
    return said, [["stdout: 2\n"]]


def bound_again(second: str) -> Scene:
    """The last cell has been seen with 5 and with 6; the second one binds 5 where there was 5, and then where 6 is."""

    def scene(site: Site) -> tuple[list[list[str]], list[list[str]]]:
        for cells in (["n = 5", second], ["n = 6", "b = 1"], ["n = 6", second]):
            site.put("post.md", [*cells, "print(n)"])
            said = last_shown(site)
        return said[-1:], [["stdout: 5\n"]]

    return scene


SCENES |= {
    "variables": variable_scene,
    "artifacts": artifact_scene,
    "said files": unseen_file_scene,
    "processes": edit_file(
        "d.txt",
        "1",
        "2",
        ["import subprocess; print(subprocess.run(['cat', 'd.txt'], capture_output=True, text=True).stdout)"],
        "2",
    ),
    "exec options": option(
        {"exec": {"env": {"M": "1"}}}, {"exec": {"env": {"M": "2"}}}, "import os; print(os.environ['M'])", "2"
    ),
    "own seed": option(
        {"observed": {"seed": 1}}, {"observed": {"seed": 2}}, "import random; print(random.random())",
        str(random.Random(2).random()),
    ),
    "opaque values": edit(
        ["import sqlite3; con = sqlite3.connect(':memory:'); con.execute('create table t as select 1');", "print(list(con.execute('select * from t')))"],
        ["import sqlite3; con = sqlite3.connect(':memory:'); con.execute('create table t as select 2');", "print(list(con.execute('select * from t')))"],
        "[(2,)]",
    ),
    "listings": edit_file("d.txt", "1", "", ["import os; print('d.txt' in os.listdir())"], "False"),
    "rc": edit(
        ["import matplotlib as mpl; mpl.rcParams['lines.linewidth'] = 2", "import matplotlib as mpl; print(mpl.rcParams['lines.linewidth'])"],
        ["import matplotlib as mpl; mpl.rcParams['lines.linewidth'] = 3", "import matplotlib as mpl; print(mpl.rcParams['lines.linewidth'])"],
        "3.0",
    ),
    "drawn numbers": edit(
        ["import random; random.random()", "import random; print(random.random())"],
        ["import random; random.random(); random.random()", "import random; print(random.random())"],
        str([r := random.Random(0), r.random(), r.random(), r.random()][-1]),
    ),
    "state of modules": edit(
        ["import json, m; m.S.append(1)", "import m; print(m.S)"],
        ["import json, m; m.S.append(2)", "import m; print(m.S)"],
        "[2]",
    ),
    "bound again": bound_again("n = 5; b = 1"),
    "perhaps bound again": bound_again("if True:\n    n = 5"),
    "another of a kind": edit(
        [f"import sqlite3; {CONNECT}", f"{CONNECT}; con.execute('create table t as select 2');", ASK],
        [f"import sqlite3; {CONNECT}", f"{CONNECT}; con.execute('create table t as select 3');", ASK],
        "[(3,)]",
    ),
    "text of code": edit(
        ["def f(): return 1", "import inspect; print(inspect.getsource(f).count('#'))"],
        ["def f(): return 1  # one", "import inspect; print(inspect.getsource(f).count('#'))"],
        "1",
    ),
}  # fmt: skip


def forget(*parts: str) -> Callable[[pytest.MonkeyPatch], None]:
    """Let parts of the process's state never count."""

    def change(patch: pytest.MonkeyPatch) -> None:
        plain = execute_trace._ambient_reads
        patch.setattr(
            execute_trace,
            "_ambient_reads",
            lambda *args: {name: digest for name, digest in plain(*args).items() if not name.startswith(parts)},
        )

    return change


def blind(kind: str) -> Callable[[pytest.MonkeyPatch], None]:
    """Let one kind of dependency never change."""

    def change(patch: pytest.MonkeyPatch) -> None:
        plain = inputs.observe_dependency

        def observe(subject: Any, view: Any, environ: Any) -> str:
            return "same" if subject[0] == kind else plain(subject, view, environ)

        patch.setattr(inputs, "observe_dependency", observe)
        patch.setattr(execute_trace, "observe_dependency", observe)

    return change


MUTANTS: dict[str, tuple[str, Callable[[pytest.MonkeyPatch], None]]] = {
    "values": ("drop the values", lambda m: m.setattr(execute_trace, "digest_visible", lambda *_: "")),
    "functions": (
        "do not follow functions",
        lambda m: m.setattr(execute_trace, "visible_names", lambda _, used: frozenset(used)),
    ),
    "aliases": (
        "forget what is shared",
        lambda m: (
            m.setattr(execute_trace, "sharers_outside", lambda *_: ""),
            m.setattr(execute_trace, "digest_visible", _without_shares),
        ),
    ),
    "seed": (
        "drop the seed",
        lambda m: [
            m.setattr(part, "initial_state", lambda _: execute_trace.State(ambient={"seed": ""}))
            for part in (execute_post, execute_drive)
        ],
    ),
    "warnings": ("drop the filters", lambda m: m.setattr(execute_trace, "_ALWAYS_SEEN", ("cwd",))),
    "folder": ("drop the folder", lambda m: m.setattr(execute_trace, "_ALWAYS_SEEN", ("warnings",))),
    "patches": ("drop the patches", lambda m: m.setattr(execute_trace, "_ALWAYS_SEEN", ("warnings", "options"))),
    "options": ("drop the options", lambda m: m.setattr(execute_trace, "_ALWAYS_SEEN", ("warnings", "outside"))),
    "data": ("drop the data", lambda m: m.setattr(inputs.View, "content", lambda *_: "same")),
    "absence": ("drop absences", lambda m: m.setattr(inputs.View, "content", lambda *_: "same")),
    "module": ("drop modules", lambda m: m.setattr(inputs.View, "content", lambda *_: "same")),
    "written files": ("drop the layer", lambda m: m.setattr(inputs.View, "_written", lambda *_: None)),
    "opaque values": (
        "compare what cannot be compared",
        lambda m: m.setattr(execute_trace, "_resolved", lambda d, *_: d),
    ),
    "variables": ("drop the variables", blind("env")),
    "artifacts": ("drop the artifacts", lambda m: m.setattr(inputs.View, "content", lambda *_: "same")),
    "processes": ("trust other programs", blind("tree")),
    "listings": ("drop the listings", blind("list")),
    "said files": ("drop `depends`", lambda m: m.setattr(execute_trace.Step, "depended", lambda *_: {})),
    "exec options": ("drop the options", lambda m: m.setattr(execute_post, "exec_options", lambda _: {})),
    "rc": ("drop matplotlib's parameters", forget("rc", "outside")),
    "drawn numbers": ("drop the generators", forget("rng:")),
    "state of modules": ("drop the modules' data", forget("mod:")),
    "bound again": ("record only what differs", lambda m: m.setattr(execute_trace, "make_changes", _without_bound)),
    "perhaps bound again": (
        "forget what may be bound",
        lambda m: m.setattr(execute_trace, "_digest_of", lambda *_: ""),
    ),
    "another of a kind": (
        "what is bound is not touched",
        lambda m: m.setattr(execute_trace.Step, "touched", lambda step, state: step.visible(state)),
    ),
    "text of code": ("drop the text", lambda m: m.setattr(execute_trace, "_source_read", lambda *_: [])),
}


def _without_bound(before: Any, after: Any, _: Any) -> Any:
    return make_changes(before, after)


def _without_shares(state: Any, visible: Any) -> str:
    from xaisite.core.digest import digest_json

    return digest_json({n: state.names[n][0] for n in sorted(visible) if n in state.names and n != "a"})


def new_site(folder: Path) -> Site:
    site = Site(folder)
    (site.root / "content/m.py").write_text("S = []\n")
    return site


@pytest.mark.parametrize("name", SCENES)
def test_an_edit_is_seen(tmp_path: Path, name: str) -> None:
    given, expected = SCENES[name](new_site(tmp_path))
    assert given == expected


@pytest.mark.parametrize("name", MUTANTS)
def test_the_mutant_dies(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    MUTANTS[name][1](monkeypatch)
    monkeypatch.setattr(Checkpoints, "find", lambda *_: None)
    given, expected = SCENES[name](new_site(tmp_path))
    assert given != expected, f"{MUTANTS[name][0]}: nothing noticed"


def test_another_version_of_a_distribution_in_use_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site = Site(tmp_path)
    site.put("post.md", ["import numpy as np; print(np.arange(2))", "print(1)"])
    last_shown(site)
    real = dict(where.installed_versions())

    def changed(name: str) -> list[str]:
        fake = {**real, name: "0.0.1"}
        fake_versions = lambda: fake  # noqa: E731
        fake_versions.cache_clear = lambda: None  # type: ignore[attr-defined]
        monkeypatch.setattr(where, "installed_versions", fake_versions)
        return site.statuses(site.execute(mode="check"), "reused")

    assert changed("scikit-learn") == ["cell-1", "cell-2"]
    assert "cell-1" not in changed("numpy")


def test_a_checkpoint_that_lies_is_not_used(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.put("post.md", ["x = [1, 2]", "print(x)"])
    last_shown(site)
    states = [p for p in (site.root / ".xaisite/checkpoints").iterdir() if p.suffix != ".json"]
    assert states
    for path in states:
        data = path.read_bytes()
        path.write_bytes(data.replace(b"K\x01K\x02", b"K\x07K\x02"))
    site.put("post.md", ["x = [1, 2]", "print(x, 'again')"])
    assert last_shown(site)[-1] == ["stdout: [1, 2] again\n"]
