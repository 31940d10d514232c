"""The tokens of a table's rows, for tables that are not written with pipes. Does not parse."""

from __future__ import annotations

from collections.abc import Iterator

from markdown_it.token import Token


def count_of(text: str | None) -> int:
    """Return how many rows or columns an option names; none when it is not a number."""
    return int(text) if text and text.isdecimal() else 0


def table_rows(rows: list[list[list[Token]]], head: int, stub: int) -> Iterator[Token]:
    """Yield the tokens of a table's rows, the first ``head`` of them and ``stub`` columns being headers."""
    for part, tag in ((rows[:head], "thead"), (rows[head:], "tbody")):
        if part:
            yield Token(f"{tag}_open", tag, 1, block=True)
            for row in part:
                yield from _row(row, len(row) if tag == "thead" else stub, "col" if tag == "thead" else "row")
            yield Token(f"{tag}_close", tag, -1, block=True)


def _row(cells: list[list[Token]], headers: int, scope: str) -> Iterator[Token]:
    yield Token("tr_open", "tr", 1, block=True)
    for k, cell in enumerate(cells):
        tag = "th" if k < headers else "td"
        opening = Token(f"{tag}_open", tag, 1, block=True)
        opening.meta = {"align": "", "scope": scope}
        yield from (opening, *cell, Token(f"{tag}_close", tag, -1, block=True))
    yield Token("tr_close", "tr", -1, block=True)
