"""The reference pages and published schemas are those that the tables of fields make."""

from __future__ import annotations

import importlib.util
from pathlib import Path

DOCS = Path(__file__).parents[3] / "docs"


def load_script():
    spec = importlib.util.spec_from_file_location("make_reference", DOCS / "make_reference.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


SCRIPT = load_script()


def test_pages_are_up_to_date():
    for page in sorted((DOCS / "reference").glob("*.md")):
        text = page.read_text(encoding="utf-8")
        assert SCRIPT.fill_page(text) == text, f"run python docs/make_reference.py ({page.name})"


def test_schemas_are_up_to_date():
    for name, text in SCRIPT.make_schemas().items():
        assert (DOCS / "static" / "schemas" / name).read_text(encoding="utf-8") == text, (
            "run python docs/make_reference.py"
        )


def test_every_table_is_shown():
    shown = "".join(page.read_text(encoding="utf-8") for page in (DOCS / "reference").glob("*.md"))
    assert [name for name in SCRIPT.make_tables() if f"<!-- begin {name} -->" not in shown] == []
