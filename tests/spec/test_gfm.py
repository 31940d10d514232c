"""GFM's examples for tables, strikethrough, autolinks and task lists."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

Html = Callable[[str], str]
TEXT = (Path(__file__).parent / "gfm_examples.txt").read_text("utf-8")
EXAMPLES = re.findall(r"^(\d+)\n(.*?)\n\.\n(.*?)\n=====$", TEXT, re.DOTALL | re.MULTILINE)


def without_boxes(html: str) -> str:
    """Return HTML with task boxes as GFM prints them."""
    html = re.sub(
        r'<input type="checkbox" disabled( checked)? aria-label="(?:done|to do)">',
        lambda m: '<input checked="" disabled="" type="checkbox">' if m[1] else '<input disabled="" type="checkbox">',
        html,
    )
    return html.replace('<ul class="task-list">', "<ul>")


def test_all_are_met(plain_html: Html, comparable: Html, capsys: pytest.CaptureFixture[str]) -> None:
    met = [n for n, text, html in EXAMPLES if comparable(without_boxes(plain_html(text))) == comparable(html)]
    with capsys.disabled():
        print(f"\nGFM 0.29, its extensions: {len(met)} of {len(EXAMPLES)}")
    assert len(EXAMPLES) == 24
    assert len(met) == 24


@pytest.mark.parametrize(("number", "markdown", "html"), EXAMPLES, ids=[e[0] for e in EXAMPLES])
def test_gfm_example(number: str, markdown: str, html: str, plain_html: Html, comparable: Html) -> None:
    assert comparable(without_boxes(plain_html(markdown))) == comparable(html)
