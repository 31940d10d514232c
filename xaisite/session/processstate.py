"""What a process holds beside its names, as values that can be put back: generators, folder, variables, options.

Parts have the names that `ambient` gives them. Does not put back threads, handles or patches. Invariant: putting back
what was just read changes nothing.
"""

from __future__ import annotations

import importlib
import os
import random
import sys
import warnings
from collections.abc import Callable, Iterable
from typing import Any

from xaisite.session.processsettings import beside_environ


def read_parts(names: Iterable[str] | None = None) -> dict[str, Any]:
    """Return the parts with these names that can be put back (all, if none are named)."""
    wanted = set(_PARTS if names is None else names) & set(_PARTS)
    found = {name: _PARTS[name][0]() for name in sorted(wanted)}
    return {name: value for name, value in found.items() if value is not None}


def put_parts(parts: dict[str, Any]) -> None:
    """Put the parts back."""
    for name, value in parts.items():
        _PARTS[name][1](value)


def can_put(names: Iterable[str]) -> bool:
    """Whether all these parts can be put back."""
    return set(names) <= set(_PARTS)


def _put_path(value: list[str]) -> None:
    sys.path[:] = value


def _put_environ(value: tuple[dict[str, str], dict[str, str | None]]) -> None:
    known, beside = value
    for name in set(os.environ) - set(known):
        del os.environ[name]
    os.environ.update(known)
    for name, real in beside.items():
        os.unsetenv(name) if real is None else os.putenv(name, real)


def _put_filters(value: list[Any]) -> None:
    warnings.filters[:] = value  # type: ignore[index]
    warnings._filters_mutated()  # type: ignore[attr-defined]


def _loaded(name: str, attribute: str) -> Any:
    module = sys.modules.get(name)
    return module if module is not None and hasattr(module, attribute) else None


def _read_numpy() -> Any:
    module = _loaded("numpy.random", "mtrand")
    return module and module.get_state()


def _put_numpy(value: Any) -> None:
    importlib.import_module("numpy.random").mtrand._rand.set_state(value)


def _read_torch() -> Any:
    module = _loaded("torch", "get_rng_state")
    return module and module.get_rng_state()


def _put_torch(value: Any) -> None:
    importlib.import_module("torch").set_rng_state(value)


def _read_options() -> Any:
    numpy, torch = _loaded("numpy", "geterr"), _loaded("torch", "get_default_dtype")
    return {
        "numpy": numpy and (numpy.get_printoptions(), numpy.geterr()),
        "torch": torch and (torch.get_default_dtype(), torch.is_grad_enabled()),
    }


def _put_options(value: dict[str, Any]) -> None:
    if value["numpy"]:
        numpy = sys.modules["numpy"]
        printing, errors = value["numpy"]
        numpy.set_printoptions(**{k: v for k, v in printing.items() if k != "override_repr"})
        numpy.seterr(**errors)
    if value["torch"]:
        torch = sys.modules["torch"]
        torch.set_default_dtype(value["torch"][0])
        torch.set_grad_enabled(value["torch"][1])


def _read_rc() -> Any:
    module = _loaded("matplotlib", "rcParams")
    rc = module and module.rcParams
    return rc and {key: dict.__getitem__(rc, key) for key in rc if not key.startswith("backend")}


_PARTS: dict[str, tuple[Callable[[], Any], Callable[[Any], Any]]] = {
    "rng:random": (random.getstate, random._inst.setstate),
    "rng:numpy": (_read_numpy, _put_numpy),
    "rng:torch": (_read_torch, _put_torch),
    "cwd": (os.getcwd, os.chdir),
    "path": (lambda: list(sys.path), _put_path),
    "env": (lambda: (dict(os.environ), beside_environ()), _put_environ),
    "warnings": (lambda: list(warnings.filters), _put_filters),
    "limits": (sys.getrecursionlimit, sys.setrecursionlimit),
    "options": (_read_options, _put_options),
    "rc": (_read_rc, lambda value: dict.update(sys.modules["matplotlib"].rcParams, value)),
}
