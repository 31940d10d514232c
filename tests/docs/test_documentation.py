"""The documentation builds without a warning, and says what is so."""

from __future__ import annotations

import importlib.util
import re
import shutil
from pathlib import Path
from types import ModuleType

import pytest

from xaisite import build_site
from xaisite.pipeline.options import BuildOptions

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"


def load_script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, DOCS / f"{name}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_results_are_made_of_the_source_above_them() -> None:
    script = load_script("make_examples")
    pages = script.example_pages()
    assert sum("{.result}" in page.read_text(encoding="utf-8") for page in pages) >= 9
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert script.fill_examples(text) == text, f"run python docs/make_examples.py ({page.name})"


def test_an_example_takes_the_fence_right_above_it() -> None:
    script = load_script("make_examples")
    text = "````markdown\nalone\n````\n\nWords.\n\n````markdown\nshown\n````\n\n::::::: {.result}\nold\n:::::::\n"
    assert script.fill_examples(text) == text.replace("\nold\n", "\n\nshown\n\n")


def test_it_builds_without_a_warning(tmp_path: Path) -> None:
    site = tmp_path / "docs"
    shutil.copytree(DOCS, site, ignore=shutil.ignore_patterns(".xaisite", "build"))
    result = build_site(site, BuildOptions(strict=True))
    assert [(d.code, d.message, d.span) for d in result.diagnostics] == []
    assert result.written
    commands = (site / "build/reference/command-line/index.html").read_text(encoding="utf-8")
    assert "--strict-drift" in commands
    codes = (site / "build/reference/diagnostics/index.html").read_text(encoding="utf-8")
    written = {page.stem for page in (ROOT / "xaisite/report/codes").glob("[a-z]*.md")}
    assert set(re.findall(r'<h2 id="code-([a-z0-9-]+)"', codes)) == written


def named_tests() -> list[tuple[str, str]]:
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    found: list[tuple[str, str]] = []
    for line in text.splitlines():
        last = ""
        for path, test in re.findall(r"`([\w/]*\.py)?::(test_\w+)`", line):
            last = path or last
            found.append((last, test))
    return found


@pytest.mark.parametrize(("path", "test"), named_tests())
def test_the_tests_that_hold_invariants_exist(path: str, test: str) -> None:
    files = [ROOT / path] if "/" in path else sorted((ROOT / "tests").rglob(path))
    assert any(f"def {test}(" in file.read_text(encoding="utf-8") for file in files), f"{path}::{test}"
