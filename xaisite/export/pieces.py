"""A post's source cut into prose and cells, as notebooks, scripts and Markdown twins need it.

Does not parse Markdown: the outline says where cells and inline values stand. Invariant: what is not a cell, front
matter or an inline value comes out as it was written.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from xaisite.model.cell import InlineRole
from xaisite.model.export import CodePiece, Piece, Prose
from xaisite.model.post import Outline
from xaisite.model.result import PostResults


def make_pieces(text: str, outline: Outline, results: PostResults | None = None) -> tuple[Piece, ...]:
    """Cut the source ``text`` of a post; inline values are filled in where ``results`` has them."""
    pieces: list[Piece] = []
    at = outline.front.body_start
    for cell in sorted(outline.cells, key=lambda c: c.span.start):
        if cell.span.start < at:
            continue
        pieces += _prose(text, at, cell.span.start, outline, results)
        pieces.append(CodePiece(cell, _fenced_source(text[cell.span.start : cell.span.end]) or cell.code))
        at = cell.span.end
    pieces += _prose(text, at, len(text), outline, results)
    return tuple(pieces)


def _prose(text: str, start: int, end: int, outline: Outline, results: PostResults | None) -> Iterator[Prose]:
    filled, at = "", start
    for open_, close, value in _inline_values(text, start, end, outline, results):
        filled += text[at:open_] + value
        at = close
    filled += text[at:end]
    if filled.strip():
        yield Prose(filled.strip("\n") + "\n")


def _inline_values(
    text: str, start: int, end: int, outline: Outline, results: PostResults | None
) -> Iterator[tuple[int, int, str]]:
    """Yield (start, end, value) of each inline expression with its backticks."""
    known = {r.index: r for r in results.inlines if r is not None} if results else {}
    for inline in outline.inlines:
        result = known.get(inline.index)
        if inline.role is not InlineRole.PROSE or result is None or not start <= inline.span.start < end:
            continue
        open_ = text.rfind("`", start, inline.span.start)
        close = text.find("`", inline.span.end, end)
        if open_ >= 0 and close >= 0 and text[open_ + 1 :].lstrip().startswith("{python"):
            yield open_, close + 1, result.text


def _fenced_source(block: str) -> str:
    """Return what stands between the fences of a block; nothing when it has no fences (a notebook's cell)."""
    lines = block.rstrip("\n").split("\n")
    if len(lines) < 2 or not lines[0].lstrip(" >\t").startswith(("```", "~~~")):
        return ""
    body = lines[1:]
    if body[-1].strip(" >\t`~") == "" and body[-1].strip(" >\t"):
        body = body[:-1]
    quoted = lines[0].lstrip().startswith(">")
    plain = [line.lstrip(" ").removeprefix(">") for line in body] if quoted else body
    return textwrap.dedent("\n".join(plain)).strip("\n")
