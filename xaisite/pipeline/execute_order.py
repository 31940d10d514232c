"""Posts in the order that shared values ask for: producers before the posts that use what they produce.

Reads the names out of the code, without running it. Invariant: a cycle is an error of every post in it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from xaisite.core.diagnostic import Diagnostic, error
from xaisite.pipeline.execute_post import PostExecution, post_name

if TYPE_CHECKING:
    from xaisite.model.result import PostResults

_ASKED = re.compile(r"""\bartifact\(\s*["']([^"'/]+)/[^"']+["']""")


def layers_of(
    posts: list[PostExecution], done: dict[str, tuple[PostResults, tuple[Diagnostic, ...]]]
) -> list[list[PostExecution]]:
    """Return the posts in layers, each using only what those before it produce; put posts in a cycle into ``done``."""
    producers = {post_name(post.plan): post for post in posts if any(c.observed.produces for c in post.plan.cells)}
    if not producers:
        return [posts]
    waits = {id(post): _asked(post) & set(producers) for post in posts}
    layers: list[list[PostExecution]] = []
    left, ready = list(posts), set[str]()
    while left:
        layer = [post for post in left if waits[id(post)] <= ready]
        if not layer:
            for post in left:
                _refuse(post, done)
            break
        layers.append(layer)
        ready |= {post_name(post.plan) for post in layer}
        left = [post for post in left if post not in layer]
    return layers


def _asked(post: PostExecution) -> set[str]:
    return {match[1] for code in post.codes for match in _ASKED.finditer(code)}


def _refuse(post: PostExecution, done: dict[str, tuple[PostResults, tuple[Diagnostic, ...]]]) -> None:
    cell = next(cell for cell in post.plan.cells if _ASKED.search(cell.code))
    post.progress.problems.append(
        error(
            "artifact-cycle",
            "this post waits for a value of a post that waits for one of its own",
            cell.span,
            help="move what both need into a third post",
        )
    )
    done[post.plan.path] = post.finish()
