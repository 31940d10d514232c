"""The wheel: KaTeX is inside, nothing else's files are; editable installs need no hook."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[1]
VENDOR = "xaisite/math/vendor/katex/"

pytestmark = pytest.mark.skipif(not (ROOT / "node_modules" / "katex").is_dir(), reason="KaTeX was not fetched")


def load_hook() -> ModuleType:
    spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def copy_project(target: Path) -> None:
    """Copy what the wheel is built from, without the files of others' builds."""
    for name in ("pyproject.toml", "hatch_build.py", "package.json", "package-lock.json", "LICENSE", "README.md"):
        shutil.copy(ROOT / name, target / name)
    shutil.copytree(ROOT / "xaisite", target / "xaisite", ignore=shutil.ignore_patterns("__pycache__", "vendor"))


def build_wheel(project: Path, out: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(out)]
    return subprocess.run(command, cwd=project, capture_output=True, text=True, check=False, timeout=120)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not (ROOT / "README.md").is_file():
        pytest.skip("no README yet")
    target = tmp_path_factory.mktemp("project")
    copy_project(target)
    return target


@pytest.fixture(scope="module")
def wheel(project: Path) -> Path:
    (project / "node_modules").symlink_to(ROOT / "node_modules")
    out = project / "out"
    done = build_wheel(project, out)
    assert done.returncode == 0, done.stderr
    [found] = out.glob("*.whl")
    return found


def test_katex_is_inside(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    expected = {
        "katex.min.js",
        "katex.min.css",
        "contrib/mhchem.min.js",
        "contrib/copy-tex.min.js",
        "LICENSE",
        "package.json",
    }
    assert {VENDOR + name for name in expected} <= names
    fonts = {n for n in names if n.startswith(VENDOR + "fonts/")}
    assert len(fonts) == 20
    assert all(n.endswith(".woff2") for n in fonts)
    assert len({n for n in names if n.startswith(VENDOR)}) == len(expected) + len(fonts)
    assert "xaisite/math/shim.js" in names
    assert "xaisite/py.typed" in names
    assert not [n for n in names if "node_modules" in n or n.startswith(("tests/", "docs/"))]
    assert [n for n in names if n.startswith("xaisite/theme/templates/")]
    assert wheel.stat().st_size < 3 << 20


def test_what_is_inside_typesets(wheel: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path)
    code = (
        "from xaisite.math.assets import load_assets\n"
        "from xaisite.math.typeset import Typesetter\n"
        "from xaisite.model.math import Formula\n"
        "with Typesetter() as t:\n"
        "    done = t.typeset([Formula(r'\\ce{H2O}')], {})\n"
        "print(load_assets().root, done[0].is_good)\n"
    )
    env = {**os.environ, "PYTHONPATH": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", code], env=env, cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == [str(tmp_path / VENDOR.rstrip("/")), "True"]


def test_two_wheels_are_equal(wheel: Path, project: Path, tmp_path: Path) -> None:
    done = build_wheel(project, tmp_path)
    assert done.returncode == 0, done.stderr
    [second] = tmp_path.glob("*.whl")
    assert second.read_bytes() == wheel.read_bytes()


def test_without_katex_it_says_what_to_do(tmp_path: Path) -> None:
    hook = load_hook()
    with pytest.raises(SystemExit, match="npm ci --ignore-scripts"):
        hook.katex_files(tmp_path)


def test_another_version_is_refused(tmp_path: Path) -> None:
    hook = load_hook()
    katex = tmp_path / "node_modules" / "katex"
    katex.mkdir(parents=True)
    (katex / "package.json").write_text(json.dumps({"version": "0.1.0"}))
    shutil.copy(ROOT / "package-lock.json", tmp_path)
    with pytest.raises(SystemExit, match="is locked"):
        hook.katex_files(tmp_path)


def test_an_incomplete_katex_is_refused(tmp_path: Path) -> None:
    hook = load_hook()
    katex = tmp_path / "node_modules" / "katex"
    katex.mkdir(parents=True)
    shutil.copy(ROOT / "node_modules" / "katex" / "package.json", katex)
    shutil.copy(ROOT / "package-lock.json", tmp_path)
    with pytest.raises(SystemExit, match="incomplete"):
        hook.katex_files(tmp_path)


def test_an_editable_install_needs_no_katex(tmp_path: Path) -> None:
    if not (ROOT / "README.md").is_file():
        pytest.skip("no README yet")
    copy_project(tmp_path)
    code = f"import os\nfrom hatchling.build import build_editable\nprint(build_editable({str(tmp_path / 'out')!r}))\n"
    (tmp_path / "out").mkdir()
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    [wheel] = (tmp_path / "out").glob("*.whl")
    assert not [n for n in zipfile.ZipFile(wheel).namelist() if "katex" in n]
