"""Cells: their code, and what running them gave. What is hidden by an option is not in the page at all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from markdown_it.token import Token

from xaisite.model.cell import Cell
from xaisite.model.result import CellResult, Figure, Output, Raised, Rich, Stream
from xaisite.render.body.computed import Drawing, computed_figures, figure_of
from xaisite.render.body.listings import captioned, listing_html
from xaisite.render.body.made import device_html
from xaisite.render.body.pictures import caption_html
from xaisite.render.body.rich import rich_html, table_of, tables_html
from xaisite.render.body.seeds import seeds_html
from xaisite.render.body.writer import Rule, Writer, attribute


def _cell(w: Writer, tokens: Sequence[Token], i: int) -> str:
    token = tokens[i]
    cell: Cell = token.meta["cell"]
    if not cell.show.include:
        return ""
    result = _result(w, cell)
    code = _code(w, token, cell)
    outputs = _outputs(w, token, cell, result)
    if not code and not outputs:
        return ""
    name = f"cell-{cell.label or cell.index + 1}"
    column = f" column-{cell.show.column}" if cell.show.column not in ("", "body") else ""
    classes = " ".join(("cell" + column, *cell.show.classes))
    return (
        f'<div class="{escape(classes)}"{attribute("id", name)} data-cell="{cell.index + 1}">\n{code}{outputs}</div>\n'
    )


def _result(w: Writer, cell: Cell) -> CellResult | None:
    results = w.context.results
    return results.cells[cell.index] if results is not None and cell.index < len(results.cells) else None


# Code ---------------------------------------------------------------------------------------------------------------


def _code(w: Writer, token: Token, cell: Cell) -> str:
    show = cell.show
    if show.echo is False or not cell.code.strip():
        return ""
    code = shown_code(cell)
    if show.echo == "fenced":
        listing = listing_html(w, str(token.meta.get("source", code)), "")
    else:
        listing = listing_html(
            w, code, cell.language, numbers=show.code_line_numbers, annotated=token if show.echo is True else None
        )
    caption = token.meta.get("listing_caption") or []
    listing = captioned(w, listing, show.lst_label, w.render(caption[0]) if caption else "")
    fold = show.code_fold if show.code_fold is not None else w.context.code_fold
    if not fold:
        return listing
    summary = escape(show.code_summary or w.word("Code"), quote=False)
    opened = " open" if fold == "show" else ""
    return f'<details class="code-fold"{opened}><summary>{summary}</summary>{listing}</details>\n'


def shown_code(cell: Cell) -> str:
    """Return the lines of a cell that are shown."""
    echo = cell.show.echo
    code = cell.code.strip("\n") + "\n"
    if not isinstance(echo, tuple):
        return code
    lines = cell.code.split("\n")
    wanted = [n for n in echo if n > 0] or [n for n in range(1, len(lines) + 1) if -n not in echo]
    return "".join(lines[n - 1] + "\n" for n in wanted if n <= len(lines))


# Outputs ------------------------------------------------------------------------------------------------------------


def _outputs(w: Writer, token: Token, cell: Cell, result: CellResult | None) -> str:
    if cell.show.output is False:
        return ""
    if result is None or result.status == "not-run":
        return _not_run(cell) if cell.exec.eval else ""
    shown = Drawing(w, token, cell, result)
    return device_html(result) + _named(w, token, cell, "".join(_in_groups(shown))) + seeds_html(shown)


def _named(w: Writer, token: Token, cell: Cell, shown: str) -> str:
    """Give outputs that are neither drawn figures nor HTML tables the number and the caption that the cell states."""
    is_table = cell.label.startswith("tbl-")
    name = attribute("id", cell.label)
    if not shown or not (is_table or cell.label.startswith("fig-")) or name in shown:
        return shown
    captions = token.meta.get("table_captions" if is_table else "captions") or []
    below = caption_html(w, cell.label, w.render(captions[0]) if captions else "")
    return f'<figure class="figure column-{escape(cell.show.column or "body")}"{name}>{shown}{below}</figure>\n'


def _in_groups(shown: Drawing) -> Iterator[str]:
    """Yield the outputs; consecutive figures, and consecutive tables, are one group."""
    w, token, cell = shown.w, shown.token, shown.cell
    parsed: list[list[Token] | None] = token.meta.get("outputs") or []
    figures: list[tuple[int, Figure]] = []
    tables: list[str] = []

    def end() -> Iterator[str]:
        if figures:
            yield computed_figures(shown, figures)
        if tables:
            yield tables_html(w, token, cell, tables)
        figures.clear()
        tables.clear()

    for k, output in enumerate(shown.result.outputs):
        tokens = parsed[k] if k < len(parsed) else None
        table = table_of(output) if isinstance(output, Rich) and tokens is None else ""
        figure = figure_of(output)
        if (figures and figure is None) or (tables and not table):
            yield from end()
        if figure is not None:
            figures.append((k, figure))
        elif table:
            tables.append(table)
        else:
            yield w.render(tokens) if tokens is not None else _output(w, token, cell, output)
    yield from end()


def _not_run(cell: Cell) -> str:
    what = "figure" if cell.label.startswith("fig-") else "table" if cell.label.startswith("tbl-") else "result"
    name = attribute("id", cell.label) if what in ("figure", "table") else ""
    return (
        f'<div class="cell-output not-run" role="note"{name}>This cell has not been run: its {what} is missing.</div>\n'
    )


def _output(w: Writer, token: Token, cell: Cell, output: Output) -> str:
    if isinstance(output, Stream):
        return _stream(w, cell, output)
    if isinstance(output, Raised):
        return _pre("raised", output.traceback or f"{output.name}: {output.message}")
    if isinstance(output, Rich):
        return rich_html(w, token, output)
    return ""


def _stream(_w: Writer, cell: Cell, stream: Stream) -> str:
    hidden = not cell.show.warning and (stream.is_warning or stream.name == "stderr")
    if hidden or not stream.text.strip("\n"):
        return ""
    return _pre("warning" if stream.is_warning else stream.name, stream.text)


def _pre(kind: str, text: str) -> str:
    shown = escape(text.rstrip("\n"), quote=False)
    return f'<div class="cell-output {kind}"><pre tabindex="0">{shown}\n</pre></div>\n'


RULES: dict[str, Rule] = {"cell": _cell}
