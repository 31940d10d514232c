"""The arguments that several commands share: which site, and how to print."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from xaisite.core.diagnostic import Diagnostic
from xaisite.core.errors import MachineError

if TYPE_CHECKING:
    from xaisite.model.cell import SessionPlan

FORMATS = ("pretty", "concise", "json", "github")


def add_site_argument(parser: argparse.ArgumentParser) -> None:
    """Add SITE."""
    parser.add_argument(
        "site", nargs="?", metavar="SITE", help="folder of the site (default: the nearest with site.toml)"
    )


def add_print_arguments(parser: argparse.ArgumentParser) -> None:
    """Add `--format`."""
    parser.add_argument("--format", choices=FORMATS, default="pretty", help="how to print problems (default: pretty)")


def add_run_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `build` and `publish` have in common."""
    parser.add_argument("--jobs", type=int, default=0, metavar="N", help="processes to use (default: one per core)")
    parser.add_argument("--strict", action="store_true", help="treat warnings as errors")
    parser.add_argument("--strict-drift", action="store_true", help="fail when equal code gives other results")
    parser.add_argument("--drafts", action="store_true", help="build drafts too")
    running = parser.add_mutually_exclusive_group()
    running.add_argument("--no-execute", action="store_true", help="run nothing; show stored results that still hold")
    running.add_argument("--frozen", action="store_true", help="run nothing; a missing result is an error")
    parser.add_argument(
        "--refresh", nargs="?", const="*", action="append", default=[], metavar="POST[:LABEL]",
        help="run again although nothing changed (all posts without a name)",
    )  # fmt: skip
    parser.add_argument(
        "--without", action="append", default=[], metavar="MODULE",
        help="do not run posts that import MODULE; show their stored results that still hold",
    )  # fmt: skip
    parser.add_argument(
        "--resident", action="store_true",
        help="leave a process behind that keeps libraries imported for the next build (it ends when idle; never in CI)",
    )  # fmt: skip
    parser.add_argument("-P", dest="params", action="append", default=[], metavar="KEY=VALUE", help="set a parameter")
    parser.add_argument("--report", metavar="FILE", help="write a report of the build as JSON")


def find_root(options: argparse.Namespace) -> Path:
    """Return the folder of the site.

    Raises
    ------
    MachineError
        If there is none.
    """
    from xaisite.load.site_root import find_site_root

    start = Path(options.site) if options.site else Path.cwd()
    if not start.is_dir():
        raise MachineError(f"{start} is not a folder")
    root = find_site_root(start) if not options.site else (start if (start / "site.toml").is_file() else None)
    if root is None:
        raise MachineError(
            f"there is no site.toml in {start.resolve()}" + ("" if options.site else " or above it")
            + "; `xaisite new FOLDER` starts a site"
        )  # fmt: skip
    return root


def read_params(words: list[str]) -> dict[str, object]:
    """Return the values of `-P key=value`: numbers, booleans and null as in YAML, everything else as text."""
    params: dict[str, object] = {}
    for word in words:
        key, mark, value = word.partition("=")
        if not mark or not key.isidentifier():
            raise MachineError(f"-P {word}: expected KEY=VALUE with a name that Python allows")
        params[key] = _scalar(value)
    return params


def _scalar(text: str) -> object:
    special = {"true": True, "false": False, "null": None}
    if text in special:
        return special[text]
    for read in (int, float):
        try:
            return read(text)
        except ValueError:
            continue
    return text


def is_named(session: SessionPlan, name: str) -> bool:
    """Return whether ``name`` means this post: its file, its address, or the last part of either."""
    stem = session.path.rpartition("/")[2].rpartition(".")[0]
    last = session.url.strip("/").rpartition("/")[2]
    return name in (session.path, session.url, session.url.strip("/"), stem, last)


def print_diagnostics(diagnostics: tuple[Diagnostic, ...], root: Path, format: str) -> None:
    """Print problems: JSON to standard output, everything else to standard error."""
    from xaisite.cli.printing import format_diagnostics

    text = format_diagnostics(diagnostics, root, format)
    if text:
        print(text, file=sys.stdout if format == "json" else sys.stderr)
