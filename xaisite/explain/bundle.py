"""What a page needs of anything displayable.

What it does: gathers figure, texts, table, data, citations and warnings under fixed names: the protocol
``_xaisite_bundle_`` between this library and whoever runs cells. It deliberately writes no files.
Invariant: ``figure`` may be called any number of times and returns a new figure each time.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from html import escape
from typing import TYPE_CHECKING, Any

from xaisite.explain.references import find_reference

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from xaisite.explain.explanation import Explanation


def make_bundle(explanation: Explanation) -> dict[str, Any]:
    """Return the bundle of an explanation; its verdicts end its caption."""
    verdicts = explanation.check()
    return assemble(
        figure=explanation.figure,
        alt=explanation.alt_text(),
        caption=" ".join([explanation.caption(), *(str(verdict) for verdict in verdicts)]),
        table=explanation.table(),
        data_json=explanation.to_json(),
        cites=explanation.cites,
        warnings=tuple(str(verdict) for verdict in verdicts if verdict.is_violated),
    )


def assemble(
    *,
    figure: Callable[..., Any],
    alt: str,
    caption: str,
    table: pd.DataFrame,
    data_json: str,
    cites: tuple[str, ...],
    warnings: tuple[str, ...] = (),
) -> dict[str, Any]:
    """Return a bundle from its parts.

    Returns
    -------
    dict
        ``figure`` (callable with ``theme="light"`` or ``"dark"``), ``alt``, ``caption``, ``table_html``,
        ``data_json``, ``cites`` (dicts of ``key``, ``bibtex``, ``doi``), ``warnings``.
    """
    references = [find_reference(key) for key in cites]
    return {
        "figure": figure,
        "alt": alt,
        "caption": caption,
        "table_html": render_table_html(table),
        "data_json": data_json,
        "cites": [{"key": entry.key, "bibtex": entry.text, "doi": entry.doi} for entry in references],
        "warnings": list(warnings),
    }


def draw_png(figure: Figure) -> bytes:
    """Return a figure as a notebook shows it."""
    from io import BytesIO

    import matplotlib as mpl

    data = BytesIO()
    figure.savefig(data, format="png", bbox_inches="tight", dpi=mpl.rcParams["figure.dpi"])
    return data.getvalue()


def render_table_html(table: pd.DataFrame) -> str:
    """Give a plain HTML table with header cells; no scripts, no styles."""
    head = "".join(f'<th scope="col">{escape(str(name))}</th>' for name in table.columns)
    rows = "".join(_render_row(row) for row in table.itertuples(index=False, name=None))
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _render_row(row: tuple[Any, ...]) -> str:
    cells = [f'<th scope="row">{_render_cell(row[0])}</th>']
    cells += [f"<td>{_render_cell(cell)}</td>" for cell in row[1:]]
    return f"<tr>{''.join(cells)}</tr>"


def _render_cell(cell: Any) -> str:
    if isinstance(cell, float):
        return "–" if math.isnan(cell) else f"{cell:.4g}"
    return escape(str(cell))
