"""xaisite from Python: build or check a site, render one piece of Markdown."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from xaisite.core.diagnostic import Diagnostic, sort_diagnostics
from xaisite.core.errors import MachineError
from xaisite.core.record import record, replace
from xaisite.pipeline.build import BuildResult, build
from xaisite.pipeline.options import BuildOptions
from xaisite.report.progress import Progress
from xaisite.report.progress_kinds import SilentProgress

__all__ = ["BuildResult", "RenderedMarkdown", "build_site", "check_site", "render_markdown"]


@record
class RenderedMarkdown:
    """The body of a piece of Markdown, and what was wrong with it."""

    html: str
    diagnostics: tuple[Diagnostic, ...]


def build_site(
    path: str | os.PathLike[str], options: BuildOptions | None = None, *, progress: Progress | None = None
) -> BuildResult:
    """Build the site in the folder ``path``.

    Parameters
    ----------
    path
        The folder that holds `site.toml`.
    options
        What to do; the defaults are those of `xaisite build`.
    progress
        Told what is going on; nobody by default.

    Returns
    -------
    BuildResult
        Diagnostics, pages and cells. With errors, nothing was written and the last good output stands.

    Raises
    ------
    MachineError
        If there is no such site, or the machine cannot write it.
    """
    root = Path(path)
    if not (root / "site.toml").is_file():
        raise MachineError(f"there is no site.toml in {root}")
    return build(root, options or BuildOptions(), progress or SilentProgress())


def check_site(path: str | os.PathLike[str], options: BuildOptions | None = None) -> BuildResult:
    """Find every problem of a site with the results there are; run and write nothing."""
    return build_site(path, replace(options or BuildOptions(), write=False, execute="check"))


def render_markdown(
    text: str, *, bibliography: str | None = None, macros: Mapping[str, str] | None = None
) -> RenderedMarkdown:
    r"""Render a piece of Markdown with everything an author may write; cells are shown, not run.

    Parameters
    ----------
    text
        Markdown, with front matter or without.
    bibliography
        BibTeX that its citations refer to.
    macros
        TeX macros, ``{"\\R": "\\mathbb{R}"}``.

    Returns
    -------
    RenderedMarkdown
        ``html`` (body, notes and references) and ``diagnostics``, whose spans are in ``text`` (path ``text.md``).
    """
    from xaisite.pipeline.fragment import render_fragment

    html, diagnostics = render_fragment(text, bibliography or "", dict(macros or {}))
    return RenderedMarkdown(html, sort_diagnostics(diagnostics))
