"""Texts as outputs."""

from __future__ import annotations

from xaisite.core.digest import digest_bytes
from xaisite.model.output import Blob


def text_blob(text: str) -> Blob:
    """Return a text as an output."""
    data = text.encode("utf-8")
    return Blob(digest_bytes(data), data)
