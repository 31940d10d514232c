"""Encoded pictures and files on their way to the results store.

Does not encode. Invariant: a file in the spool is named by the digest of its bytes and appears whole or not at all.
"""

from __future__ import annotations

import os
from hashlib import blake2b
from typing import Any


def digest_of(data: bytes) -> str:
    """Return the name of ``data`` in the store (the same function as the build's)."""
    return blake2b(data, digest_size=16).hexdigest()


def write_media(spool: str, data: bytes, mime: str, width_px: float = 0, height_px: float = 0) -> dict[str, Any]:
    """Put ``data`` into the spool and return its description."""
    digest = digest_of(data)
    path = os.path.join(spool, digest)
    if not os.path.exists(path):
        partial = f"{path}.{os.getpid()}"
        with open(partial, "wb") as file:
            file.write(data)
        os.replace(partial, path)
    return {
        "digest": digest,
        "mime": mime,
        "bytes": len(data),
        "width_px": round(width_px),
        "height_px": round(height_px),
    }
