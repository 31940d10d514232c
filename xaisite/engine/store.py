"""The results store: traces as JSON, media by digest. One file per trace; nothing in it can run code.

Does not decide what is valid. Invariant: files appear whole or not at all and are never changed; what is damaged reads
as absent.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from typing import Any

from xaisite.core.digest import digest_bytes, digest_json


class Store:
    """A folder of traces and media, with an optional second one that is shared (by git)."""

    def __init__(self, folder: str, shared: str = "") -> None:
        self.folder = folder
        self.shared = shared

    def traces(self, key: str) -> Iterator[dict[str, Any]]:
        """Return the traces under a key, newest names last; damaged ones are skipped."""
        for base in self._folders():
            place = os.path.join(base, "traces", key[:2], key)
            try:
                names = sorted(os.listdir(place))
            except OSError:
                continue
            for name in names:
                trace = _load_trace(os.path.join(place, name), name)
                if trace is not None and trace.get("key") == key:
                    yield trace

    def add_trace(self, trace: dict[str, Any]) -> str:
        """Store a trace; its name is the digest of its content."""
        name = digest_json(trace["body"])
        for base in self._folders() if trace.get("freeze", True) else (self.folder,):
            folder = os.path.join(base, "traces", str(trace["key"])[:2], str(trace["key"]))
            write_atomically(os.path.join(folder, f"{name}.json"), _encode({**trace, "name": name}))
        return name

    def media_path(self, digest: str) -> str:
        """Return where bytes belong."""
        return os.path.join(self.folder, "media", digest[:2], digest)

    def has_media(self, digest: str) -> bool:
        """Whether the bytes are there (their content is checked when they are read)."""
        return self.find_media(digest) is not None

    def find_media(self, digest: str) -> str | None:
        """Return the path of stored bytes."""
        for base in self._folders():
            path = os.path.join(base, "media", digest[:2], digest)
            if os.path.isfile(path):
                return path
        return None

    def read_media(self, digest: str) -> bytes | None:
        """Return stored bytes, or None when they are missing or are not what their name says."""
        path = self.find_media(digest)
        if path is None:
            return None
        with open(path, "rb") as file:
            data = file.read()
        return data if digest_bytes(data) == digest else None

    def adopt_media(self, spool: str, digest: str) -> bool:
        """Take bytes out of a session's spool; refuse what is not what its name says."""
        if self.read_media(digest) is not None:
            return True
        path = os.path.join(spool, digest)
        try:
            fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
        except OSError:
            return False
        with open(fd, "rb") as file:
            data = file.read()
        if digest_bytes(data) != digest:
            return False
        for base in self._folders():
            write_atomically(os.path.join(base, "media", digest[:2], digest), data)
        return True

    def drop(self, key: str) -> None:
        """Forget the traces under a key."""
        for base in self._folders():
            shutil.rmtree(os.path.join(base, "traces", key[:2], key), ignore_errors=True)

    def _folders(self) -> tuple[str, ...]:
        return (self.folder, self.shared) if self.shared else (self.folder,)


def write_atomically(path: str, data: bytes) -> None:
    """Write a file so that it is whole or absent."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    fd, partial = tempfile.mkstemp(dir=os.path.dirname(path), prefix=".new-")
    try:
        with os.fdopen(fd, "wb") as file:
            file.write(data)
        os.chmod(partial, 0o644)
        os.replace(partial, path)
    except BaseException:
        if os.path.exists(partial):
            os.unlink(partial)
        raise


def _encode(value: object) -> bytes:
    return (json.dumps(value, sort_keys=True, indent=1, ensure_ascii=False) + "\n").encode("utf-8", "surrogatepass")


def _load_trace(path: str, name: str) -> dict[str, Any] | None:
    if not name.endswith(".json"):
        return None
    try:
        with open(path, "rb") as file:
            trace = json.loads(file.read().decode("utf-8", "surrogatepass"))
        if digest_json(trace["body"]) != trace["name"] or name != f"{trace['name']}.json":
            return None
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return dict(trace)
