"""`xaisite build`: build the site."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from xaisite.cli.site_argument import (
    add_print_arguments,
    add_run_arguments,
    add_site_argument,
    find_root,
    print_diagnostics,
    read_params,
)
from xaisite.pipeline.options import BuildOptions, ExecuteMode

if TYPE_CHECKING:
    from xaisite.pipeline.build import BuildResult


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    add_site_argument(parser)
    parser.add_argument("--output", metavar="DIR", help="where to write (default: build below the site)")
    add_run_arguments(parser)
    add_print_arguments(parser)


def run(options: argparse.Namespace) -> int:
    """Run the command."""
    result = build_and_print(options, find_root(options))
    return 0 if result.ok else 1


def make_options(options: argparse.Namespace) -> BuildOptions:
    """Return the build options that the arguments ask for."""
    execute: ExecuteMode = "frozen" if options.frozen else "no-execute" if options.no_execute else "run"
    return BuildOptions(
        output=Path(options.output) if getattr(options, "output", None) else None,
        jobs=options.jobs,
        strict=options.strict,
        strict_drift=options.strict_drift,
        execute=execute,
        drafts=options.drafts,
        refresh=tuple(options.refresh),
        without=tuple(options.without),
        params=read_params(options.params),
        resident=options.resident,
    )


def build_and_print(options: argparse.Namespace, root: Path) -> BuildResult:
    """Build, write the report, print what is wrong and one line of summary."""
    result = build_and_report(options, root)
    print_diagnostics(result.diagnostics, root, options.format)
    if options.format in ("pretty", "concise"):
        print(summary(result), file=sys.stderr)  # noqa: T201
    return result


def build_and_report(options: argparse.Namespace, root: Path) -> BuildResult:
    """Build, showing progress, and write the report."""
    from xaisite.pipeline.build import build
    from xaisite.report.progress import make_progress

    build_options = make_options(options)
    with make_progress(sys.stderr, os.environ, quiet=options.format == "json") as progress:
        result = build(root, build_options, progress)
    if options.report:
        from xaisite.cli.report_file import write_report

        write_report(Path(options.report), result)
    return result


def summary(result: BuildResult) -> str:
    """Return what was done, in one line."""
    from xaisite.report.summary import count_of

    if not result.ok:
        return "nothing was written; the last good output stands" if not result.written else "written with errors"
    ran = sum(cell.status == "ran" for cell in result.cells)
    reused = sum(cell.status == "reused" for cell in result.cells)
    cells = f", {count_of(ran, 'cell')} run, {reused} reused" if result.cells else ""
    shown = os.path.relpath(result.output)
    return f"{shown}: {count_of(result.pages, 'page')}, {len(result.rendered)} made now{cells}"
