"""Digests of values: what a later cell could tell apart differs, what it could not is equal.

Does not pickle (a namespace pickles differently after a round trip) and never runs an author's own methods. Runs in a
throw-away fork, or in the session itself if it finds plain values only. Invariant: equal digests mean equal behaviour;
what cannot be compared (generators, handles, locks, foreign state) is marked opaque, and the build counts it as changed
by every cell that sees it.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

from xaisite.session.identity import identity_of
from xaisite.session.secrets import Secrets
from xaisite.session.valuewalk import Walk

_MOST_OBJECTS, _MOST_HERE = 3_000_000, 200_000


class NameDigest:
    """What one name reaches."""

    __slots__ = ("digest", "opaque", "packages", "refs")

    def __init__(self, digest: str, refs: set[str], packages: set[str], *, opaque: bool) -> None:
        self.digest = digest
        self.refs = refs
        self.packages = packages
        self.opaque = opaque


class Digester:
    """Digests the names of one namespace, and which of them share mutable objects."""

    def __init__(self, namespace: dict[str, Any], secrets: Secrets, *, plainly: bool = False) -> None:
        self.namespace = namespace
        self.plainly = plainly
        """Whether to stop with ``NotPlainError`` at what only a fork may take apart."""
        self.most = _MOST_HERE if plainly else _MOST_OBJECTS
        self.secrets = secrets
        self.kept: list[Any] = []
        self.buffers: dict[int, bytes] = {}
        self.dtypes: dict[int, str] = {}
        self.pieces: dict[str, bytes] = {}
        self.shares: dict[int | str, list[tuple[str, int]]] = {}
        self._known: set[int] = set()
        self.count = 0

    def digest_names(self, names: list[str]) -> dict[str, NameDigest]:
        """Digest each name's value by itself."""
        return {name: self._digest_name(name, self.namespace[name]) for name in names}

    def digest_value(self, name: str, value: Any) -> NameDigest:
        """Digest a value that is not in the namespace under this label."""
        return self._digest_name(name, value)

    def shared_pairs(self) -> dict[str, str]:
        """Return a digest of what each pair of names shares (`a<TAB>b`, sorted)."""
        pairs: dict[str, Any] = {}
        for places in self.shares.values():
            if len(places) < 2:
                continue
            ordered = sorted(set(places))
            for i, (first, at) in enumerate(ordered):
                for second, there in ordered[i + 1 :]:
                    if first != second:
                        pairs.setdefault(f"{first}\t{second}", []).append((at, there))
        return {pair: blake2b(repr(sorted(at)).encode(), digest_size=16).hexdigest() for pair, at in pairs.items()}

    def places_in(self, names: set[str]) -> dict[int, list[Any]]:
        """Return, by identity, the place of every object that these names reach: `at`, a name, a number."""
        found: dict[int, list[Any]] = {}
        for identity, places in self.shares.items():
            known = [place for place in places if place[0] in names]
            if known and isinstance(identity, int):
                found[identity] = ["at", *min(known)]
        return found

    def mutable_objects(self) -> list[Any]:
        """Return the lists, dictionaries and sets that were visited."""
        return [value for value in self.kept if issubclass(type(value), (list, dict, set))]

    def walk_objects(self, name: str) -> dict[int, Any]:
        """Return the objects that a name reaches by their number."""
        self._digest_name(name, self.namespace[name])
        numbers = {identity: place[1] for identity, places in self.shares.items() for place in places}
        return {numbers[identity_of(value)]: value for value in self.kept if identity_of(value) in numbers}

    def _digest_name(self, name: str, value: Any) -> NameDigest:
        walk = Walk(self, name)
        try:
            walk.visit(value)
        except RecursionError:
            walk.give_up("deep")
        return NameDigest(walk.hash.hexdigest(), walk.refs, walk.packages, opaque=walk.opaque)
