"""What earlier runs found, in one small JSON file.

Invariants: damage is an empty cache; a write replaces the file at once or not at all.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from xaisite.probe.result import ProbeResult

_VERSION = 1


def load_probes(path: str) -> dict[str, ProbeResult]:
    """Return the results stored at ``path``; nothing when it is missing or damaged."""
    try:
        stored = json.loads(Path(path).read_text("utf-8"))
        if stored["version"] != _VERSION:
            return {}
        return {record["url"]: ProbeResult(**record) for record in stored["results"]}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def write_probes(path: str, results: Mapping[str, ProbeResult]) -> None:
    """Store the results at ``path``."""
    text = json.dumps({"version": _VERSION, "results": [asdict(results[url]) for url in sorted(results)]}, indent=0)
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    temporary = f"{path}.{os.getpid()}.tmp"
    Path(temporary).write_text(text, "utf-8")
    os.replace(temporary, path)
