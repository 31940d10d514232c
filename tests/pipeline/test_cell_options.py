"""Every option of a cell has an effect that a reader of the page, or the author, can see.

One post with a cell per option is built once; a table at the end holds that no option is without a test here.
"""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag

from tests.site_files import write_site
from xaisite import build_site
from xaisite.model.cell_fields import CELL_OPTIONS

SETUP = """---
title: Options
execute: {fig-format: svg}
date: 2026-01-05
---

```{python}
#| label: setup
#| include: false
import matplotlib.pyplot as plt

def draw(n=1, **kwargs):
    for k in range(n):
        fig, ax = plt.subplots()
        ax.bar(["a", "b"], [k + 1, k + 2], **kwargs)

def darker(figure):
    figure.set_facecolor("#123456")
```
"""

CELLS = {
    "label": ("#| label: named", "1 + 1"),
    "fig-cap": ('#| label: fig-cap1\n#| fig-cap: "The *first* bar."', "draw()"),
    "fig-subcap": ('#| label: fig-subs\n#| fig-cap: "Both"\n#| fig-subcap: ["One", "Two"]', "draw(2)"),
    "fig-alt": ('#| label: alt\n#| fig-alt: "Two bars, `{python} 1 + 1` of them."', "draw()"),
    "fig-dark": ("#| label: dark\n#| fig-dark: darker\n#| fig-format: svg", "draw()"),
    "fig-link": ("#| label: linked\n#| fig-link: https://example.org/x", "draw()"),
    "tbl-cap": ('#| label: tbl-cap1\n#| tbl-cap: "A table"', "import pandas as pd\npd.DataFrame({'n': [1]})"),
    "tbl-subcap": (
        '#| label: tbl-subs\n#| tbl-cap: "Two tables"\n#| tbl-subcap: ["Left", "Right"]',
        "display(pd.DataFrame({'n': [1]}))\ndisplay(pd.DataFrame({'n': [2]}))",
    ),
    "lst-cap": ('#| label: listed\n#| lst-label: lst-code\n#| lst-cap: "How it is done"', "2 + 2"),
    "layout-ncol": ('#| label: fig-ncol\n#| fig-cap: "Three"\n#| layout-ncol: 3', "draw(3)"),
    "layout-nrow": ("#| label: nrow\n#| layout-nrow: 2", "draw(4)"),
    "layout": ("#| label: rows\n#| layout: [[3, 1], [1]]", "draw(3)"),
    "code-summary": ("#| label: summary\n#| code-fold: true\n#| code-summary: Show me", "3"),
    "classes": ("#| label: classy\n#| classes: [wide, odd]", "4"),
    "tags": ("#| label: tagged\n#| tags: [remove-input]", "55"),
    "assert": ("#| label: claimed\n#| assert: six == 6", "six = 6"),
    "produces": ("#| label: made\n#| produces: gift", "gift = [1, 2, 3]"),
    "file": ("#| label: filed\n#| file: /assets/images/here.png", "draw()"),
    "env": ("#| label: variable\n#| env: {COLOUR: teal}", "import os\nos.environ['COLOUR']"),
    "eval": ("#| label: asleep\n#| eval: false", "print('awake')"),
    "echo": ("#| label: hushed\n#| echo: [2]", "first = 1\nsecond = 2\nthird = 3"),
    "output": ("#| label: raw\n#| output: asis", 'print("**bold** words")'),
    "include": ("#| label: gone\n#| include: false", "print('not here')"),
    "warning": ("#| label: quiet\n#| warning: false", "import warnings\nwarnings.warn('loud')\n7"),
    "error": ("#| label: broken\n#| error: ZeroDivisionError", "1 / 0"),
    "code-fold": ("#| label: folded\n#| code-fold: show", "8"),
    "code-line-numbers": ("#| label: numbered\n#| code-line-numbers: true", "nine = 9\nnine"),
    "code-annotations": ("#| label: unmarked\n#| code-annotations: false", "ten = 10  # <1>\nten"),
    "fig-width": ("#| label: sized\n#| fig-width: 3\n#| fig-height: 6", "plt.gcf().get_size_inches().tolist()"),
    "fig-asp": ("#| label: slim\n#| fig-width: 4\n#| fig-asp: 0.25", "plt.figure().get_size_inches().tolist()"),
    "fig-dpi": ("#| label: fine\n#| fig-format: png\n#| fig-dpi: 50\n#| fig-width: 4", "draw()"),
    "fig-format": ("#| label: webbed\n#| fig-format: [webp, png]", "draw()"),
    "fig-align": ("#| label: aligned\n#| fig-align: right\n#| out-width: 40%", "draw()"),
    "out-width": ("#| label: narrow\n#| out-width: 200px", "draw()"),
    "column": ("#| label: broad\n#| column: page", "draw()"),
    "lightbox": ("#| label: still\n#| lightbox: false", "draw()"),
    "renderings": ("#| label: lightonly\n#| renderings: [light]", "draw()"),
    "seed": ("#| label: seeded\n#| seed: 7", "import random\nround(random.random(), 6)"),
    "cache": ("#| label: restless\n#| cache: false", "import time\ntime.time_ns()"),
    "execute-dir": ("#| label: above\n#| execute-dir: project", "import os\nsorted(os.listdir('.'))"),
    "results": ("#| label: knitted\n#| results: hide", "print('unseen')"),
}
ELSEWHERE = {
    "depends": "tests/engine/test_only_what_must_run.py::test_a_data_file_runs_those_that_read_it",
    "seeds": "tests/pipeline/test_seeds.py",
    "requires": "tests/pipeline/test_requires.py",
    "freeze": "tests/pipeline/test_frozen_results.py",
    "timeout": "test_a_time_limit_of_a_cell_stops_it",
    "memory": "test_a_memory_limit_of_a_cell_stops_it",
    "lst-label": "lst-cap",
    "fig-height": "fig-width",
}  # fmt: skip


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    cells = "".join(f"\n```{{python}}\n{options}\n{code}\n```\n" for options, code in CELLS.values())
    text = SETUP + cells + "\nAs @fig-subs-2, @tbl-subs-1 and @lst-code show.\n"
    root = write_site(tmp_path_factory.mktemp("options"), {"content/posts/options.md": text})
    result = build_site(root)
    assert result.ok, [d.message for d in result.diagnostics]
    return root


@pytest.fixture(scope="module")
def page(site: Path) -> BeautifulSoup:
    return BeautifulSoup((site / "build/posts/options/index.html").read_text(), "html.parser")


def cell(page: BeautifulSoup, name: str) -> Tag:
    found = page.find(id=f"cell-{name}")
    assert isinstance(found, Tag), name
    return found


def picture(site: Path, tag: Tag) -> bytes:
    return (site / "build/posts/options" / str(tag["src"])).read_bytes()


def test_every_option_is_tried_somewhere() -> None:
    assert {f.name for f in CELL_OPTIONS.fields} == {*CELLS, *ELSEWHERE}


def test_captions_and_numbers(page: BeautifulSoup) -> None:
    assert "The <em>first</em> bar." in str(cell(page, "fig-cap1").figcaption)
    subs = cell(page, "fig-subs")
    assert [c.get_text(" ", strip=True) for c in subs.select(".subfigure > figcaption")] == ["(a) One", "(b) Two"]
    assert cell(page, "alt").img["alt"] == "Two bars, 2 of them."
    assert "Table 1" in cell(page, "tbl-cap1").caption.get_text()
    assert page.find(id="named") or cell(page, "named")
    references = page.find_all("p")[-1].get_text()
    assert "As Figure 2b, Table 2a and Listing 1 show." in page.get_text().replace("\xa0", " "), references


def test_sub_tables(page: BeautifulSoup) -> None:
    both = cell(page, "tbl-subs")
    assert "Two tables" in both.figure.find("figcaption", recursive=False).get_text()
    assert [c.get_text(" ", strip=True) for c in both.select("caption")] == ["(a) Left", "(b) Right"]
    assert page.find(id="tbl-subs-1")


def test_listing(page: BeautifulSoup) -> None:
    assert "How it is done" in page.find(id="lst-code").figcaption.get_text()


def test_layouts(page: BeautifulSoup) -> None:
    def grids(name: str) -> list[Any]:
        return cell(page, name).select(".figure-grid")

    assert [g["data-columns"] for g in grids("fig-ncol")] == ["3"]
    assert [g["data-columns"] for g in grids("nrow")] == ["2"]
    assert len(grids("nrow")[0].select("figure")) == 4
    assert [g.get("data-widths") for g in grids("rows")] == ["3 1", "1"]
    assert [len(g.select("figure")) for g in grids("rows")] == [2, 1]


def test_code(page: BeautifulSoup) -> None:
    assert cell(page, "summary").summary.get_text() == "Show me"
    assert not cell(page, "summary").details.has_attr("open")
    assert cell(page, "folded").details.has_attr("open")
    assert {"wide", "odd"} <= set(cell(page, "classy")["class"])
    assert not cell(page, "tagged").select(".listing")
    assert "55" in cell(page, "tagged").get_text()
    assert cell(page, "hushed").select_one(".listing").get_text().strip() == "second = 2"
    assert [s["data-line"] for s in cell(page, "numbered").select(".line")] == ["1", "2"]
    assert "# <1>" in cell(page, "unmarked").select_one(".listing").get_text()


def test_outputs(page: BeautifulSoup) -> None:
    assert cell(page, "asleep").get_text().strip() == "print('awake')"
    assert cell(page, "raw").find("strong").get_text() == "bold"
    assert page.find(id="cell-gone") is None
    assert "not here" not in page.get_text()
    assert "loud" not in cell(page, "quiet").select_one(".cell-output").get_text()
    assert "ZeroDivisionError" in cell(page, "broken").select_one(".raised").get_text()
    assert "unseen" not in "".join(o.get_text() for o in cell(page, "knitted").select(".cell-output"))
    assert cell(page, "variable").select_one(".cell-output").get_text().strip() == "'teal'"
    assert "'site.toml'" in cell(page, "above").select_one(".cell-output").get_text()


def test_sizes(site: Path, page: BeautifulSoup) -> None:
    assert "[3.0, 6.0]" in cell(page, "sized").get_text()
    assert "[4.0, 1.0]" in cell(page, "slim").get_text()
    width = int.from_bytes(picture(site, cell(page, "fine").img)[16:20], "big")
    assert 150 < width < 210, "4 inches at 50 dots, cut to what is drawn"
    first = cell(page, "webbed").img
    assert first["src"].endswith(".webp")
    assert picture(site, first)[8:12] == b"WEBP"
    assert int(cell(page, "narrow").img["width"]) == 200


def test_place_on_the_page(page: BeautifulSoup) -> None:
    assert "align-right" in cell(page, "aligned").figure["class"]
    assert "column-page" in cell(page, "broad")["class"]
    assert cell(page, "linked").select_one("figure a[href='https://example.org/x'] img")
    assert not cell(page, "still").select(".zoomable")
    assert cell(page, "narrow").select(".zoomable")


def test_dark_renderings(site: Path, page: BeautifulSoup) -> None:
    assert b"#123456" in picture(site, cell(page, "dark").select_one("img.only-dark"))
    assert b"#123456" not in picture(site, cell(page, "dark").select_one("img.only-light"))
    assert len(cell(page, "lightonly").select("img")) == 1
    assert len(cell(page, "narrow").select("img")) == 2


def test_files_and_values(site: Path, page: BeautifulSoup) -> None:
    assert (site / "build/assets/images/here.png").read_bytes()[:4] == b"\x89PNG"
    import random

    expected = round(random.Random(7).random(), 6)
    assert str(expected) in cell(page, "seeded").select_one(".cell-output").get_text()


def test_cells_without_a_cache_run_in_every_build_and_the_others_do_not(site: Path) -> None:
    before = (site / "build/posts/options/index.html").read_text()
    result = build_site(site)
    assert [c.cell for c in result.cells if c.status == "ran"] == ["restless"]
    assert {c.reason for c in result.cells if c.status == "ran"} == {"it has `cache: false`"}
    assert [d.code for d in result.diagnostics if d.code == "drift"] == ["drift"]
    assert re.sub(r"\d{19}", "", (site / "build/posts/options/index.html").read_text()) == re.sub(r"\d{19}", "", before)


def _one_cell(tmp_path: Path, options: str, code: str) -> list[Any]:
    text = f"---\ntitle: T\ndate: 2026-01-05\n---\n\n```{{python}}\n{options}\n{code}\n```\n"
    return list(build_site(write_site(tmp_path / "s", {"content/posts/p.md": text})).diagnostics)


def test_a_time_limit_of_a_cell_stops_it(tmp_path: Path) -> None:
    started = time.monotonic()
    found = _one_cell(tmp_path, "#| timeout: 1s", "while True: pass")
    assert "cell-timeout" in [d.code for d in found]
    assert time.monotonic() - started < 30


def test_a_memory_limit_of_a_cell_stops_it(tmp_path: Path) -> None:
    found = _one_cell(
        tmp_path, "#| memory: 300MB", "x = bytearray(600_000_000)\nx[::4096] = b'1' * len(x[::4096])\nlen(x)"
    )
    codes = [d.code for d in found if d.is_error]
    assert codes in (["cell-memory"], ["cell-error"]), "stopped from outside, or refused by the system: MemoryError"
    assert "300" in "".join(d.message for d in found) or "MemoryError" in "".join(d.message for d in found)
