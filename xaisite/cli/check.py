"""`xaisite check`: all passes with the results there are; runs and writes nothing."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from xaisite.cli.site_argument import add_print_arguments, add_site_argument, find_root, print_diagnostics


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    add_site_argument(parser)
    parser.add_argument("--strict", action="store_true", help="treat warnings as errors")
    parser.add_argument(
        "--external", action="store_true", help="also ask other sites whether the pages linked to are still there"
    )
    parser.add_argument("--drafts", action="store_true", help="check drafts too")
    parser.add_argument("--jobs", type=int, default=0, metavar="N", help="processes to use (default: one per core)")
    parser.add_argument("--report", metavar="FILE", help="write a report as JSON")
    add_print_arguments(parser)


def run(options: argparse.Namespace) -> int:
    """Run the command."""
    from xaisite.pipeline.build import build
    from xaisite.pipeline.options import BuildOptions
    from xaisite.report.progress import make_progress
    from xaisite.report.summary import summary_line

    root = find_root(options)
    wanted = BuildOptions(
        jobs=options.jobs,
        strict=options.strict,
        execute="check",
        drafts=options.drafts,
        write=False,
        external=options.external,
    )
    with make_progress(sys.stderr, os.environ, quiet=options.format == "json") as progress:
        result = build(root, wanted, progress)
    print_diagnostics(result.diagnostics, root, options.format)
    if options.report:
        from xaisite.cli.report_file import write_report

        write_report(Path(options.report), result)
    if options.format in ("pretty", "concise"):
        print(summary_line(result.diagnostics) or "no problems", file=sys.stderr)  # noqa: T201
    return 0 if result.ok else 1
