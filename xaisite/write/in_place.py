"""Changing a folder file by file, where two folders cannot be exchanged: with a journal, so that it is finished.

Not atomic for a reader: assets come first, then pages, then deletions, so a page never lacks what it shows. Invariants:
a file is replaced by a rename; no part of a path is followed through a link; what the journal says can be done again as
often as needed.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Iterator, Sequence

from xaisite.core.errors import MachineError, XaisiteError
from xaisite.core.record import record
from xaisite.model.output import MARKER, STAGING, Blob
from xaisite.write.blob import write_blob
from xaisite.write.scratch import discard, load_json, save_json

_JOURNAL = "journal.json"
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


@record
class Journal:
    """What is to be done: staged file ``i`` becomes ``puts[i]``, in this order; then the deletions."""

    puts: tuple[str, ...]
    deletions: tuple[str, ...]


def apply_in_place(output_dir: str, blobs: Iterable[tuple[str, Blob]], deletions: Iterable[str]) -> None:
    """Write ``blobs`` and delete ``deletions``; a kill at any point is made good by `finish_journal`."""
    staging = os.path.join(output_dir, STAGING)
    os.makedirs(output_dir, exist_ok=True)
    discard(staging)
    os.mkdir(staging)
    try:
        puts = sorted(blobs, key=lambda item: _turn(item[0]))
        for number, (_, blob) in enumerate(puts):
            write_blob(os.path.join(staging, str(number)), blob)
        save_json(os.path.join(staging, _JOURNAL), {"puts": [a for a, _ in puts], "deletions": sorted(deletions)})
    except (OSError, XaisiteError):
        discard(staging)  # nothing was changed yet, and a full disk needs the room
        raise
    finish_journal(output_dir)


def finish_journal(output_dir: str) -> None:
    """Do what a journal in ``output_dir`` says, if there is one, and clean up after it."""
    staging = os.path.join(output_dir, STAGING)
    if os.path.islink(output_dir) or os.path.islink(staging) or not os.path.isdir(staging):
        return
    journal = _read_journal(load_json(os.path.join(staging, _JOURNAL)))
    if journal is not None:
        with _opened(output_dir) as root, _opened(staging) as staged:
            _apply(root, staged, journal)
        os.unlink(os.path.join(staging, _JOURNAL))  # done; the rest is rubbish
    discard(staging)


def delete_files(output_dir: str, addresses: Sequence[str]) -> None:
    """Delete these files, and the folders that become empty."""
    with _opened(output_dir) as root:
        for address in addresses:
            _delete(root, address)


def _turn(address: str) -> tuple[int, str]:
    """Assets, then pages, then the marker."""
    return (2 if address == MARKER else 1 if address.endswith((".html", ".xml")) else 0, address)


def _read_journal(value: object) -> Journal | None:
    if not isinstance(value, dict):
        return None
    puts, deletions = value.get("puts"), value.get("deletions")
    if not isinstance(puts, list) or not isinstance(deletions, list):
        return None
    return Journal(tuple(map(str, puts)), tuple(map(str, deletions)))


def _apply(root: int, staged: int, journal: Journal) -> None:
    for address in journal.deletions:
        if _in_the_way(address, journal.puts):
            _delete(root, address)
    for number, address in enumerate(journal.puts):
        if _exists(staged, str(number)):
            _put(root, staged, str(number), address)
    for address in journal.deletions:
        _delete(root, address)


def _in_the_way(address: str, puts: Sequence[str]) -> bool:
    """Whether a file at ``address`` is where a folder must be, or lies in what must become a file."""
    return any(put.startswith(f"{address}/") or address.startswith(f"{put}/") for put in puts)


def _put(root: int, staged: int, name: str, address: str) -> None:
    folder, _, last = address.rpartition("/")
    with _folder(root, folder, create=True) as place:
        os.rename(name, last, src_dir_fd=staged, dst_dir_fd=place)


def _delete(root: int, address: str) -> None:
    folder, _, last = address.rpartition("/")
    with contextlib.suppress(FileNotFoundError, NotADirectoryError, IsADirectoryError), _folder(root, folder) as place:
        os.unlink(last, dir_fd=place)
    while folder:
        parent, _, last = folder.rpartition("/")
        try:
            with _folder(root, parent) as place:
                os.rmdir(last, dir_fd=place)
        except OSError:  # not empty, or gone
            return
        folder = parent


def _exists(folder: int, name: str) -> bool:
    try:
        os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return True


@contextlib.contextmanager
def _opened(path: str) -> Iterator[int]:
    fd = os.open(path, _FOLDER)
    try:
        yield fd
    finally:
        os.close(fd)


@contextlib.contextmanager
def _folder(root: int, path: str, *, create: bool = False) -> Iterator[int]:
    """Open the folder ``path`` below ``root`` part by part, so that no link is followed."""
    fd = os.dup(root)
    try:
        for part in path.split("/") if path else ():
            if part in ("", ".", ".."):
                raise MachineError(f"{path} leaves the output folder")
            if create:
                with contextlib.suppress(FileExistsError):
                    os.mkdir(part, dir_fd=fd)
            deeper = os.open(part, _FOLDER, dir_fd=fd)
            os.close(fd)
            fd = deeper
        yield fd
    finally:
        os.close(fd)
