"""What Pandoc reads and we show as typed: lists numbered in other ways, tables drawn with dashes.

Each is reported once; a table keeps its lines (`syntax.drawn_tables`).
"""

from __future__ import annotations

import re

from markdown_it.token import Token

from xaisite.parse.found import Found

_EXAMPLE = re.compile(r"\(@\)[ \t]")
_ITEM = re.compile(r"(?:\(?[A-Za-z]\)|\(?[ivx]{1,5}\)|\(\d{1,3}\)|[ivx]{1,5}\.|#\.)[ \t]+\S")


def report_list(here: Found, inline: Token) -> None:
    """Say of a paragraph that Pandoc would make a list of that it is shown as typed."""
    example = _EXAMPLE.match(inline.content)
    lines = inline.content.split("\n", 2)
    is_list = example is None and len(lines) > 1 and all(_ITEM.match(line) for line in lines[:2])
    if example is None and not is_list:
        return
    size = 3 if example else len(lines[0].split(None, 1)[0])
    mark = inline.content[:size]
    help = "number them with `1.`, or make them theorems" if example else "write `1.`, one number a line"
    here.tell_once(
        "migrant-list", "(@)" if example else "list", f"“{mark}” begins no list here: it is shown as typed",
        here.block_place(inline, inline.content).span(0, size), help=help,
    )  # fmt: skip
