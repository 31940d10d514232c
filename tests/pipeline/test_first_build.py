"""A first build lets libraries load before it parses; whatever it guesses, the pages are the same."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

CELL = "---\ntitle: A\ndescription: B\n---\n\n```{python}\n#| label: one\n%s\n```\n"
LOADED = "import sys\nprint('json5' in sys.modules, 'yaml' in sys.modules, 'jinja2' in sys.modules)"


def build(root: Path, *options: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "xaisite", "build", str(root), *options],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stderr


def site(root: Path, posts: dict[str, str]) -> Path:
    (root / "content/posts").mkdir(parents=True)
    (root / "site.toml").write_text('[site]\ntitle = "T"\n')
    for name, text in posts.items():
        (root / "content/posts" / name).write_text(text)
    return root


@pytest.mark.parametrize(
    "other",
    [
        "",
        "---\ntitle: D\ndraft: true\n---\n\n```{python}\nimport jinja2\n```\n",
        "---\ntitle: D\ndescription: E\n---\n\n````\n```{python}\nimport jinja2\n```\n````\n",
        "---\ntitle: D\ndescription: E\n---\n\n```{python}\nimport jinja2, yaml\n```\n",
        "---\ntitle: D\ndescription: E\n---\n\n```{python}\n#| eval: false\nimport jinja2\n```\n",
    ],
    ids=["nothing", "a draft", "an example", "another list", "not evaluated"],
)
def test_a_guess_changes_nothing(tmp_path: Path, other: str) -> None:
    """The first build and one after its results were thrown away give the same, with the same modules loaded."""
    posts = {"b.md": CELL % f"import yaml\n{LOADED}", **({"a.md": other} if other else {})}
    root = site(tmp_path / "site", posts)
    build(root)
    page = (root / "build/posts/b/index.html").read_text()
    assert "False True False" in page
    (root / "build").rename(tmp_path / "first")
    for folder in ("traces", "media"):
        for path in sorted((root / ".xaisite/results" / folder).rglob("*"), reverse=True):
            path.unlink() if path.is_file() else path.rmdir()
    build(root)  # the folder of results is there: nothing is guessed
    assert (root / "build/posts/b/index.html").read_text() == page


def started(root: Path, *options: str) -> list[str]:
    """Build; return the programs that the build itself started."""
    traced = (
        "import json, subprocess, sys\nstarted = []\nplain = subprocess.Popen.__init__\n"
        "def noted(self, args, *a, **k):\n    started.append(' '.join(args))\n    plain(self, args, *a, **k)\n"
        "subprocess.Popen.__init__ = noted\nfrom xaisite.cli.main import main\n"
        f"main(['build', {str(root)!r}, *sys.argv[1:]])\nprint(json.dumps(started), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", traced, *options], capture_output=True, text=True, timeout=60, check=False
    )
    found: list[str] = json.loads(done.stderr.splitlines()[-1])
    return found


def test_what_was_begun_is_used(tmp_path: Path) -> None:
    root = site(tmp_path / "site", {"b.md": CELL % "import yaml", "c.md": CELL % "import yaml, jinja2"})
    assert len([program for program in started(root) if "session.server" in program]) == 1


def test_nothing_is_started_where_nothing_may_run(tmp_path: Path) -> None:
    root = site(tmp_path / "site", {"b.md": CELL % "import yaml"})
    assert started(root, "--no-execute") == []
    (root / "site.toml").write_text('[site]\ntitle = "T"\n[execution]\nenabled = false\n')
    assert started(root) == []
