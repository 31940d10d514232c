"""What all posts of one execution share: the store, file digests, the environment, processes.

Does not hold results. Invariant: processes are started only when something must run.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from xaisite.core.record import field, record
from xaisite.engine.filecache import FileCache
from xaisite.engine.forms import FormCache
from xaisite.engine.store import Store
from xaisite.engine.where import Place, find_place, installed_versions
from xaisite.model.cell import SessionPlan
from xaisite.model.config import ExecutionTable, SiteConfig
from xaisite.run.checkpoints import Checkpoints
from xaisite.run.devices import find_gpu

if TYPE_CHECKING:
    from xaisite.pipeline.execute import ExecuteRequest
    from xaisite.run.pool import ProcessPool


FROZEN_FOLDER = "results"
"""Where results of cells with `freeze: true` are kept when `[execution] store` names no folder."""


@record
class ExecuteContext:
    """One call of `execute_posts`."""

    request: ExecuteRequest
    root: str
    state: str
    store: Store
    cache: FileCache
    place: Place
    checkpoints: Checkpoints
    artifacts: str
    forms: FormCache
    device: str
    """The machine's GPU; empty: none."""
    processes: list[ProcessPool] = field(default_factory=list)

    def environ(self, plan: SessionPlan) -> Mapping[str, str | None]:
        """Return the declared variables of a post's session; None: declared, but not set outside."""
        return declared_environ(self.request.config.execution, plan.env, plan.pass_env)

    def pool(self) -> ProcessPool:
        """Return the processes, started at the first call."""
        if not self.processes:
            keeper = self.request.keeper
            if keeper is None:
                self.processes.append(self._make_pool())
            else:
                from xaisite.run.place import environment_stamp

                secrets = [os.environ.get(name) for name in self.request.config.execution.secrets]
                key = (self.root, self.state, repr(self.request.config.execution), secrets, environment_stamp())
                self.processes.append(keeper.pool(key, self._make_pool))
        return self.processes[0]

    def _make_pool(self) -> ProcessPool:
        from xaisite.run.pool import ProcessPool
        from xaisite.run.resident import find_resident

        return ProcessPool(
            self.root,
            self.state,
            self.request.config.execution,
            installed_versions().get("matplotlib", ""),
            variables=self.place.variables,
            forks=find_resident(self.state, start=self.request.resident) or self.request.forks,
        )

    def report(
        self,
        kind: Literal["post", "cell", "done", "walls"],
        post: str,
        cell: str = "",
        detail: str = "",
        seconds: float = 0.0,
    ) -> None:
        """Tell whoever waits."""
        from xaisite.pipeline.execute import ProgressEvent

        self.request.progress(ProgressEvent(kind, post, cell, detail, seconds))

    def close(self) -> None:
        """End all processes and keep what was learned of files."""
        keeper = self.request.keeper
        for pool in self.processes if keeper is None else ():
            pool.close()
        if keeper is not None and self.request.mode == "run":
            keeper.retain(plan.path for plan in self.request.sessions)
            keeper.evict()
        if self.processes:
            self.checkpoints.evict()
        self.cache.save()
        self.forms.save()


def declared_environ(
    execution: ExecutionTable, env: Mapping[str, str], pass_env: Iterable[str]
) -> Mapping[str, str | None]:
    """Return the variables that a site declares, and a post beside it; None: declared, but not set outside."""
    passed = {name: os.environ.get(name) for name in (*execution.pass_env, *pass_env)}
    declared = {**passed, **execution.env, **env}
    return {name: value for name, value in declared.items() if name not in execution.secrets}  # never in a key


def open_context(request: ExecuteRequest) -> ExecuteContext:
    """Make ready for one execution."""
    state = os.path.abspath(request.state)
    installed_versions.cache_clear()
    return ExecuteContext(
        request=request,
        root=os.path.realpath(request.root),
        state=state,
        store=open_store(request.state, request.config),
        cache=FileCache(os.path.join(state, "digests.json")),
        place=find_place(request.config.execution.processor),
        artifacts=os.path.join(state, "artifacts"),
        device=find_gpu() if any(c.observed.requires for p in request.sessions for c in p.cells) else "",
        forms=FormCache(os.path.join(state, "forms.json")),
        checkpoints=Checkpoints(os.path.join(state, "checkpoints")),
    )


def open_store(state: Path, config: SiteConfig) -> Store:
    """Return the results store of a site."""
    root = os.path.dirname(os.path.abspath(state))
    shared = config.execution.store
    private = os.path.join(os.path.abspath(state), "results")
    return Store(private, os.path.join(root, shared or FROZEN_FOLDER), shares_all=bool(shared))
