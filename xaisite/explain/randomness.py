"""Random numbers that leave no trace.

What it does: gives libraries that draw from global generators a seeded one, and puts the caller's back.
It deliberately does not seed anything for good.
Invariant: after the block, ``random``, ``numpy.random`` and torch continue as if it had not been there.
"""

from __future__ import annotations

import logging
import random
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np


@contextmanager
def private_random(seed: int) -> Iterator[None]:
    """Seed the global generators inside the block only."""
    torch = sys.modules.get("torch")
    python_state = random.getstate()
    numpy_state = np.random.get_state()
    torch_state = torch.get_rng_state() if torch is not None else None
    random.seed(seed)
    np.random.seed(seed % 2**32)
    if torch is not None:
        torch.default_generator.manual_seed(seed)
    try:
        yield
    finally:
        random.setstate(python_state)
        np.random.set_state(numpy_state)
        if torch is not None:
            torch.set_rng_state(torch_state)


@contextmanager
def library_call(seed: int) -> Iterator[None]:
    """Run a library's code: its random numbers seeded, its warnings and shap's log kept from the author's page."""
    log = logging.getLogger("shap")
    silent, log.disabled = log.disabled, True
    try:
        with private_random(seed), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        log.disabled = silent
