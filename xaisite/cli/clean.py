"""`xaisite clean`: remove what was built; `--all` also the state, so that the next build starts from nothing."""

from __future__ import annotations

import argparse
import os
import shutil
from pathlib import Path

from xaisite.cli.site_argument import add_site_argument, find_root
from xaisite.core.errors import MachineError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    add_site_argument(parser)
    parser.add_argument("--output", metavar="DIR", help="the output folder (default: build)")
    parser.add_argument("--all", action="store_true", help="also remove .xaisite/ (stored results and state)")


def run(options: argparse.Namespace) -> int:
    """Run the command."""
    from xaisite.write.generation import remove_output

    root = find_root(options)
    output = Path(options.output) if options.output else root / "build"
    state = root / ".xaisite"
    if output.is_symlink():
        raise MachineError(f"{output} is a link; remove it yourself")
    if output.is_dir() and not remove_output(os.fspath(output), scratch=os.fspath(state)):
        raise MachineError(f"{output} was not made by xaisite; it is left alone")
    if options.all and state.is_dir():
        shutil.rmtree(state)
    return 0
