"""Experiments of the site: what to run, the call that runs it, and where results lie."""

from __future__ import annotations

import pickle
import re
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from functools import partial
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Self

from xaisite.core.diagnostic import Diagnostic, notice
from xaisite.core.record import record
from xaisite.core.source import Source, Span
from xaisite.model.cell import SessionPlan
from xaisite.model.config import SiteConfig
from xaisite.model.post import Outline
from xaisite.model.result import Media, PostResults
from xaisite.pipeline.options import BuildOptions, ExecuteMode

if TYPE_CHECKING:
    from xaisite.pipeline.build import BuildRun, CellReport, LastBuild
    from xaisite.pipeline.context import BuildContext
    from xaisite.pipeline.execute import ExecuteRequest, Execution, ProgressEvent
    from xaisite.run.forktree import LocalForks


@record
class RunOutcome:
    """Results by post, what was wrong, and a line per cell for the report."""

    results: Mapping[str, PostResults]
    diagnostics: tuple[Diagnostic, ...]
    cells: tuple[CellReport, ...]

    @property
    def report(self) -> dict[str, object]:
        """What a build says of its cells."""
        outside = {path for result in self.results.values() for path in result.read_outside}
        return {"cells": self.cells, "read_outside": tuple(sorted(outside))}


def make_sessions(build: BuildContext, options: BuildOptions) -> tuple[SessionPlan, ...]:
    """Return a session for each post that has something to run."""
    config = build.config
    return tuple(
        _session(path, outline, build.site.urls[path], config, options)
        for path, outline in build.site.outlines.items()
        if outline.cells or outline.inlines
    )


def _session(path: str, outline: Outline, url: str, config: SiteConfig, options: BuildOptions) -> SessionPlan:
    page = outline.front.execute
    seed = page.get("seed", config.execution.seed)
    return SessionPlan(
        path=path,
        url=url,
        cells=outline.cells,
        inlines=outline.inlines,
        seed=seed if isinstance(seed, int) else config.execution.seed,
        params={**outline.front.params, **options.params},
        env=config.execution.env,
        pass_env=config.execution.pass_env,
        execute_dir="project" if page.get("execute-dir") == "project" else "file",
        enabled=config.execution.enabled and page.get("enabled", True) is not False,
    )


class SiteExecution:
    """The cells of the site on their way; sessions that import a module left out are answered from the store alone."""

    def __init__(self, run: BuildRun, build: BuildContext, forks: LocalForks | None) -> None:
        self._run, self._build, self._forks = run, build, forks
        self._sessions = make_sessions(build, run.options)
        self._left = tuple(s for s in self._sessions if _imports_any(s, run.options.without))
        self._parts: list[Execution] = []
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def begin(self) -> None:
        """Look what the store holds; for what must run, processes begin to import libraries. No cell runs yet."""
        if self._parts or not self._sessions:
            return
        from xaisite.pipeline.execute import begin_execution

        run = self._run
        mine = tuple(s for s in self._sessions if s not in self._left)
        for part, mode in ((mine, run.options.execute), (self._left, "no-execute")):
            if part:
                execution = begin_execution(make_request(run, part, mode, self._build.config, self._forks))
                self._parts.append(self._stack.enter_context(execution))

    def complete(self) -> RunOutcome:
        """Run what must run."""
        self.begin()
        meanwhile = partial(_prepare_rendering, self._build) if self._run.options.write else None
        results: dict[str, PostResults] = {}
        problems = [_left_notice(s, self._run.options.without) for s in self._left]
        for part in self._parts:
            done = part.complete(meanwhile)
            results |= done.value
            problems += done.diagnostics
        return RunOutcome(results, tuple(problems), _report(self._sessions, results))


def make_request(
    run: BuildRun,
    sessions: tuple[SessionPlan, ...],
    mode: ExecuteMode,
    config: SiteConfig,
    forks: LocalForks | None = None,
) -> ExecuteRequest:
    """Return what the executor is asked."""
    from xaisite.pipeline.execute import ExecuteRequest

    return ExecuteRequest(
        root=run.root,
        state=run.state_folder,
        config=config,
        sessions=sessions,
        sources=LazySources(run.root),
        jobs=run.jobs,
        mode=mode,
        refresh=run.options.refresh,
        params=run.options.params,
        strict_drift=run.options.strict_drift,
        shares=not run.options.keep_going,
        progress=_tell(run, len(sessions)),
        keeper=run.keeper if mode == "run" else None,
        resident=run.options.resident or config.execution.resident,
        forks=forks if mode == "run" else None,
    )


def _prepare_rendering(build: BuildContext) -> None:
    from xaisite.pipeline.rendering_ahead import prepare_rendering  # what pages are made with is not needed before

    prepare_rendering(build)


def _tell(run: BuildRun, posts: int) -> Callable[[ProgressEvent], None]:
    """Return what passes events of the executor on to the progress display."""
    finished = count(1)

    def tell(event: ProgressEvent) -> None:
        name = f"{event.post}:{event.cell}" if event.cell else event.post
        if event.kind == "cell":
            run.progress.cell_started(name)
        elif event.kind == "walls":
            run.progress.say(f"not every wall stands on this machine: {event.detail}")
        elif event.kind == "done":
            run.progress.cell_ended(name, event.detail, event.seconds)  # type: ignore[arg-type]
        else:
            run.progress.posts(next(finished), posts)

    return tell


class LazySources(Mapping[str, Source]):
    """The texts of posts, read when a diagnostic needs one."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def __getitem__(self, path: str) -> Source:
        from xaisite.load.sources import load_source

        found = load_source(self._root, path).value
        if found is None:
            raise KeyError(path)
        return found

    def __iter__(self):  # type: ignore[no-untyped-def]
        return iter(())

    def __len__(self) -> int:
        return 0


def verify_sessions(run: BuildRun, last: LastBuild) -> tuple[CellReport, ...] | None:
    """Return the report if all results of the last build still hold, else None."""
    from xaisite.pipeline.execute import execute_posts

    sessions: tuple[SessionPlan, ...] = pickle.loads(last.sessions)  # noqa: S301 - from our own state
    done = execute_posts(make_request(run, sessions, "check", run.inputs.config))
    if results_by_digest(done.value) != dict(last.results) or done.has_errors:
        return None
    if any(cell.status == "not-run" for result in done.value.values() for cell in result.cells):
        return None
    return _report(sessions, done.value)


def results_by_digest(results: Mapping[str, PostResults]) -> dict[str, str]:
    """Return path → digest of results."""
    return {path: result.digest for path, result in results.items()}


def save_sessions(sessions: tuple[SessionPlan, ...]) -> bytes:
    """Return the sessions for the next build; empty when there are none."""
    return pickle.dumps(sessions, 5) if sessions else b""


def stored_path(state_folder: Path, config: SiteConfig, media: Media) -> Path:
    """Return the file of a stored picture or table."""
    from xaisite.pipeline.execute import path_of_media

    return path_of_media(state_folder, config, media.digest)


def read_stored_text(run: BuildRun, media: Media) -> str:
    """Return a stored text."""
    return stored_path(run.state_folder, run.inputs.config, media).read_text(encoding="utf-8", errors="replace")


def _imports_any(session: SessionPlan, modules: tuple[str, ...]) -> bool:
    return any(_imports(cell.code, module) for cell in session.cells for module in modules)


def _imports(code: str, module: str) -> bool:
    name = re.escape(module)
    return re.search(rf"^\s*(?:import|from)\s+(?:[\w.]+\s*,\s*)*{name}\b", code, re.M) is not None


def _left_notice(session: SessionPlan, modules: tuple[str, ...]) -> Diagnostic:
    wanted = [m for m in modules if any(_imports(c.code, m) for c in session.cells)]
    return notice(
        "run-left-out",
        f"{session.path} is not run: it imports {', '.join(wanted)}",
        Span(session.path, 0, 0),
        help="its page shows stored results where they still hold",
    )


def _report(sessions: tuple[SessionPlan, ...], results: Mapping[str, PostResults]) -> tuple[CellReport, ...]:
    from xaisite.pipeline.build import CellReport

    return tuple(
        CellReport(
            s.path,
            s.cells[c.index].name,
            c.status,
            c.reason,
            round(c.seconds, 3),
            c.again,
            c.provenance.protections if c.provenance else (),
        )
        for s in sessions
        if s.path in results
        for c in results[s.path].cells
    )
