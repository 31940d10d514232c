"""``xaisite help CODE``: what a diagnostic code means, why it is raised, how to mend it."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable

from xaisite.core.nearest import did_you_mean
from xaisite.report.codes import find_code_page, list_codes, render_code_page
from xaisite.report.style import wants_color

EXIT_FINE, EXIT_USAGE = 0, 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument("code", nargs="?", default="", metavar="CODE", help="a diagnostic code; without one, list all")


def run(options: argparse.Namespace) -> int:
    """Run the command."""
    color = wants_color(sys.stdout, os.environ)
    return show_code(options.code, out=sys.stdout.write, err=sys.stderr.write, color=color)


def show_code(code: str, *, out: Callable[[str], object], err: Callable[[str], object], color: bool = False) -> int:
    """Write the page of ``code`` and return the exit code; without a code, list all of them."""
    if not code:
        out("".join(f"{name}\n" for name in list_codes()))
        return EXIT_FINE
    page = find_code_page(code.strip().lower())
    if page is None:
        hint = did_you_mean(code, list_codes())
        err(f"xaisite: no diagnostic has the code “{code}”{'; ' + hint if hint else ''}\n")
        err("`xaisite help` without a code lists them all\n")
        return EXIT_USAGE
    out(render_code_page(page, color=color))
    return EXIT_FINE
