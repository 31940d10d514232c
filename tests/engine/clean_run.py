"""What a clean run of a post shows: run from the top by an oracle that shares no code with xaisite."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

ORACLE = Path(__file__).with_name("oracle.py")
ENVIRON = {
    "PATH": os.environ["PATH"],
    "LANG": "C.UTF-8",
    "LC_ALL": "C.UTF-8",
    "TZ": "UTC",
    "PYTHONHASHSEED": "0",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONUTF8": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "COLUMNS": "80",
    "MPLBACKEND": "agg",
    "MPLCONFIGDIR": os.path.join(tempfile.gettempdir(), "xaisite-oracle-matplotlib"),
}


def clean_run(folder: Path, cells: Sequence[str], seed: int = 0) -> list[list[str]]:
    """Return what each cell shows beside a copy of what lies in ``folder``, the `content` of a site."""
    copy = folder.parent.parent / "clean"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(folder, copy / "content")
    job = copy / "job.json"
    job.write_text(
        json.dumps(
            {
                "cells": list(cells),
                "seed": seed,
                "cwd": str(copy / "content"),
                "root": str(copy),
                "tool": str(ORACLE.parent),
            }
        )
    )
    done = subprocess.run(
        [sys.executable, str(ORACLE), str(job)],
        cwd=copy / "content",
        env=ENVIRON,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.strip().splitlines()[-1])


def clean(cell: list[str]) -> list[str]:
    """Drop what the two differ in by design: addresses, the place of a warning, the order of the two streams."""
    cell = [text for text in cell if not text.startswith("figure: ")]
    texts = [re.sub(r"0x[0-9a-fA-F]+|0x…", "0x", re.sub(r"<cell \d+>:\d+: ", "", text)) for text in cell]
    joined: dict[str, str] = {}
    for text in texts:
        name, _, rest = text.partition(": ")
        joined[name] = joined.get(name, "") + rest
    return sorted(f"{name}: {rest}" for name, rest in joined.items())
