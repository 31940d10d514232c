"""Exceptions: our own bugs and broken machines only. What an author did wrong is a Diagnostic.

XaisiteError
├── MachineError      the machine cannot do what is needed (disk full, no permission, a tool missing)
└── InternalError     a bug of xaisite
"""

from __future__ import annotations


class XaisiteError(Exception):
    """Base of all exceptions of xaisite."""


class MachineError(XaisiteError):
    """The machine cannot do what is needed; the message says what and how to mend it."""


class InternalError(XaisiteError):
    """A bug of xaisite."""
