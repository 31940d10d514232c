"""Cells: options, code and its place line by line, captions, and, when there are results, the Markdown in them.

Does not run anything. Invariant: the offsets of `Cell.code_offsets` point at the first character of each line of code.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from markdown_it.token import Token

from xaisite.core.record import replace
from xaisite.core.source import Span
from xaisite.model.cell import Cell, CellOptions, InlineRole
from xaisite.model.nodes import LabelKind
from xaisite.model.result import Output, Rich, Stream
from xaisite.parse.found import Found
from xaisite.parse.inline_html import inline_text
from xaisite.parse.options import read_cell_options
from xaisite.parse.place import AnyPlace, FixedPlace, Place
from xaisite.parse.syntax.listings import CELL

if TYPE_CHECKING:
    from xaisite.parse.walk import Walk

_INLINE = re.compile(r"`\{python(?:\s+@[\w:.-]+)?\}\s+([^`]+?)\s*`")
_KINDS: Mapping[str, LabelKind] = {"fig-": "fig", "tbl-": "tbl", "lst-": "lst", "eq-": "eq"}


def make_cell(walk: Walk, token: Token) -> Token:
    """Return the token of a cell with all that is known of it; its node is added to what was found."""
    here = walk.here
    first = token.map[0] if token.map else 0
    lines = _code_lines(here, first + 1, token.content)
    header = _header(here, first) if token.meta["form"] == "chunk" else None
    stored = here.stored.get(token.meta["index"])
    read = read_cell_options(
        here.source, lines, header=header, is_myst=token.meta["form"] == "myst",
        defaults={**here.config.execute, **here.front.execute},
        tags=stored.tags if stored else (),
    )  # fmt: skip
    here.diagnostics.extend(read.diagnostics)
    options = read.value
    span = here.lines_span(first, token.map[1] if token.map else first + 1)
    cell = _cell(here, token.meta["index"], options, lines, span)
    if stored:
        cell = replace(cell, stored_outputs=stored.outputs)
    here.cells.append(cell)
    return fold_cell(walk, cell, options)


def fold_cell(walk: Walk, cell: Cell, options: CellOptions) -> Token:
    """Return the token of ``cell`` with its captions parsed and its results folded in."""
    _add_inlines(walk.here, cell, options)
    token = Token("cell", "div", 0, block=True, content=cell.code)
    token.meta = {"index": cell.index, "cell": cell, **_captions(walk, cell, options)}
    if cell.show.echo == "fenced":
        token.meta["source"] = walk.here.source.text[cell.span.start : cell.span.end] + "\n"
    _add_labels(walk.here, cell, token)
    token.meta["outputs"] = _fold(walk, cell, token.meta["table_captions"])
    return token


def _code_lines(here: Found, first: int, content: str) -> list[tuple[int, int]]:
    """Return (start, end) in the file of each line of a block's content."""
    lines: list[tuple[int, int]] = []
    for k, line in enumerate(
        content.split("\n")[:-1] if content.endswith("\n") else content.split("\n") if content else []
    ):
        source_line = here.line(first + k)
        start = here.line_offset(first + k)
        bare = line if source_line.endswith(line) else line.lstrip()
        lines.append((start + len(source_line) - len(bare), start + len(source_line)))
    return lines


def _header(here: Found, line: int) -> tuple[int, int] | None:
    text = here.line(line).rstrip()
    brace = text.find("{")
    match = CELL.match(text, brace) if brace >= 0 else None
    if match is None or not match["rest"].strip():
        return None
    start = here.line_offset(line)
    return start + match.start("rest"), start + match.end("rest")


def _cell(here: Found, index: int, options: CellOptions, lines: list[tuple[int, int]], span: Span) -> Cell:
    code_lines = [line for line in lines[options.lines :] if not _is_magic(here, line)]
    code = "".join(here.source.text[a:b] + "\n" for a, b in code_lines)
    offsets = tuple(a for a, _ in code_lines)
    return Cell(
        index=index, label=options.label, code=code, code_start=offsets[0] if offsets else span.end,
        code_offsets=offsets, span=span, exec=options.exec, observed=options.observed, show=options.show,
        option_spans=options.option_spans, asserts=options.asserts,
    )  # fmt: skip


_MAGIC = re.compile(r"%(?:matplotlib|config|load_ext|reload_ext|autoreload)\b|%%(?:time|timeit|capture)\b")
"""IPython's magics that say how a notebook is shown or measured, and change nothing that is computed."""


def _is_magic(here: Found, line: tuple[int, int]) -> bool:
    """Whether a line is a magic of IPython that can be left out; it is told once."""
    if not here.source.text.startswith("%", line[0]) or _MAGIC.match(here.source.text, *line) is None:
        return False
    here.tell_once("cell-magic", "magic", "IPython's magics have no effect here: this line is left out",
                   here.source.span(*line), help="remove it: figures are collected by themselves")  # fmt: skip
    return True


def _add_inlines(here: Found, cell: Cell, options: CellOptions) -> None:
    here.caption_inlines.clear()
    for inline in options.inlines:
        after = cell.index
        if inline.after_label:
            after = next((c.index for c in here.cells if c.label == inline.after_label), cell.index)
        index = here.add_inline(inline.code, inline.span, inline.role, after)
        here.caption_inlines.setdefault((inline.role, inline.code), []).append(index)


def _captions(walk: Walk, cell: Cell, options: CellOptions) -> dict[str, object]:
    show = cell.show
    spans = options.option_spans
    walk.env["role"] = InlineRole.CAPTION
    walk.env["after_cell"] = cell.index
    try:
        return {
            "captions": _parse_all(walk, show.fig_caps, spans.get("fig-cap"), cell),
            "subcaptions": _parse_all(walk, show.fig_subcaps, spans.get("fig-subcap"), cell),
            "table_captions": _parse_all(walk, show.tbl_caps, spans.get("tbl-cap"), cell),
            "table_subcaptions": _parse_all(walk, show.tbl_subcaps, spans.get("tbl-subcap"), cell),
            "listing_caption": _parse_all(walk, (show.lst_cap,) if show.lst_cap else (), spans.get("lst-cap"), cell),
            "alts": [_alt(walk.here, text) for text in show.fig_alts],
        }
    finally:
        del walk.env["role"], walk.env["after_cell"]


def _parse_all(walk: Walk, texts: Iterable[str], span: Span | None, cell: Cell) -> list[list[Token]]:
    at = span.start if span else 0
    parsed: list[list[Token]] = []
    for text in texts:
        place: AnyPlace = FixedPlace(span or cell.span)
        found = walk.here.source.text.find(text, at, span.end) if span and text else -1
        if found >= 0:
            at = found + len(text)
            place = _verbatim(walk.here, found)
        parsed.append(walk.inline(text, place))
    return parsed


def _verbatim(here: Found, offset: int) -> Place:
    return Place(here.source.path, lambda: ([0], [offset]))


def _alt(here: Found, text: str) -> str:
    """Return an alternative text with its inline values in place."""

    def value(match: re.Match[str]) -> str:
        queue = here.caption_inlines.get((InlineRole.ALT, match[1]))
        index = queue.pop(0) if queue else -1
        result = here.results.inlines[index] if here.results and 0 <= index < len(here.results.inlines) else None
        return result.text if result else match[1]

    return _INLINE.sub(value, text)


def _add_labels(here: Found, cell: Cell, token: Token) -> None:
    if cell.show.lst_label:
        here.add_label(cell.show.lst_label, "lst", cell.option_spans.get("lst-label", cell.span),
                       title=_title(token, "listing_caption"))  # fmt: skip
    if not cell.label:
        return
    span = cell.option_spans.get("label", cell.span)
    kind: LabelKind = next((k for prefix, k in _KINDS.items() if cell.label.startswith(prefix)), "cell")
    if kind == "cell":
        here.add_label(cell.label, "cell", span, anchor=f"cell-{cell.label}")
        return
    here.add_label(cell.label, kind, span, title=_title(token, "table_captions" if kind == "tbl" else "captions"))
    subs = "table_subcaptions" if kind == "tbl" else "subcaptions"
    here.parents.append(cell.label)
    for k, children in enumerate(token.meta[subs]):
        here.add_label(f"{cell.label}-{k + 1}", kind, span, title=inline_text(children))
    here.parents.pop()


def _title(token: Token, name: str) -> str:
    captions = token.meta[name]
    return inline_text(captions[0]) if captions else ""


def _fold(walk: Walk, cell: Cell, captions: list[list[Token]]) -> list[list[Token] | None]:
    """Return, for each output of the cell, its tokens where it is Markdown."""
    results = walk.here.results
    if results is None or cell.index >= len(results.cells) or cell.show.output is False or not cell.show.include:
        return []
    outputs = [_fold_output(walk, cell, output) for output in results.cells[cell.index].outputs]
    _name_table(cell, outputs, captions)
    return outputs


def _name_table(cell: Cell, outputs: list[list[Token] | None], captions: list[list[Token]]) -> None:
    """Give the first table of Markdown that a cell made the label and the caption that its options state."""
    if not captions and not cell.label.startswith("tbl-"):
        return
    table = next((t for tokens in outputs for t in tokens or () if t.type == "table_open"), None)
    if table is not None and not table.meta.get("label"):
        label = cell.label if cell.label.startswith("tbl-") else ""
        table.meta = {**table.meta, "label": label, "caption": captions[0] if captions else table.meta.get("caption")}


def _fold_output(walk: Walk, cell: Cell, output: Output) -> list[Token] | None:
    if isinstance(output, Stream) and output.name == "stdout" and cell.show.output == "asis":
        return walk.result(output.text, cell.span)
    if isinstance(output, Rich) and output.figure is None and not output.scripts:
        text = _markdown(walk.here, output)
        return walk.result(text, cell.span) if text is not None else None
    return None


def _markdown(here: Found, output: Rich) -> str | None:
    """Return the Markdown of a rich output when that is the best it has."""
    best = next(iter(output.text), "")
    if best == "text/markdown" or ("text/markdown" in output.text and "text/html" not in output.text):
        return output.text["text/markdown"]
    media = next((m for m in output.media if m.mime == "text/markdown"), None)
    return here.media_text(media) if media and here.media_text and not output.text.get("text/html") else None
