"""site.toml → `SiteConfig`, each mistake at its key or value.

Does not look at the files that site.toml names. Invariants: never raises; a bad value is reported and its default
holds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from xaisite.core.checked import Checked
from xaisite.core.diagnostic import error
from xaisite.core.fields import Reading, Schema, fields_schema, read_fields
from xaisite.core.source import Source, Span
from xaisite.core.tree import Branch
from xaisite.load.config_fields import CONFIG, EXECUTION, EXECUTION_OWN, TABLES
from xaisite.load.site_root import CONFIG_NAME
from xaisite.load.sources import load_source
from xaisite.load.toml_spans import read_toml_tree
from xaisite.model.cell_fields import canonical_option
from xaisite.model.config import (
    CitationsTable,
    ContentTable,
    ExecutionTable,
    MathTable,
    PublishTarget,
    SiteConfig,
    SiteTable,
    ThemeTable,
)


def load_config(root: Path) -> Checked[SiteConfig]:
    """Return what the site.toml of ``root`` says (defaults, with errors, when it cannot be read)."""
    loaded = load_source(root, CONFIG_NAME)
    if loaded.value is None:
        return Checked(SiteConfig(), loaded.diagnostics)
    read = read_config(loaded.value)
    return Checked(read.value, (*loaded.diagnostics, *read.diagnostics))


def read_config(source: Source) -> Checked[SiteConfig]:
    """Return what a site.toml says."""
    at = Reading(source.path, "config", "key", [])
    tree = read_toml_tree(source.text)
    if tree.problem:
        span = source.span(tree.problem.start, tree.problem.end)
        return Checked(SiteConfig(), (error(f"config-{tree.problem.kind}", tree.problem.message, span),))
    values: Mapping[str, Any] = read_fields(tree.branch, CONFIG, at).values
    config = SiteConfig(
        site=SiteTable(**_attributes("site", values)),
        content=ContentTable(**_attributes("content", values)),
        execution=_execution(values.get("execution", {})),
        citations=CitationsTable(**_attributes("citations", values)),
        math=_math(_attributes("math", values)),
        theme=ThemeTable(**_attributes("theme", values)),
        publish=tuple(_targets(values.get("publish", {}), tree.branch, source.path)),
        ignored_codes=values.get("diagnostics", {}).get("ignore", ()),
        spans=dict(_spans(tree.branch, source.path)),
    )
    return Checked(config, tuple(at.found))


def make_config_schema() -> Schema:
    """Return the JSON Schema of site.toml."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "site.toml of a xaisite site",
        **fields_schema(CONFIG, closed=True),
    }


def _attributes(table: str, values: Mapping[str, Any]) -> dict[str, Any]:
    given: Mapping[str, Any] = values.get(table, {})
    return {TABLES[table].by_name[name].attribute: value for name, value in given.items()}


_OWN = frozenset(entry.name for entry in EXECUTION_OWN)


def _execution(given: Mapping[str, Any]) -> ExecutionTable:
    own = {EXECUTION.by_name[name].attribute: value for name, value in given.items() if name in _OWN}
    defaults = {name: value for name, value in given.items() if name not in _OWN or name == "code-fold"}
    return ExecutionTable(**own, defaults=defaults)


def _math(values: dict[str, Any]) -> MathTable:
    macros = {name if name[:1] == "\\" else "\\" + name: body for name, body in values.pop("macros", {}).items()}
    return MathTable(**values, macros=macros)


def _targets(given: Mapping[str, Any], top: Branch, path: str) -> Iterator[PublishTarget]:
    places = {
        pair.key: Span(path, pair.start, pair.end)
        for table in top.pairs
        if table.key == "publish" and isinstance(table.value, Branch)
        for pair in table.value.pairs
    }
    for name, fields in given.items():
        options = {key: value for key, value in fields.items() if key != "kind"}
        yield PublishTarget(name, fields["kind"], options, places.get(name))


def _spans(top: Branch, path: str) -> Iterator[tuple[str, Span]]:
    """Yield the place of each value by dotted, canonical name."""
    for table in top.pairs:
        yield table.key, Span(path, table.start, table.end)
        if isinstance(table.value, Branch):
            yield from _table_spans(table.key, table.value, path)


def _table_spans(name: str, branch: Branch, path: str) -> Iterator[tuple[str, Span]]:
    known = TABLES.get(name)
    for pair in branch.pairs:
        field = known.by_name.get(pair.key) or known.by_name.get(canonical_option(pair.key)) if known else None
        dotted = f"{name}.{field.name if field else pair.key}"
        yield dotted, Span(path, pair.value.start, pair.value.end)
        if isinstance(pair.value, Branch):
            yield from _table_spans(dotted, pair.value, path)
