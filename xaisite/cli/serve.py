"""`xaisite serve`: preview the site and rebuild it at every change.

Builds are made by a process of their own, forked before any thread starts: it keeps its libraries loaded, and may fork
workers. It writes to `.xaisite/preview`, so that `build/` stays the last good site.
"""

from __future__ import annotations

import argparse
import os
import pickle
import signal
import sys
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from xaisite.cli.site_argument import add_site_argument, find_root, read_params
from xaisite.core.diagnostic import Diagnostic, Severity
from xaisite.core.errors import MachineError

if TYPE_CHECKING:
    from xaisite.pipeline.options import BuildOptions
    from xaisite.serve.outcome import BuildOutcome

PREVIEW = "preview"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    add_site_argument(parser)
    parser.add_argument("--port", type=int, default=None, help="port (default: the first free one from 8000 on)")
    parser.add_argument("--open", action="store_true", help="open the browser")
    parser.add_argument("--no-drafts", action="store_true", help="leave drafts out")
    parser.add_argument("--no-execute", action="store_true", help="run nothing; show stored results that still hold")
    parser.add_argument("--jobs", type=int, default=0, metavar="N", help="processes to use (default: one per core)")
    parser.add_argument("-P", dest="params", action="append", default=[], metavar="KEY=VALUE", help="set a parameter")


def run(options: argparse.Namespace) -> int:
    """Run the command."""
    root = find_root(options).resolve()
    worker = BuildWorker(root, _options(options, root))
    from xaisite.cli.printing import format_diagnostics
    from xaisite.report.style import wants_color
    from xaisite.serve.session import Voice, serve_site

    prefix = os.path.relpath(root)
    voice = Voice(say=_say, color=wants_color(sys.stderr, os.environ), prefix="" if prefix == "." else prefix)
    try:
        problems = serve_site(
            os.fspath(root),
            worker.build,
            output_dir=os.fspath(root / ".xaisite" / PREVIEW),
            port=options.port,
            open_browser=options.open,
            voice=voice,
            ignored=(os.fspath(root / ".xaisite"), os.fspath(root / "build"), os.fspath(root / "build-docs")),
        )
    finally:
        worker.close()
    if problems:
        print(format_diagnostics(problems, root, "pretty"), file=sys.stderr)  # noqa: T201
        return 1
    return 0


def _say(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()


def _options(options: argparse.Namespace, root: Path) -> BuildOptions:
    from xaisite.pipeline.options import BuildOptions

    return BuildOptions(
        output=root / ".xaisite" / PREVIEW,
        jobs=options.jobs,
        drafts=not options.no_drafts,
        execute="no-execute" if options.no_execute else "run",
        keep_going=True,
        params=read_params(options.params),
    )


@dataclass(frozen=True)
class _Child:
    pid: int
    ask: BinaryIO
    answer: BinaryIO


class BuildWorker:
    """A process that builds when asked; started again if it dies."""

    def __init__(self, root: Path, options: BuildOptions) -> None:
        self.root = root
        self.options = options
        self._child = _start(root, options)

    def build(self) -> BuildOutcome:
        """Build once; a bug of ours becomes a diagnostic, and a new worker."""
        from xaisite.cli.printing import source_reader
        from xaisite.serve.outcome import BuildOutcome

        diagnostics, changed = self._ask()
        return BuildOutcome(diagnostics, changed, source_reader(self.root))

    def close(self) -> None:
        """End the worker."""
        self._child.ask.close()
        self._child.answer.close()
        try:
            os.kill(self._child.pid, signal.SIGTERM)
            os.waitpid(self._child.pid, 0)
        except (ProcessLookupError, ChildProcessError):
            return

    def _ask(self) -> tuple[tuple[Diagnostic, ...], frozenset[str] | None]:
        try:
            self._child.ask.write(b"b")
            self._child.ask.flush()
            answer: tuple[tuple[Diagnostic, ...], frozenset[str] | None] = pickle.load(self._child.answer)  # noqa: S301
        except (OSError, EOFError, pickle.UnpicklingError):
            self.close()
            self._child = _start(self.root, self.options)
            died = Diagnostic("serve-bug", Severity.ERROR, "the build ended without a word: this is a bug of xaisite")
            return (died,), None
        return answer


def _start(root: Path, options: BuildOptions) -> _Child:
    ask_read, ask_write = os.pipe()
    answer_read, answer_write = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(ask_write)
            os.close(answer_read)
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            _work(root, options, os.fdopen(ask_read, "rb"), os.fdopen(answer_write, "wb"))
        finally:
            os._exit(0)
    os.close(ask_read)
    os.close(answer_write)
    return _Child(pid, os.fdopen(ask_write, "wb"), os.fdopen(answer_read, "rb"))


def _work(root: Path, options: BuildOptions, asked: BinaryIO, answer: BinaryIO) -> None:
    from xaisite.pipeline.build import build
    from xaisite.report.progress_kinds import SilentProgress

    while asked.read(1):
        try:
            result = build(root, options, SilentProgress())
            reply = (result.diagnostics, frozenset(result.changed))
        except MachineError as problem:
            reply = ((Diagnostic("serve-machine", Severity.ERROR, str(problem)),), frozenset())
        except Exception as problem:  # noqa: BLE001 - shown in the page, and the preview goes on
            text = "".join(traceback.format_exception_only(problem)).strip()
            bug = Diagnostic("serve-bug", Severity.ERROR, f"this is a bug of xaisite, not of your site: {text}")
            reply = ((bug,), frozenset())
        pickle.dump(reply, answer, 5)
        answer.flush()
