"""The reference pages are what the library says, and their examples run."""

from __future__ import annotations

import doctest
import importlib.util
import re
import warnings
from pathlib import Path
from typing import Any

import pytest

from xaisite import explain

DOCS = Path(__file__).parents[2] / "docs" / "explain"


def load_maker() -> Any:
    spec = importlib.util.spec_from_file_location("make_reference", DOCS / "make.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


MAKER = load_maker()


@pytest.mark.parametrize("page", MAKER.PAGES)
def test_pages_are_current(page: str) -> None:
    assert (DOCS / f"{page}.md").read_text(encoding="utf-8") == MAKER.render_page(*MAKER.PAGES[page])


def test_every_function_has_its_section() -> None:
    functions = {name for name in explain.__all__ if name[0].islower()}
    assert functions == {name for _, names in MAKER.PAGES.values() for name in names}


@pytest.mark.parametrize("page", ["index", *MAKER.PAGES])
def test_examples_run(page: str) -> None:
    text = (DOCS / f"{page}.md").read_text(encoding="utf-8")
    if "import torch" in text:
        pytest.importorskip("torch")
    outside = re.sub(r"^```python\n.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    assert ">>>" not in outside, "an example outside its fence is not run"
    code = "\n".join(re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL))
    test = doctest.DocTestParser().get_doctest(code, {}, page, str(DOCS / f"{page}.md"), 0)
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    said: list[str] = []
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        runner.run(test, out=said.append)
    assert runner.failures == 0, "".join(said)
    assert runner.tries > 8


def test_docstring_examples_run() -> None:
    for module in ("cards", "segments"):
        found = importlib.import_module(f"xaisite.explain.{module}")
        assert doctest.testmod(found).failed == 0
