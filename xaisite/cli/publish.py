"""`xaisite publish`: build, and put the result where site.toml says."""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING

from xaisite.cli.site_argument import (
    add_print_arguments,
    add_run_arguments,
    add_site_argument,
    find_root,
    print_diagnostics,
)

if TYPE_CHECKING:
    from xaisite.core.diagnostic import Diagnostic


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    add_site_argument(parser)
    parser.add_argument("--to", metavar="NAME", default="", help="the target `[publish.NAME]` (default: the only one)")
    parser.add_argument("--rollback", action="store_true", help="go back to the release before; builds nothing")
    parser.add_argument("--output", metavar="DIR", help="where to build (default: build below the site)")
    add_run_arguments(parser)
    add_print_arguments(parser)


def run(options: argparse.Namespace) -> int:
    """Run the command."""
    from xaisite.cli.build import build_and_report, summary
    from xaisite.load.config import load_config
    from xaisite.publish.target import find_target, publish_site

    root = find_root(options)
    config = load_config(root)
    target = find_target(config.value.publish, options.to)
    if config.has_errors or target.value is None:
        print_diagnostics((*config.diagnostics, *target.diagnostics), root, options.format)
        return 1
    output = os.path.abspath(options.output or root / "build")
    says = options.format in ("pretty", "concise")
    found: tuple[Diagnostic, ...] = ()
    if not options.rollback:
        result = build_and_report(options, root)
        found = result.diagnostics
        if says:
            print(summary(result), file=sys.stderr)  # noqa: T201
        if not result.ok:
            print_diagnostics(found, root, options.format)
            return 1
    published = publish_site(output, target.value, os.fspath(root), rollback=options.rollback)
    print_diagnostics((*found, *published.diagnostics), root, options.format)
    done = published.value
    if done is None or published.has_errors:
        return 1
    if says:
        line = f"{done.target}: {done.status}, {done.files} files at {done.place} ({done.release[:12]})"
        print(line, file=sys.stderr)  # noqa: T201
    return 0
