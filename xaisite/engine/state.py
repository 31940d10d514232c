"""The state that a session would have, as digests only: nothing here holds a value or runs code.

Invariant: applying the changes of a trace to the state it was recorded for gives the state its cell left behind.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from xaisite.core.digest import digest_json
from xaisite.core.record import field, record

Json = dict[str, object]
NameState = tuple[str, tuple[str, ...], tuple[str, ...]]
"""Digest, names it refers to globally, packages it comes from."""


@record
class State:
    """What later cells can see."""

    names: Mapping[str, NameState] = field(default_factory=dict)
    shares: Mapping[str, str] = field(default_factory=dict)
    """`a<TAB>b` → digest of the mutable objects that both reach."""
    ambient: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str | None] = field(default_factory=dict)
    """Scratch layer: name → digest of content, `dir`, or None for a removed source."""

    def to_json(self) -> dict[str, dict[str, object]]:
        """Return all four parts as plain mappings."""
        return {
            "names": {name: [d, list(r), list(p)] for name, (d, r, p) in self.names.items()},
            "shares": dict(self.shares),
            "ambient": dict(self.ambient),
            "files": dict(self.files),
        }


def read_state(raw: Mapping[str, Mapping[str, object]]) -> State:
    """Read what `State.to_json` gave."""
    names = {name: _name_state(value) for name, value in raw["names"].items()}
    return State(
        names,
        {k: str(v) for k, v in raw["shares"].items()},
        {k: str(v) for k, v in raw["ambient"].items()},
        {k: None if v is None else str(v) for k, v in raw["files"].items()},
    )


def _name_state(value: object) -> NameState:
    assert isinstance(value, (list, tuple))
    digest, refs, packages = value
    return str(digest), tuple(map(str, refs)), tuple(map(str, packages))


def visible_names(state: State, used: Iterable[str]) -> frozenset[str]:
    """Return the names that code using ``used`` can reach: those, and what the functions behind them refer to."""
    seen: set[str] = set()
    waiting = list(used)
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        if name == "*":
            waiting.extend(state.names)
        seen.add(name)
        if name in state.names:
            waiting.extend(state.names[name][1])
    return frozenset(seen)


def digest_visible(state: State, visible: frozenset[str]) -> str:
    """Return the digest of the values behind ``visible``, and of how they share objects."""
    values = {name: state.names[name][0] for name in sorted(visible) if name in state.names}
    if "*" in visible:
        values["*"] = "any"
    pairs = {pair: digest for pair, digest in state.shares.items() if _both_in(pair, visible)}
    return digest_json([values, pairs])


def _both_in(pair: str, visible: frozenset[str]) -> bool:
    first, _, second = pair.partition("\t")
    return first in visible and second in visible


def reachable_names(state: State, visible: frozenset[str]) -> frozenset[str]:
    """Return the visible names, and those that share objects with them: what code may change without our seeing it."""
    pairs = [pair.split("\t") for pair in state.shares]
    return visible | {name for pair in pairs if visible & set(pair) for name in pair}


def looks_like(state: State, raw: Mapping[str, Mapping[str, object]], files: Mapping[str, str | None]) -> bool:
    """Whether a session's own description is that of this state; what cannot be compared looks like its kind."""
    names = {name: [d.partition(":")[0], list(r), list(p)] for name, (d, r, p) in state.names.items()}
    ambient = {n: d.partition(":")[0] for n, d in state.ambient.items() if n not in {"seed", "outside"}}
    given = {name: list(value) for name, value in raw["names"].items()}  # type: ignore[call-overload]
    return (
        names == given
        and dict(state.shares) == raw["shares"]
        and ambient == raw["ambient"]
        and dict(state.files) == dict(files)
    )


def sharers_outside(state: State, name: str, visible: frozenset[str]) -> str:
    """Return a digest of what outside ``visible`` shares objects with ``name`` (empty: nothing)."""
    found = {}
    for pair, digest in state.shares.items():
        first, _, second = pair.partition("\t")
        other = second if first == name else first if second == name else ""
        if other and other not in visible:
            found[other] = [digest, state.names[other][0] if other in state.names else ""]
    return digest_json(found) if found else ""


def visible_packages(state: State, visible: frozenset[str]) -> frozenset[str]:
    """Return the packages that the visible values come from."""
    return frozenset(package for name in visible if name in state.names for package in state.names[name][2])


def make_changes(before: State, after: State, bound: Iterable[str] = ()) -> dict[str, dict[str, object]]:
    """Return what differs: part → what to put (name → value) and what is gone.

    ``bound``: names that are so afterwards whatever they were before: recorded as if they had changed. Shares are
    recorded whole for every name that changed, for the same change may be applied to a state in which that name shared
    other objects.
    """
    old, new = before.to_json(), after.to_json()
    changes: dict[str, dict[str, object]] = {}
    for part in ("names", "ambient", "files"):
        put = {k: v for k, v in new[part].items() if k not in old[part] or old[part][k] != v}
        gone = sorted(k for k in old[part] if k not in new[part])
        if part == "names":
            put |= {k: new[part][k] for k in bound if k in new[part]}
            gone = sorted({*gone, *(k for k in bound if k not in new[part])})
        if put or gone:
            changes[part] = {"put": put, "gone": gone}
    touched = changed_names(changes)
    put = {
        pair: d for pair, d in after.shares.items() if before.shares.get(pair) != d or touched & set(pair.split("\t"))
    }
    gone = sorted(pair for pair in before.shares if pair not in after.shares)
    if put or gone:
        changes["shares"] = {"put": put, "gone": gone}
    return changes


def changed_names(changes: Mapping[str, Mapping[str, object]]) -> set[str]:
    """Return the names that were bound anew, changed in place or deleted."""
    names = changes.get("names", {"put": {}, "gone": []})
    put, gone = names["put"], names["gone"]
    assert isinstance(put, Mapping)
    assert isinstance(gone, list)
    return {*put, *gone}


def differing_names(before: State, changes: Mapping[str, Mapping[str, object]]) -> set[str]:
    """Return the names that are not as they were before: what was bound to the same again is."""
    put = changes.get("names", {"put": {}})["put"]
    assert isinstance(put, Mapping)
    same = {name for name, value in put.items() if before.names.get(name) == _name_state(value)}
    absent = {name for name in changed_names(changes) if name not in put and name not in before.names}
    return changed_names(changes) - same - absent


def shifted_names(changes: Mapping[str, Mapping[str, object]]) -> set[str]:
    """Return the names that changed, or that now share objects otherwise than before."""
    shares = changes.get("shares", {"put": {}, "gone": []})
    put, gone = shares["put"], shares["gone"]
    assert isinstance(put, Mapping)
    assert isinstance(gone, list)
    return changed_names(changes) | {name for pair in (*put, *gone) for name in str(pair).split("\t")}


def apply_changes(state: State, changes: Mapping[str, Mapping[str, object]]) -> State:
    """Return the state after the changes."""
    if not changes:
        return state
    raw = state.to_json()
    touched = changed_names(changes)
    raw["shares"] = {p: d for p, d in raw["shares"].items() if not touched & set(p.split("\t"))}
    for part, change in changes.items():
        put, gone = change["put"], change["gone"]
        assert isinstance(put, Mapping)
        assert isinstance(gone, list)
        raw[part] = {k: v for k, v in raw[part].items() if k not in gone} | dict(put)
    return read_state(raw)
