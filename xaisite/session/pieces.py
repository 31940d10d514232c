"""A digest made of many small pieces, each with its length, so that no two lists of them run together.

Does not know what they mean. Invariant: equal digests mean equal pieces, in the same order.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

_SHORT_CHARS = 64
_MOST_KNOWN = 20_000
_AT_ONCE = 4_000
_BIG_BYTES = 1 << 16


class PieceDigest:
    """Takes pieces; texts that come again and again are encoded once (``known``, which several may share)."""

    __slots__ = ("_hash", "_known", "_waiting")

    def __init__(self, known: dict[str, bytes]) -> None:
        self._hash = blake2b(digest_size=16)
        self._waiting: list[bytes] = []
        self._known = known

    def put(self, text: str) -> None:
        """Take a text."""
        self._waiting.append(self._known.get(text) or self._encode(text))
        if len(self._waiting) > _AT_ONCE:
            self._flush()

    def update(self, data: Any) -> None:
        """Take bytes, or a buffer of them, without their length."""
        if len(data) >= _BIG_BYTES:
            self._flush()
            self._hash.update(data)
        else:
            self._waiting.append(bytes(data))

    def hexdigest(self) -> str:
        """Return the digest of all that was taken so far."""
        self._flush()
        return self._hash.hexdigest()

    def _encode(self, text: str) -> bytes:
        raw = text.encode("utf-8", "surrogatepass")
        piece = len(raw).to_bytes(8, "big") + raw
        if len(raw) <= _SHORT_CHARS and len(self._known) < _MOST_KNOWN:
            self._known[text] = piece
        return piece

    def _flush(self) -> None:
        self._hash.update(b"".join(self._waiting))
        self._waiting.clear()
