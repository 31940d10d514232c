"""Results in a folder that git keeps: one file per trace, merged without conflict, used without running anything."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from tests.site_files import SITE_TOML, write_site
from xaisite import build_site
from xaisite.engine.where import Place
from xaisite.pipeline import execute_context
from xaisite.pipeline.build import BuildResult
from xaisite.pipeline.options import BuildOptions

SHARED = SITE_TOML + '\n[execution]\nstore = "results"\n'
FROZEN = BuildOptions(execute="frozen")
POST = """---
title: Kept
date: 2026-01-05
---

```{python}
#| label: data
rows = open("rows.csv").read().split()
print("rows", len(rows))
```

```{python}
#| label: fig-sizes
#| fig-cap: "`{python} len(rows)` rows."
import matplotlib.pyplot as plt
plt.bar(["a", "b"], [len(rows), 2]);
```

There are `{python} len(rows)` rows.

```{python}
#| label: apart
import numpy as np
print("sum", np.arange(4).sum())
```
"""
FILES = {"site.toml": SHARED, "content/posts/kept.md": POST, "content/posts/rows.csv": "x\ny\nz\n"}


def page(root: Path) -> BeautifulSoup:
    return BeautifulSoup((root / "build/posts/kept/index.html").read_text(), "html.parser")


def traces(root: Path) -> set[str]:
    return {p.relative_to(root).as_posix() for p in (root / "results/traces").rglob("*.json") if p.stat().st_size}


def media(root: Path) -> set[Path]:
    return {p for p in (root / "results/media").rglob("*") if p.is_file()}


def ran(result: BuildResult) -> list[str]:
    assert result.ok, [(d.code, d.message) for d in result.diagnostics]
    return [c.cell for c in result.cells if c.status == "ran"]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = write_site(tmp_path_factory.mktemp("made"), FILES)
    assert ran(build_site(root)) == ["data", "fig-sizes", "apart"]
    return root


@pytest.fixture
def fresh(made: Path, tmp_path: Path) -> Callable[[], Path]:
    """Return what makes a checkout: sources and results, no state."""
    count = iter(range(9))

    def check_out() -> Path:
        root = tmp_path / f"checkout{next(count)}"
        shutil.copytree(made, root, ignore=shutil.ignore_patterns(".xaisite", "build"))
        return root

    return check_out


def test_one_file_per_trace_plain_json_and_nothing_else(made: Path) -> None:
    found = [json.loads((made / name).read_text()) for name in traces(made)]
    assert sorted(t["label"] for t in found if t["label"]) == ["apart", "data", "fig-sizes"]
    assert len(found) == 4, "three cells, and the value that stands in the text and in the caption"
    files = [p.relative_to(made / "results") for p in (made / "results").rglob("*") if p.is_file()]
    assert {p.parts[0] for p in files} == {"traces", "media", ".gitattributes"}
    assert "* -text" in (made / "results/.gitattributes").read_text(), "git must not change the ends of lines"
    assert b"cloudpickle" not in b"".join(p.read_bytes() for p in (made / "results").rglob("*") if p.is_file())


def test_a_checkout_shows_the_same_without_running_anything(made: Path, fresh: Callable[[], Path]) -> None:
    root = fresh()
    result = build_site(root, FROZEN)
    assert result.ok, [d.message for d in result.diagnostics]
    assert {c.status for c in result.cells} == {"reused"}
    assert (root / "build/posts/kept/index.html").read_bytes() == (made / "build/posts/kept/index.html").read_bytes()
    assert not (root / ".xaisite/scratch").exists()


BLOCKED = """
import sys

class Refuse:
    names = {names!r}
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in self.names:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Refuse())
from xaisite.cli.main import main
code = main(["build", {root!r}, "--frozen"])
assert "matplotlib" not in sys.modules, "its fonts are read, it is not imported"
sys.exit(code)
"""
NUMERICAL = ("numpy", "scipy", "pandas", "sklearn", "shap", "torch", "IPython", "cloudpickle")


def test_a_checkout_builds_where_no_numerical_library_is_installed(made: Path, fresh: Callable[[], Path]) -> None:
    root = fresh()
    code = BLOCKED.format(names=NUMERICAL, root=str(root))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    assert (root / "build/posts/kept/index.html").read_bytes() == (made / "build/posts/kept/index.html").read_bytes()


@pytest.mark.parametrize(
    ("name", "old", "new", "at"),
    [
        ("content/posts/kept.md", "len(rows))\n", "len(rows), 1)\n", "data"),
        ("content/posts/kept.md", "len(rows), 2]", "len(rows), 3]", "fig-sizes"),
        ("content/posts/rows.csv", "z\n", "z\nw\n", "data"),
    ],
)
def test_code_or_inputs_that_changed_are_a_located_error(
    fresh: Callable[[], Path], name: str, old: str, new: str, at: str
) -> None:
    root = fresh()
    path = root / name
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))
    result = build_site(root, FROZEN)
    found = [d for d in result.diagnostics if d.is_error]
    assert {d.code for d in found} == {"result-missing"}
    assert not result.written
    text = (root / "content/posts/kept.md").read_text()
    first = next(d for d in found if text[d.span.start : d.span.start + 3] == "```")
    assert f"#| label: {at}" in text[first.span.start : first.span.end]


def _damage(root: Path, how: str) -> None:
    blobs = sorted(media(root))
    files = sorted((root / name for name in traces(root)), key=lambda p: json.loads(p.read_text())["label"])
    if how == "truncated blob":
        for blob in blobs:
            blob.write_bytes(blob.read_bytes()[:-3])
    elif how == "swapped blobs":
        first, last = blobs[0].read_bytes(), blobs[-1].read_bytes()
        blobs[0].write_bytes(last)
        blobs[-1].write_bytes(first)
    elif how == "truncated trace":
        files[-1].write_text(files[-1].read_text()[:-40])
    elif how == "swapped traces":
        one, two = files[-1].read_bytes(), files[-2].read_bytes()
        files[-1].write_bytes(two)
        files[-2].write_bytes(one)
    elif how == "tampered trace":
        target = next(f for f in files if '"rows 3' in f.read_text())
        target.write_text(target.read_text().replace('"rows 3', '"rows 9'))
    elif how == "tampered key":
        target = next(f for f in files if '"rows 3' in f.read_text())
        trace = json.loads(target.read_text())
        target.write_text(json.dumps({**trace, "key": "../../../../../escaped", "post": "gone.md"}))
    elif how == "gone":
        shutil.rmtree(root / "results/media")


@pytest.mark.parametrize(
    "how",
    ["truncated blob", "swapped blobs", "truncated trace", "swapped traces", "tampered trace", "tampered key", "gone"],
)
def test_damage_is_a_miss_and_never_a_wrong_page(made: Path, fresh: Callable[[], Path], how: str) -> None:
    root = fresh()
    _damage(root, how)
    frozen = build_site(root, FROZEN)
    assert "result-missing" in {d.code for d in frozen.diagnostics if d.is_error}
    assert not frozen.written
    again = build_site(root)
    assert again.ok
    assert (root / "build/posts/kept/index.html").read_bytes() == (made / "build/posts/kept/index.html").read_bytes()
    assert traces(root) == traces(made), "a full build puts the folder in order"
    shutil.rmtree(root / ".xaisite")
    assert build_site(root, FROZEN).ok, "what was damaged was written anew"


def test_a_full_build_prunes_what_no_page_shows(fresh: Callable[[], Path]) -> None:
    root = fresh()
    before = traces(root)
    write_site(
        root,
        {
            **FILES,
            "content/posts/other.md": POST.replace("Kept", "Other")
            .replace("fig-sizes", "fig-other")
            .replace("[len(rows), 2]", "[len(rows), 5]"),
        },
    )
    assert build_site(root).ok
    both = traces(root)
    assert before < both, "what two posts have in common is kept once"
    (root / "content/posts/kept.md").write_text(POST.replace("np.arange(4)", "np.arange(5)"))
    assert ran(build_site(root)) == ["apart"]
    assert len(traces(root) - both) == 1
    assert both - traces(root) == set(), "the other post still shows the old one"
    (root / "content/posts/other.md").unlink()
    blobs = len(media(root))
    assert build_site(root).ok
    assert len(traces(root)) == len(before)
    assert len(media(root)) < blobs


def test_results_of_drafts_and_posts_left_out_are_kept(fresh: Callable[[], Path]) -> None:
    root = fresh()
    write_site(
        root,
        {
            **FILES,
            "content/posts/later.md": POST.replace("title: Kept", "title: Later\ndraft: true")
            .replace("arange(4)", "arange(7)")
            .replace("fig-sizes", "fig-later"),
        },
    )
    assert build_site(root, BuildOptions(drafts=True)).ok
    with_draft = traces(root)
    assert build_site(root).ok
    assert traces(root) == with_draft
    (root / "content/posts/kept.md").write_text(POST + "\nMore words.\n")
    assert build_site(root, BuildOptions(without=("numpy",))).ok
    assert traces(root) == with_draft


def git(root: Path, *words: str) -> str:
    names = {f"GIT_{who}_{what}": "t@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    environ = {**os.environ, **names, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    done = subprocess.run(
        ["git", *words], cwd=root, env=environ, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
@pytest.mark.parametrize("second", ["np.arange(4)", "len(rows), 2]"])
def test_two_branches_that_edit_different_cells_merge_without_conflict(fresh: Callable[[], Path], second: str) -> None:
    root = fresh()
    (root / ".gitignore").write_text("/.xaisite/\n/build/\n")
    git(root, "init", "-q", "-b", "main")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "both")
    path = root / "content/posts/kept.md"
    for branch, old, new in (
        ("one", 'print("rows"', 'print("lines"'),
        ("two", second, second.replace("4", "6").replace("2]", "7]")),
    ):
        git(root, "checkout", "-q", "-b", branch, "main")
        path.write_text(POST.replace(old, new))
        assert len(ran(build_site(root))) == 1
        git(root, "add", "-A")
        git(root, "commit", "-qm", branch)
    git(root, "merge", "-q", "one")
    assert not git(root, "status", "--porcelain")
    shutil.rmtree(root / ".xaisite")
    merged = build_site(root, FROZEN)
    assert merged.ok, "neither of the two results was lost"
    assert "lines" in page(root).get_text()
    assert build_site(root).ok
    assert not git(root, "status", "--porcelain"), "and a full build finds nothing to tidy"


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_branches_that_both_change_the_result_of_one_cell_merge_too(fresh: Callable[[], Path]) -> None:
    """One edits a cell, the other one that follows from it: git must not take the new results for renamed old ones."""
    root = fresh()
    (root / ".gitignore").write_text("/.xaisite/\n/build/\n")
    git(root, "init", "-q", "-b", "main")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "both")
    path = root / "content/posts/kept.md"
    for branch, old, new in (("one", ".read().split()", ".read().split()[:2]"), ("two", '"a", "b"', '"c", "d"')):
        git(root, "checkout", "-q", "-b", branch, "main")
        path.write_text(POST.replace(old, new))
        assert "fig-sizes" in ran(build_site(root))
        git(root, "add", "-A")
        git(root, "commit", "-qm", branch)
    git(root, "merge", "-q", "one")
    assert ran(build_site(root)) == ["fig-sizes"], "the result of neither branch"
    assert "2 rows." in page(root).get_text()
    shown = traces(root)
    shutil.rmtree(root / "results")
    shutil.rmtree(root / ".xaisite")
    assert build_site(root).ok
    assert traces(root) == shown, "what is not empty is what a clean build shares"


FREEZE = """---
title: Kept
date: 2026-01-05
---

```{python}
#| label: dear
#| freeze: true
dear = 40 + 2
print("dear", dear)
```

```{python}
#| label: cheap
print("cheap", 1)
```
"""


def test_freeze_keeps_one_cell_whatever_the_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = write_site(tmp_path, {"content/posts/kept.md": FREEZE})
    assert ran(build_site(root)) == ["dear", "cheap"]
    assert [json.loads((root / name).read_text())["label"] for name in traces(root)] == ["dear"]
    shutil.rmtree(root / ".xaisite")
    monkeypatch.setattr(execute_context, "find_place", lambda _: Place("another machine", {}, {}))
    assert ran(build_site(root)) == ["cheap"]
    (root / "content/posts/kept.md").write_text(FREEZE.replace("40 + 2", "40 + 3"))
    assert ran(build_site(root)) == ["dear"], "never a result whose code changed"
    assert "dear 43" in page(root).get_text()
    assert len(traces(root)) == 1
