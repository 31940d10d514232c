"""Values that an option names, and the code does not, are seen by the cell all the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.engine.running_posts import Site

DRAW = "import matplotlib.pyplot as plt\nplt.plot([1, 2]);"


def darken(color: str) -> str:
    return f"def darker(figure):\n    figure.patch.set_facecolor('{color}')\n"


def test_another_function_for_dark_pages_draws_again(tmp_path: Path) -> None:
    site = Site(tmp_path)
    dark = {"show": {"fig_dark": "darker"}, "exec": {"fig_formats": ("svg",)}}
    shown = []
    for color in ("#123456", "#654321"):
        site.put("post.md", [darken(color), (DRAW, dark), "x = 1"])
        assert site.ran() in (["cell-1", "cell-2", "cell-3"], ["cell-1", "cell-2"])
        (figure,) = site.execute().value["content/post.md"].cells[1].figures
        shown.append(figure.dark[0].digest)
    assert shown[0] != shown[1]


def test_a_function_for_dark_pages_that_is_not_there(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.put("post.md", [(DRAW, {"show": {"fig_dark": "drker"}})])
    (problem,) = site.execute().diagnostics
    assert problem.code == "cell-error"
    assert "drker" in problem.message


def test_a_value_given_on_is_that_of_the_cells_before(tmp_path: Path) -> None:
    site = Site(tmp_path)
    give = ("print('given')", {"observed": {"produces": "gift"}})
    for number in (1, 2):
        site.put("giver.md", [f"gift = {number}", give])
        site.put("taker.md", ["import xaisite\nprint(xaisite.artifact('giver/gift'))"])
        done = site.execute()
        assert not [d for d in done.diagnostics if d.is_error], done.diagnostics
        assert done.value["content/taker.md"].cells[0].outputs[0].text == f"{number}\n"


@pytest.mark.parametrize(("option", "code"), [("seed", "import random\nprint(random.random())")])
def test_the_seed_of_a_cell(tmp_path: Path, option: str, code: str) -> None:
    site = Site(tmp_path)
    outputs = []
    for seed in (3, 4, 3):
        site.put(
            "post.md",
            ["import random; random.random()", (code, {"observed": {option: seed}}), "print(random.random())"],
        )
        outputs.append([c.outputs[0].text for c in site.execute().value["content/post.md"].cells[1:]])
    assert outputs[0] == outputs[2]
    assert outputs[0][0] != outputs[1][0]
    assert outputs[0][1] != outputs[1][1], "what follows draws on from there"
    import random

    again = random.Random(3)
    assert outputs[0] == [f"{again.random()}\n", f"{again.random()}\n"]
