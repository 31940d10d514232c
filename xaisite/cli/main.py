"""`xaisite`: reads the arguments and hands over to the command.

Exit codes: 0 fine, 1 the site has errors, 2 usage, 70 our bug, 130 interrupted. Imports the command asked for only.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module

from xaisite._version import __version__

EXIT_FINE = 0
EXIT_ERRORS = 1
EXIT_USAGE = 2
EXIT_BUG = 70
EXIT_INTERRUPTED = 130
_GC_THRESHOLD = 1_000_000
"""A build allocates many small things that live until its end; looking through them again and again is most of
the time of reading its state (0.23 s of 0.30 s at 1,000 posts)."""

COMMANDS = {
    "build": "build the site",
    "check": "find every problem without running or writing anything",
    "serve": "preview the site and rebuild it at every change",
    "new": "start a site",
    "clean": "remove what was built",
    "publish": "build, and put the result where site.toml says",
    "why": "say why a cell ran, or did not",
    "verify": "run a post again from nothing and compare",
    "help": "explain a diagnostic code",
}


def run_as_script() -> int:
    """Run one command as a process of its own, and leave what it made to the operating system.

    Without this the interpreter looks through all of it once more before it ends (0.2 s of 0.75 s for one word edited
    at 1,000 posts).
    """
    import gc

    gc.set_threshold(_GC_THRESHOLD, 50, 100)
    code = main()
    gc.freeze()
    return code


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    parser = make_parser(words)
    try:
        options = parser.parse_args(words)
    except SystemExit as stop:
        return int(stop.code or 0)
    if options.command is None:
        parser.print_help(sys.stderr)
        return EXIT_USAGE
    return _run(options)


def make_parser(words: Sequence[str]) -> argparse.ArgumentParser:
    """Return the parser; the options of a command are read from its module only when it is named."""
    parser = argparse.ArgumentParser(
        prog="xaisite",
        description="A static-site generator for people who explain machine-learning models.",
        epilog="`xaisite COMMAND --help` says more.",
    )
    parser.add_argument("--version", action="version", version=f"xaisite {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    for name, summary in COMMANDS.items():
        command = commands.add_parser(name, help=summary, description=summary.capitalize() + ".")
        if name in words:
            import_module(_module(name)).add_arguments(command)
    return parser


def _module(name: str) -> str:
    return "xaisite.cli.help_code" if name == "help" else f"xaisite.cli.{name}"


def _run(options: argparse.Namespace) -> int:
    from xaisite.core.errors import MachineError

    try:
        return int(import_module(_module(options.command)).run(options))
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)  # noqa: T201
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()
        return EXIT_FINE
    except MachineError as problem:
        print(f"xaisite: {problem}", file=sys.stderr)  # noqa: T201
        return EXIT_ERRORS
    except Exception as problem:  # noqa: BLE001 - the last place where a bug can be told apart from an author's mistake
        return _report_bug(problem)


def _report_bug(problem: Exception) -> int:
    import os
    import tempfile
    import traceback

    text = "".join(traceback.format_exception(problem))
    if os.environ.get("XAISITE_DEBUG"):
        print(text, file=sys.stderr)  # noqa: T201
        return EXIT_BUG
    with tempfile.NamedTemporaryFile("w", prefix="xaisite-bug-", suffix=".txt", delete=False, encoding="utf-8") as out:
        out.write(f"xaisite {__version__}, Python {sys.version}\n{text}")
    what = f"{type(problem).__name__}: {problem}".splitlines()[0]
    print(f"xaisite: this is a bug of xaisite, not of your site ({what})", file=sys.stderr)  # noqa: T201
    print(f"         please report it with {out.name}", file=sys.stderr)  # noqa: T201
    return EXIT_BUG
