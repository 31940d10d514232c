"""Names made from contents.

Does not know what is digested. Invariant: the digest of a value depends on the value only, never on the process,
the platform or the order of a mapping's keys.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from hashlib import blake2b
from typing import Any

_SIZE_BYTES = 16  # 128 bits: collisions are out of reach for a store of one site


def digest_bytes(data: bytes) -> str:
    """Return the BLAKE2b-128 digest of ``data`` as 32 hexadecimal digits."""
    return blake2b(data, digest_size=_SIZE_BYTES).hexdigest()


def digest_text(text: str) -> str:
    """Return the digest of ``text`` in UTF-8 (lone surrogates allowed)."""
    return digest_bytes(text.encode("utf-8", "surrogatepass"))


def digest_json(value: object, *, default: Callable[[Any], object] | None = None) -> str:
    """Return the digest of a JSON-like value (keys are sorted).

    ``default`` says what other values count as (``vars``: a record counts as its fields); without it they raise
    ``TypeError``.
    """
    return digest_text(json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, default=default))


def digest_parts(parts: Iterable[str]) -> str:
    """Return the digest of a sequence of strings; ``["ab", "c"]`` and ``["a", "bc"]`` differ."""
    h = blake2b(digest_size=_SIZE_BYTES)
    for part in parts:
        raw = part.encode("utf-8", "surrogatepass")
        h.update(len(raw).to_bytes(8, "big"))
        h.update(raw)
    return h.hexdigest()
