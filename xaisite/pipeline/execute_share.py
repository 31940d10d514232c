"""Results for git and CI: the shared folder holds what the site's pages show now, and nothing else.

Does not run or judge anything. Invariants: traces of posts that were not part of the build, or that failed, stay; what
is deleted is referred to by no page.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING

from xaisite.pipeline.execute_results import media_digests

if TYPE_CHECKING:
    from xaisite.pipeline.execute_context import ExecuteContext
    from xaisite.pipeline.execute_post import PostExecution
    from xaisite.pipeline.execute_trace import Trace

_Name = tuple[str, str]


def share_results(context: ExecuteContext, posts: Iterable[PostExecution]) -> None:
    """Bring the shared folder up to date after a full build."""
    store, wanted = context.store, dict[_Name, "Trace"]()
    whole = set()
    for post in posts:
        wanted |= {_name(trace): trace for trace in _traces(post, all_cells=store.shares_all)}
        if not any(problem.is_error for problem in post.progress.problems):
            whole.add(post.plan.path)
    if not wanted and not os.path.isdir(store.shared):
        return
    digest_of = context.cache.digest
    changed = [store.share(trace, media_digests(trace["body"]), digest_of) for trace in wanted.values()]
    store.protect_shared()
    before = list(store.shared_traces())
    kept = [t for t in before if _name(t) in wanted or not _is_over(context.root, str(t["post"]), whole)]
    if len(kept) < len(before) or any(changed):
        names = {_name(t) for t in kept}
        media = {digest for t in kept if "body" in t for digest in media_digests(t["body"])}
        store.unshare((t for t in before if _name(t) not in names), media)


def _traces(post: PostExecution, *, all_cells: bool) -> list[Trace]:
    """Return the traces of a post that are to be shared."""
    now, cells = post.progress, post.plan.cells
    chosen = [t for at, t in now.traces.items() if all_cells or cells[at].observed.freeze]
    chosen = [t for t in chosen if "name" in t]
    return [*chosen, *(t for t in now.inline_traces.values() if all_cells and "name" in t)]


def _name(trace: Trace) -> _Name:
    return str(trace["key"]), str(trace["name"])


def _is_over(root: str, post: str, whole: set[str]) -> bool:
    """Whether a trace that no page of this build shows is of no use to any other."""
    return post in whole or not post or not os.path.isfile(os.path.join(root, post))
