"""`xaisite serve`: preview the site and rebuild it at every change.

Builds are made by a process of their own, which keeps its libraries loaded and the sessions of posts as snapshots. It
writes to `.xaisite/preview`, so that `build/` stays the last good site.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import pickle
import subprocess
import sys
from pathlib import Path
from typing import IO, TYPE_CHECKING

from xaisite.cli.site_argument import add_site_argument, find_root, read_params
from xaisite.core.diagnostic import Diagnostic, Severity

if TYPE_CHECKING:
    from xaisite.pipeline.options import BuildOptions
    from xaisite.serve.outcome import BuildOutcome
    from xaisite.serve.worker import WorkerAnswer

PREVIEW = "preview"
_PATIENCE_S = 5.0
_PACKAGE = Path(__file__).resolve().parents[1]
_START = """
import sys
if sys.argv[1] not in sys.path: sys.path.append(sys.argv[1])
from xaisite.serve.worker import main
main(int(sys.argv[2]))
"""


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
        resident=True,
        params=read_params(options.params),
    )


class BuildWorker:
    """A process that builds when asked; started again if it dies."""

    def __init__(self, root: Path, options: BuildOptions) -> None:
        self.root = root
        self.options = options
        self._child = self._start()

    def build(self) -> BuildOutcome:
        """Build once; a bug of ours becomes a diagnostic, and a new worker."""
        from xaisite.cli.printing import source_reader
        from xaisite.serve.outcome import BuildOutcome

        said = self._ask()
        return BuildOutcome(said.diagnostics, said.changed, source_reader(self.root), said.watch)

    def close(self) -> None:
        """End the worker and all it started."""
        ask, answer = self._pipes()
        with contextlib.suppress(OSError):
            ask.close()
        self._child.terminate()
        try:
            self._child.wait(_PATIENCE_S)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()
        answer.close()

    def _ask(self) -> WorkerAnswer:
        from xaisite.serve.worker import WorkerAnswer

        ask, answer = self._pipes()
        try:
            ask.write(b"b")
            ask.flush()
            said = pickle.load(answer)  # noqa: S301  # from our own process
            assert isinstance(said, WorkerAnswer)
        except (OSError, EOFError, pickle.UnpicklingError):
            self.close()
            self._child = self._start()
            died = Diagnostic("serve-bug", Severity.ERROR, "the build ended without a word: this is a bug of xaisite")
            return WorkerAnswer((died,), None)
        return said

    def _start(self) -> subprocess.Popen[bytes]:
        child = subprocess.Popen(
            [sys.executable, "-P", "-c", _START, os.fspath(_PACKAGE.parent), str(os.getpid())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        assert child.stdin is not None
        child.stdin.write(pickle.dumps((self.root, self.options), 5))
        return child

    def _pipes(self) -> tuple[IO[bytes], IO[bytes]]:
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        return self._child.stdin, self._child.stdout
