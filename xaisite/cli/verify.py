"""`xaisite verify [POST]`: run posts again from nothing and compare with what is stored."""

from __future__ import annotations

import argparse
import os
import sys

from xaisite.cli.site_argument import add_print_arguments, find_root, is_named, print_diagnostics
from xaisite.core.record import replace


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument("post", nargs="?", default="", metavar="POST", help="a post (default: all)")
    parser.add_argument("--site", default=None, metavar="SITE", help="folder of the site (default: the nearest)")
    add_print_arguments(parser)


def run(options: argparse.Namespace) -> int:
    """Run the command."""
    from xaisite.pipeline.execute import verify_posts
    from xaisite.pipeline.options import BuildOptions
    from xaisite.pipeline.passes import load_request
    from xaisite.report.progress import make_progress
    from xaisite.report.summary import count_of

    root = find_root(options)
    with make_progress(sys.stderr, os.environ, quiet=options.format == "json") as progress:
        loaded = load_request(root, BuildOptions(), progress)
        if loaded.value is None:
            print_diagnostics(loaded.diagnostics, root, options.format)
            return 1
        wanted = tuple(s for s in loaded.value.sessions if not options.post or is_named(s, options.post))
        if not wanted:
            print(f"xaisite: no post with cells is called “{options.post}”", file=sys.stderr)  # noqa: T201
            return 1
        verified = verify_posts(replace(loaded.value, sessions=wanted))
    print_diagnostics(verified.diagnostics, root, options.format)
    if options.format in ("pretty", "concise") and not verified.has_errors:
        gives = "gives" if len(wanted) == 1 else "give"
        print(f"{count_of(len(wanted), 'post')} {gives} the same results again", file=sys.stderr)  # noqa: T201
    return 1 if verified.has_errors else 0
