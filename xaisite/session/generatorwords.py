"""Names behind which code finds a random generator of the process.

Shared by who reads cells (`engine.generators`) and who reads the functions that they leave (`session.walkcode`).
Invariant: a name that gives a shared generator away is among them; a class makes a generator of its own, and is not.
"""

from __future__ import annotations

GENERATORS = "(generators)"
"""Stands among the names that code sees: it may look at the process's generators without changing them."""
_WORDS = ("random", "seed", "rng", "state", "shuffle", "generator", "mtrand")
_INSTANCES = frozenset({"_inst", "_rand"})


def names_generator(name: str) -> bool:
    """Whether an attribute or global name may stand for a shared generator."""
    return not name[:1].isupper() and (name in _INSTANCES or any(word in name for word in _WORDS))
