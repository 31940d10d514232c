"""Annotated code: numbered marks at the lines, their explanations below."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from markdown_it.token import Token

from xaisite.render.body.highlight import split_lines
from xaisite.render.body.writer import Rule, Writer


def add_marks(html: str, marks: Sequence[tuple[int, int]], name: str) -> str:
    """Return highlighted code with a mark at the end of each annotated line."""
    lines = split_lines(html)
    for line, number in marks:
        if line <= len(lines):
            mark = f'<span class="annotation-mark" id="annotation-{escape(name)}-{number}">{number}</span>'
            lines[line - 1] += "  " + mark
    return "\n".join(lines)


def _annotations(w: Writer, tokens: Sequence[Token], i: int) -> str:
    meta = tokens[i].meta
    anchor = f"#annotation-{escape(meta['name'])}"
    items = "".join(
        f'<div><dt><a href="{anchor}-{number}">{number}</a></dt><dd>{w.render(item).strip()}</dd></div>'
        for number, item in enumerate(meta["items"], 1)
    )
    return f'<dl class="annotations">{items}</dl>\n'


RULES: dict[str, Rule] = {"annotations": _annotations}
