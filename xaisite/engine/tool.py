"""The tool itself as an input: a change of xaisite, or of a library it makes pages with, makes nothing stale.

Installed distributions count by version, an editable checkout by the contents of its files. Invariant: the digest of
the rooms that make pages does not depend on where they are installed.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from xaisite._version import __version__
from xaisite.core.digest import digest_parts

_LIBRARIES = ("markdown_it_py", "mdit_py_plugins", "pygments", "jinja2", "markupsafe", "pybtex", "latexcodec", "pyyaml",
              "mini_racer", "pillow", "nbformat", "nbconvert")  # fmt: skip
_RUN_ONLY = ("explain", "session", "run", "engine", "theme")
"""Rooms with digests of their own: those of experiments count in results, theme files one by one in pages."""


def observe_tool(digest_file: Callable[[str], str]) -> str:
    """Return the digest of everything that makes pages.

    Parameters
    ----------
    digest_file
        Digest of one file of this package by its path in it, from the stat cache (an unchanged checkout is not read
        again).
    """
    package = Path(__file__).parent.parent
    parts = [f"python={sys.version_info[0]}.{sys.version_info[1]}", f"xaisite={__version__}"]
    if "site-packages" not in package.parts:
        parts += [f"{path}={digest_file(path)}" for path in _tool_files(os.fspath(package))]
    parts += sorted(_library_versions())
    return digest_parts(parts)


def _tool_files(package: str) -> Iterator[str]:
    for folder, names, files in os.walk(package):
        names[:] = sorted(n for n in names if n != "__pycache__" and not (folder == package and n in _RUN_ONLY))
        place = folder[len(package) + 1 :].replace(os.sep, "/")
        for name in sorted(files):
            if not name.endswith((".pyc", ".md")):
                yield f"{place}/{name}" if place else name


def _library_versions() -> Iterator[str]:
    """Yield the names of the metadata folders: they hold the version, and cost one listing per path entry."""
    seen: set[str] = set()
    for entry in sys.path:
        if not entry.endswith(("site-packages", "dist-packages")):
            continue
        for name in sorted(_names(entry)):
            distribution = name.partition("-")[0].lower()
            if name.endswith(".dist-info") and distribution in _LIBRARIES and distribution not in seen:
                seen.add(distribution)
                yield name
    yield from _editable_libraries(seen)


def _editable_libraries(seen: set[str]) -> Iterator[str]:
    for missing in sorted(set(_LIBRARIES) - seen):
        yield f"{missing}=?"


def _names(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []
