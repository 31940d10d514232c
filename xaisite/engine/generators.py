"""Whether code may look at the process's random generators without changing them.

Drawing changes a generator, and asking a library for its state is noticed as it happens: both are seen without this.
Does not follow calls. Invariant: code that gets hold of a shared generator, or of a method bound to it, is named here.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable

from xaisite.session.generatorwords import names_generator

_MAKERS = frozenset({"default_rng"})
"""Makes a generator of its own. So do classes; they are told by their capital."""


def may_read_generators(tree: ast.AST) -> bool:
    """Whether the code names a shared generator, or something that may give it away."""
    made = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute) and _makes_own(node.attr)}
    return any(_names_one(node) for node in ast.walk(tree) if id(node) not in made)


def _names_one(node: ast.AST) -> bool:
    if isinstance(node, ast.Name):  # any other value behind a name is digested with it
        return "random" in node.id and not _makes_own(node.id)
    if isinstance(node, ast.Attribute):
        return _is_word(node.attr)
    if isinstance(node, ast.Constant):  # `getattr(np, "random")`
        return isinstance(node.value, str) and node.value.isidentifier() and "random" in node.value
    if isinstance(node, ast.Import):  # without another name it is of no use until it is named
        return any(alias.asname and any(map(_is_word, alias.name.split("."))) for alias in node.names)
    if isinstance(node, ast.ImportFrom):
        return _gives_one(node.module or "", (alias.name for alias in node.names))
    return False


def _gives_one(module: str, names: Iterable[str]) -> bool:
    given = [name for name in names if not _makes_own(name)]
    return bool(given) and any(map(_is_word, (*module.split("."), *given)))


def _makes_own(name: str) -> bool:
    return name in _MAKERS or name[:1].isupper()


def _is_word(name: str) -> bool:
    return not _makes_own(name) and names_generator(name)
