"""Executed posts for the benchmark, written for each tool in its own format: the same prose, the same four cells.

A post loads data, fits a forest, draws its importances, explains it with SHAP. Posts differ in their seeds only; nothing here is
random, so two runs write the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

WORDS = [
    "model",
    "feature",
    "attribution",
    "local",
    "global",
    "additive",
    "baseline",
    "value",
    "importance",
    "surrogate",
    "forest",
    "tree",
    "gradient",
    "saliency",
    "permutation",
    "partial",
    "dependence",
    "coalition",
    "expectation",
    "background",
    "sample",
    "interaction",
    "explanation",
]
TITLES = ("Data", "Model", "Importances", "SHAP values")


def cells_of(i: int) -> tuple[str, ...]:
    """Return the code of post ``i``."""
    return (
        f"""import numpy as np
import matplotlib.pyplot as plt
from sklearn.datasets import make_classification
X, y = make_classification(n_samples=600, n_features=12, n_informative=5, random_state={i})
print(X.shape, int(y.sum()))""",
        f"""from sklearn.ensemble import RandomForestClassifier
model = RandomForestClassifier(n_estimators=60, max_depth=6, random_state={i}, n_jobs=1)
model.fit(X, y)
print(round(model.score(X, y), 4))""",
        """fig, ax = plt.subplots(figsize=(6, 3.5))
order = np.argsort(model.feature_importances_)
ax.barh([f"x{j}" for j in order], model.feature_importances_[order])
ax.set_xlabel("impurity importance")
plt.show()""",
        """import shap
values = np.asarray(shap.TreeExplainer(model).shap_values(X[:50]))[..., 1]
shap.summary_plot(values, X[:50], plot_type="bar", show=False, max_display=10)
plt.title("edit 0")
plt.show()
print(float(np.abs(values).sum().round(6)))""",
    )


def prose_of(i: int, k: int) -> str:
    """Return a paragraph of sixty words."""
    return " ".join(WORDS[(7 * i + 11 * k + 3 * j * j + j) % len(WORDS)] for j in range(60)).capitalize() + "."


def write_xaisite(folder: Path, i: int) -> Path:
    """Write a post for xaisite."""
    alts = {2: "A bar chart of impurity importances.", 3: "A bar chart of mean absolute SHAP values."}
    parts = [f"---\ntitle: Post {i}\ndescription: A forest and its SHAP values.\n---\n\nRevision 0. {prose_of(i, 9)}\n"]
    for k, code in enumerate(cells_of(i)):
        head = f"#| fig-alt: {alts[k]}\n" if k in alts else ""
        parts.append(
            f"## {TITLES[k]}\n\n{prose_of(i, k)}\n\n$$\n\\phi_{k} = {k}\n$$\n\n```{{python}}\n{head}{code}\n```\n"
        )
    return _write(folder / f"post-{i:03}.md", "\n".join(parts))


def write_notebook(folder: Path, i: int) -> Path:
    """Write a Jupyter notebook."""
    cells: list[dict[str, object]] = [_text(f"# Post {i}\n\nRevision 0. {prose_of(i, 9)}", "intro")]
    for k, code in enumerate(cells_of(i)):
        cells.append(_text(f"## {TITLES[k]}\n\n{prose_of(i, k)}\n\n$$\\phi_{k} = {k}$$", f"text{k}"))
        cells.append(
            {
                "cell_type": "code",
                "id": f"code{k}",
                "metadata": {},
                "source": code,
                "outputs": [],
                "execution_count": None,
            }
        )
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    notebook = {"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}
    return _write(folder / f"post{i:03}.ipynb", json.dumps(notebook, indent=1) + "\n")


def write_myst(folder: Path, i: int) -> Path:
    """Write a post for MyST-NB."""
    head = (
        "---\njupytext:\n  text_representation:\n    extension: .md\n    format_name: myst\n"
        "kernelspec:\n  display_name: Python 3\n  language: python\n  name: python3\n---\n"
    )
    parts = [f"{head}# Post {i}\n\nRevision 0. {prose_of(i, 9)}\n"]
    for k, code in enumerate(cells_of(i)):
        text = f"## {TITLES[k]}\n\n{prose_of(i, k)}\n\n$$\n\\phi_{k} = {k}\n$$\n\n"
        parts.append(f"{text}```{{code-cell}} ipython3\n{code}\n```\n")
    return _write(folder / f"post{i:03}.md", "\n".join(parts))


def write_gallery(folder: Path, i: int) -> Path:
    """Write an example for sphinx-gallery."""
    parts = [f'"""\nPost {i}\n=======\n\nRevision 0. {prose_of(i, 9)}\n"""\n']
    for k, code in enumerate(cells_of(i)):
        parts.append(f"# %%\n# {TITLES[k]}\n# {'-' * len(TITLES[k])}\n#\n# {prose_of(i, k)}\n\n{code}\n")
    return _write(folder / f"plot_post{i:03}.py", "\n".join(parts))


Writer = Callable[[Path, int], Path]


def edit_prose(path: Path, number: int) -> None:
    """Change a word of prose to one that was never there."""
    _replace(path, f"Revision {number - 1}.", f"Revision {number}.")


def edit_last_cell(path: Path, number: int) -> None:
    """Change the last cell to one that never ran."""
    _replace(path, f"edit {number - 1}", f"edit {number}")


def _replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    if old not in text:
        raise SystemExit(f"{path} does not hold {old!r}")
    path.write_text(text.replace(old, new), encoding="utf-8")


def _text(source: str, name: str) -> dict[str, object]:
    return {"cell_type": "markdown", "id": name, "metadata": {}, "source": source}


def _write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path
