"""Experiments of a site: results for every post, from the store where they still hold, else by running.

Composes `engine` (keys, traces, store) and `run` (processes). Does not parse or render. Invariant: what is returned for
a post is what a clean run from the top would give, or an error says why there is nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Self

from xaisite.core.checked import Checked
from xaisite.core.diagnostic import Diagnostic, sort_diagnostics
from xaisite.core.record import record, replace
from xaisite.core.source import Source
from xaisite.model.cell import SessionPlan
from xaisite.model.config import SiteConfig
from xaisite.model.result import PostResults

if TYPE_CHECKING:
    from xaisite.pipeline.execute_context import ExecuteContext
    from xaisite.pipeline.execute_post import PostExecution
    from xaisite.pipeline.execute_why import CellReason
    from xaisite.run.forktree import LocalForks
    from xaisite.run.keeper import Keeper

Mode = Literal["run", "no-execute", "frozen", "check"]


@record
class ProgressEvent:
    """Something to tell whoever waits."""

    kind: Literal["post", "cell", "done", "walls"]
    """`post`: it is finished; `cell`: it begins to run; `done`: a cell ended; `walls`: which are missing, in words."""
    post: str
    cell: str = ""
    detail: str = ""
    """How a cell ended: `ran`, `failed`, `reused`."""
    seconds: float = 0.0


@record
class ExecuteRequest:
    """What to execute, and how."""

    root: Path
    state: Path
    config: SiteConfig
    sessions: tuple[SessionPlan, ...]
    sources: Mapping[str, Source]
    jobs: int
    mode: Mode
    refresh: tuple[str, ...]
    params: Mapping[str, object]
    progress: Callable[[ProgressEvent], None]
    resident: bool = False
    """Whether to start the resident server if it does not run; one that runs is used in any case."""
    shares: bool = False
    """Whether this is a full build, after which the shared results are brought up to date."""
    strict_drift: bool = False
    """Whether equal code that gives other results is an error."""
    keeper: Keeper | None = None
    """Keeps processes and states of sessions for the next build (preview)."""
    forks: LocalForks | None = None
    """Processes that have begun to import what posts need."""


def execute_posts(request: ExecuteRequest) -> Checked[Mapping[str, PostResults]]:
    """Return the results of every post, and all that went wrong in any of them."""
    with begin_execution(request) as execution:
        return execution.complete()


def begin_execution(request: ExecuteRequest) -> Execution:
    """Look what the store holds; for what must run, processes begin to import libraries. No cell runs yet."""
    from xaisite.pipeline.execute_context import open_context

    execution = Execution(open_context(request))
    try:
        execution.begin()
    except BaseException:
        execution.close()
        raise
    return execution


_Done = dict[str, tuple[PostResults, tuple[Diagnostic, ...]]]


class Execution:
    """The posts of one request on their way: first what the store holds, then what must run, on all cores."""

    def __init__(self, context: ExecuteContext) -> None:
        from xaisite.pipeline.execute_order import layers_of
        from xaisite.pipeline.execute_post import PostExecution

        self._context = context
        self._done: _Done = {}
        self._posts = [PostExecution(context, plan) for plan in context.request.sessions]
        self._layers = layers_of(self._posts, self._done)
        self._to_run: list[PostExecution] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def begin(self) -> None:
        """Answer the posts that need no other from the store."""
        self._to_run = self._ask_store(self._layers[0]) if self._layers else []

    def complete(self, meanwhile: Callable[[], object] | None = None) -> Checked[Mapping[str, PostResults]]:
        """Run what must run; ``meanwhile``: what this process may do while it waits for cells."""
        for number, layer in enumerate(self._layers):
            to_run = self._to_run if number == 0 else self._ask_store(layer)
            if to_run:
                from xaisite.pipeline.execute_schedule import run_posts

                run_posts(to_run, self._context, self._done, meanwhile)
        request = self._context.request
        if request.mode == "run" and request.shares and not request.params:
            from xaisite.pipeline.execute_share import share_results

            share_results(self._context, self._posts)
        done = {post.plan.path: self._done[post.plan.path] for post in self._posts}
        problems = [d for _, found in done.values() for d in found]
        return Checked({path: result for path, (result, _) in done.items()}, sort_diagnostics(problems))

    def close(self) -> None:
        """End all processes and keep what was learned."""
        self._context.close()

    def _ask_store(self, posts: list[PostExecution]) -> list[PostExecution]:
        """Take the results that hold; return the posts in which something must run, and get ready for them."""
        to_run = []
        for post in posts:
            if post.try_store():
                self._done[post.plan.path] = post.finish()
            else:
                to_run.append(post)
        if to_run:
            from xaisite.pipeline.execute_schedule import prepare_processes

            prepare_processes(to_run, self._context)
        return to_run


def path_of_media(state: Path, config: SiteConfig, digest: str) -> Path:
    """Return the file of a stored picture or table (it may be missing)."""
    from xaisite.pipeline.execute_context import open_store

    store = open_store(state, config)
    return Path(store.find_media(digest) or store.media_path(digest))


def read_media(state: Path, config: SiteConfig, digest: str) -> bytes:
    """Return stored bytes; raises ``FileNotFoundError`` when they are missing or damaged."""
    from xaisite.pipeline.execute_context import open_store

    data = open_store(state, config).read_media(digest)
    if data is None:
        raise FileNotFoundError(digest)
    return data


def explain_why(request: ExecuteRequest, post: str, label: str = "") -> tuple[CellReason, ...]:
    """Return why each cell of a post (or the one with this label or number) would run, or not. Runs nothing."""
    from xaisite.pipeline.execute_why import explain_reasons

    return explain_reasons(request, post, label)


def verify_posts(request: ExecuteRequest) -> Checked[Mapping[str, PostResults]]:
    """Run posts anew from the top and compare with what is stored, within rounding; differences are errors."""
    from xaisite.pipeline.execute_verify import verify_results

    stored = execute_posts(replace(request, mode="no-execute"))
    return verify_results(request, stored.value)
