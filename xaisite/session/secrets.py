"""The values of secrets, found again in what a cell leaves behind.

Plain, escaped, quoted, in base64, in hexadecimal, in wide encodings. Does not know them in any other shape: compressed,
encrypted, as pixels, taken apart. Invariant: where nothing is secret, nothing is looked for.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

MASK = "•••"
_LEAST_DERIVED = 4
_LEAST_LINE = 16
_LEAST_CORE = 8


class SecretFoundError(Exception):
    """What was to be kept or shown holds the value of a secret."""

    def __init__(self, name: str) -> None:
        super().__init__(f"it holds the value of the secret {name}")
        self.name = name


class Secrets:
    """Names and values; every question is about all the shapes in which a value is known."""

    def __init__(self, values: Mapping[str, str] | None = None) -> None:
        self.values = {name: value for name, value in (values or {}).items() if value}

    def __bool__(self) -> bool:
        return bool(self.values)

    @cached_property
    def _texts(self) -> list[tuple[str, str]]:
        found = {shape: name for name, value in self.values.items() for shape in _shapes(value)}
        return sorted(found.items(), key=lambda item: -len(item[0]))

    @cached_property
    def _raws(self) -> list[tuple[bytes, str]]:
        found = {shape.encode("utf-8", "surrogatepass"): name for shape, name in self._texts}
        for name, value in self.values.items():
            for encoding in ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be", "latin-1"):
                with contextlib.suppress(UnicodeEncodeError):
                    found.setdefault(value.encode(encoding), name)
        return sorted(found.items(), key=lambda item: -len(item[0]))

    @cached_property
    def longest(self) -> int:
        """Length in bytes of the longest shape."""
        return max((len(raw) for raw, _ in self._raws), default=0)

    def mask_text(self, text: str) -> str:
        """Return the text with the values struck out."""
        for shape, _ in self._texts if self else ():
            if shape in text:
                text = text.replace(shape, MASK)
        return text

    def mask_bytes(self, data: bytes) -> bytes:
        """Return the bytes with the values struck out."""
        for shape, _ in self._raws if self else ():
            if shape in data:
                data = data.replace(shape, MASK.encode())
        return data

    def name_text(self, text: str) -> str:
        """Return the text with the name of each secret in its value's place (for digests: they do not depend on it)."""
        for shape, name in self._texts if self else ():
            if shape in text:
                text = text.replace(shape, f"\0{name}\0")
        return text

    def name_bytes(self, data: bytes) -> bytes:
        """Return the bytes with names in the place of values."""
        for shape, name in self._raws if self else ():
            if shape in data:
                data = data.replace(shape, f"\0{name}\0".encode())
        return data

    def find_in(self, data: bytes) -> str:
        """Return the name of a secret whose value is in the bytes (empty: there is none)."""
        return next((name for shape, name in self._raws if shape in data), "") if self else ""

    def mask(self, value: Any) -> Any:
        """Return a record of plain JSON with the values struck out, in keys too."""
        if not self:
            return value
        if isinstance(value, dict):
            return {self.mask(key): self.mask(item) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.mask(item) for item in value]
        return self.mask_text(value) if isinstance(value, str) else value

    def take_apart(self, value: str | bytes) -> list[Any] | None:
        """Return a value with secrets in it in pieces: what is between, and their names (None: none there)."""
        text = value if isinstance(value, str) else value.decode("latin-1")
        pieces = (self._plain if isinstance(value, str) else self._plain_bytes).split(text)
        if len(pieces) == 1:
            return None
        by_value = {v if isinstance(value, str) else _as_latin(v): name for name, v in self.values.items()}
        return [[by_value[piece]] if at % 2 else piece for at, piece in enumerate(pieces)]

    def put_together(self, pieces: list[Any], kind: str) -> str | bytes:
        """Return what `take_apart` was given, with the values of today (raises ``KeyError`` when one is gone)."""
        values = [self.values[piece[0]] if isinstance(piece, list) else piece for piece in pieces]
        if kind == "str":
            return "".join(values)
        return b"".join(
            v.encode() if isinstance(piece, list) else v.encode("latin-1")
            for v, piece in zip(values, pieces, strict=True)
        )

    @cached_property
    def _plain(self) -> re.Pattern[str]:
        return _any_of(self.values.values())

    @cached_property
    def _plain_bytes(self) -> re.Pattern[str]:
        return _any_of(map(_as_latin, self.values.values()))


def _any_of(values: Any) -> re.Pattern[str]:
    return re.compile("(" + "|".join(map(re.escape, sorted(values, key=len, reverse=True))) + ")")


def _as_latin(value: str) -> str:
    return value.encode("utf-8", "surrogatepass").decode("latin-1")


def _shapes(value: str) -> Iterator[str]:
    """Yield the texts in which a value may be met."""
    import html
    import json
    from urllib.parse import quote, quote_plus

    yield value
    bare = value.strip()
    if len(bare) < _LEAST_DERIVED:
        return
    raw = bare.encode("utf-8", "surrogatepass")
    yield from (bare, repr(bare)[1:-1], ascii(bare)[1:-1], repr(raw)[2:-1])
    yield from (json.dumps(bare)[1:-1], json.dumps(bare, ensure_ascii=False)[1:-1])
    yield from (html.escape(bare), html.escape(bare, quote=False))
    yield from (quote(raw), quote(raw, safe=""), quote_plus(raw))
    yield from (raw.hex(), raw.hex().upper())
    yield from _base64_cores(raw)
    yield from (line for line in bare.splitlines() if len(line) >= _LEAST_LINE)


def _base64_cores(raw: bytes) -> Iterator[str]:
    """Yield the characters that are there whatever stands before and after it, in both alphabets."""
    from base64 import b64encode, urlsafe_b64encode

    for offset, skipped in ((0, 0), (1, 2), (2, 3)):
        whole = (offset + len(raw)) * 8 // 6
        for encode in (b64encode, urlsafe_b64encode):
            core = encode(b"\0" * offset + raw).decode()[skipped:whole]
            if len(core) >= _LEAST_CORE:
                yield core
