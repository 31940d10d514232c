"""How far one attempt to execute a post has come.

Does not decide anything. Invariant: an attempt that begins again takes over why cells must run, and the results that
were made elsewhere, nothing else.
"""

from __future__ import annotations

from xaisite.core.diagnostic import Diagnostic
from xaisite.engine.state import State
from xaisite.model.result import CellResult, InlineResult
from xaisite.pipeline.execute_trace import Trace


class Progress:
    """How far one attempt has come."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.cells: dict[int, CellResult] = {}
        self.inlines: dict[int, InlineResult] = {}
        self.traces: dict[int, Trace] = {}
        self.inline_traces: dict[int, Trace] = {}
        self.before: dict[int, State] = {}
        self.problems: list[Diagnostic] = []
        self.reasons: dict[int, str] = {}
        self.elsewhere: dict[int, Trace] = {}
        """Results under the same key that were made in another environment."""
        self.refused: set[int] = set()
        """Cells whose new results are not kept."""

    def again(self, state: State) -> Progress:
        """Return the progress of a new attempt, from its first cell on."""
        following = Progress(state)
        following.reasons, following.elsewhere = dict(self.reasons), dict(self.elsewhere)
        return following
