"""Where the next generation is made: a private folder on the file system of the output.

Holds nothing that cannot be made again. Contents:

    next/               mirror of the live generation (hard links), in which the next one is made
    next.json           what `next/` holds; absent while it is being changed, so never trusted half made
    live-INODE.json     sizes and times of the files of the generation whose folder has that inode
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil

from xaisite.core.digest import digest_text
from xaisite.core.record import record


@record
class Scratch:
    """The private folder of one output folder. It may not exist yet."""

    path: str
    can_swap: bool
    """It lies on the output's file system, so that folders can be exchanged between them."""

    @property
    def next(self) -> str:
        """The folder in which the next generation is made."""
        return os.path.join(self.path, "next")

    @property
    def next_record(self) -> str:
        """The file that says what `next` holds."""
        return os.path.join(self.path, "next.json")

    def live_record(self, inode: int) -> str:
        """Return the file with the stats of the generation in the folder with this inode."""
        return os.path.join(self.path, f"live-{inode}.json")


def find_scratch(output_dir: str, given: str | None) -> Scratch:
    """Return the scratch folder for ``output_dir``: in ``given`` when that can be swapped with it, else beside it."""
    output = os.path.join(os.path.realpath(os.path.dirname(output_dir) or "."), os.path.basename(output_dir))
    parent = os.path.dirname(output)
    beside = os.path.join(parent, f".{os.path.basename(output)}.xaisite")
    inside = os.path.join(os.path.abspath(given), f"output-{digest_text(output)[:12]}") if given else beside
    if os.path.ismount(output):
        return Scratch(inside, can_swap=False)
    device = _device(parent)
    for path in (inside, beside):
        if _device(path) == device and os.access(_nearest(path), os.W_OK | os.X_OK):
            # Both folders change their parents in a swap.
            return Scratch(path, can_swap=os.access(_nearest(parent), os.W_OK | os.X_OK))
    return Scratch(inside, can_swap=False)


def make_scratch(scratch: Scratch) -> None:
    """Create the folder, with a file that keeps it out of version control."""
    os.makedirs(scratch.path, exist_ok=True)
    ignore = os.path.join(scratch.path, ".gitignore")
    if not os.path.lexists(ignore):
        with open(ignore, "w", encoding="ascii") as file:
            file.write("*\n")


def load_json(path: str) -> object:
    """Return the value in a JSON file, None when it is missing or damaged."""
    try:
        with open(path, "rb") as file:
            return json.loads(file.read())
    except (OSError, ValueError, RecursionError):
        return None


def save_json(path: str, value: object) -> None:
    """Write a JSON file in one step."""
    temporary = f"{path}.tmp"
    with contextlib.suppress(FileNotFoundError):
        os.unlink(temporary)
    with open(temporary, "xb") as file:
        file.write(json.dumps(value, separators=(",", ":")).encode())
    os.replace(temporary, path)


def discard(path: str) -> None:
    """Delete a file or folder of the scratch, if it is there."""
    with contextlib.suppress(FileNotFoundError):
        if os.path.isdir(path) and not os.path.islink(path):
            shutil.rmtree(path)
        else:
            os.unlink(path)


def _nearest(path: str) -> str:
    """Return the nearest existing folder at or above ``path``."""
    while not os.path.isdir(path) and os.path.dirname(path) != path:
        path = os.path.dirname(path)
    return path


def _device(path: str) -> int:
    return os.stat(_nearest(path)).st_dev
