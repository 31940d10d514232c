"""What stands in the output folder, and whether it stands as we wrote it.

Writes nothing, but for finishing what a killed build had begun. Invariant: a file is said to stand only if its digest
is the recorded one; size, time and inode save the reading, except where the clock is too coarse to tell (git's "racy"
rule).
"""

from __future__ import annotations

import os
from collections.abc import Mapping

from xaisite.core.digest import digest_bytes
from xaisite.core.errors import MachineError
from xaisite.model.output import MARKER, STAGING, FileRecord, Manifest
from xaisite.write.in_place import finish_journal
from xaisite.write.scratch import Scratch, find_scratch, load_json
from xaisite.write.tree import Tree, scan_tree

_RACY_NS = 20_000_000
"""Two ticks of the coarsest kernel clock: a later change may carry the same time."""
_FORMAT = "xaisite output 1"


def observe_output(output_dir: str, scratch: str | None = None) -> Manifest:
    """Return what the output folder holds. Finishes a build that was killed between two renames."""
    output_dir = os.path.abspath(output_dir)
    try:
        finish_journal(output_dir)
        return _observe(output_dir, find_scratch(output_dir, scratch))
    except OSError as problem:
        raise MachineError(f"cannot read the output folder: {problem}") from problem


def read_marker(data: bytes) -> dict[str, str] | None:
    """Read the marker file: address → digest; None when it is not one."""
    import json

    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return None
    if not isinstance(value, dict) or value.get("format") != _FORMAT or not isinstance(value.get("files"), dict):
        return None
    files = value["files"]
    return files if all(isinstance(digest, str) for digest in files.values()) else None


def render_marker(written: Mapping[str, str]) -> bytes:
    """Return the marker file: the same for the same outputs, whenever and wherever they are made."""
    import json

    files = dict(sorted(written.items()))
    return json.dumps({"format": _FORMAT, "files": files}, separators=(",", ":")).encode() + b"\n"


def load_marker(output_dir: str) -> dict[str, str] | None:
    """Return what the last build wrote, None when the folder was not made by one."""
    path = os.path.join(output_dir, MARKER)
    try:
        if os.path.islink(path):
            return None
        with open(path, "rb") as file:
            return read_marker(file.read())
    except OSError:
        return None


def _observe(output_dir: str, scratch: Scratch) -> Manifest:
    if os.path.islink(output_dir) or not os.path.isdir(output_dir):
        return Manifest()
    written = load_marker(output_dir)
    if written is None:
        return _observe_foreign(output_dir)
    tree = scan_tree(output_dir)
    if tree is None:  # deleted this moment
        return Manifest()
    entries = {path: stat.st_ino for path, stat in tree.entries.items() if path.split("/", 1)[0] != STAGING}
    return Manifest(
        files=_standing(output_dir, tree, written, scratch),
        written=written,
        entries=entries,
        folders=frozenset(folder for folder in tree.folders if folder.split("/", 1)[0] != STAGING),
        is_ours=True,
        exists=True,
    )


def _observe_foreign(output_dir: str) -> Manifest:
    """Look at a folder that no build made: its first floor only, for it may be somebody's whole home."""
    with os.scandir(output_dir) as listing:
        found = [entry for entry in listing if entry.name != STAGING]
    folders = frozenset(entry.name for entry in found if entry.is_dir(follow_symlinks=False))
    entries = {entry.name: entry.inode() for entry in found if entry.name not in folders}
    return Manifest(entries=entries, folders=folders, exists=True)


def _standing(output_dir: str, tree: Tree, ours: Mapping[str, str], scratch: Scratch) -> dict[str, FileRecord]:
    path = scratch.live_record(tree.inode)
    stats = load_json(path)
    known: Mapping[str, object] = stats if isinstance(stats, dict) else {}
    racy_after = os.stat(path).st_mtime_ns - _RACY_NS if known else 0
    standing: dict[str, FileRecord] = {}
    for address, digest in ours.items():
        stat = tree.entries.get(address)
        if stat is None:
            continue
        trusted = known.get(address) == [stat.st_size, stat.st_mtime_ns, stat.st_ino] and stat.st_mtime_ns < racy_after
        if trusted or _has_digest(f"{output_dir}/{address}", digest):
            standing[address] = FileRecord(digest, stat.st_size, stat.st_mtime_ns, stat.st_ino)
    return standing


def _has_digest(path: str, digest: str) -> bool:
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with open(fd, "rb") as file:
            return digest_bytes(file.read()) == digest
    except OSError:
        return False
