"""Names whose earlier values a piece of code can see, and names it may bind.

Does not follow calls (the state knows what functions refer to). Invariant: a name is left out of the reads only when
every path through the code binds it first.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from types import CodeType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dis import Instruction

_LOADS = frozenset(
    {"LOAD_NAME", "LOAD_GLOBAL", "DELETE_NAME", "DELETE_GLOBAL", "LOAD_FROM_DICT_OR_GLOBALS", "STORE_GLOBAL"}
)


def read_names(tree: ast.Module) -> tuple[frozenset[str], frozenset[str]]:
    """Return the names that the code may read as they were before it, and those that it binds if it gets to its end.

    May raise ``SyntaxError``.
    """
    reads: set[str] = set()
    bound: set[str] = set()
    _block(tree.body, bound, reads)
    return frozenset(reads), frozenset(bound)


def stored_names(tree: ast.Module) -> frozenset[str]:
    """Return the names of the namespace that the code binds somewhere, functions aside (may raise ``SyntaxError``)."""
    code = compile(tree, "<names>", "exec", dont_inherit=True)
    return frozenset(str(i.argval) for i in _instructions(code) if i.opname in ("STORE_NAME", "STORE_GLOBAL"))


def _block(body: Iterable[ast.stmt], bound: set[str], reads: set[str]) -> None:
    for statement in body:
        _statement(statement, bound, reads)


def _statement(node: ast.stmt, bound: set[str], reads: set[str]) -> None:
    if isinstance(node, (ast.For, ast.AsyncFor)):
        _expression(node.iter, bound, reads)
        inside = bound | _targets(node.target, bound, reads)
        _block(node.body, set(inside), reads)
        _block(node.orelse, set(bound), reads)
    elif isinstance(node, (ast.If, ast.While)):
        _expression(node.test, bound, reads)
        _block(node.body, set(bound), reads)
        _block(node.orelse, set(bound), reads)
    elif isinstance(node, (ast.With, ast.AsyncWith)):
        inside = set(bound)
        for item in node.items:
            _expression(item.context_expr, inside, reads)
            if item.optional_vars is not None:
                inside |= _targets(item.optional_vars, inside, reads)
        _block(node.body, inside, reads)
    elif isinstance(node, (ast.Try, ast.TryStar)):
        for part in (node.body, node.orelse, node.finalbody):
            _block(part, set(bound), reads)
        for handler in node.handlers:
            if handler.type is not None:
                _expression(handler.type, bound, reads)
            _block(handler.body, bound | ({handler.name} if handler.name else set()), reads)
    elif isinstance(node, ast.Match):
        _everything(node, bound, reads)
    else:
        _simple(node, bound, reads)


def _simple(node: ast.stmt, bound: set[str], reads: set[str]) -> None:
    code = compile(ast.Module([node], []), "<names>", "exec", dont_inherit=True)
    stored: set[str] = set()
    for instruction in _instructions(code):
        if instruction.opname in _LOADS and instruction.argval not in bound | (stored if _is_plain(node) else set()):
            reads.add(instruction.argval)
        elif instruction.opname == "STORE_NAME":
            stored.add(instruction.argval)
    _nested(code, bound, reads)
    if not _has_walrus(node):
        bound |= stored


def _is_plain(node: ast.stmt) -> bool:
    return isinstance(node, (ast.Assign, ast.Import, ast.ImportFrom)) and not _has_walrus(node)


def _has_walrus(node: ast.AST) -> bool:
    return any(isinstance(part, ast.NamedExpr) for part in ast.walk(node))


def _expression(node: ast.expr, bound: set[str], reads: set[str]) -> None:
    code = compile(ast.Expression(node), "<names>", "eval", dont_inherit=True)
    for instruction in _instructions(code):
        if instruction.opname in _LOADS and instruction.argval not in bound:
            reads.add(instruction.argval)
    _nested(code, bound, reads)


def _targets(node: ast.expr, bound: set[str], reads: set[str]) -> set[str]:
    names = {part.id for part in ast.walk(node) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)}
    for part in ast.walk(node):
        if isinstance(part, ast.Name) and not isinstance(part.ctx, ast.Store) and part.id not in bound:
            reads.add(part.id)
    return names


def _nested(code: CodeType, bound: set[str], reads: set[str]) -> None:
    for const in code.co_consts:
        if isinstance(const, CodeType):
            for instruction in _instructions(const):
                if instruction.opname in _LOADS and instruction.argval not in bound:
                    reads.add(instruction.argval)
            _nested(const, bound, reads)


def _everything(node: ast.AST, bound: set[str], reads: set[str]) -> None:
    reads.update(part.id for part in ast.walk(node) if isinstance(part, ast.Name) and part.id not in bound)


def _instructions(code: CodeType) -> Iterator[Instruction]:
    from dis import get_instructions

    return get_instructions(code)
