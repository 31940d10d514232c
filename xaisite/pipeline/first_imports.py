"""Libraries that begin to load before any post is parsed, in a first build: there is nothing yet that could be kept.

Reads the texts of posts for their cells' imports, roughly. Does not run cells. Invariant: a guess that turns out wrong
costs the time of a core that waits, and changes nothing else.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xaisite.pipeline.build import BuildRun
    from xaisite.run.forktree import LocalForks

_CELL = re.compile(r"^ {0,3}(`{3,}|~{3,})[ \t]*\{python\b[^\n]*\n(.*?)^ {0,3}\1", re.MULTILINE | re.DOTALL)
_DRAFT = re.compile(r"^draft:\s*true\b", re.MULTILINE)


@contextmanager
def begin_first_imports(run: BuildRun) -> Iterator[LocalForks | None]:
    """Let what the first post imports begin to load, if all posts will run; None if that is not known."""
    codes = _read_cells(run) if run.options.execute == "run" and run.keeper is None else []
    forks = _make_forks(run, codes) if codes else None
    try:
        yield forks
    finally:
        if forks is not None:
            forks.close()


def _read_cells(run: BuildRun) -> list[list[str]]:
    """Return the code of each post that has any."""
    found = []
    for path in (*run.inputs.files.pages, *run.inputs.files.posts):
        text = _read(run.root / path) if path.endswith(".md") else ""
        if "{python" in text and not _DRAFT.search(text.partition("\n---")[0]):
            found.append([cell[2] for cell in _CELL.finditer(text)])
    return [codes for codes in found if codes]


def _read(path: Path) -> str:
    with suppress(OSError):  # it will be missed where it matters
        return path.read_text(encoding="utf-8", errors="replace")
    return ""


def _make_forks(run: BuildRun, posts: list[list[str]]) -> LocalForks | None:
    from xaisite.engine.code import imported_modules  # a site without cells needs none of this
    from xaisite.engine.where import find_place, installed_versions, is_installed
    from xaisite.pipeline.execute_context import FROZEN_FOLDER, declared_environ
    from xaisite.run.fonts import has_fonts
    from xaisite.run.forktree import LocalForks
    from xaisite.run.pool import process_environment
    from xaisite.run.resident import find_resident

    config, state = run.inputs.config.execution, os.path.abspath(run.state_folder)
    if not config.enabled or config.resident or run.options.resident or find_resident(state, start=False) is not None:
        return None
    if (run.root / (config.store or FROZEN_FOLDER)).exists():
        return None
    environ = process_environment(state, find_place(config.processor).variables)
    if not has_fonts(environ, installed_versions().get("matplotlib", "")):
        return None
    named = ((name for code in codes for name in imported_modules(code) if is_installed(name)) for codes in posts)
    lists = [names for names in (tuple(dict.fromkeys(found)) for found in named) if names]
    lists = [names for names in lists if not {n.partition(".")[0] for n in names} & set(run.options.without)]
    if not lists:
        return None
    declared = declared_environ(config, {}, ())
    forks = LocalForks(state)
    forks.expect(lists)
    forks.begin({**environ, **{name: value for name, value in declared.items() if value is not None}}, lists[0])
    return forks
