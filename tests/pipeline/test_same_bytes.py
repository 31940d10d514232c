"""Two runs give the same bytes: in another folder, time zone, locale, hash seed and number of jobs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.site_files import SITE_TOML, read_tree, write_site

POST = """---
title: Same
date: 2026-01-05
---

```{python}
#| label: setup
import locale, os, time
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
values = np.random.rand(60, 4)
print(time.tzname, locale.setlocale(locale.LC_ALL), {"b", "a", "c"}, hash("x"))
```

```{python}
#| label: fig-model
#| fig-cap: "`{python} f'{model.score(values, values[:, 0] > 0.5):.4f}'`"
#| fig-format: [svg, png, webp]
model = RandomForestClassifier(20).fit(values, values[:, 0] > 0.5)
plt.bar(range(4), model.feature_importances_)
plt.title(f"{1234567.5:,}");
```

```{python}
#| label: table
#| seeds: 2
pd.DataFrame({"when": pd.to_datetime([0], unit="s"), "n": np.random.rand(1)})
```

```{python}
#| label: moving
from matplotlib.animation import FuncAnimation
fig, ax = plt.subplots(figsize=(2, 1))
line, = ax.plot([0, 1])
steps = FuncAnimation(fig, lambda k: line.set_ydata([k, 1]), frames=2)
```
"""
FILES = {
    "site.toml": SITE_TOML + '\n[execution]\nstore = "results"\n',
    "content/posts/same.md": POST,
    "content/posts/other.md": POST.replace("title: Same", "title: Other").replace("20)", "21)"),
}
WORLDS = (
    {"TZ": "UTC", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "0", "COLUMNS": "80"},
    {"TZ": "Asia/Kolkata", "LC_ALL": "de_DE.UTF-8", "PYTHONHASHSEED": "77", "COLUMNS": "200", "OMP_NUM_THREADS": "2"},
)


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    made = []
    for number, world in enumerate(WORLDS):
        root = write_site(tmp_path_factory.mktemp("a much longer name " * number + "s"), FILES)
        command = [
            sys.executable,
            "-m",
            "xaisite",
            "build",
            str(root),
            "--jobs",
            str(2 - number),
            "--format",
            "concise",
        ]
        environ = {**os.environ, **world}
        done = subprocess.run(command, env=environ, cwd="/", capture_output=True, text=True, timeout=580, check=False)
        assert done.returncode == 0, done.stderr
        made.append(root)
    return made


def test_the_sites_are_the_same(sites: list[Path]) -> None:
    one, two = (read_tree(root / "build") for root in sites)
    assert one.keys() == two.keys()
    assert [name for name in one if one[name] != two[name]] == []
    assert len([name for name in one if name.endswith((".webp", ".svg", ".png"))]) > 20


def test_the_results_are_the_same(sites: list[Path]) -> None:
    one, two = (read_tree(root / "results") for root in sites)
    assert one.keys() == two.keys(), "named by their content"
    for name in (n for n in one if n.startswith("media")):
        assert one[name] == two[name]
    for name in (n for n in one if n.endswith(".json")):
        first, second = json.loads(one[name]), json.loads(two[name])
        for trace in (first, second):
            assert "seconds" not in trace
            trace.pop("post")  # of cells that two posts have in common, either may be first
        assert first == second
