"""What this machine computes on beside its processor.

Looks at device files only, imports and starts nothing. Invariant: an empty answer means that no GPU can be used.
"""

from __future__ import annotations

import glob
import os
import sys


def find_gpu() -> str:
    """Return the name of the first GPU (empty: there is none)."""
    if sys.platform == "darwin":
        return "Apple GPU" if os.uname().machine == "arm64" else ""
    if os.path.exists("/dev/nvidia0"):
        return _nvidia_name() or "NVIDIA GPU"
    return "AMD GPU" if os.path.exists("/dev/kfd") else ""


def _nvidia_name() -> str:
    for path in sorted(glob.glob("/proc/driver/nvidia/gpus/*/information")):
        try:
            with open(path, encoding="utf-8", errors="replace") as file:
                for line in file:
                    name, _, value = line.partition(":")
                    if name.strip() == "Model":
                        return value.strip()
        except OSError:
            continue
    return ""
