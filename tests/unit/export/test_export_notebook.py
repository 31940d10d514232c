"""Notebook, script and Markdown twin of a post."""

from __future__ import annotations

import base64
import subprocess
import sys
import warnings
from pathlib import Path

import nbformat
import pytest

from xaisite.core.source import Source
from xaisite.export.notebook import make_notebook
from xaisite.export.pieces import make_pieces
from xaisite.export.script import make_script
from xaisite.export.twin import make_llms_txt, make_twin
from xaisite.model.config import Author
from xaisite.model.export import CodePiece, Piece, Prose, Publication, SetUp
from xaisite.model.post import Outline
from xaisite.model.result import CellResult, Figure, InlineResult, Media, PostResults, Raised, Rich, Stream
from xaisite.parse.config import ParseConfig
from xaisite.parse.post import parse_post

TEXT = """\
---
title: A post
---
Some *prose* with $x^2$.

```{python}
#| label: draw
#| tags: [parameters]
import random
n = 3
print("first", random.random())
```

The value is `{python} n + 1`, and code `x`.

> - quoted
>   ```{python}
>   for i in range(2):
>       print(i)
>   ```

```{r}
plot(1)
```

```python
shown()
```

End.
"""


@pytest.fixture(scope="module")
def outline() -> Outline:
    return parse_post(Source("content/posts/a.md", TEXT), ParseConfig(), kind="post").value.outline


def results(outline: Outline) -> PostResults:
    figure = Figure(light=(Media("d1", "image/svg+xml", 3), Media("d2", "image/png", 3)), alt="A bar.")
    rich = Rich({"text/html": "<b>1</b>", "text/plain": "1", "application/json": '{"a": 1}'})
    outputs = (
        Stream("stdout", "first 0.5\n"),
        figure,
        rich,
        Raised("ValueError", "no", "Traceback\nValueError: no", 1),
    )
    cells = tuple(CellResult(c.index, "ran", outputs if c.index == 0 else ()) for c in outline.cells)
    return PostResults(outline.path, cells, (InlineResult(0, "4"),), "")


def read(media: Media) -> bytes:
    return b"<svg/>" if media.mime == "image/svg+xml" else b"\x89PNG"


@pytest.fixture(scope="module")
def pieces(outline: Outline) -> tuple[Piece, ...]:
    return make_pieces(TEXT, outline, results(outline))


def test_pieces_hold_the_whole_text(pieces: tuple[Piece, ...]) -> None:
    prose = "".join(p.text for p in pieces if isinstance(p, Prose))
    assert "title: A post" not in prose
    assert "Some *prose* with $x^2$." in prose
    assert "The value is 4, and code `x`." in prose
    assert "shown()" in prose
    assert "End." in prose
    sources = [p.source for p in pieces if isinstance(p, CodePiece)]
    assert sources[0] == '#| label: draw\n#| tags: [parameters]\nimport random\nn = 3\nprint("first", random.random())'
    assert sources[1] == "for i in range(2):\n    print(i)"


def test_without_results_inline_code_stays(outline: Outline) -> None:
    prose = "".join(p.text for p in make_pieces(TEXT, outline) if isinstance(p, Prose))
    assert "`{python} n + 1`" in prose


def test_the_notebook_is_valid_and_holds_outputs(outline: Outline, pieces: tuple[Piece, ...]) -> None:
    set_up = SetUp(seed=7, params={"n": 5})
    text = make_notebook(
        "A post", pieces, set_up, results=results(outline), read_media=read, page_url="https://e.org/a/"
    )
    notebook = nbformat.reads(text, as_version=4)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        nbformat.validate(notebook)
    assert f"{nbformat.writes(notebook)}\n" == text, "nbformat would have written the same"
    code = [c for c in notebook.cells if c.cell_type == "code"]
    assert [c.id for c in code] == ["set-up", "draw", "injected-parameters", "cell-2"]
    assert "random.seed(7)" in code[0].source
    assert code[1].metadata.tags == ["parameters"]
    assert code[2].source == "n = 5"
    kinds = [o.output_type for o in code[1].outputs]
    assert kinds == ["stream", "display_data", "display_data", "error"]
    figure = code[1].outputs[1].data
    assert base64.b64decode(figure["image/png"]) == b"\x89PNG"
    assert "image/svg+xml" not in figure
    assert figure["text/plain"] == "A bar."
    assert code[1].outputs[2].data["application/json"] == {"a": 1}
    assert any(c.cell_type == "markdown" and "```{r}\nplot(1)" in c.source for c in notebook.cells)
    assert notebook.cells[0].source == "# A post\n\nFrom <https://e.org/a/>."
    again = make_notebook(
        "A post", pieces, set_up, results=results(outline), read_media=read, page_url="https://e.org/a/"
    )
    assert again == text


def test_a_text_post_has_no_set_up() -> None:
    notebook = nbformat.reads(make_notebook("T", (Prose("x"),), SetUp()), as_version=4)
    assert [c["cell_type"] for c in notebook["cells"]] == ["markdown", "markdown"]


def test_a_medium_that_is_gone_leaves_its_description(outline: Outline, pieces: tuple[Piece, ...]) -> None:
    notebook = nbformat.reads(make_notebook("T", pieces, SetUp(), results=results(outline)), as_version=4)
    [draw] = [c for c in notebook["cells"] if c["id"] == "draw"]
    assert draw["outputs"][1]["data"] == {"text/plain": "A bar."}


def test_the_script_runs(pieces: tuple[Piece, ...], tmp_path: Path) -> None:
    script = make_script("A post", pieces, SetUp(seed=3), page_url="https://e.org/a/")
    path = tmp_path / "post.py"
    path.write_text(script)
    done = subprocess.run([sys.executable, "-P", str(path)], capture_output=True, text=True, check=True, timeout=60)
    import random

    assert done.stdout.splitlines() == [f"first {random.Random(3).random()}", "0", "1"]
    assert '# %% draw tags=["parameters"]' in script
    assert "# Some *prose* with $x^2$." in script


def test_the_notebook_repeats_the_numbers(tmp_path: Path) -> None:
    text = "```{python}\nimport numpy as np\nimport matplotlib.pyplot as plt\nprint(np.random.rand(), plt.rcParams['figure.figsize'])\n```\n"
    outline = parse_post(Source("a.md", text), ParseConfig(), kind="post").value.outline
    pieces = make_pieces(text, outline)
    notebook = nbformat.reads(
        make_notebook("T", pieces, SetUp(seed=11, fig_width_in=5, fig_height_in=2.5)), as_version=4
    )
    code = "\n".join(c["source"] for c in notebook["cells"] if c["cell_type"] == "code")
    check = f"import os\n{code}\nimport numpy\nassert os.environ['OMP_NUM_THREADS'] == '1'\nprint(numpy.random.RandomState(11).rand())"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", check], capture_output=True, text=True, check=True, timeout=120
    )
    first, second = done.stdout.splitlines()
    assert first == f"{second} [5.5, 3.5]", "the cell's own size, which is the default"


def test_the_twin_reads_like_the_page(outline: Outline, pieces: tuple[Piece, ...]) -> None:
    page = Publication(
        "https://e.org/a/",
        "A post",
        "S",
        description="About it.",
        authors=(Author("Ann Smith"),),
        date="2026-01-02T00:00:00+00:00",
    )
    text = make_twin(page, pieces, results=results(outline), references=["Doe, J. (2020). X."])
    assert text.startswith(
        "# A post\n\n> About it.\n\n- Authors: Ann Smith\n- Published: 2026-01-02\n- Address: https://e.org/a/\n"
    )
    assert "```text\nfirst 0.5\n```" in text
    assert "*Figure*\nA bar." in text
    assert "```text\nValueError: no\n```" in text
    assert text.endswith("## References\n\n1. Doe, J. (2020). X.\n")
    assert "The value is 4" in text


def test_llms_txt() -> None:
    text = make_llms_txt(
        "G",
        "All\nabout it",
        {"Posts": [("A [b]", "https://e.org/a/index.md", "What"), ("C", "https://e.org/c/index.md", "")], "Empty": []},
    )
    assert (
        text
        == "# G\n\n> All about it\n\n## Posts\n\n- [A \\[b\\]](https://e.org/a/index.md): What\n- [C](https://e.org/c/index.md)\n"
    )
