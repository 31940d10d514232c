"""The invariants that can be read off the sources, and those of start-up (ARCHITECTURE.md)."""

from __future__ import annotations

import ast
import dataclasses
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import xaisite

PACKAGE = Path(xaisite.__file__).parent
ROOT = PACKAGE.parent
MODULES = sorted(PACKAGE.rglob("*.py"))
PURE_ROOMS = ("parse", "cite", "link", "plan", "render", "export", "check", "report", "model", "core")
READS = re.compile(
    r"(?<![\w.])open\(|\.(?:read_text|read_bytes|write_text|write_bytes|unlink|mkdir|iterdir|rglob|glob)\("
)
READERS = {
    "export/set_up.py",  # code that a notebook opens a file with, as text
    "export/share_image.py",  # the fonts that matplotlib ships
    "report/codes.py",  # package data
}


@pytest.mark.parametrize("room", PURE_ROOMS)
def test_pure_rooms_touch_no_disk(room: str) -> None:
    """I3."""
    found = [
        f"{path.relative_to(PACKAGE)}:{number}"
        for path in sorted((PACKAGE / room).rglob("*.py"))
        if path.relative_to(PACKAGE).as_posix() not in READERS
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if READS.search(line.partition("#")[0]) and '"""' not in line
    ]
    assert found == []


def test_configuration_holds_no_results_and_results_no_configuration() -> None:
    """I5: neither module knows the other, so no field of one can hold the other's types."""
    from xaisite.model import config, result

    for module, other in ((config, result), (result, config)):
        tree = ast.parse(Path(module.__file__).read_text())
        imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        assert other.__name__ not in imported
        records = [v for v in vars(module).values() if dataclasses.is_dataclass(v) and v.__module__ == module.__name__]
        assert len(records) > 5
        assert not {name for record in records for name in vars(other) if name in str(record.__annotations__)} & {
            v.__name__ for v in vars(other).values() if dataclasses.is_dataclass(v) and v.__module__ == other.__name__
        }


def test_no_mutable_module_state() -> None:
    """I9: a module holds constants only; nothing rebinds a module's name from inside a function."""
    found: list[str] = []
    for path in MODULES:
        tree = ast.parse(path.read_text())
        found += [
            f"{path.relative_to(PACKAGE)}: global {', '.join(n.names)}"
            for n in ast.walk(tree)
            if isinstance(n, ast.Global)
        ]
        for node in tree.body:
            targets = (
                node.targets
                if isinstance(node, ast.Assign)
                else [node.target]
                if isinstance(node, ast.AnnAssign)
                else []
            )
            value = getattr(node, "value", None)
            if not isinstance(value, (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp)):
                continue
            names = [t.id for t in targets if isinstance(t, ast.Name)]
            found += [f"{path.relative_to(PACKAGE)}: {n}" for n in names if n != "__all__" and n.upper() != n]
    assert found == []


def test_modules_are_of_one_idea() -> None:
    lengths = {p.relative_to(PACKAGE).as_posix(): len(p.read_text().splitlines()) for p in MODULES}
    assert [name for name, lines in lengths.items() if lines > 400] == []


def imported_by(arguments: list[str]) -> set[str]:
    """Return the names of the modules that a command of xaisite has loaded when it ends."""
    code = (
        "import sys, json\nfrom xaisite.cli.main import main\n"
        f"code = main({arguments!r})\nsys.stdout.write('\\n@@' + json.dumps([code, sorted(sys.modules)]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    status, names = json.loads(done.stdout.rpartition("@@")[2])
    assert status == 0, done.stderr
    return {name.partition(".")[0] for name in names}


NUMERICAL = {"numpy", "scipy", "pandas", "matplotlib", "shap", "sklearn", "torch", "skimage", "lime"}
PAGE_MAKING = {"markdown_it", "jinja2", "pybtex", "pygments", "yaml", "PIL", "nbformat", "nbconvert", "mdit_py_plugins"}


def test_the_parent_imports_no_numerical_library_and_a_no_op_nothing_to_make_pages_with(make_site) -> None:  # type: ignore[no-untyped-def]
    """I8, and a lean start."""
    root = make_site(
        {
            "references.bib": "@book{a, author={A, B}, title={T}, publisher={P}, year={2020}}",
            "content/posts/a.md": "---\ntitle: A\n---\n\n$x$ [@a]\n\n```{python}\nimport numpy\nprint(numpy.ones(2).sum())\n```\n",
        }
    )
    assert not imported_by(["build", str(root), "--jobs", "1"]) & NUMERICAL
    assert not imported_by(["build", str(root)]) & (NUMERICAL | PAGE_MAKING)


def test_asking_for_the_version_loads_next_to_nothing() -> None:
    assert not imported_by(["--version"]) & (NUMERICAL | PAGE_MAKING | {"sqlite3", "pickle"})


def tracked() -> list[Path]:
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    return [ROOT / name for name in done.stdout.split("\0") if name]


def test_nothing_here_works_on_one_machine_only() -> None:
    paths = re.compile(rb"/(?:work/(?:main|shared)|farm/|opt/wheels|root/\.)")
    found = [p.relative_to(ROOT).as_posix() for p in tracked() if p.is_file() and paths.search(p.read_bytes())]
    assert [name for name in found if name != "tests/tidy/test_invariants.py"] == []


def test_nothing_large_or_foreign_is_committed() -> None:
    large = [
        f"{p.relative_to(ROOT)}: {p.stat().st_size}" for p in tracked() if p.is_file() and p.stat().st_size > 600_000
    ]
    assert large == []
    assert not [p for p in tracked() if "katex" in p.name and p.suffix in (".js", ".css", ".woff2")]


def test_frozen_classes_are_records() -> None:
    """Those of the standard library are compiled whole while they are imported, on the way of every build."""
    wrong = [
        f"{path.relative_to(PACKAGE)}:{number}"
        for path in MODULES
        if path.relative_to(PACKAGE).parts[0] not in ("session", "explain")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if line.startswith("@dataclass(frozen=True") and "order=True" not in line
    ]
    assert not wrong, f"use @record of xaisite.core.record: {wrong}"
