"""Settings of a process that nothing puts back: signals, masks, limits of texts, dialects, the zone.

Only reads. Invariant: the same settings give the same record in every process.
"""

from __future__ import annotations

import copyreg
import os
import signal
import sys
import time
import warnings
from typing import Any


def read_settings() -> list[Any]:
    """Return them as plain values."""
    mask = os.umask(0o077)
    os.umask(mask)
    socket, csv = sys.modules.get("_socket"), sys.modules.get("_csv")
    return [
        sys.get_int_max_str_digits(),
        sys.getswitchinterval(),
        mask,
        socket.getdefaulttimeout() if socket is not None else None,
        _dialects(csv) if csv is not None else [],
        [time.tzname, time.timezone, time.daylight],
        sorted(
            [kind.__qualname__, _describe(way)] for kind, way in copyreg.dispatch_table.items() if _is_own(kind, way)
        ),
        [[int(number), _describe(signal.getsignal(number))] for number in sorted(signal.valid_signals())],
    ]


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


def _is_own(kind: type, way: Any) -> bool:
    """Whether a way to take values apart was given by a cell, or for a class of one."""
    return "__main__" in (kind.__module__, getattr(way, "__module__", ""))


def _describe(handler: Any) -> str:
    code = getattr(handler, "__code__", None)
    if code is None:
        return str(getattr(handler, "__qualname__", handler))
    plain = [const for const in code.co_consts if not hasattr(const, "co_code")]
    return f"{handler.__qualname__} {code.co_code.hex()} {code.co_names} {plain!r}"
