"""Encoded pictures and files on their way to the results store.

Does not encode. Invariant: a file in the spool is named by the digest of its bytes, appears whole or not at all, and
holds no secret: text has it struck out, anything else is refused.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

from xaisite.session.secrets import SecretFoundError, Secrets

_TEXTS = ("text/", "image/svg+xml")


@dataclass(frozen=True)
class Spool:
    """The folder that the build takes media from, and what must not get there."""

    folder: str
    secrets: Secrets = field(default_factory=Secrets)


def digest_of(data: bytes) -> str:
    """Return the name of ``data`` in the store (the same function as the build's)."""
    return blake2b(data, digest_size=16).hexdigest()


def write_media(spool: Spool, data: bytes, mime: str, width_px: float = 0, height_px: float = 0) -> dict[str, Any]:
    """Put ``data`` into the spool and return its description (raises ``SecretFoundError``)."""
    if mime.startswith(_TEXTS):
        data = spool.secrets.mask_bytes(data)
    found = spool.secrets.find_in(data)
    if found:
        raise SecretFoundError(found)
    digest = digest_of(data)
    path = os.path.join(spool.folder, digest)
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
