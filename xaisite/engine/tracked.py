"""Which files of a folder git keeps. Asks git, and nothing else; without git, or outside a repository, none."""

from __future__ import annotations

import os

_PATIENCE_S = 60


def tracked_files(folder: str) -> frozenset[str]:
    """Return the absolute paths of the files below ``folder`` that git keeps."""
    import subprocess

    command = ["git", "-C", folder, "-c", "core.fsmonitor=false", "ls-files", "-z", "--cached", "--", "."]
    environ = {**os.environ, "GIT_OPTIONAL_LOCKS": "0"}
    try:
        asked = subprocess.run(command, capture_output=True, env=environ, timeout=_PATIENCE_S, check=False)
    except (OSError, subprocess.SubprocessError):
        return frozenset()
    if asked.returncode != 0:
        return frozenset()
    names = asked.stdout.decode("utf-8", "surrogateescape").split("\0")
    return frozenset(os.path.join(folder, name) for name in names if name)
