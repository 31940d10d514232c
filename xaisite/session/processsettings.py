"""Settings of a process that nothing puts back: signals, masks, limits, priorities, dialects, the zone.

Only reads. Invariant: the same settings give the same record in every process, whatever else is loaded there.
"""

from __future__ import annotations

import copyreg
import gc
import os
import resource
import signal
import sys
import time
import warnings
from typing import Any

LOWEST_PRIORITY = 19
"""What whoever watches a session gives to all its processes when they are a crowd."""
_FIELD_CHARS = 128 * 1024  # what `csv` begins with
_OURS = frozenset({"RLIMIT_DATA", "RLIMIT_AS"})
"""Limits that are set for each cell."""


def read_settings() -> dict[str, Any]:
    """Return them as plain values."""
    mask = os.umask(0o077)
    os.umask(mask)
    socket, csv = sys.modules.get("_socket"), sys.modules.get("_csv")
    return {
        "digits": sys.get_int_max_str_digits(),
        "switching": sys.getswitchinterval(),
        "mask": mask,
        "patience": socket.getdefaulttimeout() if socket is not None else None,
        "dialects": _dialects(csv) if csv is not None else [],
        "fields": csv.field_size_limit() if csv is not None else _FIELD_CHARS,
        "zone": [time.tzname, time.timezone, time.daylight],
        "reducers": sorted(
            [kind.__qualname__, _describe(way)] for kind, way in copyreg.dispatch_table.items() if _is_own(kind, way)
        ),
        "signals": [[int(number), _describe(signal.getsignal(number))] for number in sorted(signal.valid_signals())],
        "held back": sorted(int(number) for number in signal.pthread_sigmask(signal.SIG_BLOCK, [])),
        "limits": [resource.getrlimit(getattr(resource, name)) for name in _LIMITS],
        "priority": os.getpriority(os.PRIO_PROCESS, 0),
        "processors": sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else [],
        "tracing": [_describe(sys.getprofile()), _describe(sys.gettrace()), _traces_memory(), gc.get_debug()],
        "coroutines": [*map(_describe, sys.get_asyncgen_hooks()), sys.get_coroutine_origin_tracking_depth()],
        "starting": _start_method(),
        "small numbers": sys.float_info.min / 4 > 0,
    }


_LIMITS = tuple(sorted(name for name in dir(resource) if name.startswith("RLIMIT_") and name not in _OURS))


def beside_environ() -> dict[str, str | None]:
    """Return the variables of the process that are not as `os.environ` has them (None: not set)."""
    known = {os.fsencode(name): os.fsencode(value) for name, value in os.environ.items()}
    real = _real_environ(known)
    changed = [name for name in {*known, *real} if known.get(name) != real.get(name)]
    return {os.fsdecode(name): os.fsdecode(real[name]) if name in real else None for name in changed}


def _real_environ(known: dict[bytes, bytes]) -> dict[bytes, bytes]:
    import ctypes

    try:
        at = ctypes.POINTER(ctypes.c_char_p).in_dll(ctypes.CDLL(None), "environ")
    except ValueError:  # a system that keeps it elsewhere
        return known
    found: dict[bytes, bytes] = {}
    while at and (entry := at[len(found)]) is not None:
        name, _, value = entry.partition(b"=")
        found[name] = value
    return found


def is_alarm_set() -> bool:
    """Whether a timer of the process runs; a fork has none."""
    return any(signal.getitimer(which)[0] for which in (signal.ITIMER_REAL, signal.ITIMER_VIRTUAL, signal.ITIMER_PROF))


def forget_warnings(namespace: dict[str, Any]) -> None:
    """Let every warning be shown once more: what a cell shows must not depend on what others have shown."""
    namespace.pop("__warningregistry__", None)
    warnings._filters_mutated()  # type: ignore[attr-defined]
    warnings.onceregistry.clear()  # type: ignore[attr-defined]


def _dialects(csv: Any) -> list[Any]:
    names = ("delimiter", "quotechar", "escapechar", "doublequote", "skipinitialspace", "lineterminator", "quoting")
    standard = {"excel", "excel-tab", "unix"}
    found = ((name, csv.get_dialect(name)) for name in sorted(csv.list_dialects()) if name not in standard)
    return [[name, *(getattr(dialect, part) for part in names)] for name, dialect in found]


def _traces_memory() -> bool:
    module = sys.modules.get("_tracemalloc")
    return module is not None and bool(module.is_tracing())


def _start_method() -> str:
    """Return how processes start, if a cell said so: asking for it sets it to the default."""
    chosen: Any = getattr(sys.modules.get("multiprocessing.context"), "_default_context", None)
    actual = getattr(chosen, "_actual_context", None)
    return "" if actual is None or actual is chosen._default_context else str(actual._name)


def _is_own(kind: type, way: Any) -> bool:
    """Whether a way to take values apart was given by a cell, or for a class of one."""
    return "__main__" in (kind.__module__, getattr(way, "__module__", ""))


def _describe(handler: Any) -> str:
    code = getattr(handler, "__code__", None)
    if code is None:
        return str(getattr(handler, "__qualname__", handler))
    plain = [const for const in code.co_consts if not hasattr(const, "co_code")]
    return f"{handler.__qualname__} {code.co_code.hex()} {code.co_names} {plain!r}"
