"""The machine-private state of a site: one SQLite file of digest-named values.

Holds outlines, page traces, formulas, highlighted listings: all of it can be made again, so that damage is a miss and
deleting `.xaisite/` costs time only. Does not hold results of experiments (`store`). Invariant: a reader never sees a
value that was not written whole.
"""

from __future__ import annotations

import contextlib
import pickle
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

_SCHEMA = "CREATE TABLE IF NOT EXISTS item (kind TEXT, key TEXT, value BLOB, PRIMARY KEY (kind, key)) WITHOUT ROWID"
_BATCH = 400  # SQLite allows 999 parameters in one statement
_DAMAGE = (sqlite3.DatabaseError, pickle.UnpicklingError, EOFError, AttributeError, ImportError, IndexError, TypeError)


class StateStore:
    """A key-value store of Python values by kind; a resource with a lifetime (context manager)."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._db = self._open()
        except sqlite3.DatabaseError:
            path.unlink(missing_ok=True)
            self._db = self._open()

    def _open(self) -> sqlite3.Connection:
        db = sqlite3.connect(self.path, isolation_level=None, timeout=30)
        db.execute("PRAGMA journal_mode=MEMORY")
        db.execute("PRAGMA synchronous=OFF")  # a torn file is a miss, not a loss
        db.execute(_SCHEMA)
        return db

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._db.close()

    def get(self, kind: str, key: str) -> Any:
        """Return one value, or None."""
        return self.get_many(kind, [key]).get(key)

    def get_many(self, kind: str, keys: Iterable[str]) -> dict[str, Any]:
        """Return the values that there are, by key; what is damaged is left out."""
        found: dict[str, Any] = {}
        for key, raw in self._select(kind, list(keys)):
            with contextlib.suppress(*_DAMAGE):
                found[key] = pickle.loads(raw)  # noqa: S301 - written by this user on this machine
        return found

    def _select(self, kind: str, keys: list[str]) -> Iterator[tuple[str, bytes]]:
        for at in range(0, len(keys), _BATCH):
            batch = keys[at : at + _BATCH]
            marks = ",".join("?" * len(batch))
            query = f"SELECT key, value FROM item WHERE kind = ? AND key IN ({marks})"  # noqa: S608 - only marks
            try:
                yield from self._db.execute(query, (kind, *batch)).fetchall()
            except sqlite3.DatabaseError:
                return

    def put_many(self, kind: str, items: Mapping[str, object]) -> None:
        """Store values under their keys, all or none of them."""
        if not items:
            return
        rows = [(kind, key, pickle.dumps(value, 5)) for key, value in items.items()]
        with contextlib.suppress(sqlite3.DatabaseError):
            self._db.execute("BEGIN IMMEDIATE")
            self._db.executemany("INSERT OR REPLACE INTO item VALUES (?, ?, ?)", rows)
            self._db.execute("COMMIT")

    def put(self, kind: str, key: str, value: object) -> None:
        """Store one value."""
        self.put_many(kind, {key: value})

    def keep_only(self, kind: str, keys: Iterable[str]) -> None:
        """Drop all other values of this kind, once they outnumber those kept by far."""
        wanted = set(keys)
        with contextlib.suppress(sqlite3.DatabaseError):
            there = [row[0] for row in self._db.execute("SELECT key FROM item WHERE kind = ?", (kind,))]
            if len(there) > 2 * len(wanted) + 200:
                self._db.execute("BEGIN IMMEDIATE")
                self._db.executemany(
                    "DELETE FROM item WHERE kind = ? AND key = ?", [(kind, key) for key in there if key not in wanted]
                )
                self._db.execute("COMMIT")
