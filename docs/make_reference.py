"""Writes the tables of fields into `docs/reference/*.md`, and the JSON Schemas into `docs/static/schemas/`.

Run it after a change of a table of fields: `python docs/make_reference.py`. Everything between `<!-- begin NAME -->`
and `<!-- end -->` is made here; a test compares the files with what this would write.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from xaisite.core.fields import Field
from xaisite.load.config import make_config_schema
from xaisite.load.config_fields import EXECUTION_OWN, PUBLISH_KINDS, TABLES
from xaisite.model.author_fields import AUTHOR_FIELDS
from xaisite.model.cell_fields import CELL_DEFAULTS, CELL_ONLY, EXEC_NAMES, OBSERVED_NAMES
from xaisite.parse.front import make_front_schema
from xaisite.parse.front_fields import FRONT_FIELDS

DOCS = Path(__file__).parent
_BLOCK = re.compile(r"(<!-- begin ([a-z0-9-]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def make_tables() -> dict[str, str]:
    """Return every generated table by its name."""
    tables = {f"site-{name}": _table(table.fields) for name, table in TABLES.items() if name != "execution"}
    tables |= {f"publish-{kind}": _table(fields) for kind, fields in PUBLISH_KINDS.items()}
    return tables | {
        "front-fields": _table(FRONT_FIELDS.fields),
        "front-ignored": ", ".join(f"`{name}`" for name in sorted(FRONT_FIELDS.ignored)) + ".\n",
        "author-fields": _table(AUTHOR_FIELDS.fields),
        "site-execution": _table(EXECUTION_OWN),
        "cell-only": _table(CELL_ONLY, role=True),
        "cell-defaults": _table(CELL_DEFAULTS, role=True),
    }


def _table(fields: Iterable[Field], *, role: bool = False) -> str:
    head = ["Name", "Holds", "Default", "What it does", *(["Part of the key"] if role else [])]
    rows = [head, ["---"] * len(head), *(list(_cells(field, role=role)) for field in fields)]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |\n" for row in rows)


def _cells(field: Field, *, role: bool) -> Iterator[str]:
    yield f"`{field.name}`" + "".join(f", `{alias}`" for alias in field.aliases)
    yield field.kind.words + (" (needed)" if field.required else "")
    yield f"`{field.default}`" if field.default else ""
    yield field.doc + (f" Example: `{field.example}`" if field.example else "")
    if role:
        observed = "no; observed" if field.name in OBSERVED_NAMES else "no"
        yield "yes" if field.name in EXEC_NAMES or field.name == "fig-asp" else observed


def fill_page(text: str) -> str:
    """Return a page with its generated parts made anew."""
    tables = make_tables()
    return _BLOCK.sub(lambda m: m[1] + "\n" + tables[m[2]] + "\n" + m[3], text)


def make_schemas() -> dict[str, str]:
    """Return the JSON Schemas by file name."""
    schemas = {"front-matter.json": make_front_schema(), "site-toml.json": make_config_schema()}
    return {name: json.dumps(schema, indent=1, ensure_ascii=False) + "\n" for name, schema in schemas.items()}


def main() -> None:
    """Write everything."""
    for page in sorted((DOCS / "reference").glob("*.md")):
        page.write_text(fill_page(page.read_text(encoding="utf-8")), encoding="utf-8")
    for name, text in make_schemas().items():
        (DOCS / "static" / "schemas" / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
