"""Highlighted listings kept in the site's state, by content and tool."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping

from xaisite.engine.page_state import StateStore


class HighlightCache(MutableMapping[str, str]):
    """A cache in front of the state; what is new is written by `flush`."""

    def __init__(self, state: StateStore, tool: str) -> None:
        self._state = state
        self._kind = f"highlight {tool[:12]}"
        self._known: dict[str, str] = {}
        self._new: dict[str, str] = {}

    def __getitem__(self, key: str) -> str:
        found = self._known.get(key)
        if found is None:
            found = self._state.get(self._kind, key)
            if not isinstance(found, str):
                raise KeyError(key)
            self._known[key] = found
        return found

    def __setitem__(self, key: str, value: str) -> None:
        self._known[key] = self._new[key] = value

    def __delitem__(self, key: str) -> None:
        raise NotImplementedError

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)

    def flush(self) -> None:
        """Write what is new."""
        self._state.put_many(self._kind, self._new)
        self._new = {}
