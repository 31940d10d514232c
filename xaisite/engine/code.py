"""Code as it enters a key, and the names it can see.

Does not run or compile for running. Invariant: comments, blank lines, layout, quotes and redundant parentheses do not
change the normal form; anything that can change what the code does, does. Our own form, for `ast.dump` differs between
versions of Python.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from xaisite.core.digest import digest_parts, digest_text
from xaisite.core.record import record
from xaisite.engine.generators import may_read_generators
from xaisite.engine.names import read_names, stored_names
from xaisite.session.generatorwords import GENERATORS

_SKIPPED_FIELDS = frozenset({"ctx", "kind", "type_comment", "type_ignores"})
_ANY_NAME = frozenset(
    {"globals", "locals", "vars", "dir", "eval", "exec", "_getframe", "currentframe", "stack", "__main__", "modules"}
    | {"get_objects", "get_referrers", "__globals__", "f_globals", "f_locals", "get_ipython", "runpy"}
)


@record
class CodeForm:
    """What the engine knows of a piece of code without running it."""

    digest: str
    names: tuple[str, ...]
    """Names whose earlier values it may see; ``*`` when it may be any. `GENERATORS` stands among them."""
    identifiers: frozenset[str]
    bound: tuple[str, ...] = ()
    """Names that it binds if it gets to its end."""
    may_bind: tuple[str, ...] = ()
    """Names that it may bind, or not."""

    @property
    def stored(self) -> tuple[str, ...]:
        """Names that it binds somewhere."""
        return self.bound + self.may_bind


def read_code(code: str) -> CodeForm:
    """Return the form of a cell, or of an expression; code that does not parse is its own text and sees everything."""
    try:
        tree = ast.parse(code)
        reads, bound = read_names(tree)
        names, stored = set(reads), stored_names(tree)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return CodeForm(digest_text("text\0" + code), ("*",), frozenset())
    identifiers = frozenset(_identifiers(tree))
    if identifiers & _ANY_NAME or _imports_everything(tree):
        names.add("*")
    if may_read_generators(tree):
        names.add(GENERATORS)
    parts = [*_parts(tree), "silent" if _ends_silently(code, tree) else "shown"]
    may_bind = tuple(sorted(stored - bound))
    return CodeForm(digest_parts(parts), tuple(sorted(names)), identifiers, tuple(sorted(bound)), may_bind)


def imported_modules(code: str) -> tuple[str, ...]:
    """Return the modules that the code imports at its top level or in functions, in order, absolute ones only."""
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ()
    found: dict[str, None] = {}
    for node in tree.body:
        if isinstance(node, ast.Import):
            found.update(dict.fromkeys(alias.name for alias in node.names))
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found[node.module] = None
    return tuple(found)


def _parts(node: object) -> Iterator[str]:
    if isinstance(node, ast.AST):
        yield f"({type(node).__name__}"
        for name in sorted(node._fields):
            if name in _SKIPPED_FIELDS:
                continue
            value = getattr(node, name, None)
            if value is None or value == []:
                continue
            if isinstance(node, ast.JoinedStr):
                value = [part for part in value if not _is_nothing(part)]
            yield name
            yield from _parts(value)
        yield ")"
    elif isinstance(node, list):
        yield "["
        for item in node:
            yield from _parts(item)
        yield "]"
    else:
        yield f"{type(node).__name__}:{node!r}"


def _is_nothing(part: ast.expr) -> bool:
    """Whether it is an empty text, which some versions of Python find between the fields of an f-string."""
    return isinstance(part, ast.Constant) and part.value == ""


def _identifiers(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.alias):
            yield from node.name.split(".")
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.isidentifier():
            yield node.value


def _imports_everything(tree: ast.AST) -> bool:
    return any(isinstance(n, ast.ImportFrom) and any(a.name == "*" for a in n.names) for n in ast.walk(tree))


def _ends_silently(code: str, tree: ast.Module) -> bool:
    if not tree.body or not isinstance(tree.body[-1], ast.Expr):
        return False
    last = tree.body[-1]
    line = code.splitlines()[(last.end_lineno or 1) - 1].encode()
    return line[last.end_col_offset or 0 :].lstrip().startswith(b";")
