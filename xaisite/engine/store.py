"""The results store: traces as JSON, media by digest. One file per trace; nothing in it can run code.

Does not decide what is valid, nor what is shared. Invariant: files appear whole or not at all and are never changed;
what is damaged reads as absent.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from xaisite.core.digest import digest_bytes, digest_json
from xaisite.engine.tracked import tracked_files


class Store:
    """A private folder of traces and media, and one that is shared (by git), which need not be there."""

    def __init__(self, folder: str, shared: str, *, shares_all: bool = False) -> None:
        self.folder = folder
        self.shared = shared
        self.shares_all = shares_all
        """Whether every result is shared, or those of cells that ask for it only (`freeze: true`)."""

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
        write_atomically(_trace_path(self.folder, str(trace["key"]), name), _encode({**trace, "name": name}))
        return name

    def drop_trace(self, trace: dict[str, Any]) -> None:
        """Forget one trace, here; what is shared is tidied when it is shared again."""
        with contextlib.suppress(OSError):
            os.unlink(_trace_path(self.folder, str(trace["key"]), str(trace["name"])))

    def share(self, trace: dict[str, Any], media: Iterable[str], digest_of: Callable[[str], str]) -> bool:
        """Put a trace and its media into the shared folder; say whether anything was missing or damaged there."""
        name = str(trace["name"])
        path = _trace_path(self.shared, str(trace["key"]), name)
        missing = [d for d in media if digest_of(_media_path(self.shared, d)) != d]
        for digest in missing:
            data = self.read_media(digest)
            if data is not None:
                write_atomically(_media_path(self.shared, digest), data)
        there = _load_trace(path, f"{name}.json")
        if there is None or there.get("key") != trace["key"]:
            # how long it took differs from run to run, and the same file must be the same bytes on every branch
            write_atomically(path, _encode({k: part for k, part in trace.items() if k != "seconds"}))
            return True
        return bool(missing)

    def protect_shared(self) -> None:
        """Tell git to leave the bytes of the shared folder as they are, whatever it does to ends of lines elsewhere."""
        path = os.path.join(self.shared, ".gitattributes")
        if os.path.isdir(self.shared) and not os.path.exists(path):
            write_atomically(path, b"* -text linguist-generated\n")

    def shared_traces(self) -> Iterator[dict[str, Any]]:
        """Return every trace of the shared folder under the key and name of its file; of a damaged one only these."""
        for path in _full_files(os.path.join(self.shared, "traces")):
            folder, name = os.path.split(path)
            stem, dot, _ = name.partition(".json")
            if dot:
                found = _load_trace(path, name)
                yield {"post": "", **(found or {}), "key": os.path.basename(folder), "name": stem}

    def unshare(self, traces: Iterable[dict[str, Any]], kept_media: set[str]) -> None:
        """Take traces, and all media but those kept, out of the shared folder.

        What git keeps is emptied, not deleted: a deleted file with a similar new one beside it is a renaming to git,
        and two renamings of one file, on two branches, are a conflict.
        """
        over = [_trace_path(self.shared, str(t["key"]), str(t["name"])) for t in traces]
        media = _full_files(os.path.join(self.shared, "media"))
        over += [path for path in media if os.path.basename(path) not in kept_media]
        tracked = tracked_files(self.shared) if over else frozenset()
        for path in over:
            if path in tracked:
                write_atomically(path, b"")
            else:
                _delete(path)

    def media_path(self, digest: str) -> str:
        """Return where bytes belong."""
        return _media_path(self.folder, digest)

    def find_media(self, digest: str) -> str | None:
        """Return the path of stored bytes (they are not looked at)."""
        return next((p for p in self._media_paths(digest) if os.path.isfile(p)), None)

    def holds_media(self, digest: str, digest_of: Callable[[str], str]) -> bool:
        """Whether the bytes are there and are what their name says; a damaged file of our own folder is deleted."""
        for path in self._media_paths(digest):
            if digest_of(path) == digest:
                return True
            if path.startswith(self.folder + os.sep):
                _delete(path)
        return False

    def _media_paths(self, digest: str) -> list[str]:
        return [_media_path(base, digest) for base in self._folders()]

    def read_media(self, digest: str) -> bytes | None:
        """Return stored bytes, or None when they are missing or are not what their name says."""
        for base in self._folders():
            try:
                with open(_media_path(base, digest), "rb") as file:
                    data = file.read()
            except OSError:
                continue
            if digest_bytes(data) == digest:
                return data
        return None

    def add_media(self, data: bytes) -> str:
        """Store bytes and return their name."""
        digest = digest_bytes(data)
        if self.read_media(digest) is None:
            write_atomically(_media_path(self.folder, digest), data)
        return digest

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
        write_atomically(_media_path(self.folder, digest), data)
        return True

    def drop(self, key: str) -> None:
        """Forget the traces under a key."""
        for base in self._folders():
            shutil.rmtree(os.path.join(base, "traces", key[:2], key), ignore_errors=True)

    def _folders(self) -> tuple[str, ...]:
        return (self.folder, self.shared)


def _trace_path(base: str, key: str, name: str) -> str:
    return os.path.join(base, "traces", key[:2], key, f"{name}.json")


def _media_path(base: str, digest: str) -> str:
    return os.path.join(base, "media", digest[:2], digest)


def _full_files(folder: str) -> Iterator[str]:
    """Yield the files below a folder that are not empty."""
    for place, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(place, name)
            if not name.startswith(".") and os.path.getsize(path):
                yield path


def _delete(path: str) -> None:
    """Delete a file and the folders that are empty without it."""
    with contextlib.suppress(OSError):
        os.unlink(path)
        folder = os.path.dirname(path)
        while not os.listdir(folder):
            os.rmdir(folder)
            folder = os.path.dirname(folder)


def write_atomically(path: str, data: bytes) -> None:
    """Write a file so that it is whole or absent."""
    import tempfile

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
