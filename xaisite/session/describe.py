"""What a cell saw, put into words for the build: paths, packages, local modules, variables.

Does not digest files (the build does, on its own view of them). Invariant: everything recorded is passed on.
"""

from __future__ import annotations

import os
import sys
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from xaisite.session.cellcode import compile_cell

if TYPE_CHECKING:
    from xaisite.session.observe import Observer


def describe_observation(observer: Observer) -> dict[str, Any]:
    """Return the record of the current cell as JSON."""
    seen = observer.current
    roots = set(seen.imports)
    tops = observer.reached(roots | (seen.late - sys.stdlib_module_names))
    return {
        "reads": sorted(seen.reads),
        "stats": sorted(seen.stats),
        "lists": sorted(seen.lists),
        "touched": sorted(seen.touched),
        "variables": sorted(seen.variables),
        "flags": sorted(seen.flags),
        "imports": sorted(roots),
        "generators": sorted(seen.generators),
        "tops": sorted(top for top in tops if top not in sys.builtin_module_names and top.isidentifier()),
        **describe_packages(tops),
    }


def describe_packages(tops: set[str]) -> dict[str, Any]:
    """Tell installed packages (by top-level name) from local modules (by file), and where a local one could shadow."""
    installed, local = [], {}
    for top in sorted(tops):
        if top in sys.builtin_module_names or top in sys.stdlib_module_names:
            continue
        files = local_files(top)
        if files:
            local[top] = files
        elif top in sys.modules:
            installed.append(top)
    return {"packages": installed, "local": local}


def local_files(top: str) -> list[str]:
    """Return the source files of a loaded top-level module that is not installed in a site folder (else nothing)."""
    module = sys.modules.get(top)
    if module is None or not is_local(module):
        return []
    found = []
    for name, part in list(sys.modules.items()):
        if name == top or name.startswith(top + "."):
            path = getattr(part, "__file__", None)
            if isinstance(path, str) and "/xaisite/session/" not in path:
                found.append(os.path.abspath(path))
    return sorted(found)


def is_local(module: Any) -> bool:
    """Whether a module comes from outside the installation."""
    place = getattr(module, "__file__", None)
    if not isinstance(place, str):
        paths = getattr(module, "__path__", None)
        place = next((p for p in paths if isinstance(p, str)), None) if isinstance(paths, list) else None
    return place is not None and lies_outside(place)


@cache  # as many as there are modules, and known before sessions are forked
def lies_outside(place: str) -> bool:
    """Whether a file or folder is no part of the installation."""
    return not os.path.abspath(place).startswith(installed_prefixes())


@lru_cache(maxsize=1)
def installed_prefixes() -> tuple[str, ...]:
    """Return the folders of the interpreter and of installed packages."""
    import sysconfig

    names = ("stdlib", "platstdlib", "purelib", "platlib")
    folders = {os.path.abspath(sysconfig.get_path(name)) + "/" for name in names}
    folders |= {os.path.abspath(p) + "/" for p in sys.path if p.endswith(("site-packages", "dist-packages"))}
    return tuple(sorted(folders))


def identifiers_of(code: str) -> frozenset[str]:
    """Return every identifier of a cell (none if it cannot be parsed)."""
    try:
        return compile_cell(code, 0).names
    except (SyntaxError, ValueError, RecursionError):
        return frozenset()
