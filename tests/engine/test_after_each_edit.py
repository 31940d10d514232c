"""After each kind of edit exactly what must run, runs: in a new process, counted outside the site by the cells themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.engine.counted_site import CountedSite

POST = "content/posts/ten.md"
TEN = """---
title: Ten
date: 2026-01-05
---

Words.

```{python}
#| label: first
from ran import ran; ran("a")
import random
b = [1, 2]
```

```{python}
ran("b")
total = sum(b) * 2
```

```{python}
#| assert: ran("A") or total == 6
ran("c")
print("total", total)
```

```{python}
#| label: fig-plot
#| fig-cap: 'Sums. `{python} ran("C") or len(b)`'
#| fig-alt: Two bars.
ran("d")
import matplotlib.pyplot as plt
plt.bar(["one", "two"], b, color="red");
```

```{python}
ran("e")
kept = {"k": b[0]}
```

```{python}
ran("f")
draw = random.random()
```

```{python}
ran("g")
scale = 3
```

```{python}
ran("h")
scaled = total * scale
```

```{python}
ran("i")
print(kept)
```

```{python}
ran("j")
print(scaled)
```

The sum is `{python} ran("I") or scaled`.
"""
CELLS = set("abcdefghij")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> CountedSite:
    site = CountedSite(tmp_path_factory.mktemp("ten"), {POST: TEN})
    assert set(site.build()) == CELLS | set("ACI")
    return site


@pytest.fixture
def site(built: CountedSite) -> Iterator[CountedSite]:
    yield built
    built.restore()
    built.build()


def change(*changes: tuple[str, str]) -> Callable[[CountedSite], None]:
    return lambda site: site.edit(POST, *changes)


def move(name: str) -> Callable[[CountedSite], None]:
    def rename(site: CountedSite) -> None:
        (site.root / name).parent.mkdir(exist_ok=True)
        (site.root / POST).rename(site.root / name)

    return rename


def touch(site: CountedSite) -> None:
    (site.root / POST).touch()


def end_lines_otherwise(site: CountedSite) -> None:
    site.edit(POST, ("\n", "\r\n"))


NOTHING = {
    "nothing": lambda _: None,
    "a comment behind the code": change(("b = [1, 2]", "b = [1, 2]  # small")),
    "a comment alone": change(("b = [1, 2]", "# small\nb = [1, 2]")),
    "blank lines": change(("scale = 3", "\n\nscale = 3\n")),
    "reformatting": change(("b = [1, 2]", "b = [\n    1,\n    2,\n]"), ('["one", "two"]', "('one'), 'two'".join("[]"))),
    "a caption": change(("Sums.", "The sums.")),
    "an alternative text": change(("Two bars.", "Two red bars.")),
    "echo": change(("#| label: first", "#| label: first\n#| echo: false")),
    "a label": change(("#| label: first", "#| label: begin")),
    "a label given up": change(("#| label: first\n", "")),
    "the label of a figure": change(("fig-plot", "fig-sums")),
    "a timeout": change(("#| label: first", "#| label: first\n#| timeout: 44s")),
    "code-fold": change(("#| label: first", "#| label: first\n#| code-fold: true")),
    "prose": change(("Words.", "Other words, and *more*.")),
    "a title": change(("title: Ten", "title: Ten cells")),
    "front matter": change(("title: Ten", "title: Ten\ntags: [new]\ntoc: false")),
    "ends of lines": end_lines_otherwise,
    "touch": touch,
    "renaming the post": move("content/posts/eleven.md"),
    "moving the post": move("content/other/ten.md"),
    "a listing between the cells": change(
        ('```{python}\nran("i")', '```python\nlisting\n```\n\n```{python}\nran("i")')
    ),
}


@pytest.mark.parametrize("name", NOTHING)
def test_nothing_runs_after(site: CountedSite, name: str) -> None:
    NOTHING[name](site)
    assert site.build() == ""


ALONE = {
    "the last cell": (("print(scaled)", "print(scaled, 1)"), "j"),
    "the seventh, and what sees it": (("scale = 3", "scale = 4"), "ghjI"),
    "the seventh, with the same value": (("scale = 3", "scale = 1 + 2"), "g"),
    "a plot in the middle": (('color="red"', 'color="blue"'), "d"),
    "the size of a plot": (("#| fig-alt", "#| fig-width: 4\n#| fig-alt"), "d"),
    "a value in the prose": (("or scaled", "or 2 * scaled"), "I"),
    "a value in a caption": (("or len(b)", "or 2 * len(b)"), "C"),
    "an assertion": (("total == 6", "total > 5"), "A"),
    "a cell that is put in": (("```{python}\nran(\"i\")", '```{python}\nran("+")\n1 + 1\n```\n\n```{python}\nran("i")'), "+"),
    "a cell that is taken out": (('```{python}\nran("c")\nprint("total", total)\n```\n', ""), ""),
    "a generator that is drawn from": (("kept = {", "random.random(); kept = {"), "ef"),
    "the seed": (("title: Ten", "title: Ten\nexecute: {seed: 7}"), "f"),
}  # fmt: skip


@pytest.mark.parametrize("name", ALONE)
def test_this_alone_runs_after(site: CountedSite, name: str) -> None:
    edit, expected = ALONE[name]
    if name == "a cell that is taken out":
        site.edit(POST, ('#| assert: ran("A") or total == 6\n', ""))
    site.edit(POST, edit)
    assert site.build() == expected
