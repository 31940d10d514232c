"""Measure xaisite as a whole process: cold build, nothing changed, one word, one title; text posts and executed posts.

    python bench/run.py [--posts 100,1000] [--cells 10] [--runs 3]

Prints medians as a Markdown table. Each run is one process from start to exit, files in the page cache.
"""

from __future__ import annotations

import argparse
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

WORDS = [
    "model",
    "feature",
    "value",
    "effect",
    "tree",
    "forest",
    "sample",
    "weight",
    "baseline",
    "gradient",
    "pixel",
    "patient",
    "credit",
    "score",
]


def text_post(i: int, rng: random.Random) -> str:
    """Return a post of about 8 kB: sections, formulas, notes, a table, two listings, four citations."""
    sections = []
    for s in range(8):
        words = " ".join(rng.choices(WORDS, k=110))
        sections.append(
            f"## Section {s} of {i}\n\n{words} $x_{{{i},{s}}} + \\frac{{1}}{{{s + 1}}}$ [@ref{rng.randrange(300)}].[^n{s}]\n\n"
            f"[^n{s}]: {' '.join(rng.choices(WORDS, k=12))}.\n"
        )
    code = "\n".join(f"def f{k}(x, y={k}):\n    return [x * {k} for _ in range(y)]  # {WORDS[k]}" for k in range(6))
    table = "| a | b | c |\n|--|--|--|\n" + "\n".join(f"| {k} | {k * k} | {WORDS[k]} |" for k in range(6))
    head = (
        f"---\ntitle: Post {i:05}\ndescription: The post of number {i}.\ndate: 20{10 + i % 15}-01-0{1 + i % 9}\n"
        f"tags: [t{i % 30}, u{i % 7}]\n---\n\n"
    )
    body = "\n".join(sections)
    return f"{head}Revision 0.\n\n{body}\n\n$$\n\\sum_{{i=0}}^{{{i}}} \\phi_i\n$$\n\n{table}\n\n```python\n{code}\n```\n\n```python\n{code}\n```\n"


CELLS = """---
title: Experiment {i}
description: A forest and its SHAP values.
---

```{{python}}
import numpy as np
from sklearn.datasets import make_classification
x, y = make_classification(n_samples=300, n_features=8, random_state={i})
```

```{{python}}
from sklearn.ensemble import RandomForestClassifier
forest = RandomForestClassifier(30, random_state={i}).fit(x, y)
print(forest.score(x, y))
```

```{{python}}
#| fig-alt: Importances.
import matplotlib.pyplot as plt
plt.bar(range(8), forest.feature_importances_);
```

```{{python}}
#| fig-alt: Mean absolute SHAP values.
import shap
values = shap.TreeExplainer(forest).shap_values(x[:50])
plt.bar(range(8), np.abs(values[..., 1]).mean(axis=0), label="0");
```

Revision 0.
"""


def write_site(root: Path, posts: dict[str, str]) -> None:
    """Write a site of these posts."""
    (root / "content/posts").mkdir(parents=True)
    (root / "site.toml").write_text('[site]\ntitle = "Bench"\nbase_url = "https://example.org/"\n')
    (root / "content/index.md").write_text("---\ntitle: Home\n---\n")
    entries = (
        f"@article{{ref{i}, author={{Name{i}, A.}}, title={{Title {i}}}, journal={{J}}, year={{2020}}}}"
        for i in range(300)
    )
    (root / "references.bib").write_text("\n".join(entries))
    for name, text in posts.items():
        (root / "content/posts" / name).write_text(text)


def timed(root: Path) -> float:
    """Return the seconds of one build."""
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "xaisite", "build", str(root)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(done.stderr)
    return time.perf_counter() - start


def median(root: Path, runs: int, before: Callable[[], None]) -> float:
    """Return the median of several builds, each after ``before``."""
    times = []
    for _ in range(runs):
        before()
        times.append(timed(root))
    return statistics.median(times)


def replace(path: Path, start: str, text: str) -> None:
    """Replace the line that begins with ``start``."""
    lines = [text if line.startswith(start) else line for line in path.read_text().split("\n")]
    path.write_text("\n".join(lines))


def measure(name: str, posts: dict[str, str], runs: int, cell_edit: bool) -> str:
    """Return one row of the table."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "site"
        write_site(root, posts)
        post = root / "content/posts" / sorted(posts)[len(posts) // 2]
        count = iter(range(1, 1000))

        def clean() -> None:
            shutil.rmtree(root / ".xaisite", ignore_errors=True)
            shutil.rmtree(root / "build", ignore_errors=True)

        cold = median(root, runs, clean)
        nothing = median(root, runs + 2, lambda: None)
        word = median(root, runs + 2, lambda: replace(post, "Revision", f"Revision {next(count)}."))
        title = median(root, runs, lambda: replace(post, "title:", f"title: Another {next(count)}"))
        row = f"| {name} | {cold:.2f} | {nothing:.2f} | {word:.2f} | {title:.2f} |"
        if cell_edit:
            last = median(
                root,
                runs,
                lambda: replace(
                    post,
                    "plt.bar(range(8), np.abs",
                    f"plt.bar(range(8), np.abs(values[..., 1]).mean(axis=0), label='{next(count)}');",
                ),
            )
            return f"{row} {last:.2f} |"
        return f"{row} |  |"


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--posts", default="100,1000", help="numbers of text posts")
    parser.add_argument("--cells", default="", help="numbers of executed posts")
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    print("| site | cold s | nothing changed | one word | one title | last cell |\n|---|--:|--:|--:|--:|--:|")
    rng = random.Random(0)
    for n in (int(word) for word in options.posts.split(",") if word):
        posts = {f"post-{i:05}.md": text_post(i, rng) for i in range(n)}
        print(measure(f"{n} text posts", posts, options.runs, cell_edit=False), flush=True)
    for n in (int(word) for word in options.cells.split(",") if word):
        posts = {f"post-{i:05}.md": CELLS.format(i=i) for i in range(n)}
        print(measure(f"{n} posts of 4 cells", posts, options.runs, cell_edit=True), flush=True)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"\nLargest process: {peak:.0f} MB.")


if __name__ == "__main__":
    main()
