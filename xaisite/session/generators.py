"""Random generators of the process: seeded before the first cell, or as soon as their library is imported.

Does not seed generators that a cell makes itself. Invariant: after seeding with the same number, the same draws.
"""

from __future__ import annotations

import functools
import hashlib
import random
import sys
from array import array
from collections.abc import Callable
from typing import Any

from xaisite.session.identity import identity_of


def seed_random(seed: int) -> None:
    """Seed Python's own generator."""
    random.seed(seed)


def seed_numpy(seed: int) -> None:
    """Seed NumPy's global generator."""
    sys.modules["numpy.random"].seed(seed % 2**32)


def seed_torch(seed: int) -> None:
    """Seed PyTorch's generators."""
    sys.modules["torch"].manual_seed(seed)


def seed_all(seed: int) -> None:
    """Seed every generator that is loaded."""
    seed_random(seed)
    if "numpy.random" in sys.modules:
        seed_numpy(seed)
    if "torch" in sys.modules:
        seed_torch(seed)


class CellSeed:
    """The seed that a cell asks for by itself; libraries imported meanwhile are seeded with it."""

    def __init__(self) -> None:
        self.value: int | None = None

    def begin(self, seed: int | None, noticed: set[str]) -> None:
        """Seed what is loaded, and note that the generators were set."""
        self.value = seed
        if seed is not None:
            seed_all(seed)
            noticed |= {"random", "numpy", "torch"}


def seed_held_generators(namespace: dict[str, Any], seed: int) -> None:
    """Seed the generators that names hold, each differently: the first by name with ``[seed, 0]``, and so on."""
    held: dict[int, Callable[[int], None]] = {}
    for _, value in sorted(namespace.items(), key=lambda item: item[0]):
        set_seed = _find_seeding(value, seed)
        if set_seed is not None:
            held.setdefault(identity_of(value), set_seed)
    for at, set_seed in enumerate(held.values()):
        set_seed(at)


def _find_seeding(value: Any, seed: int) -> Callable[[int], None] | None:
    numpy_random, torch = sys.modules.get("numpy.random"), sys.modules.get("torch")
    if isinstance(value, random.Random):
        return lambda at: value.seed(seed + at)
    if numpy_random is not None and isinstance(value, numpy_random.RandomState):
        return lambda at: value.seed((seed + at) % 2**32)
    if numpy_random is not None and isinstance(value, numpy_random.Generator):
        bits = value.bit_generator
        return lambda at: setattr(bits, "state", type(bits)(numpy_random.SeedSequence([seed, at])).state)
    if torch is not None and hasattr(torch, "Generator") and isinstance(value, torch.Generator):
        return lambda at: value.manual_seed(seed + at) and None
    return None


def generator_states() -> dict[str, str]:
    """Return a digest of each loaded generator's state."""
    version, words, spare = _unwatched(random.getstate)()
    states = {"random": _short(array("L", words).tobytes() + repr((version, spare)).encode())}
    numpy_random = sys.modules.get("numpy.random")
    if numpy_random is not None and hasattr(numpy_random, "mtrand"):
        name, keys, *rest = _unwatched(numpy_random.get_state)()
        states["numpy"] = _short(name.encode() + keys.tobytes() + repr(rest).encode())
    torch = sys.modules.get("torch")
    if torch is not None and hasattr(torch, "get_rng_state"):
        states["torch"] = _short(_unwatched(torch.get_rng_state)().numpy().tobytes())
    return states


def watch_generator(module: Any, names: tuple[str, ...], noticed: Callable[[], None]) -> None:
    """Call ``noticed`` whenever one of the module's functions that set or tell a generator's state is called."""
    for name in names:
        plain = getattr(module, name, None)
        if plain is None:
            continue
        watched = _noticing(plain, noticed)
        watched.__module__, watched.__qualname__ = module.__name__, name  # where it is found again
        setattr(module, name, watched)


def _noticing(plain: Callable[..., Any], noticed: Callable[[], None]) -> Callable[..., Any]:
    @functools.wraps(plain)
    def watched(*args: Any, **kwargs: Any) -> Any:
        noticed()
        return plain(*args, **kwargs)

    return watched


def _unwatched(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function as it was before it was watched: to ask on our own behalf."""
    return getattr(function, "__wrapped__", function)


def _short(raw: bytes) -> str:
    return hashlib.blake2b(raw, digest_size=16).hexdigest()
