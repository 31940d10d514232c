"""`xaisite why POST[:LABEL]`: why each cell would run, or not. Runs nothing."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

from xaisite.cli.site_argument import find_root, is_named, print_diagnostics


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument("cell", metavar="POST[:LABEL]", help="a post (file, address or last part), one cell of it")
    parser.add_argument("--site", default=None, metavar="SITE", help="folder of the site (default: the nearest)")
    parser.add_argument("--format", choices=("pretty", "json"), default="pretty", help="json: a list of objects")


def run(options: argparse.Namespace) -> int:
    """Run the command."""
    from xaisite.pipeline.execute import explain_why
    from xaisite.pipeline.options import BuildOptions
    from xaisite.pipeline.passes import load_request
    from xaisite.report.progress_kinds import SilentProgress

    root = find_root(options)
    loaded = load_request(root, BuildOptions(), SilentProgress())
    if loaded.value is None:
        print_diagnostics(loaded.diagnostics, Path(root), "pretty")
        return 1
    post, _, label = options.cell.partition(":")
    named = [s.path for s in loaded.value.sessions if is_named(s, post)]
    reasons = [reason for path in named for reason in explain_why(loaded.value, path, label)]
    if not reasons:
        print(f"xaisite: no post with cells is called “{options.cell}”", file=sys.stderr)  # noqa: T201
        return 1
    if options.format == "json":
        print(json.dumps([asdict(reason) for reason in reasons], indent=2, ensure_ascii=False))  # noqa: T201
    else:
        for reason in reasons:
            print(f"{reason.post}:{reason.cell}: {reason.reason}")  # noqa: T201
    return 0
