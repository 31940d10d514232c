"""The texts of the site's modules that code imports, before it does: they may change libraries as cells may.

Does not import anything. Invariant: each module is read once; one that is installed is not read.
"""

from __future__ import annotations

import ast
import glob
import os
import sys
from collections.abc import Iterable, Iterator
from importlib.machinery import PathFinder

from xaisite.session.describe import is_local, lies_outside

_MOST_FILES = 50


def read_new_sources(codes: Iterable[str], known: set[str]) -> list[str]:
    """Return the sources of modules that code imports, through others too; their names are added to ``known``."""
    found: list[str] = []
    waiting = list(codes)
    while waiting:
        for top in _imported_tops(waiting.pop()):
            if top not in known:
                known.add(top)
                sources = list(_read_module(top))
                found += sources
                waiting += sources
    return found


def _imported_tops(code: str) -> set[str]:
    if "import" not in code:
        return set()
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError):
        return set()
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and not node.level}
    return {name.partition(".")[0] for name in names if name} - sys.stdlib_module_names


def _read_module(top: str) -> Iterator[str]:
    """Yield the sources of a module, or of a package's files, that lies outside the installation."""
    module = sys.modules.get(top)
    if top.startswith("xaisite") or (module is not None and not is_local(module)):
        return
    try:
        spec = PathFinder.find_spec(top)
    except (ImportError, ValueError):
        return
    if spec is None or (spec.origin and not lies_outside(spec.origin)):
        return
    folders = list(spec.submodule_search_locations or ())
    files = [path for folder in folders for path in glob.glob(os.path.join(folder, "**/*.py"), recursive=True)]
    for path in sorted({*files, spec.origin or ""})[:_MOST_FILES]:
        try:
            with open(path, encoding="utf-8") as file:
                yield file.read()
        except (OSError, ValueError):
            continue
