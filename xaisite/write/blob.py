"""One content into one new file.

Invariant: a file is created, never opened for writing when it exists; what was copied has the digest it was
announced with.
"""

from __future__ import annotations

import os

from xaisite.core.digest import digest_bytes
from xaisite.core.errors import InternalError, MachineError
from xaisite.model.output import Blob, FileRecord

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


def write_blob(path: str, blob: Blob) -> FileRecord:
    """Create the file ``path`` with the content of ``blob``."""
    return write_new(path, content_of(blob, path), blob.digest)


def write_new(path: str, content: bytes, digest: str) -> FileRecord:
    """Create the file ``path`` with ``content``."""
    with open(os.open(path, _NEW, 0o666), "wb", buffering=0) as file:
        view = memoryview(content)
        while view:
            view = view[file.write(view) :]
        stat = os.fstat(file.fileno())
    return FileRecord(digest, stat.st_size, stat.st_mtime_ns, stat.st_ino)


def content_of(blob: Blob, address: str) -> bytes:
    """Return the bytes of a blob that has some."""
    if isinstance(blob.content, bytes):
        return blob.content
    if blob.content is None:
        raise InternalError(f"{address} was said to stand, but it does not")
    with open(blob.content, "rb") as file:
        data = file.read()
    if digest_bytes(data) != blob.digest:
        raise MachineError(f"{blob.content} changed while the site was built; build again")
    return data
