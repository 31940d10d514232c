"""The environment that results are made in: interpreter, platform, the tool itself, installed distributions.

Does not import what it looks at. Invariant: local version tags (`+cpu`) are cut; absolute paths never appear.
"""

from __future__ import annotations

import os
import platform
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from functools import lru_cache

from xaisite.core.digest import digest_bytes, digest_parts
from xaisite.core.processor import COMMON_FLAGS, COMMON_VARIABLES, NUMPY_BEFORE_2_4, has_common
from xaisite.core.record import record

_CHOSEN_BY = frozenset({"avx", "avx2", "fma", "avx512f", "avx512bw", "avx512vl", "asimd", "sve", "amx_tile"})
"""Instruction sets that numerical libraries choose their code by."""
_HEAD = re.compile(r'^"?([^/,"\n]+)', re.MULTILINE)
"""The first part of each path in a list of installed files."""


@record
class Place:
    """Where results are made, as far as it may change them."""

    digest: str
    parts: Mapping[str, str]
    """What is in the digest, by name, to say what has changed."""
    variables: Mapping[str, str]
    """Environment variables that make numerical libraries compute here as on other processors."""


@lru_cache(maxsize=2)
def find_place(processor: str) -> Place:
    """Return the place: interpreter, platform, the code that runs cells, and the processor, common or native."""
    variables = _common_variables() if processor == "common" and _computes_as_others() else {}
    kind = ",".join(sorted(COMMON_FLAGS if variables else _processor_flags() & _CHOSEN_BY)) or platform.machine()
    session = _session_digest()
    parts = {
        "python": ".".join(map(str, sys.version_info[:3])),
        "system": f"{platform.system()} {platform.machine()}",
        "the class of the processor": kind,
        "xaisite's session": session[:12],
    }
    return Place(digest_parts([sys.version, platform.system(), platform.machine(), kind, session]), parts, variables)


def _common_variables() -> Mapping[str, str]:
    numpy = tuple(int(part) for part in installed_versions().get("numpy", "").split(".")[:2] if part.isdigit())
    return COMMON_VARIABLES if numpy >= (2, 4) else {**COMMON_VARIABLES, "NPY_DISABLE_CPU_FEATURES": NUMPY_BEFORE_2_4}


def _computes_as_others() -> bool:
    return platform.machine() in ("x86_64", "AMD64") and has_common(_processor_flags())


@lru_cache(maxsize=1)
def _processor_flags() -> frozenset[str]:
    try:
        with open("/proc/cpuinfo", encoding="ascii", errors="replace") as file:
            line = next((line for line in file if line.startswith(("flags", "Features"))), "")
    except OSError:
        return frozenset()
    return frozenset(line.partition(":")[2].split())


def _session_digest() -> str:
    folder = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "session")
    parts = []
    for name in sorted(os.listdir(folder)):
        if name.endswith((".py", ".js")):
            with open(os.path.join(folder, name), "rb") as file:
                parts += [name, digest_bytes(file.read())]
    return digest_parts(parts)


@lru_cache(maxsize=1)
def installed_versions() -> Mapping[str, str]:
    """Return the version of each installed distribution, by normalised name, from the names of its metadata folders."""
    found: dict[str, str] = {}
    for _, name in _installed_entries():
        if name.endswith((".dist-info", ".egg-info")):
            distribution, _, version = name.rpartition(".")[0].partition("-")
            found.setdefault(normal_name(distribution), version.partition("+")[0])
    return found


def _installed_entries() -> Iterator[tuple[str, str]]:
    """Yield the folders in which modules are looked for, each with the names in it."""
    for folder in sys.path:
        with suppress(OSError):
            yield from ((folder, name) for name in os.listdir(folder or "."))


def normal_name(distribution: str) -> str:
    """Return a distribution's name as indexes compare it."""
    return distribution.lower().replace("_", "-").replace(".", "-")


@lru_cache(maxsize=1)
def _top_levels() -> Mapping[str, tuple[str, ...]]:
    """Return the distributions that provide each top-level module."""
    found: dict[str, set[str]] = {}
    for folder, name in _installed_entries():
        if name.endswith(".dist-info"):
            distribution = normal_name(name.rpartition(".")[0].partition("-")[0])
            for top in _tops_of(os.path.join(folder, name)):
                found.setdefault(top, set()).add(distribution)
    return {top: tuple(sorted(names)) for top, names in found.items()}


def is_installed(module: str) -> bool:
    """Whether a module lies where distributions are installed (not in the standard library, not beside a post)."""
    return module.partition(".")[0] in _installed_names()


@lru_cache(maxsize=1)
def _installed_names() -> frozenset[str]:
    return frozenset(
        name.partition(".")[0]
        for folder, name in _installed_entries()
        if folder.endswith(("site-packages", "dist-packages")) and not name.endswith((".dist-info", ".pth"))
    )


def _tops_of(folder: str) -> set[str]:
    try:
        with open(os.path.join(folder, "RECORD"), encoding="utf-8", errors="replace") as file:
            heads = set(_HEAD.findall(file.read()))
    except OSError:
        return set()
    named = (h for h in heads if not h.endswith((".dist-info", ".pth")) and not h.startswith(("..", "__pycache__")))
    return {head.partition(".")[0] for head in named}


def load_distributions() -> None:
    """Read which distributions provide which modules: that takes a while, and is asked for after the first cell."""
    _top_levels()


def distributions_of(packages: Iterable[str]) -> dict[str, str]:
    """Return the distributions, with versions, behind top-level modules."""
    tops, versions = _top_levels(), installed_versions()
    names = sorted({name for package in packages for name in tops.get(package, ())})
    return {name: versions.get(name, "") for name in names}


def versions_hold(recorded: Mapping[str, str]) -> bool:
    """Whether the recorded distributions are installed in the same versions."""
    now = installed_versions()
    return all(now.get(name, "") == version for name, version in recorded.items())
