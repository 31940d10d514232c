"""Posts run side by side: as many at a time as there are jobs, producers before their consumers.

Does not run cells itself. Invariant: a failed post does not stop the others.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

from xaisite.engine.code import imported_modules
from xaisite.engine.where import load_distributions
from xaisite.pipeline.execute_drive import PostDriver
from xaisite.pipeline.execute_session import modules_of
from xaisite.run.memory import MemoryGate

if TYPE_CHECKING:
    from xaisite.core.diagnostic import Diagnostic
    from xaisite.model.result import PostResults
    from xaisite.pipeline.execute_context import ExecuteContext
    from xaisite.pipeline.execute_post import PostExecution


def prepare_processes(posts: list[PostExecution], context: ExecuteContext) -> None:
    """Get ready for the sessions of posts; let what the first needs begin to be imported."""
    pool, first = context.pool(), posts[0]
    pool.prepare(fonts=any(_may_draw(post) for post in posts), lists=[modules_of(post) for post in posts])
    pool.begin(modules_of(first), first.environ)


def run_posts(
    posts: list[PostExecution],
    context: ExecuteContext,
    done: dict[str, tuple[PostResults, tuple[Diagnostic, ...]]],
    meanwhile: Callable[[], object] | None = None,
) -> None:
    """Run posts on several threads, one process each; fill ``done``. ``meanwhile``: what else may be done then.

    `prepare_processes` has been called for them.
    """
    waiting: SimpleQueue[PostExecution] = SimpleQueue()
    for post in posts:
        waiting.put(post)
    broken: list[BaseException] = []
    gate = MemoryGate()

    def work() -> None:
        while not broken:
            try:
                post = waiting.get_nowait()
            except Empty:
                return
            try:
                with gate.room():
                    PostDriver(post).run()
                done[post.plan.path] = post.finish()
            except BaseException as error:  # noqa: BLE001  # handed to the caller's thread
                broken.append(error)

    count = min(len(posts), context.request.jobs or os.cpu_count() or 1)
    threads = [threading.Thread(target=work, daemon=True) for _ in range(count - 1)]
    threads.append(threading.Thread(target=_wait_usefully, args=(meanwhile,), daemon=True))
    for thread in threads:
        thread.start()
    work()
    for thread in threads:
        thread.join()
    if broken:
        raise broken[0]
    missing = context.pool().missing_walls()
    if missing:
        context.report("walls", "", detail="; ".join(missing))


def _wait_usefully(meanwhile: Callable[[], object] | None) -> None:
    """Do what will be needed when cells have run."""
    load_distributions()
    if meanwhile is not None:
        meanwhile()


def _may_draw(post: PostExecution) -> bool:
    """Whether a post imports anything that could draw: all but the standard library and NumPy."""
    tops = {name.partition(".")[0] for code in post.codes for name in imported_modules(code)}
    return bool(tops - sys.stdlib_module_names - {"numpy"})
