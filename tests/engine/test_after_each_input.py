"""After a change of what cells used exactly these run, and what follows from them: in new processes, counted by the cells."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.engine.counted_site import REPOSITORY, CountedSite
from tests.site_files import SITE_TOML

HEAD = "---\ntitle: {}\ndate: 2026-01-05\n---\n\n"
USES = (
    HEAD.format("Uses")
    + """
```{python}
from ran import ran; ran("a")
base = 1
```

```{python}
#| label: rows
ran("b")
rows = open("rows.csv").read()
```

```{python}
ran("c")
import direct
given = direct.give()
```

```{python}
ran("d")
import os
size = os.environ.get("MODEL_SIZE")
```

```{python}
ran("e")
import used
version = used.VERSION
```

```{python}
#| label: apart
ran("f")
apart = base + 1
```

```{python}
ran("g")
print(rows)
```

```{python}
ran("h")
print(given, size)
```

```{python}
ran("i")
print(version)
```

```{python}
ran("j")
print(apart)
```
"""
)
FILES = {
    "site.toml": SITE_TOML + '\n[execution]\npass_env = ["MODEL_SIZE"]\n',
    "content/posts/uses.md": USES,
    "content/posts/rows.csv": "1\n",
    "content/posts/direct.py": "import indirect\ndef give(): return indirect.V\n",
    "content/posts/indirect.py": "V = 1\n",
}


class Environment:
    """A virtual environment that finds all that this one has, and distributions of its own."""

    def __init__(self, folder: Path) -> None:
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True, timeout=60)
        self.python = str(folder / "bin/python")
        (self.packages,) = folder.glob("lib/python*/site-packages")
        here = [path for path in sys.path if path.endswith("site-packages")]
        (self.packages / "other.pth").write_text("\n".join([*here, str(REPOSITORY)]) + "\n")

    def install(self, name: str, version: str) -> None:
        """Put a distribution with one module there, in place of another version."""
        for old in self.packages.glob(f"{name}-*.dist-info"):
            for file in old.iterdir():
                file.unlink()
            old.rmdir()
        info = self.packages / f"{name}-{version}.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        (info / "RECORD").write_text(f"{name}/__init__.py,,\n{info.name}/METADATA,,\n{info.name}/RECORD,,\n")
        (self.packages / name).mkdir(exist_ok=True)
        (self.packages / name / "__init__.py").write_text(f"VERSION = {version!r}\n")


@pytest.fixture
def environment(tmp_path: Path) -> Environment:
    made = Environment(tmp_path / "venv")
    made.install("used", "1.0")
    made.install("idle", "1.0")
    return made


def rewrite(name: str, text: str) -> Callable[[CountedSite, Environment], None]:
    def change(site: CountedSite, _: Environment) -> None:
        (site.root / name).write_text(text)

    return change


def move_site(site: CountedSite, _: Environment) -> None:
    site.root = site.root.rename(site.root.with_name("elsewhere"))


def touch_all(site: CountedSite, _: Environment) -> None:
    for path in (site.root / "content").rglob("*"):
        path.touch()


CHANGES: dict[str, tuple[Callable[[CountedSite, Environment], None], str]] = {
    "a data file": (rewrite("content/posts/rows.csv", "2\n"), "bg"),
    "a local module": (rewrite("content/posts/direct.py", "def give(): return 7\n"), "ch"),
    "a local module, with the same values": (
        rewrite("content/posts/direct.py", "import indirect\n\ndef give(): return indirect.V + 0\n"),
        "c",
    ),
    "a module that it imports": (rewrite("content/posts/indirect.py", "V = 2\n"), "ch"),
    "a file that nothing read": (rewrite("content/posts/other.csv", "9\n"), ""),
    "a distribution in use": (lambda _, e: e.install("used", "1.1"), "ei"),
    "a distribution not in use": (lambda _, e: e.install("idle", "2.0"), ""),
    "the folder of the site": (move_site, ""),
    "the times of all files": (touch_all, ""),
}


@pytest.mark.parametrize("name", CHANGES)
def test_exactly_what_used_it_runs(tmp_path: Path, environment: Environment, name: str) -> None:
    site = CountedSite(tmp_path, FILES, environment.python)
    assert site.build() == "abcdefghij"
    change, expected = CHANGES[name]
    change(site, environment)
    assert site.build("--jobs", "3") == expected
    assert site.build() == ""


def test_a_declared_variable(tmp_path: Path, environment: Environment) -> None:
    site = CountedSite(tmp_path, FILES, environment.python)
    site.build(MODEL_SIZE="1", OTHER="1")
    assert site.build(MODEL_SIZE="1", OTHER="2") == ""
    assert site.build(MODEL_SIZE="2", OTHER="2") == "dh"
    assert site.build(MODEL_SIZE="1") == "", "both results are still there"


@pytest.mark.parametrize(("label", "expected"), [("rows", "b"), ("apart", "f")])
def test_one_stored_result_that_is_gone(tmp_path: Path, label: str, expected: str) -> None:
    site = CountedSite(tmp_path, FILES | {"used.py": "VERSION = 1\n"})
    assert site.build() == "abcdefghij"
    traces = list((site.root / ".xaisite/results/traces").rglob("*.json"))
    (path,) = [path for path in traces if json.loads(path.read_text())["label"] == label]
    path.unlink()
    assert site.build() == expected


MAKER = (
    HEAD.format("Maker")
    + """
```{python}
#| produces: model
from ran import ran; ran("m")
model = {"weight": 2}
```
"""
)
TAKER = (
    HEAD.format("Taker")
    + """
```{python}
from ran import ran; ran("t")
import xaisite
model = xaisite.artifact("maker/model")
```

```{python}
ran("u")
print(model["weight"])
```

```{python}
ran("v")
print("apart")
```
"""
)
ALONE = HEAD.format("Alone") + '\n```{python}\nfrom ran import ran; ran("w")\n```\n'


def test_a_value_that_other_posts_use(tmp_path: Path) -> None:
    posts = {"maker": MAKER, "taker": TAKER, "alone": ALONE}
    site = CountedSite(tmp_path, {f"content/posts/{name}.md": text for name, text in posts.items()})
    assert sorted(site.build()) == sorted("mtuvw")
    site.edit("content/posts/maker.md", ('"weight": 2', '"weight": 1 + 1'))
    assert site.build() == "m", "the bytes are the same"
    site.edit("content/posts/maker.md", ("1 + 1", "3"))
    assert site.build() == "mtu"
    site.edit("content/posts/maker.md", ("title: Maker", "title: The maker"))
    assert site.build() == ""


def slow_post(seconds: float) -> str:
    return (
        HEAD.format("Slow")
        + f"""
```{{python}}
from ran import ran; ran("a")
import time
```

```{{python}}
ran("b")
time.sleep({seconds})
fitted = [1, 2]
```

```{{python}}
ran("c")
fitted.append(3)
```

```{{python}}
ran("d")
print(fitted)
```
"""
    )


@pytest.mark.parametrize("seconds", [0.8, pytest.param(30.0, marks=pytest.mark.slow)])
def test_the_last_cell_behind_a_slow_one(tmp_path: Path, seconds: float) -> None:
    site = CountedSite(tmp_path, {"content/posts/slow.md": slow_post(seconds)})
    assert site.build() == "abcd"
    for number in range(3):
        site.edit("content/posts/slow.md", ("print(", f"print({number}, "))
        assert site.build() == "d"
    page = (site.root / "build/posts/slow/index.html").read_text()
    assert "2 1 0 [1, 2, 3]" in page
    site.edit("content/posts/slow.md", ("append(3)", "append(4)"))
    assert site.build() == "cd"


def test_without_saved_states_the_slow_cell_runs_once_more(tmp_path: Path) -> None:
    """The control: it is the saved state that spares the slow cell."""
    site = CountedSite(tmp_path, {"content/posts/slow.md": slow_post(0.8)})
    assert site.build() == "abcd"
    shutil.rmtree(site.root / ".xaisite/checkpoints")
    site.edit("content/posts/slow.md", ("print(", "print(0, "))
    assert site.build() == "abcd"
