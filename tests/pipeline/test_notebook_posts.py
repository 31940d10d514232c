"""`.ipynb` files as posts: run like any other, or shown with the outputs they carry."""

from __future__ import annotations

import base64
import io
from pathlib import Path

import nbformat
from bs4 import BeautifulSoup
from nbformat import v4
from PIL import Image

from tests.site_files import write_site
from xaisite import build_site


def picture() -> str:
    buffer = io.BytesIO()
    Image.new("RGB", (30, 20), (200, 30, 30)).save(buffer, "PNG")
    return base64.b64encode(buffer.getvalue()).decode()


def notebook(execute: str) -> str:
    front = f"---\ntitle: From Jupyter\ndate: 2026-01-05\n{execute}---\n"
    outputs = [
        v4.new_output("stream", name="stdout", text="kept: 41\n"),
        v4.new_output("display_data", data={"image/png": picture(), "text/plain": "<Figure>"}),
        v4.new_output("execute_result", data={"text/html": "<table><tr><td>7</td></tr></table>", "text/plain": "7"}),
        v4.new_output("error", ename="KeyError", evalue="'x'", traceback=["\x1b[31mKeyError\x1b[0m: 'x'"]),
    ]
    source = '#| label: fig-kept\n#| fig-cap: "Kept."\n#| fig-alt: "A red box."\nprint("run:", 6 * 7)'
    cells = [
        v4.new_markdown_cell(front, id="front"),
        v4.new_code_cell(source, id="one", outputs=outputs, execution_count=3),
        v4.new_code_cell('print("hidden")', id="two", metadata={"tags": ["remove-input"]}),
    ]
    return str(
        nbformat.writes(
            v4.new_notebook(
                cells=cells, metadata={"kernelspec": {"name": "python3", "language": "python", "display_name": "P"}}
            )
        )
    )


def build(root: Path, execute: str) -> tuple[BeautifulSoup, list[str]]:
    write_site(root, {"content/posts/kept.ipynb": notebook(execute)})
    result = build_site(root)
    assert result.ok, [d.message for d in result.diagnostics]
    page = BeautifulSoup((root / "build/posts/kept/index.html").read_text(), "html.parser")
    return page, [c.status for c in result.cells]


def test_its_cells_run_like_those_of_any_post(tmp_path: Path) -> None:
    page, statuses = build(tmp_path, "")
    assert statuses == ["ran", "ran"]
    assert "run: 42" in page.get_text()
    assert "kept: 41" not in page.get_text()
    assert not page.select("#cell-2 .listing")


def test_with_execute_false_its_own_outputs_are_shown_and_nothing_runs(tmp_path: Path) -> None:
    page, statuses = build(tmp_path, "execute: false\n")
    assert "ran" not in statuses
    shown = page.find(id="cell-fig-kept")
    assert "kept: 41" in shown.get_text()
    assert "run: 42" not in shown.get_text()
    image = shown.select_one("figure img")
    assert (image["alt"], image["width"], image["height"]) == ("A red box.", "30", "20")
    assert (tmp_path / "build/posts/kept" / image["src"]).read_bytes() == base64.b64decode(picture())
    assert "Kept." in shown.figcaption.get_text()
    assert shown.select_one("td").get_text() == "7"
    assert shown.select_one(".raised").get_text().strip() == "KeyError: 'x'"
    assert not shown.select(".made"), "nobody knows how these were made"
    assert not (tmp_path / ".xaisite/scratch").exists()
    again = build_site(tmp_path)
    assert again.rendered == ()
