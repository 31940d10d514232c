"""Build one of two small sites into a folder: the process that `test_killed` kills, or whose disk it fills, half-way."""

from __future__ import annotations

import errno
import os
import sys

from xaisite.core.digest import digest_bytes
from xaisite.core.errors import MachineError
from xaisite.model.output import Blob
from xaisite.write.generation import write_generation
from xaisite.write.observe import observe_output

OLD = {
    "index.html": b"old",
    "a/index.html": b"old a",
    "gone/index.html": b"old gone",
    "same.css": b"same",
    "turn": b"file",
}
NEW = {
    "index.html": b"new",
    "a/index.html": b"new a",
    "fresh/x/index.html": b"fresh",
    "same.css": b"same",
    "turn/index.html": b"folder",
}


def build(output: str, site: dict[str, bytes]) -> None:
    seen = observe_output(output)
    outputs = {address: Blob(digest_bytes(data), data) for address, data in site.items()}
    write_generation(output, outputs, seen)


if __name__ == "__main__":
    import ctypes  # noqa: F401 loaded before the count of system calls begins

    os.access("/xaisite-begin", os.F_OK)
    try:
        build(sys.argv[1], OLD if sys.argv[2] == "old" else NEW)
    except MachineError as problem:
        sys.exit(40 if os.strerror(errno.ENOSPC) in str(problem) else 41)
