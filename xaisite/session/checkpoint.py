"""A session's state on disk, for starting again without running the cells before.

An accelerator, never a source of truth: what is restored is digested and compared with what was saved, and given up
when it differs. Does not restore threads, handles or patches. Invariant: a file is whole or absent; it is only ever
loaded inside a session's walls.
"""

from __future__ import annotations

import importlib
import io
import os
import pickle
import random
import sys
import warnings
from typing import Any

from xaisite.session.secrets import SecretFoundError, Secrets

_HIDDEN = ("__builtins__",)
_DEEP = 20_000
UNSAVED = ".unsaved"


class UnsavableError(Exception):
    """The state cannot be saved, and this says why."""


class TooBigError(UnsavableError):
    """The state is bigger than it is worth."""

    def __init__(self) -> None:
        super().__init__("it is bigger than the time it would save is worth")


class _Namespace:
    """Stands for the session's namespace inside the pickle, so that functions keep it as their globals."""


class _Guarded(io.RawIOBase):
    """A file that refuses to grow past a limit, and to take in a secret in any known shape."""

    def __init__(self, file: Any, limit: int, secrets: Secrets) -> None:
        super().__init__()
        self._file = file
        self._room = limit
        self._secrets = secrets
        self._tail = b""

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        self._room -= len(data)
        if self._room < 0:
            raise TooBigError
        if self._secrets:
            seen = self._tail + bytes(data)
            found = self._secrets.find_in(seen)
            if found:
                raise SecretFoundError(found)
            self._tail = seen[-self._secrets.longest :]
        return int(self._file.write(data))


def describe_refusal(error: Exception) -> str:
    """Return in words why a state was not saved."""
    if isinstance(error, (UnsavableError, SecretFoundError)):
        return str(error)
    return f"it cannot be pickled: {type(error).__name__}: {str(error)[:200]}"


def note_unsaved(path: str, why: str) -> None:
    """Leave word where the state would have been."""
    with open(path + UNSAVED, "w", encoding="utf-8") as file:
        file.write(why)


def save_checkpoint(
    path: str, namespace: dict[str, Any], extra: dict[str, Any], limit_bytes: int, secrets: Secrets
) -> None:
    """Write the namespace and the process's state (raises whatever refuses to be pickled).

    Secrets are left out: their names stand for them. In another shape than their own they forbid saving.
    """
    import cloudpickle

    marker = _Namespace()

    class Pickler(cloudpickle.Pickler):  # type: ignore[misc]
        def persistent_id(self, value: Any) -> Any:
            if value is marker or value is namespace:
                return "namespace"
            if secrets and type(value) in (str, bytes):
                pieces = secrets.take_apart(value)
                return pieces and ["secret", type(value).__name__, pieces]
            return None

        def reducer_override(self, value: Any) -> Any:
            view = _view_of(value)
            return view if view is not None else super().reducer_override(value)

    partial = f"{path}.{os.getpid()}"
    try:
        with open(partial, "wb") as file:
            pickler = Pickler(_Guarded(file, limit_bytes, secrets), protocol=5)
            pickler.globals_ref[id(namespace)] = marker
            names = {name: value for name, value in namespace.items() if name not in _HIDDEN}
            process = _process_state()
            sys.setrecursionlimit(max(sys.getrecursionlimit(), _DEEP))
            pickler.dump({"extra": extra, "process": process, "names": names})
        os.replace(partial, path)
    except BaseException:
        os.unlink(partial)
        raise


def load_checkpoint(path: str, namespace: dict[str, Any], modules: list[str], secrets: Secrets) -> dict[str, Any]:
    """Bring the process into the saved state; return what was saved beside it."""
    for name in modules:
        try:
            importlib.import_module(name)
        except Exception:  # noqa: BLE001, S112  # the comparison afterwards decides
            continue

    class Unpickler(pickle.Unpickler):
        def persistent_load(self, name: Any) -> Any:
            return namespace if name == "namespace" else secrets.put_together(name[2], name[1])

    with open(path, "rb") as file:
        saved = Unpickler(file).load()
    namespace.update(saved["names"])
    _restore_process(saved["process"])
    return dict(saved["extra"])


def _view_of(value: Any) -> Any:
    """Reduce an array that shows another's memory to that other array and the place in it."""
    numpy = sys.modules.get("numpy")
    if numpy is None or type(value) is not numpy.ndarray:
        return None
    if value.dtype.hasobject:
        return value.__reduce__()
    owner = value
    while type(owner.base) is numpy.ndarray:
        owner = owner.base
    if owner is value or owner.base is not None or not (owner.flags.c_contiguous or owner.flags.f_contiguous):
        return value.__reduce__()  # the fifth protocol would make it a view of a buffer
    start = value.__array_interface__["data"][0] - owner.__array_interface__["data"][0]
    return make_view, (owner, start, value.shape, value.strides, value.dtype, value.flags.writeable)


def make_view(owner: Any, start: int, shape: Any, strides: Any, dtype: Any, writeable: bool) -> Any:  # noqa: PLR0917
    """Make the view again."""
    numpy = sys.modules["numpy"]
    view = numpy.ndarray(shape, dtype, buffer=owner.ravel(order="K"), offset=start, strides=strides)
    view.flags.writeable = writeable
    return view


def _process_state() -> dict[str, Any]:
    state: dict[str, Any] = {
        "random": random.getstate(),
        "cwd": os.getcwd(),
        "path": list(sys.path),
        "environ": dict(os.environ),
        "filters": list(warnings.filters),
        "recursion": sys.getrecursionlimit(),
    }
    numpy, torch, matplotlib = (sys.modules.get(name) for name in ("numpy", "torch", "matplotlib"))
    if numpy is not None and "numpy.random" in sys.modules:
        state["numpy"] = (sys.modules["numpy.random"].get_state(), numpy.get_printoptions(), numpy.geterr())
    if torch is not None:
        state["torch"] = (torch.get_rng_state(), torch.get_default_dtype(), torch.is_grad_enabled())
    if matplotlib is not None and hasattr(matplotlib, "rcParams"):
        state["rc"] = {
            key: dict.__getitem__(matplotlib.rcParams, key)
            for key in matplotlib.rcParams
            if not key.startswith("backend")
        }
    return state


def _restore_process(state: dict[str, Any]) -> None:
    generator = random._inst
    generator.setstate(state["random"])
    os.chdir(state["cwd"])
    sys.path[:] = state["path"]
    for name in set(os.environ) - set(state["environ"]):
        del os.environ[name]
    os.environ.update(state["environ"])
    warnings.filters[:] = state["filters"]  # type: ignore[index]
    warnings._filters_mutated()  # type: ignore[attr-defined]
    sys.setrecursionlimit(state["recursion"])
    if "numpy" in state:
        numpy = sys.modules["numpy"]
        generator_state, printing, errors = state["numpy"]
        numpy.random.mtrand._rand.set_state(generator_state)
        numpy.set_printoptions(**{k: v for k, v in printing.items() if k != "override_repr"})
        numpy.seterr(**errors)
    if "torch" in state:
        torch = sys.modules["torch"]
        torch.set_rng_state(state["torch"][0])
        torch.set_default_dtype(state["torch"][1])
        torch.set_grad_enabled(state["torch"][2])
    if "rc" in state:
        dict.update(sys.modules["matplotlib"].rcParams, state["rc"])
