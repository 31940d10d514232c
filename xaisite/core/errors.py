"""Exceptions: our own bugs and broken machines only. What an author did wrong is a Diagnostic.

XaisiteError
├── MachineError      the machine cannot do what is needed (disk full, no permission, a tool missing)
│   └── SourceChangedError   a file was edited while it was being built; the build begins again
└── InternalError     a bug of xaisite
"""

from __future__ import annotations


class XaisiteError(Exception):
    """Base of all exceptions of xaisite."""


class MachineError(XaisiteError):
    """The machine cannot do what is needed; the message says what and how to mend it."""


class SourceChangedError(MachineError):
    """A file is no longer what it was when the build began."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path

    def __str__(self) -> str:
        return f"{self.path} changed while the site was being built; build again"


class InternalError(XaisiteError):
    """A bug of xaisite."""
