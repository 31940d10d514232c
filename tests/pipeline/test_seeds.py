"""`seeds: 5`: a cell run under several seeds, and how far its results agree."""

from __future__ import annotations

import statistics
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag

from tests.site_files import write_site
from xaisite import build_site

POST = """---
title: Seeds
date: 2026-01-05
---

```{python}
#| label: start
import random
import numpy as np
import matplotlib.pyplot as plt
kept = np.random.default_rng(3)
held = [0]
```

```{python}
#| label: fig-score
#| fig-cap: "A draw"
#| seeds: 4
held.append(1)
open("left.txt", "a").write("x")
score = random.random() + np.random.random() + kept.random()
print(f"score: {score:.4f} of 3, held {len(held)}, written {len(open('left.txt').read())}")
plt.plot([0, score]);
```

```{python}
#| label: after
len(held), len(open("left.txt").read())
```

```{python}
#| label: pinned
#| seeds: 3
print("answer", random.Random(1).randint(0, 10**6))
```

```{python}
#| label: words
#| seeds: 2
print("heads " * np.random.randint(1, 50))
```
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_site(tmp_path_factory.mktemp("seeds"), {"content/posts/seeds.md": POST})


@pytest.fixture(scope="module")
def first(site: Path) -> tuple[Path, list[str]]:
    result = build_site(site)
    assert result.ok, [d.message for d in result.diagnostics]
    return site, [d.code for d in result.diagnostics]


def cell(site: Path, label: str) -> Tag:
    page = BeautifulSoup((site / "build/posts/seeds/index.html").read_text(), "html.parser")
    found = page.find(id=f"cell-{label}")
    assert isinstance(found, Tag)
    return found


def expected(seed: int) -> float:
    """What the cell draws under another seed, without any of our code."""
    import random

    import numpy as np

    python = random.Random(seed)
    old = np.random.RandomState(seed)
    held = np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, 0])))
    return python.random() + float(old.random()) + float(held.random())


def test_numbers_of_every_seed_are_told(first: tuple[Path, list[str]]) -> None:
    block = cell(first[0], "fig-score").select_one(".seeds")
    assert "Over 4 seeds: the one above, and 1, 2, 3." in block.get_text()
    rows = [[c.get_text() for c in row.select("th, td")] for row in block.select("tbody tr")]
    shown = float(rows[0][1])
    others = [expected(seed) for seed in (1, 2, 3)]
    values = [shown, *others]
    assert [r[0] for r in rows] == ["score"], "numbers that are the same under every seed are not told"
    assert float(rows[0][2]) == pytest.approx(statistics.fmean(values), abs=2e-4)
    assert float(rows[0][3]) == pytest.approx(statistics.stdev(values), rel=0.06)
    assert float(rows[0][4]) == pytest.approx(min(values), abs=1e-4)
    assert float(rows[0][5]) == pytest.approx(max(values), abs=1e-4)


def test_every_seed_draws_its_figure(first: tuple[Path, list[str]]) -> None:
    block = cell(first[0], "fig-score").select_one(".seeds")
    assert [c.get_text() for c in block.select("figcaption")] == ["Seed 1", "Seed 2", "Seed 3"]
    assert len({img["src"] for img in block.select("img")}) == 6, "light and dark, and no two are the same"


def test_repeats_leave_nothing_behind(first: tuple[Path, list[str]]) -> None:
    assert "held 2, written 1" in cell(first[0], "fig-score").get_text()
    assert "(2, 1)" in cell(first[0], "after").get_text()


def test_a_cell_that_fixes_its_own_seed_is_told(first: tuple[Path, list[str]]) -> None:
    assert "All show the same." in cell(first[0], "pinned").get_text()
    assert first[1].count("seeds-without-effect") == 1


def test_texts_that_differ_are_shown(first: tuple[Path, list[str]]) -> None:
    block = cell(first[0], "words").select_one(".seeds")
    assert "differs in more than numbers" in block.get_text()
    assert [s.get_text() for s in block.select("summary")] == ["Seed 1"]


def test_nothing_runs_twice_and_the_warning_stays(first: tuple[Path, list[str]]) -> None:
    again = build_site(first[0])
    assert not [c for c in again.cells if c.status == "ran"]
    assert [d.code for d in again.diagnostics].count("seeds-without-effect") == 1


def test_more_seeds_run_the_cell_again_and_a_failing_one_is_located(first: tuple[Path, list[str]]) -> None:
    path = first[0] / "content/posts/seeds.md"
    path.write_text(POST.replace("#| seeds: 2", "#| seeds: 3"))
    again = build_site(first[0])
    assert [c.cell for c in again.cells if c.status == "ran"] == ["words"]
    path.write_text(POST.replace('print("answer"', 'assert random.random() > 0.8; print("answer"'))
    broken = build_site(first[0])
    found = [d for d in broken.diagnostics if d.is_error]
    assert [d.code for d in found] == ["cell-error"]
    assert "under seed 1 it raised AssertionError" in found[0].message
