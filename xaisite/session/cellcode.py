"""One cell's source made executable.

Does not run it. Invariant: line numbers of the compiled code are those of the cell, and `linecache` knows its text, so
Python's own traceback shows the author's lines with carets.
"""

from __future__ import annotations

import ast
import linecache
from dataclasses import dataclass
from types import CodeType


@dataclass(frozen=True, slots=True)
class CompiledCell:
    """A cell as two code objects: its statements, and the last expression if its value is to be shown."""

    filename: str
    body: CodeType
    last: CodeType | None
    names: frozenset[str]
    """Every identifier in it: names and attributes."""


def compile_cell(code: str, number: int) -> CompiledCell:
    """Compile a cell (raises ``SyntaxError`` and ``ValueError`` as ``compile`` does)."""
    filename = cell_filename(number)
    remember_source(code, filename)
    tree = ast.parse(code, filename)
    names = frozenset(_identifiers(tree))
    last = None
    if tree.body and isinstance(tree.body[-1], ast.Expr) and not _is_silenced(code, tree.body[-1]):
        shown = tree.body.pop()
        assert isinstance(shown, ast.Expr)
        last = compile(ast.Expression(shown.value), filename, "eval", dont_inherit=True)
    body = compile(tree, filename, "exec", dont_inherit=True)
    return CompiledCell(filename, body, last, names)


def cell_filename(number: int) -> str:
    """Name under which tracebacks speak of cell ``number`` (from 1)."""
    return f"<cell {number}>"


def remember_source(code: str, filename: str) -> None:
    """Let `linecache` (tracebacks, `inspect`) find the text, its last line ended as that of a file would be."""
    text = code if code.endswith("\n") else code + "\n"
    linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)


def _is_silenced(code: str, node: ast.Expr) -> bool:
    lines = code.splitlines()
    tail = lines[(node.end_lineno or 1) - 1].encode()[node.end_col_offset or 0 :].decode("utf-8", "replace")
    return tail.lstrip().startswith(";")


def _identifiers(tree: ast.AST) -> list[str]:
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            found.append(node.id)
        elif isinstance(node, ast.Attribute):
            found.append(node.attr)
        elif isinstance(node, ast.alias):
            found.extend(node.name.split("."))
    return found
