"""A post as a Python script in the percent format (`# %%`), which editors and Jupytext open as cells.

Invariant: every line of prose is a comment, so the script runs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from xaisite.export.set_up import CellLines, make_parameters, make_set_up
from xaisite.model.export import CodePiece, Piece, Prose, SetUp


def make_script(title: str, pieces: Sequence[Piece], set_up: SetUp, *, page_url: str = "") -> str:
    """Return the script."""
    code_cells = [p.cell for p in pieces if isinstance(p, CodePiece) and p.cell.language == "python"]
    head = f"# {title}" + (f"\n\nFrom <{page_url}>." if page_url else "")
    blocks = [_prose(head), *([f"# %%\n{make_set_up(set_up, code_cells)}"] if code_cells else [])]
    lines = CellLines(set_up, code_cells)
    for piece in pieces:
        blocks += _blocks(piece, set_up, lines)
    return "\n\n".join(block.rstrip() for block in blocks) + "\n"


def _blocks(piece: Piece, set_up: SetUp, lines: CellLines) -> Iterator[str]:
    if isinstance(piece, Prose):
        yield _prose(piece.text)
        return
    if piece.cell.language != "python":
        yield _prose(f"```{piece.cell.language}\n{piece.source}\n```")
        return
    label = f" {piece.cell.label}" if piece.cell.label else ""
    tags = ' tags=["parameters"]' if piece.cell.observed.parameters else ""
    source = lines.add_to(piece.source, piece.cell)
    if not piece.cell.exec.eval:
        source = "\n".join(f"# {line}".rstrip() for line in source.split("\n"))
    yield f"# %%{label}{tags}\n{source}"
    if piece.cell.observed.parameters and set_up.params:
        yield f"# %%\n{make_parameters(set_up)}"


def _prose(text: str) -> str:
    lines = [f"# {line}".rstrip() for line in text.strip("\n").splitlines()]
    return "\n".join(["# %% [markdown]", *lines])
