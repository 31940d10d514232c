"""A post's notebook, run by Jupyter's own nbclient in this environment, gives the numbers and figures of the page."""

from __future__ import annotations

import base64
import io
import math
import re
import shutil
import warnings
from pathlib import Path
from typing import Any

import nbformat
import pytest
from PIL import Image, ImageChops

from tests.site_files import write_site
from xaisite import build_site

NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?")
GUIDE = Path(__file__).parent.parent.parent / "content/posts"
POST = """---
title: Repeated
date: 2026-01-05
params: {scale: 3}
---

```{python}
#| tags: [parameters]
scale = 2
```

```{python}
#| label: draws
import random
import numpy as np
import pandas as pd
import matplotlib.pyplot as plt
rows = np.loadtxt("rows.csv")
print(random.random(), np.random.rand(3), rows.sum() * scale)
pd.DataFrame({"n": np.random.rand(2)})
```

```{python}
#| label: fig-wide
#| fig-width: 7
#| fig-height: 2
#| fig-cap: "A wide one."
plt.plot(np.random.rand(20))
plt.title("Twenty draws");
```

```{python}
#| label: fig-plain
plt.bar(["a", "b"], [1, 2]);
```

```{python}
#| label: fig-own-size
#| fig-width: 5
plt.rcParams["font.size"] = 15
plt.bar(["a", "b"], [1, 2]);
```

```{python}
#| label: fig-still-own
#| fig-width: 6
plt.bar(["a", "b"], [1, 2]);
```

```{python}
#| label: explained
from sklearn.linear_model import LinearRegression
from xaisite import explain
columns = pd.DataFrame({"x": np.arange(20.0), "y": np.arange(20.0) % 3})
line = LinearRegression().fit(columns, columns["x"] + 2 * columns["y"])
explain.permutation_importance(line, columns, columns["x"] + 2 * columns["y"], repeats=3)
```

```{python}
#| label: seeded
#| seed: 5
print(random.random(), np.random.rand())
```

```{python}
#| label: asleep
#| eval: false
raise SystemExit("never")
```

```{python}
#| label: broken
#| error: ZeroDivisionError
1 / 0
```

```{python}
#| label: last
print("still here", scale)
```
"""


def run_again(build: Path, folder: Path, name: str) -> tuple[Any, Any]:
    """Return the notebook as published, and as it is after nbclient has run it in ``folder``, where its post is."""
    from nbclient import NotebookClient

    path = next(build.rglob(f"{name}.ipynb"))
    published = nbformat.read(path, as_version=4)
    again = nbformat.read(path, as_version=4)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of jupyter_client and zmq
        NotebookClient(
            again, timeout=600, kernel_name="python3", resources={"metadata": {"path": str(folder)}}
        ).execute()
    return published, again


def texts(cell: Any) -> str:
    parts = []
    for output in cell.outputs:
        if output.output_type == "stream" and output.name == "stdout":
            parts.append(output.text)
        elif output.output_type in ("execute_result", "display_data") and "image/png" not in output.data:
            parts.append(output.data.get("text/plain", ""))
        elif output.output_type == "error":
            parts.append(f"{output.ename}: {output.evalue}")
    return "\n".join(part.rstrip("\n") for part in parts if part)


def pictures(cell: Any) -> list[Image.Image]:
    found = [o.data["image/png"] for o in cell.outputs if "data" in o and "image/png" in o.data]
    return [Image.open(io.BytesIO(base64.b64decode(data))).convert("RGB") for data in found]


def assert_close(one: str, two: str) -> None:
    assert NUMBER.sub("#", one) == NUMBER.sub("#", two)
    for a, b in zip(NUMBER.findall(one), NUMBER.findall(two), strict=True):
        assert math.isclose(float(a), float(b), rel_tol=1e-6, abs_tol=1e-9), (a, b)


def assert_alike(one: Image.Image, two: Image.Image) -> None:
    assert abs(one.width - two.width) <= 2
    assert abs(one.height - two.height) <= 2
    size = (min(one.width, two.width), min(one.height, two.height))
    difference = ImageChops.difference(one.crop((0, 0, *size)), two.crop((0, 0, *size))).convert("L")
    share = sum(difference.histogram()[32:]) / (size[0] * size[1])
    assert share < 0.01, f"{share:.1%} of the pixels differ"


def compare(published: Any, again: Any) -> int:
    """Compare all cells; return how many figures there were."""
    figures = 0
    for one, two in zip(published.cells, again.cells, strict=True):
        if one.cell_type != "code":
            continue
        assert_close(texts(one), texts(two))
        drawn = pictures(one), pictures(two)
        assert len(drawn[0]) == len(drawn[1]), one.id
        figures += len(drawn[0])
        for a, b in zip(*drawn, strict=True):
            assert_alike(a, b)
    return figures


def test_a_small_post(tmp_path: Path) -> None:
    root = write_site(tmp_path, {"content/posts/repeated.md": POST, "content/posts/rows.csv": "1\n2\n4\n"})
    result = build_site(root)
    assert result.ok, [d.message for d in result.diagnostics]
    published, again = run_again(root / "build", root / "content/posts", "repeated")
    by_name = {c.id: c for c in again.cells}
    assert "21.0" in texts(by_name["draws"]), "with the page's parameter, not the cell's"
    assert texts(by_name["last"]) == "still here 3"
    assert texts(by_name["broken"]) == "ZeroDivisionError: division by zero"
    assert compare(published, again) == 5


MAKER = """---
title: Maker
date: 2026-01-05
---

```{python}
#| produces: weights
import numpy as np
weights = np.random.rand(3)
```
"""
TAKER = """---
title: Taker
date: 2026-01-05
---

```{python}
import xaisite
print(xaisite.artifact("maker/weights"))
```
"""


def test_a_post_that_uses_what_another_makes(tmp_path: Path) -> None:
    root = write_site(tmp_path, {"content/posts/maker.md": MAKER, "content/posts/taker.md": TAKER})
    assert build_site(root).ok
    published, again = run_again(root / "build", root / "content/posts", "taker")
    assert texts(published.cells[-1]).startswith("[0.")
    compare(published, again)


@pytest.mark.slow
@pytest.mark.parametrize("post", ["04-feature-importance", "07-shapley-and-shap"])
def test_a_whole_chapter_of_the_guide(tmp_path: Path, post: str) -> None:
    root = GUIDE.parent.parent
    if not (root / "build/index.html").is_file():
        pytest.skip("the guide is not built: make build")
    folder = shutil.copytree(GUIDE, tmp_path / "posts")  # its cells write beside the post
    published, again = run_again(root / "build", folder, post.partition("-")[2])
    assert compare(published, again) > 0
