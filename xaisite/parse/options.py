"""The options of a cell: header and leading lines → typed records, each problem at its place in the Markdown.

Does not find cells, and does not read their code. Invariants: never raises; an option that cannot be read keeps its
default; what stands in `EXEC_NAMES`, and nothing else, reaches `ExecOptions`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from xaisite.core.checked import Checked
from xaisite.core.diagnostic import Diagnostic, Note, error, warning
from xaisite.core.fields import ReadFields, Reading, read_fields
from xaisite.core.source import Source, Span
from xaisite.core.tree import Branch, Leaf, Listing, Node, Pair
from xaisite.model.cell import CellOptions, ExecOptions, InlineRole, ObservedOptions, OptionInline, ShowOptions
from xaisite.model.cell_fields import CELL_DEFAULTS, CELL_OPTIONS, EXEC_NAMES, OBSERVED_NAMES, SPECIAL, canonical_option
from xaisite.parse.options_knitr import read_knitr_header
from xaisite.parse.options_lines import split_option_lines
from xaisite.parse.yaml_spans import YamlProblem, read_yaml_branch

# One blank, then anything: the expression is stripped afterwards, as a pattern for that would take quadratic time.
_INLINE = re.compile(r"`\{python(?:[ \t]{1,9}@([A-Za-z][A-Za-z0-9_.:-]*))?\}\s([^`]+)`")

TAG_EFFECTS: Mapping[str, tuple[str, object]] = {
    "hide-input": ("code-fold", True),
    "hide_input": ("code-fold", True),
    "hide-cell": ("code-fold", True),
    "remove-input": ("echo", False),
    "remove_input": ("echo", False),
    "remove-output": ("output", False),
    "remove_output": ("output", False),
    "remove-cell": ("include", False),
    "remove_cell": ("include", False),
    "remove-stderr": ("warning", False),
    "raises-exception": ("error", True),
    "skip-execution": ("eval", False),
}
"""Jupyter Book's tags → our options; an option that the cell gives itself wins."""


def read_cell_options(
    source: Source,
    lines: Sequence[tuple[int, int]] = (),
    *,
    header: tuple[int, int] | None = None,
    is_myst: bool = False,
    defaults: Mapping[str, object] | None = None,
    tags: Iterable[str] = (),
) -> Checked[CellOptions]:
    """Return what the options at the top of a block say.

    ``lines``: (start, end) in ``source`` of each line of the block's body; ``header``: (start, end) of what follows the
    language between the braces, if anything does; ``defaults``: the site's options overlaid with the page's, by
    canonical name and already checked (`{**config.execution.defaults, **front.execute}`); ``tags``: those of a
    notebook's cell.
    """
    at = Reading(source.path, "cell-option", "option", [])
    cut = split_option_lines(source, lines, is_myst=is_myst)
    pairs: list[Pair] = []
    refused: tuple[tuple[int, int], ...] = ()
    if header is not None and source.text[slice(*header)].strip():
        pairs += _header_pairs(source, header, at)
    if cut.count:
        tree = read_yaml_branch(cut.text, cut.pieces)
        at.found.extend(yaml_diagnostics(tree.problems, source.path, "cell-option"))
        pairs += tree.branch.pairs
        refused = tree.refused
    given: ReadFields | None = None
    if pairs:
        given = read_fields(
            Branch(pairs[0].start, pairs[-1].end, tuple(pairs)), CELL_OPTIONS, at, canonical=canonical_option
        )
    options = _make_options(source, given, defaults or {}, tuple(tags), cut.count)
    return Checked(options, tuple(without_refused(at.found, refused)))


def yaml_diagnostics(problems: Iterable[YamlProblem], path: str, prefix: str) -> Iterator[Diagnostic]:
    """Yield what YAML itself got wrong as diagnostics `prefix-kind`."""
    for p in problems:
        notes = (Note("first given here", Span(path, *p.first)),) if p.first else ()
        yield error(f"{prefix}-{p.kind}", p.message, Span(path, p.start, p.end), notes=notes, help=p.help)


def without_refused(found: Iterable[Diagnostic], places: Sequence[tuple[int, int]]) -> list[Diagnostic]:
    """Return ``found`` without what is said of values that YAML's reader refused: the mistake is told already."""
    return [
        d
        for d in found
        if d.code.endswith("-unsupported-yaml")
        or d.span is None
        or not any(d.span.start < end and start < d.span.end for start, end in places)
    ]


def _header_pairs(source: Source, header: tuple[int, int], at: Reading) -> tuple[Pair, ...]:
    branch, strays = read_knitr_header(source.text, *header)
    for start, end in strays:
        message = f"“{source.text[start:end]}” in the header is not understood"
        at.found.append(
            warning(
                "cell-option-header",
                message,
                Span(source.path, start, end),
                help="write options as `#| key: value` lines",
            )
        )
    return branch.pairs


def _make_options(
    source: Source, given: ReadFields | None, defaults: Mapping[str, object], tags: tuple[str, ...], count: int
) -> CellOptions:
    own: dict[str, Any] = dict(given.values) if given else {}
    places: Mapping[str, Node] = given.places if given else {}
    all_tags = (*tags, *own.get("tags", ()))
    _apply_results(own)
    for tag in all_tags:
        if tag in TAG_EFFECTS:
            own.setdefault(*TAG_EFFECTS[tag])
    merged: dict[str, Any] = {k: v for k, v in defaults.items() if k in _DEFAULTABLE}
    _apply_results(merged)
    if "fig-asp" in own or "fig-height" in own:
        merged.pop("fig-asp", None)
    merged |= own
    if "fig-asp" in merged:
        merged["fig-height"] = round(merged.get("fig-width", ExecOptions().fig_width_in) * merged["fig-asp"], 4)
    merged["freeze"] = merged.get("freeze") is True
    if "code-annotations" in merged:
        merged["code-annotations"] = merged["code-annotations"] not in (False, "none")
    return CellOptions(
        label=merged.get("label", ""),
        exec=ExecOptions(**_record(merged, EXEC_NAMES)),
        observed=ObservedOptions(**_record(merged, OBSERVED_NAMES), parameters="parameters" in all_tags),
        show=ShowOptions(**_record(merged, _SHOW_NAMES), tags=all_tags),
        asserts=merged.get("assert", ()),
        option_spans={name: Span(source.path, node.start, node.end) for name, node in places.items()},
        inlines=tuple(_find_inlines(source, places)),
        lines=count,
    )


# A page's seed and environment are those of its session, not of each cell.
_DEFAULTABLE = frozenset(f.name for f in CELL_DEFAULTS) - {"seed"}
_SHOW_NAMES = frozenset(f.name for f in CELL_OPTIONS.fields) - EXEC_NAMES - OBSERVED_NAMES - SPECIAL


def _record(values: Mapping[str, Any], names: frozenset[str]) -> dict[str, Any]:
    return {CELL_OPTIONS.by_name[name].attribute: value for name, value in values.items() if name in names}


def _apply_results(values: dict[str, Any]) -> None:
    results = values.pop("results", None)
    if results == "hide":
        values.setdefault("output", False)
    elif results == "asis":
        values.setdefault("output", "asis")


def _find_inlines(source: Source, places: Mapping[str, Node]) -> Iterator[OptionInline]:
    for role, names in (
        (InlineRole.CAPTION, ("fig-cap", "fig-subcap", "tbl-cap", "tbl-subcap", "lst-cap")),
        (InlineRole.ALT, ("fig-alt",)),
    ):
        for name in names:
            for leaf in leaves_of(places.get(name)):
                yield from find_inlines(source, leaf, role)
    for leaf in leaves_of(places.get("assert")):
        if leaf.text.strip():
            yield OptionInline(InlineRole.ASSERT, leaf.text, _verbatim(source, leaf, leaf.text, leaf.start))


def leaves_of(node: Node | None) -> Iterator[Leaf]:
    """Yield a leaf, or those of a list."""
    if isinstance(node, Leaf):
        yield node
    elif isinstance(node, Listing):
        for item in node.items:
            yield from leaves_of(item)


def find_inlines(source: Source, leaf: Leaf, role: InlineRole) -> Iterator[OptionInline]:
    """Yield the `` `{python} expr` `` of a text, each with the place of its expression."""
    if "{python" not in leaf.text:
        return
    at = leaf.start
    for match in _INLINE.finditer(leaf.text):
        code = match[2].strip()
        if code:
            span = _verbatim(source, leaf, code, at)
            at = span.end
            yield OptionInline(role, code, span, match[1] or "")


def _verbatim(source: Source, leaf: Leaf, code: str, at: int) -> Span:
    """Return where ``code`` stands; the whole value when escapes or folding make it look different there."""
    found = source.text.find(code, at, leaf.end)
    return Span(source.path, found, found + len(code)) if found >= 0 else Span(source.path, leaf.start, leaf.end)
