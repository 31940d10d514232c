"""The whole way: load → parse → link → check → run → fold → link → check → render → write.

Any error stops before *write*: the last good output stays. All static errors are found in one run, before any cell
starts; then all errors of running.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from xaisite.core.checked import has_errors
from xaisite.core.diagnostic import Diagnostic, Severity, promote_warnings, sort_diagnostics
from xaisite.core.errors import SourceChangedError
from xaisite.core.record import field, record, replace
from xaisite.engine.lock import hold_lock
from xaisite.engine.page_state import StateStore
from xaisite.load.clock import read_now
from xaisite.model.output import Manifest
from xaisite.pipeline.inputs import SiteInputs, load_inputs
from xaisite.pipeline.options import BuildOptions
from xaisite.pipeline.pool import core_count
from xaisite.report.progress import Progress

if TYPE_CHECKING:
    from xaisite.run.forktree import LocalForks
    from xaisite.run.keeper import Keeper

_TRIES = 5  # against an editor that saves while the site is being built


@record
class CellReport:
    """One cell in the report of a build."""

    post: str
    cell: str
    status: str
    reason: str
    seconds: float
    again: bool = False
    """A kept cell was executed once more, for values that could not be saved."""
    protections: tuple[str, ...] = ()
    """The walls that stood when its result was made."""


@record
class BuildResult:
    """What a build did."""

    root: Path
    output: Path
    diagnostics: tuple[Diagnostic, ...]
    written: bool = False
    """Whether the output is that of this build's sources."""
    pages: int = 0
    rendered: tuple[str, ...] = ()
    """Addresses of pages made in this build."""
    parsed: tuple[str, ...] = ()
    """Paths of sources parsed in this build."""
    changed: tuple[str, ...] = ()
    """Output files written or deleted."""
    cells: tuple[CellReport, ...] = ()
    read_outside: tuple[str, ...] = ()
    """Absolute paths outside the site that cells read or looked for."""
    seconds: Mapping[str, float] = field(default_factory=dict)
    """Wall time by phase."""

    @property
    def ok(self) -> bool:
        """Whether there was no error."""
        return not has_errors(self.diagnostics)


class Clock:
    """Times of phases, for the report."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Time a block."""
        start = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = round(self.seconds.get(name, 0.0) + time.perf_counter() - start, 4)


def build(root: Path, options: BuildOptions, progress: Progress, keeper: Keeper | None = None) -> BuildResult:
    """Build the site at ``root``; sessions are kept for the next build if there is a ``keeper``."""
    root = root.resolve()
    state_folder = root / ".xaisite"
    with hold_lock(state_folder):
        for _ in range(_TRIES):
            with suppress(SourceChangedError):  # edited meanwhile: what has run is kept
                return _build(root, state_folder, options, progress, keeper)
        return _build(root, state_folder, options, progress, keeper)


def _build(
    root: Path, state_folder: Path, options: BuildOptions, progress: Progress, keeper: Keeper | None
) -> BuildResult:
    from xaisite.write.check import check_place
    from xaisite.write.observe import observe_output

    clock = Clock()
    output = (options.output or root / "build").absolute()
    with clock.phase("load"):
        progress.phase("reading")
        loaded = load_inputs(root, state_folder)
        manifest = observe_output(os.fspath(output), os.fspath(state_folder)) if options.write else Manifest()
    inputs = loaded.value
    run = BuildRun(
        root, state_folder, output, options, progress, clock, inputs, manifest, options.now or read_now(), keeper
    )
    found = (*loaded.diagnostics, *(check_place(os.fspath(output), manifest) if options.write else ()))
    if has_errors(found) and not all(_is_setting(d) for d in found):
        return run.result(found)
    with StateStore(state_folder / "pages.sqlite3") as state:
        if has_errors(found):
            from xaisite.pipeline.passes import run_checks

            return run_checks(run, state, found)
        unchanged = run.find_unchanged(state)
        if unchanged is not None:
            return unchanged
        with _first_imports(run) as forks:
            from xaisite.pipeline.passes import run_passes

            return run_passes(run, state, loaded.diagnostics, forks)


def _first_imports(run: BuildRun) -> AbstractContextManager[LocalForks | None]:
    """Let libraries begin to load, if nothing has run here yet."""
    if (run.state_folder / "results").exists():  # asked here, so that what guesses is not imported for nothing
        return nullcontext()
    from xaisite.pipeline.first_imports import begin_first_imports

    return begin_first_imports(run)


def _is_setting(found: Diagnostic) -> bool:
    """Whether this leaves one setting of site.toml at its default: then the posts can be checked all the same."""
    return found.severity is not Severity.ERROR or found.code in (
        "config-unknown", "config-wrong-type", "config-bad-value", "config-duplicate",
    )  # fmt: skip


@record
class LastBuild:
    """What the next build must know to see that nothing changed."""

    fingerprint: str
    result: BuildResult
    sessions: bytes
    """Pickled `ExecuteRequest` parts, empty when the site has no cells."""
    results: Mapping[str, str]
    """Path → digest of its results."""
    outputs: Mapping[str, str]
    """Address → digest."""
    dates: tuple[datetime | None, datetime | None]
    """The dates of posts before and after which the build would have other drafts."""

    def is_current(self, now: datetime) -> bool:
        """Whether no post has become, or ceased to be, one dated in the future."""
        first, end = self.dates
        return (first is None or first <= now) and (end is None or now < end)


@record
class BuildRun:
    """One build under way: what it was asked, and what it found on the disk."""

    root: Path
    state_folder: Path
    output: Path
    options: BuildOptions
    progress: Progress
    clock: Clock
    inputs: SiteInputs
    manifest: Manifest
    now: datetime
    keeper: Keeper | None = None

    @property
    def jobs(self) -> int:
        """How many processes to use."""
        return core_count(self.options.jobs or self.inputs.config.execution.jobs)

    @property
    def slot(self) -> str:
        """Under which name this kind of build is remembered."""
        o = self.options
        return repr(
            (
                os.fspath(self.output),
                o.drafts,
                o.execute,
                o.links,
                o.strict,
                o.write,
                sorted(o.params.items()),
                o.without,
            )
        )

    def result(self, diagnostics: tuple[Diagnostic, ...], **fields: object) -> BuildResult:
        """Return the outcome with everything sorted, and warnings promoted under `--strict`."""
        shown = promote_warnings(diagnostics) if self.options.strict else diagnostics
        return BuildResult(
            root=self.root,
            output=self.output,
            diagnostics=sort_diagnostics(shown),
            seconds=dict(self.clock.seconds),
            **fields,  # type: ignore[arg-type]
        )

    def find_unchanged(self, state: StateStore) -> BuildResult | None:
        """Return the last build's outcome if nothing it read has changed and its output stands."""
        if self.options.refresh:
            return None
        last: LastBuild | None = state.get("last", self.slot)
        if last is None or last.fingerprint != self.inputs.fingerprint or not last.is_current(self.now):
            return None
        if self.options.write and not _outputs_stand(last.outputs, self.manifest):
            return None
        if last.sessions:
            from xaisite.pipeline.running import verify_sessions

            cells = verify_sessions(self, last)
            if cells is None:
                return None
        else:
            cells = ()
        return replace(last.result, rendered=(), parsed=(), changed=(), cells=cells, seconds=dict(self.clock.seconds))


def _outputs_stand(outputs: Mapping[str, str], manifest: Manifest) -> bool:
    files = manifest.files
    if len(files) != len(outputs):
        return False
    return all(address in files and files[address].digest == digest for address, digest in outputs.items())
