"""Diagnostics as text, with the lines of the files they are about."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

from xaisite.core.diagnostic import Diagnostic
from xaisite.core.source import Source
from xaisite.report.style import wants_color


def format_diagnostics(diagnostics: tuple[Diagnostic, ...], root: Path, format: str) -> str:
    """Return the diagnostics in the format asked for; paths are relative to the current folder."""
    sources = source_reader(root)
    prefix = os.path.relpath(root, Path.cwd())
    prefix = "" if prefix == "." else prefix
    if format == "json":
        from xaisite.report.json_object import render_json

        return render_json(diagnostics, sources, prefix=prefix)
    if format == "github":
        from xaisite.report.github import render_github

        return render_github(diagnostics, sources, prefix=prefix)
    if format == "concise":
        from xaisite.report.concise import render_concise

        return render_concise(diagnostics, sources, prefix=prefix)
    from xaisite.report.pretty import render_pretty

    return render_pretty(diagnostics, sources, color=wants_color(sys.stderr, os.environ), prefix=prefix)


def source_reader(root: Path) -> Callable[[str], Source | None]:
    """Return a reader of sources by path, which reads each file once."""
    read: dict[str, Source | None] = {}

    def find(path: str) -> Source | None:
        if path not in read:
            read[path] = _load(root, path)
        return read[path]

    return find


def _load(root: Path, path: str) -> Source | None:
    try:
        data = (root / path).read_bytes()
    except OSError:
        return None
    if path.endswith(".bib"):
        from xaisite.cite.decode import decode_bibliography

        return decode_bibliography(path, data).value
    from xaisite.load.sources import read_source

    return read_source(path, data).value
