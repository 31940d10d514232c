"""Two folders change places in one step (``renameat2`` with ``RENAME_EXCHANGE``).

Invariant: either both have moved or neither; a reader of a path always finds one of the two.
"""

from __future__ import annotations

import errno
import os
import sys

REFUSED = frozenset(
    {
        errno.EINVAL,
        errno.ENOSYS,
        errno.EXDEV,
        errno.EBUSY,
        errno.EPERM,
        errno.EACCES,
        errno.EOPNOTSUPP,
        errno.EMLINK,
        errno.EROFS,
    }
)
"""Errors that say: this file system, or this place in it, cannot do it. Another way may."""
_EXCHANGE = 2
_AT_FDCWD = -100


def exchange(a: str, b: str) -> None:
    """Swap two existing paths; raise ``OSError`` (one of `REFUSED` when it cannot be done here)."""
    if sys.platform != "linux":
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
    import ctypes

    libc = ctypes.CDLL(None, use_errno=True)
    if not hasattr(libc, "renameat2"):  # a C library older than 2018
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
    if libc.renameat2(_AT_FDCWD, os.fsencode(a), _AT_FDCWD, os.fsencode(b), _EXCHANGE) != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code), a, None, b)
