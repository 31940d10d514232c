"""Each part of the key is needed: with it switched off, a stale result is shown, and these scenes see that."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.engine.running_posts import Site, shown
from xaisite.engine import inputs, where
from xaisite.pipeline import execute_drive, execute_post, execute_trace
from xaisite.run.checkpoints import Checkpoints

Scene = Callable[[Site], tuple[list[list[str]], list[list[str]]]]


def last_shown(site: Site) -> list[list[str]]:
    done = site.execute()
    assert not [d for d in done.diagnostics if d.is_error], done.diagnostics
    return shown(done.value["content/post.md"])


def edit(before: list[str], after: list[str], wanted: str, **second: Any) -> Scene:
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
    import random

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
}


def _without_shares(state: Any, visible: Any) -> str:
    from xaisite.core.digest import digest_json

    return digest_json({n: state.names[n][0] for n in sorted(visible) if n in state.names and n != "a"})


@pytest.mark.parametrize("name", SCENES)
def test_an_edit_is_seen(tmp_path: Path, name: str) -> None:
    given, expected = SCENES[name](Site(tmp_path))
    assert given == expected


@pytest.mark.parametrize("name", MUTANTS)
def test_the_mutant_dies(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    MUTANTS[name][1](monkeypatch)
    monkeypatch.setattr(Checkpoints, "find", lambda *_: None)
    given, expected = SCENES[name](Site(tmp_path))
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
