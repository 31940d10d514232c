"""What a session holds, on disk, for starting again without running the cells before: all, or what one cell changed.

An accelerator, never a source of truth: what is brought back is digested and compared with what was saved, and given up
when it differs. Does not bring back threads, handles or patches. Invariant: a file is whole or absent, and holds no
secret; it is only ever loaded inside a session's walls.
"""

from __future__ import annotations

import importlib
import io
import os
import pickle
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from xaisite.session.identity import identity_of
from xaisite.session.plain import PlainPickler
from xaisite.session.processstate import put_parts, read_parts
from xaisite.session.secrets import SecretFoundError, Secrets
from xaisite.session.views import view_of

_HIDDEN = ("__builtins__", "__warningregistry__")
_DEEP = 20_000
_MOST_HERE_BYTES = 4 << 20
"""What is written before the next cell runs; more is left to a fork, which the cell does not wait for."""


class UnsavableError(Exception):
    """The state cannot be saved, and this says why."""


class TooBigError(UnsavableError):
    """The state is bigger than it is worth."""

    def __init__(self) -> None:
        super().__init__("it is bigger than the time it would save is worth")


class _Namespace:
    """Stands for the session's namespace inside the pickle, so that functions keep it as their globals."""


class _Guarded(io.RawIOBase):
    """A file that refuses to grow past a limit, and to take in a secret in any known shape."""

    def __init__(self, file: Any, limit: int, secrets: Secrets) -> None:
        super().__init__()
        self._file = file
        self._room = limit
        self._secrets = secrets
        self._tail = b""

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        self._room -= len(data)
        if self._room < 0:
            raise TooBigError
        if self._secrets:
            seen = self._tail + bytes(data)
            found = self._secrets.find_in(seen)
            if found:
                raise SecretFoundError(found)
            self._tail = seen[-self._secrets.longest :]
        return int(self._file.write(data))


def describe_refusal(error: Exception) -> str:
    """Return in words why a state was not saved."""
    if isinstance(error, (UnsavableError, SecretFoundError)):
        return str(error)
    return f"it cannot be pickled: {type(error).__name__}: {str(error)[:200]}"


def save_values(
    path: str,
    names: Iterable[str],
    *,
    namespace: dict[str, Any],
    parts: Iterable[str] | None,
    extra: Mapping[str, Any],
    limit_bytes: int,
    secrets: Secrets,
    places: Mapping[int, list[Any]] | None = None,
    plainly: bool = False,
) -> None:
    """Write names with their values, and parts of the process's state (raises whatever refuses to be pickled).

    Secrets are left out: their names stand for them. In another shape than their own they forbid saving. Objects whose
    identity is in ``places`` are left out too: the place where they are found again stands for them. ``plainly``: stop
    with ``NotPlainError`` at what only a fork may pickle, and with ``TooBigError`` at what takes long.
    """
    marker = _Namespace()
    known, has_secrets = places or {}, bool(secrets)
    base = PlainPickler if plainly else _cloud_pickler()

    class Pickler(base):  # type: ignore[misc, valid-type]
        def persistent_id(self, value: Any) -> Any:
            if value is marker or value is namespace:
                return "namespace"
            if has_secrets and type(value) in (str, bytes):
                pieces = secrets.take_apart(value)
                return pieces and ["secret", type(value).__name__, pieces]
            return known.get(identity_of(value)) if known else None

        def reducer_override(self, value: Any) -> Any:
            view = view_of(value)
            return view if view is not None else super().reducer_override(value)

    partial = f"{path}.{os.getpid()}"
    process = read_parts(parts)
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(limit if plainly else max(limit, _DEEP))
    room = min(limit_bytes, _MOST_HERE_BYTES) if plainly else limit_bytes
    try:
        with open(partial, "wb") as file:
            pickler = Pickler(_Guarded(file, room, secrets), protocol=5)
            if not plainly:
                pickler.globals_ref[id(namespace)] = marker
            values = {name: namespace[name] for name in names if name not in _HIDDEN}
            pickler.dump({"extra": dict(extra), "process": process, "names": values})
        os.replace(partial, path)
    except BaseException:
        os.unlink(partial)
        raise
    finally:
        sys.setrecursionlimit(limit)


def _cloud_pickler() -> Any:
    import cloudpickle

    return cloudpickle.Pickler


def load_values(
    path: str,
    *,
    namespace: dict[str, Any],
    modules: list[str],
    secrets: Secrets,
    find: Callable[[str, int], Any] | None = None,
) -> dict[str, Any]:
    """Bring the process into the saved state; return what was saved beside it. ``find`` finds objects by place."""
    for name in modules:
        try:
            importlib.import_module(name)
        except Exception:  # noqa: BLE001, S112  # the comparison afterwards decides
            continue

    class Unpickler(pickle.Unpickler):
        def persistent_load(self, name: Any) -> Any:
            if name == "namespace":
                return namespace
            if name[0] == "at" and find is not None:
                return find(name[1], name[2])
            return secrets.put_together(name[2], name[1])

    with open(path, "rb") as file:
        saved = Unpickler(file).load()
    namespace.update(saved["names"])
    put_parts(saved["process"])
    return dict(saved["extra"])
