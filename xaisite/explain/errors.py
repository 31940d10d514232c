"""The one exception of the library.

What it does: says what is wrong with the request and what to do about it. It deliberately has no subclasses:
callers show it, they do not branch on it.
Invariant: both sentences are complete and name the caller's own argument.
"""

from __future__ import annotations


class ExplainError(ValueError):
    """A request that cannot be answered truthfully.

    Parameters
    ----------
    cause : str
        What is wrong, in one sentence.
    fix : str
        What to do about it, in one sentence.
    """

    def __init__(self, cause: str, fix: str) -> None:
        super().__init__(f"{cause} Fix: {fix}")
        self.cause = cause
        self.fix = fix

    def __reduce__(self) -> tuple[type[ExplainError], tuple[str, str]]:
        return ExplainError, (self.cause, self.fix)
