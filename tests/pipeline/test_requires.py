"""`requires: gpu`: where there is none, the stored result serves, labelled with its device."""

from __future__ import annotations

from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from tests.site_files import write_site
from xaisite import build_site
from xaisite.engine.where import Place
from xaisite.pipeline import execute_context
from xaisite.pipeline.options import BuildOptions

POST = """---
title: Device
date: 2026-01-05
---

```{python}
#| label: heavy
#| requires: gpu
weights = [1, 2, 3]
print("trained", sum(weights))
```

```{python}
#| label: light
LIGHT = 1
```
"""


@pytest.fixture
def gpu(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Return what stands for the machine's GPU (a test machine need not have one)."""
    machine = {"name": ""}
    monkeypatch.setattr(execute_context, "find_gpu", lambda: machine["name"])
    return machine


def build(root: Path, text: str) -> list[tuple[str, str]]:
    (root / "content/posts/device.md").write_text(text)
    return [(d.code, d.message) for d in build_site(root).diagnostics if d.is_error]


def test_without_a_gpu_and_a_result_it_is_a_located_error(tmp_path: Path, gpu: dict[str, str]) -> None:
    root = write_site(tmp_path, {"content/posts/device.md": POST})
    result = build_site(root)
    found = [d for d in result.diagnostics if d.is_error]
    assert [d.code for d in found] == ["device-missing"]
    assert POST[found[0].span.start : found[0].span.end] == "gpu"


def test_the_stored_result_serves_and_is_labelled(tmp_path: Path, gpu: dict[str, str]) -> None:
    root = write_site(tmp_path, {"content/posts/device.md": POST})
    gpu["name"] = "Example X1"
    assert build(root, POST) == []
    gpu["name"] = ""
    assert build(root, POST.replace("LIGHT = 1", "LIGHT = 2")) == [], (
        "a later cell that needs nothing of it runs alone?"
    )
    page = BeautifulSoup((root / "build/posts/device/index.html").read_text(), "html.parser")
    assert page.select_one("#cell-heavy .cell-device").get_text() == "Computed on Example X1."
    assert "trained 6" in page.select_one("#cell-heavy").get_text()
    changed = build(root, POST.replace("[1, 2, 3]", "[1, 2, 4]"))
    assert [code for code, _ in changed] == ["device-missing"], "never the result of other code"


def test_another_library_or_machine_is_no_reason_to_lose_it(
    tmp_path: Path, gpu: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    root = write_site(tmp_path, {"content/posts/device.md": POST})
    gpu["name"] = "Example X1"
    assert build(root, POST) == []
    gpu["name"] = ""
    monkeypatch.setattr(execute_context, "find_place", lambda _: Place("another machine", {}, {}))
    assert build(root, POST.replace("title: Device", "title: Other")) == []


def test_a_later_cell_that_needs_its_values_says_so(tmp_path: Path, gpu: dict[str, str]) -> None:
    root = write_site(tmp_path, {"content/posts/device.md": POST})
    gpu["name"] = "Example X1"
    assert build(root, POST) == []
    gpu["name"] = ""
    for state in (root / ".xaisite/checkpoints").glob("*"):
        state.unlink()
    found = build(root, POST.replace("LIGHT = 1", "LIGHT = weights[0]"))
    assert [code for code, _ in found] == ["device-missing"]
    assert "a later cell must run" in found[0][1]


def test_a_post_that_imports_what_is_left_out_is_not_run(tmp_path: Path) -> None:
    post = "---\ntitle: T\n---\n\n```{python}\nimport json, colorsys\nprint(1 + 1)\n```\n"
    root = write_site(
        tmp_path, {"content/posts/a.md": post, "content/posts/b.md": POST.replace("requires: gpu", "echo: true")}
    )
    result = build_site(root, BuildOptions(without=("colorsys",)))
    assert [(d.code, d.severity, d.span.path) for d in result.diagnostics if d.span and d.code != "cell-not-run"] == [
        ("run-left-out", "notice", "content/posts/a.md")
    ]
    assert "imports colorsys" in next(d.message for d in result.diagnostics if d.code == "run-left-out")
    assert [cell.status for cell in result.cells if cell.post == "content/posts/a.md"] == ["not-run"]
    assert "ran" in {cell.status for cell in result.cells if cell.post == "content/posts/b.md"}
