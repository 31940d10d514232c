"""All examples of CommonMark 0.31.2 through xaisite's own pipeline, every construct of ours switched on."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

Html = Callable[[str], str]
SPEC = Path(__file__).parents[2] / "node_modules/commonmark-spec/spec.txt"
EXPECTED = 652
REQUIRED = 650


def read_examples() -> list[tuple[int, str, str]]:
    """Return (number, Markdown, HTML) of every example of the specification."""
    text = SPEC.read_text("utf-8")
    found = re.findall(r"^`{32} example\n(.*?)^\.\n(.*?)^`{32}$", text, re.DOTALL | re.MULTILINE)
    return [(n, md.replace("→", "\t"), html.replace("→", "\t")) for n, (md, html) in enumerate(found, 1)]


@pytest.mark.skipif(not SPEC.exists(), reason="commonmark-spec is not installed (npm ci --include=dev)")
def test_commonmark_examples(capsys: pytest.CaptureFixture[str], plain_html: Html, comparable: Html) -> None:
    examples = read_examples()
    assert len(examples) == EXPECTED
    failed = [n for n, md, html in examples if comparable(plain_html(md)) != comparable(html)]
    with capsys.disabled():
        print(f"\nCommonMark 0.31.2: {len(examples) - len(failed)} of {len(examples)}, not: {failed}")
    assert len(examples) - len(failed) >= REQUIRED, failed
