"""What changed and why: drift, `xaisite verify`, `xaisite why`, and how a figure was made."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from tests.site_files import SITE_TOML, read_tree, write_site
from xaisite import build_site
from xaisite.cli.main import main
from xaisite.engine.where import Place
from xaisite.pipeline import execute_context
from xaisite.pipeline.options import BuildOptions

SHARED = SITE_TOML + '\n[execution]\nstore = "results"\n'
STRICT = BuildOptions(strict_drift=True)
HEAD = "---\ntitle: Drift\ndate: 2026-01-05\n---\n"
POST = (
    HEAD
    + """
```{python}
#| label: score
score = float(open("score.txt").read())
print("score", score)
```

```{python}
#| label: fig-score
#| fig-cap: "Its score."
import matplotlib.pyplot as plt
plt.bar(["a", "b"], [score, 1]);
```

```{python}
#| label: apart
import math
print(math.pi)
```
"""
)


def put(root: Path, score: str, text: str = POST) -> Path:
    return write_site(root, {"content/posts/drift.md": text, "content/posts/score.txt": score})


def drifts(root: Path, options: BuildOptions | None = None) -> list[str]:
    return [d.message.partition(": ")[2] for d in build_site(root, options).diagnostics if d.code == "drift"]


def page(root: Path) -> BeautifulSoup:
    return BeautifulSoup((root / "build/posts/drift/index.html").read_text(), "html.parser")


def test_drift_says_which_numbers_and_how_much_of_a_picture(tmp_path: Path) -> None:
    root = put(tmp_path, "0.912")
    assert drifts(root) == []
    put(root, "0.874")
    text, figure = drifts(root)
    assert text == "0.912 → 0.874"
    said = re.fullmatch(r"figure 1: 0\.912 → 0\.874, (\d+\.\d\d)% of its pixels", figure)
    assert said
    assert 0 < float(said[1]) < 20
    assert drifts(root) == [], "said once"


def test_an_edit_is_no_drift(tmp_path: Path) -> None:
    root = put(tmp_path, "0.912")
    assert drifts(root) == []
    put(root, "0.912", POST.replace("float(open", "2 * float(open"))
    assert drifts(root) == [], "neither in the cell nor in those that follow from it"
    put(root, "0.912", POST.replace("[score, 1]", "[score, 2]"))
    assert drifts(root) == []
    put(
        root, "0.912", POST.replace('"Its score."', '"Its score."\n#| fig-width: 4').replace("[score, 1]", "[score, 2]")
    )
    assert drifts(root) == [], "other options are an edit too"


def test_strict_drift_fails_and_goes_on_failing_until_it_is_accepted(tmp_path: Path) -> None:
    root = put(tmp_path, "0.912")
    assert drifts(root) == []
    before = read_tree(root / "build")
    put(root, "0.874")
    for _ in range(2):
        result = build_site(root, STRICT)
        assert {d.code for d in result.diagnostics if d.is_error} == {"drift"}
        assert not result.written
        assert read_tree(root / "build") == before
    assert len(drifts(root)) == 2
    assert build_site(root, STRICT).ok
    assert "0.874" in page(root).get_text()


def test_strict_drift_by_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = put(tmp_path, "0.5")
    assert main(["build", str(root)]) == 0
    put(root, "0.25")
    assert main(["build", str(root), "--strict-drift", "--format", "concise"]) == 1
    assert "drift the same code gives other results than the last time: 0.5 → 0.25" in capsys.readouterr().err


def test_results_in_git_are_the_last_time_for_another_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    noisy = (
        HEAD
        + "\n```{python}\n#| label: noisy\nimport os\nprint('bits', os.urandom(2)[0] + 1000)\n```\n\n```{python}\nprint(1)\n```\n"
    )
    root = write_site(tmp_path, {"site.toml": SHARED, "content/posts/drift.md": noisy})
    assert build_site(root).ok
    kept = read_tree(root / "results")
    shutil.rmtree(root / ".xaisite")
    monkeypatch.setattr(execute_context, "find_place", lambda _: Place("another machine", {}, {}))
    for _ in range(9):  # two bytes may be equal by chance
        result = build_site(root, STRICT)
        if not result.ok:
            break
        shutil.rmtree(root / ".xaisite")
    found = [d for d in result.diagnostics if d.is_error]
    assert [d.code for d in found] == ["drift"]
    assert re.search(r"1\d\d\d → 1\d\d\d", found[0].message)
    assert {n: b for n, b in read_tree(root / "results").items() if n in kept} == kept


# verify


def test_the_last_time_is_that_of_the_last_build_whatever_older_results_there_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = HEAD + "\n```{python}\nimport time\nprint('now', time.time_ns() % 10**9)\n```\n"
    root = write_site(tmp_path, {"content/posts/drift.md": clock})
    said = [drifts(root)]
    for number in range(4):
        monkeypatch.setattr(execute_context, "find_place", lambda _, n=number: Place(f"tool of version {n}", {}, {}))
        said.append(drifts(root))
    pairs = [re.findall(r"(\d+) → (\d+)", line) for (line,) in said[1:]]
    assert not said[0]
    assert [one[0][1] for one in pairs[:-1]] == [next_one[0][0] for next_one in pairs[1:]]


def test_verify_repeats_and_changes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = put(tmp_path, "0.912")
    clock = HEAD.replace("Drift", "Clock") + "\n```{python}\nimport time\nprint('now', time.time_ns())\n```\n"
    write_site(root, {"content/posts/drift.md": POST, "content/posts/clock.md": clock})
    assert main(["build", str(root)]) == 0
    stored = {n: b for n, b in read_tree(root / ".xaisite").items() if n.startswith(("results", "last"))}
    capsys.readouterr()
    assert main(["verify", "drift", "--site", str(root)]) == 0
    assert main(["verify", "--site", str(root), "--format", "concise"]) == 1
    said = capsys.readouterr().err
    assert "content/posts/clock.md:6:1: verify-differs a clean run gives other results: output 1: " in said
    assert not [line for line in said.splitlines() if line.startswith("content/posts/drift.md")]
    assert {n: b for n, b in read_tree(root / ".xaisite").items() if n.startswith(("results", "last"))} == stored
    assert not list((root / ".xaisite").glob("verify-*"))


def test_verify_sees_a_result_that_was_exchanged_as_a_whole(tmp_path: Path) -> None:
    root = write_site(
        tmp_path, {"site.toml": SHARED, "content/posts/drift.md": HEAD + "\n```{python}\nprint('rows', 3)\n```\n"}
    )
    assert build_site(root).ok
    (path,) = (root / "results/traces").rglob("*.json")
    from xaisite.core.digest import digest_json

    trace = json.loads(path.read_text())
    trace["body"]["outputs"][0]["text"] = "rows 4\n"
    trace["name"] = digest_json(trace["body"])
    path.unlink()
    path.with_name(f"{trace['name']}.json").write_text(json.dumps(trace))
    shutil.rmtree(root / ".xaisite")
    assert build_site(root, BuildOptions(execute="frozen")).ok, "whoever may write there may claim anything …"
    assert main(["verify", "--site", str(root)]) == 1, "… and verify tells"


# why


def why(root: Path, capsys: pytest.CaptureFixture[str], cell: str = "drift") -> dict[str, str]:
    capsys.readouterr()
    assert main(["why", cell, "--site", str(root), "--format", "json"]) == 0
    return {entry["cell"]: entry["reason"] for entry in json.loads(capsys.readouterr().out)}


CELLS = """
```{python}
#| label: first
import random
a = 1
```

```{python}
#| label: second
#| depends: [data/*.csv]
print(a, open("score.txt").read())
```

```{python}
#| label: third
#| fig-width: 5
print(random.random())
```
"""


@pytest.mark.parametrize(
    ("old", "new", "cell", "reason"),
    [
        ("a = 1", "a = 2", "first", "its code changed"),
        ("fig-width: 5", "fig-width: 6", "third", "its options changed: size"),
        ("print(random", "print(2 * random", "third", "its code changed"),
        ("#| label: third", "#| label: fourth", "fourth", "nothing it depends on changed"),
    ],
)
def test_why_after_an_edit(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, cell: str, reason: str
) -> None:
    root = put(tmp_path, "1", HEAD + CELLS)
    assert build_site(root).ok
    put(root, "1", HEAD + CELLS.replace(old, new))
    assert why(root, capsys)[cell].startswith(reason)


def test_why_names_files_variables_versions_and_state(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    root = put(tmp_path, "1", HEAD + CELLS)
    assert build_site(root).ok
    assert set(why(root, capsys).values()) == {"nothing it depends on changed"}
    put(root, "2", HEAD + CELLS)
    assert why(root, capsys)["second"] == "content/posts/score.txt changed"
    put(root, "1", HEAD + CELLS)
    (root / "content/posts/data").mkdir()
    (root / "content/posts/data/x.csv").write_text("1")
    assert why(root, capsys, "drift:second") == {"second": "content/posts/data/*.csv changed"}
    shutil.rmtree(root / "content/posts/data")
    put(root, "1", HEAD + CELLS.replace("a = 1", "a = 1; random.random()"))
    assert build_site(root).ok
    put(root, "1", HEAD + CELLS)
    assert build_site(root).ok
    put(root, "1", HEAD + CELLS.replace("a = 1", "a = 1; random.seed(4)"))
    assert why(root, capsys)["third"] == "it may depend on what first changes"
    assert [c.reason for c in build_site(root).cells if c.cell == "third"] == ["state after first changed: rng:random"]


def test_why_names_versions(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from xaisite.engine import where

    root = put(tmp_path, "1", HEAD + "\n```{python}\n#| label: one\nimport numpy\nprint(numpy.pi)\n```\n")
    assert build_site(root).ok
    now = dict(where.installed_versions())

    def others() -> dict[str, str]:
        return {**now, "numpy": "99.1"}

    others.cache_clear = lambda: None  # type: ignore[attr-defined]
    for module in ("where", "inputs"):
        monkeypatch.setattr(f"xaisite.engine.{module}.installed_versions", others, raising=False)
    monkeypatch.setattr(execute_context, "installed_versions", others)
    assert why(root, capsys)["one"] == f"numpy {now['numpy']} → 99.1"


# provenance


def test_each_figure_says_how_it_was_made(tmp_path: Path) -> None:
    text = POST.replace("import matplotlib", "#| seed: 12\nimport matplotlib").replace("#| seed: 12\n", "", 0)
    text = text.replace('#| fig-cap: "Its score."\n', '#| fig-cap: "Its score."\n#| seed: 12\n').replace(
        "#| seed: 12\nimport", "import"
    )
    root = put(tmp_path, "0.912", text)
    assert build_site(root).ok
    made = page(root).select_one("#cell-fig-score details.made")
    rows = {row.th.get_text(): row.td.get_text(" ", strip=True) for row in made.select("tr")}
    code = made.select_one("pre").get_text()
    assert 'open("score.txt")' in code
    assert "plt.bar" in code
    assert "math.pi" not in code, "only what the figure needs"
    from xaisite.core.digest import digest_bytes

    assert rows["Seed"] == "12"
    assert rows["Inputs"] == f"content/posts/score.txt {digest_bytes(b'0.912')[:12]}", (
        "also what an earlier cell read for it"
    )
    assert re.match(r"python \d+\.\d+\.\d+, ", rows["Versions"])
    assert re.search(r"\bmatplotlib \d", rows["Versions"])
    assert re.search(r"\bnumpy \d", rows["Versions"])
    assert rows["Ran under"]
    assert not re.search(r"\d+(\.\d+)? ?(s|MB|MiB)\b", rows["Ran under"]), "time and memory are for the report"
