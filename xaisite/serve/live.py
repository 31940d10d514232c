"""What the browser is told: the number of the build, what it changed, what is wrong.

Invariant: a listener that is slow or gone holds up nobody; one that comes back learns all it missed.
"""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field

from xaisite.core.record import record

MAX_LISTED = 500


@record
class State:
    """The site as last built."""

    build: int = 0
    """0: nothing was built yet."""
    changed: frozenset[str] | None = None
    """By this build; None: unknown."""
    errors: str = ""
    """What is wrong, as text; empty when the site is as it should be."""
    summary: str = ""


@dataclass
class Hub:
    """The current state, and those who wait for the next one. A resource: `close` it."""

    _condition: threading.Condition = field(default_factory=threading.Condition)
    _state: State = field(default_factory=State)
    _closed: bool = False

    @property
    def state(self) -> State:
        """The state as of now."""
        return self._state

    @property
    def closed(self) -> bool:
        """Whether the preview ends."""
        return self._closed

    def tell(self, *, changed: frozenset[str] | None, errors: str, summary: str) -> State:
        """Announce a new build."""
        with self._condition:
            self._state = State(self._state.build + 1, changed, errors, summary)
            self._condition.notify_all()
            return self._state

    def wait(self, build: int, timeout_s: float) -> State | None:
        """Return the state as soon as it is another than ``build``; None after ``timeout_s`` or at the end."""
        with self._condition:
            self._condition.wait_for(lambda: self._closed or self._state.build != build, timeout_s)
            return None if self._closed or self._state.build == build else self._state

    def close(self) -> None:
        """Let everybody who waits go."""
        with self._condition:
            self._closed = True
            self._condition.notify_all()


def render_event(state: State, *, following: bool) -> bytes:
    """Return the state as a server-sent event; ``following``: the listener knows the build before it."""
    changed = sorted(state.changed) if following and state.changed is not None else None
    if changed is not None and len(changed) > MAX_LISTED:
        changed = None
    value = {"build": state.build, "changed": changed, "errors": state.errors, "summary": state.summary}
    return f"data: {json.dumps(value)}\n\n".encode("ascii")
