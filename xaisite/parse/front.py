"""The front matter of a post: the YAML between two lines of `---`, typed.

Does not look at the Markdown below, nor at other files. Invariants: never raises; every span lies in the source; a
field that cannot be read keeps its default and is reported at its value.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from xaisite.core.checked import Checked
from xaisite.core.dates import DATE_HELP, find_zone, read_date
from xaisite.core.diagnostic import Diagnostic, Note, error, notice
from xaisite.core.fields import ReadFields, Reading, Schema, fields_schema, read_fields, report_unknown
from xaisite.core.record import record
from xaisite.core.source import Source, Span
from xaisite.core.tree import Leaf, Pair, plain_value
from xaisite.model.cell_fields import DEFAULT_OPTIONS, canonical_option
from xaisite.model.front import FrontMatter
from xaisite.parse.front_fields import FRONT_FIELDS
from xaisite.parse.options import leaves_of, without_refused, yaml_diagnostics
from xaisite.parse.yaml_spans import read_yaml_branch

_OPEN = re.compile(r"---[ \t]*(?:\n|\Z)")
_TOML = re.compile(r"\+\+\+[ \t]*\n(?:[ \t]*(?:#[^\n]*)?\n)*[A-Za-z_\[][^\n]*[=\]][^\n]*\n")
_CLOSE = re.compile(r"^(?:---|\.\.\.)[ \t]*$", re.MULTILINE)
_FILE_NAME = re.compile(r"(?:.*/)?(\d{4}-\d{1,2}-\d{1,2})[-_](.+?)(?:\.[A-Za-z]+)?\Z", re.ASCII)
_BLOCK_LINE = re.compile(r"[ \t]*(?:#.*|[A-Za-z_][\w.-]*[ \t]*:(?:[ \t].*)?)?$")


@record
class FrontBlock:
    """Where front matter stands in a source."""

    start: int
    """Of the YAML."""
    end: int
    body_start: int


def find_front_matter(text: str) -> FrontBlock | None:
    """Return where the front matter is; None when the file does not begin with a closed one."""
    opening = _OPEN.match(text)
    if opening is None:
        return None
    closing = _CLOSE.search(text, opening.end())
    if closing is None:
        return None
    return FrontBlock(opening.end(), closing.start(), min(len(text), closing.end() + 1))


def read_file_name(path: str, timezone_name: str) -> tuple[datetime | str | None, str]:
    """Return what a name such as `2024-02-04-shap.md` says: its date (a text: what is wrong with it), and the rest."""
    match = _FILE_NAME.match(path)
    if match is None:
        return None, path.rpartition("/")[2].rpartition(".")[0]
    return read_date(match[1], find_zone(timezone_name) or UTC), match[2]


def read_front_matter(source: Source, *, timezone: str = "UTC") -> Checked[FrontMatter]:
    """Return the front matter of a post (all defaults when it has none); zone-less dates are in ``timezone``."""
    at = Reading(source.path, "front", "field", [], timezone)
    block = find_front_matter(source.text)
    if block is None:
        at.found.extend(_unclosed(source))
        return Checked(_with_name_date({}, source, at), tuple(at.found))
    tree = read_yaml_branch(source.text[block.start : block.end], block.start)
    at.found.extend(yaml_diagnostics(tree.problems, source.path, "front"))

    def keep(pair: Pair) -> None:
        is_option = canonical_option(pair.key) in DEFAULT_OPTIONS.by_name
        hint = f"write it under `execute:`, as `{canonical_option(pair.key)}`" if is_option else ""
        report_unknown(
            pair, FRONT_FIELDS, at, is_error=False, help=hint, otherwise="it is kept for templates as `page.extra`"
        )

    found = read_fields(tree.branch, FRONT_FIELDS, at, unknown=keep)
    for pair in tree.branch.pairs:
        _note_words(pair, at)
    extra = {pair.key: plain_value(pair.value) for pair in found.unknown}
    values = _values(found, extra, source.path)
    front = _with_name_date(values, source, at, block.body_start)
    return Checked(front, tuple(without_refused(at.found, tree.refused)))


def _note_words(pair: Pair, at: Reading) -> None:
    """Say that blanks do not part tags: they do in Jekyll, and nowhere else."""
    entry, value = FRONT_FIELDS.by_name.get(pair.key), pair.value
    if entry is None or entry.name != "tags" or not isinstance(value, Leaf) or value.style != "plain":
        return
    words = value.text.split()
    if len(words) > 1 and "," not in value.text:
        message = f"`{pair.key}`: “{value.text}” is one tag, {len(words)} in Jekyll"
        help = f"write `[{', '.join(words)}]`, or `[{value.text}]` for one"
        at.found.append(notice("front-one-tag", message, at.span(value), help=help))


def make_front_schema() -> Schema:
    """Return the JSON Schema of front matter; unknown fields are allowed, as they are kept."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Front matter of a xaisite post",
        **fields_schema(FRONT_FIELDS, closed=False),
    }


def _values(found: ReadFields, extra: Mapping[str, object], path: str) -> dict[str, Any]:
    given: dict[str, Any] = dict(found.values)
    values = {FRONT_FIELDS.by_name[name].attribute: value for name, value in given.items()}
    published = values.pop("published", True)
    values["draft"] = values.get("draft", False) or not published
    toc = values.get("toc")
    if isinstance(toc, tuple):
        values |= {"toc": bool(toc), "toc_entries": toc}
    if not isinstance(values.get("math", True), bool):
        values["math"] = True
    citation = values.get("citation")
    if isinstance(citation, bool):
        values["citation"] = {}
    if "code_fold" in values:
        values["execute"] = {"code-fold": values["code_fold"], **values.get("execute", {})}
    values["nocite"] = tuple(
        key.lstrip("@") for text in values.get("nocite", ()) for key in re.split(r"[\s,;]+", text) if key
    )
    values["macros"] = {
        name if name.startswith("\\") else "\\" + name: body for name, body in values.get("macros", {}).items()
    }
    if "doi" in values:
        values["doi"] = re.sub(r"^(?:https?://(?:dx\.)?doi\.org/|doi:\s*)", "", values["doi"])
    values["extra"] = {**values.get("extra", {}), **extra}
    values["spans"] = {
        FRONT_FIELDS.by_name[name].attribute: Span(path, node.start, node.end) for name, node in found.places.items()
    } | {pair.key: Span(path, pair.value.start, pair.value.end) for pair in found.unknown}
    for name in ("prerequisites", "bibliography", "styles", "scripts", "nocite"):
        for leaf in leaves_of(found.places.get(name)):
            values["spans"][f"{name}:{leaf.text}"] = Span(path, leaf.start, leaf.end)
    return values


def _with_name_date(values: dict[str, Any], source: Source, at: Reading, body_start: int = 0) -> FrontMatter:
    if "date" not in values and "date" not in values.get("spans", {}):
        date, _ = read_file_name(source.path, at.timezone)
        if isinstance(date, str):
            at.found.append(
                error(
                    "front-bad-date",
                    f"the file's name: {date}",
                    source.span(0, 0),
                    help=f"in a name as in front matter, {DATE_HELP}",
                )
            )
        elif date is not None:
            values["date"] = date
    return FrontMatter(**values, body_start=body_start)


def _unclosed(source: Source) -> list[Diagnostic]:
    """Report a file that opens front matter and never closes it (a rule followed by prose is not meant)."""
    opening = _OPEN.match(source.text)
    toml = _TOML.match(source.text)
    if toml is not None:
        help = "write it as YAML: a line `---` above and below, between them lines such as `title: My post`"
        return [error("front-toml", "this front matter is TOML: only YAML is read", source.span(0, 3), help=help)]
    if opening is None:
        return []
    first = source.text[opening.end() :].partition("\n")[0]
    if not first.strip() or _BLOCK_LINE.match(first) is None:
        return []
    note = Note("it opens here", source.span(0, 3))
    return [
        error(
            "front-unclosed",
            "front matter is opened and never closed",
            source.span(0, 3),
            notes=(note,),
            help="add a line `---` below its last field",
        )
    ]
