"""A folder of hard links to the live generation, kept beside it, in which the next one is made.

With it a build costs what changed: linking 10,000 files afresh and deleting the old ones takes 1.7 s, bringing the
mirror up to date a tenth of that. Invariant: a mirror without a record, or whose folders changed since, is never used.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping

from xaisite.core.record import field, record
from xaisite.model.output import Blob, FileRecord
from xaisite.write.blob import write_blob
from xaisite.write.scratch import Scratch, discard, load_json, save_json


@record
class Mirror:
    """What a folder holds: path → inode, and its folders."""

    entries: Mapping[str, int] = field(default_factory=dict)
    folders: frozenset[str] = frozenset()


@record
class Shape:
    """What a folder shall hold: links to files of another folder, new files, and folders."""

    source: str
    links: Mapping[str, int]
    """Path → inode, of what is linked from the same path below `source`."""
    blobs: Mapping[str, Blob]
    folders: frozenset[str]


def take_mirror(scratch: Scratch) -> Mirror:
    """Return the mirror in ``scratch.next``, ready to be changed; an empty one when there is none to be trusted."""
    mirror = _load_mirror(scratch)
    discard(scratch.next_record)  # from here on it is half made
    if mirror is not None:
        return mirror
    discard(scratch.next)
    os.mkdir(scratch.next)
    return Mirror()


def keep_mirror(scratch: Scratch, mirror: Mirror) -> None:
    """Record what ``scratch.next`` holds, so that the next build may use it."""
    path = scratch.next
    root = os.lstat(path)
    times = {folder: os.lstat(f"{path}/{folder}").st_mtime_ns for folder in sorted(mirror.folders)}
    record = {"root": root.st_ino, "time": root.st_mtime_ns, "folders": times, "entries": dict(mirror.entries)}
    save_json(scratch.next_record, record)


def reshape(root: str, have: Mirror, shape: Shape) -> dict[str, FileRecord]:
    """Turn the folder ``root``, which holds ``have``, into ``shape``; return the records of the new files."""
    gone = [path for path, inode in have.entries.items() if shape.links.get(path) != inode]
    for path in gone:
        os.unlink(f"{root}/{path}")
    for folder in sorted(have.folders - shape.folders, reverse=True):
        os.rmdir(f"{root}/{folder}")
    for folder in sorted(shape.folders - have.folders):
        os.mkdir(f"{root}/{folder}")
    for path in _missing(shape.links, have.entries):
        os.link(f"{shape.source}/{path}", f"{root}/{path}", follow_symlinks=False)
    return {path: write_blob(f"{root}/{path}", blob) for path, blob in shape.blobs.items()}


def _missing(wanted: Mapping[str, int], have: Mapping[str, int]) -> Iterable[str]:
    return (path for path, inode in wanted.items() if have.get(path) != inode)


def _load_mirror(scratch: Scratch) -> Mirror | None:
    record, path = load_json(scratch.next_record), scratch.next
    try:
        root = os.lstat(path)
        if not isinstance(record, dict) or (record["root"], record["time"]) != (root.st_ino, root.st_mtime_ns):
            return None
        folders, entries = dict(record["folders"]), dict(record["entries"])
        for folder, mtime_ns in folders.items():
            if os.lstat(f"{path}/{folder}").st_mtime_ns != mtime_ns:
                return None
    except (OSError, KeyError, TypeError, ValueError):
        return None
    return Mirror(entries, frozenset(folders))
