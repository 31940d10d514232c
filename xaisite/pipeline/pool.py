"""Work over many items on all cores: plain forks, results in order.

The parent must be single-threaded when it forks. Few items are done in place. Invariant: the result does not depend
on the number of workers.
"""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable, Sequence
from typing import TypeVar

from xaisite.core.errors import InternalError, XaisiteError

T = TypeVar("T")
R = TypeVar("R")

_WORTH_FORKING = 24  # for small items: below this many, the fork and the pickles cost more than they save


def map_forked(
    work: Callable[[Sequence[T]], list[R]], items: Sequence[T], jobs: int, *, least: int = _WORTH_FORKING
) -> list[R]:
    """Return ``work`` of all items, split over ``jobs`` processes; ``work`` gives one result for each of its items.

    ``least``: how many items are worth a process.
    """
    count = min(jobs, max(1, len(items) // least))
    if count <= 1:
        return work(items)
    shares = [items[i::count] for i in range(count)]
    children = [_start(work, share) for share in shares[1:]]
    done = [_attempt(work, shares[0]), *(_collect(child) for child in children)]
    lists = [_or_raise(outcome) for outcome in done]
    return [lists[i % count][i // count] for i in range(len(items))]


def core_count(jobs: int) -> int:
    """Return the number of processes to use: as asked, or one per usable core."""
    return (
        jobs if jobs > 0 else len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    )


def _attempt(work: Callable[[Sequence[T]], list[R]], share: Sequence[T]) -> list[R] | XaisiteError:
    try:
        return work(share)
    except XaisiteError as error:
        return error


def _or_raise(outcome: list[R] | XaisiteError) -> list[R]:
    if isinstance(outcome, XaisiteError):
        raise outcome
    return outcome


def _start(work: Callable[[Sequence[T]], list[R]], share: Sequence[T]) -> tuple[int, int]:
    read_end, write_end = os.pipe()
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            os.close(read_end)
            with os.fdopen(write_end, "wb") as out:
                pickle.dump(_attempt(work, share), out, 5)
            status = 0
        except BaseException:  # noqa: BLE001 - a child must never return into the parent's code
            import traceback

            traceback.print_exc()
        finally:
            os._exit(status)
    os.close(write_end)
    return pid, read_end


def _collect(child: tuple[int, int]) -> list[R] | XaisiteError:
    pid, read_end = child
    with os.fdopen(read_end, "rb") as source:
        raw = source.read()
    _, status = os.waitpid(pid, 0)
    if status != 0:
        raise InternalError("a worker process failed")
    result: list[R] | XaisiteError = pickle.loads(raw)  # noqa: S301 - from our own child
    return result
