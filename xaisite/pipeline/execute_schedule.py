"""Posts run side by side: as many at a time as there are jobs, producers before their consumers.

Does not run cells itself. Invariant: a failed post does not stop the others.
"""

from __future__ import annotations

import os
import sys
import threading
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

from xaisite.engine.code import imported_modules
from xaisite.pipeline.execute_drive import PostDriver
from xaisite.pipeline.execute_session import modules_of
from xaisite.run.memory import MemoryGate

if TYPE_CHECKING:
    from xaisite.core.diagnostic import Diagnostic
    from xaisite.model.result import PostResults
    from xaisite.pipeline.execute_context import ExecuteContext
    from xaisite.pipeline.execute_post import PostExecution


def run_posts(
    posts: list[PostExecution], context: ExecuteContext, done: dict[str, tuple[PostResults, tuple[Diagnostic, ...]]]
) -> None:
    """Run posts on several threads, one process each; fill ``done``."""
    waiting: SimpleQueue[PostExecution] = SimpleQueue()
    for post in posts:
        waiting.put(post)
    broken: list[BaseException] = []
    context.pool().prepare(fonts=any(_may_draw(post) for post in posts), lists=[modules_of(post) for post in posts])

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
    if context.request.meanwhile is not None:
        threads.append(threading.Thread(target=context.request.meanwhile, daemon=True))
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


def _may_draw(post: PostExecution) -> bool:
    """Whether a post imports anything that could draw: all but the standard library and NumPy."""
    tops = {name.partition(".")[0] for code in post.codes for name in imported_modules(code)}
    return bool(tops - sys.stdlib_module_names - {"numpy"})
