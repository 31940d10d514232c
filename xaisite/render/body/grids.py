"""Several results of a cell side by side: columns, rows, or rows of relative widths."""

from __future__ import annotations

from collections.abc import Sequence

from xaisite.model.cell import ShowOptions

_MOST_PLAIN = 4  # columns that the style sheet knows by number


def has_layout(show: ShowOptions) -> bool:
    """Whether a cell says how its results stand."""
    return bool(show.layout_ncol or show.layout_nrow or show.layout)


def grid_html(show: ShowOptions, parts: Sequence[str]) -> str:
    """Return the parts in a grid, or in one grid for each row of `layout` (the last row is repeated)."""
    if not show.layout:
        return _grid(_columns(show, len(parts)), "", parts)
    out: list[str] = []
    left, row = list(parts), 0
    while left:
        widths = show.layout[min(row, len(show.layout) - 1)]
        cells = ["<div></div>" if width < 0 else left.pop(0) for width in widths if width < 0 or left]
        tracks = " ".join(f"minmax(0,{abs(width):g}fr)" for width in widths)
        names = " ".join(f"{width:g}" for width in widths)
        out.append(_grid(len(widths), f' data-widths="{names}" style="--tracks:{tracks}"', cells))
        row += 1
    return "".join(out)


def _grid(columns: int, more: str, parts: Sequence[str]) -> str:
    if columns > _MOST_PLAIN and not more:
        more = f' style="--tracks:repeat({columns},minmax(0,1fr))"'
    return f'<div class="figure-grid" data-columns="{columns}"{more}>{"".join(parts)}</div>'


def _columns(show: ShowOptions, count: int) -> int:
    if show.layout_ncol:
        return show.layout_ncol
    return -(-count // show.layout_nrow) if show.layout_nrow else 1


def part_mark(k: int) -> str:
    """Return `(a)`, `(b)` … for the k-th part."""
    return f'<span class="subfigure-mark">({chr(ord("a") + k) if k < 26 else k + 1})</span> '
