"""A new generation of the site takes the place of the old one.

Does not decide what a site consists of. Invariants: a reader sees the old site or the new one, never both; killed at
any point the old one stands; if nothing changed nothing is written; what others put into the folder is carried over.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Mapping

from xaisite.core.digest import digest_bytes
from xaisite.core.errors import InternalError, MachineError
from xaisite.model.output import MARKER, Blob, FileRecord, Manifest
from xaisite.write.check import check_addresses, check_place, is_address
from xaisite.write.exchange import REFUSED, exchange
from xaisite.write.in_place import apply_in_place, delete_files
from xaisite.write.mirror import Mirror, Shape, keep_mirror, reshape, take_mirror
from xaisite.write.observe import observe_output, render_marker
from xaisite.write.scratch import Scratch, discard, find_scratch, make_scratch, save_json
from xaisite.write.tree import folders_of


def write_generation(
    output_dir: str, outputs: Mapping[str, Blob], previous: Manifest, *, scratch: str | None = None
) -> Manifest:
    """Make ``output_dir`` hold exactly ``outputs`` (and what others put there); return what stands then.

    ``previous`` is what `observe_output` said; ``scratch`` is a folder for private files, used when it lies on the same
    file system. Raises ``MachineError`` when the machine refuses, or when `check_place` or `check_addresses` would.
    """
    output_dir = os.path.abspath(output_dir)
    place = find_scratch(output_dir, scratch)
    try:
        if previous.exists and stands(previous, outputs):
            _sweep(place)
            return previous
        return _write(output_dir, outputs, place, scratch)
    except OSError as problem:
        raise MachineError(f"cannot write the output: {problem}") from problem


def stands(manifest: Manifest, outputs: Mapping[str, Blob]) -> bool:
    """Whether the folder holds exactly ``outputs`` already."""
    if not manifest.is_ours or outputs.keys() != manifest.written.keys() or outputs.keys() != manifest.files.keys():
        return False
    files = manifest.files
    return all(files[address].digest == blob.digest for address, blob in outputs.items())


def remove_output(output_dir: str, *, scratch: str | None = None) -> bool:
    """Delete what builds made, and nothing else; return whether there was anything."""
    output_dir = os.path.abspath(output_dir)
    manifest = observe_output(output_dir, scratch)
    try:
        if manifest.is_ours:
            delete_files(output_dir, [*manifest.written, MARKER])
            if not os.listdir(output_dir):
                os.rmdir(output_dir)
        discard(find_scratch(output_dir, scratch).path)
    except OSError as problem:
        raise MachineError(f"cannot remove the output: {problem}") from problem
    return manifest.is_ours


def _write(output_dir: str, outputs: Mapping[str, Blob], place: Scratch, scratch: str | None) -> Manifest:
    bad = next((address for address in outputs if not is_address(address)), None)
    if bad is not None:
        raise InternalError(f"{bad!r} cannot be an address of the output")
    now = observe_output(output_dir, scratch)  # cells may have run for minutes since the first look
    problems = (*check_place(output_dir, now), *check_addresses(outputs.keys(), now))
    if problems:
        raise MachineError("; ".join(problem.message for problem in problems))
    blobs = _changed(outputs, now)
    if place.can_swap:
        try:
            return _swap(output_dir, outputs, blobs, now, place)
        except (OSError, MachineError) as problem:
            with contextlib.suppress(OSError):
                discard(place.next)  # a full disk needs the room
            if not isinstance(problem, OSError) or problem.errno not in REFUSED:
                raise
    apply_in_place(output_dir, blobs.items(), now.written.keys() - outputs.keys())
    found = observe_output(output_dir, scratch)
    _remember(output_dir, place, found.files)
    return found


def _changed(outputs: Mapping[str, Blob], now: Manifest) -> dict[str, Blob]:
    """Return what must be written, the marker included."""
    blobs: dict[str, Blob] = {}
    for address, blob in outputs.items():
        record = now.files.get(address)
        if record is None or record.digest != blob.digest:
            if blob.content is None and address in now.written:
                raise MachineError(f"{address} was changed in the output folder while the site was built; build again")
            blobs[address] = blob
    marker = render_marker({address: blob.digest for address, blob in outputs.items()})
    blobs[MARKER] = Blob(digest_bytes(marker), marker)
    return blobs


def _swap(
    output_dir: str, outputs: Mapping[str, Blob], blobs: Mapping[str, Blob], now: Manifest, place: Scratch
) -> Manifest:
    make_scratch(place)
    os.makedirs(os.path.dirname(os.path.abspath(output_dir)), exist_ok=True)
    kept = {address: now.files[address] for address in outputs if address not in blobs}
    links = {address: record.inode for address, record in kept.items()} | dict(now.foreign)
    folders = frozenset(folders_of((*links, *blobs)) | now.foreign_folders)
    shape = Shape(output_dir, links, blobs, folders)
    new = reshape(place.next, take_mirror(place), shape)
    marker = new.pop(MARKER)
    files = kept | new
    inode = os.lstat(place.next).st_ino
    save_json(place.live_record(inode), {a: [r.size, r.mtime_ns, r.inode] for a, r in files.items()})
    _swap_in(output_dir, now, place)
    entries = links | {a: r.inode for a, r in new.items()} | {MARKER: marker.inode}
    _mirror_new(output_dir, now, place, Mirror(entries, folders), inode)
    return Manifest(files, {a: b.digest for a, b in outputs.items()}, entries, folders, is_ours=True, exists=True)


def _swap_in(output_dir: str, now: Manifest, place: Scratch) -> None:
    """Let the generation in ``place.next`` take its place: the one moment at which the site changes."""
    if now.exists:
        os.chmod(place.next, stat.S_IMODE(os.lstat(output_dir).st_mode))
        exchange(place.next, output_dir)
    else:
        os.rename(place.next, output_dir)


def _mirror_new(output_dir: str, now: Manifest, place: Scratch, live: Mirror, inode: int) -> None:
    """Bring the old generation up to date, to be the mirror that the next build starts from. May fail: it is a help."""
    try:
        for name in os.listdir(place.path):
            if name.startswith("live-") and name != os.path.basename(place.live_record(inode)):
                os.unlink(os.path.join(place.path, name))
        if not now.exists:
            os.mkdir(place.next)
        have = Mirror(now.entries, now.folders) if now.exists else Mirror()
        reshape(place.next, have, Shape(output_dir, live.entries, {}, live.folders))
        keep_mirror(place, live)
    except OSError:
        discard(place.next_record)


def _remember(output_dir: str, place: Scratch, files: Mapping[str, FileRecord]) -> None:
    """Keep the stats where they can be kept; without them the next build reads what it wrote."""
    try:
        make_scratch(place)
        inode = os.lstat(output_dir).st_ino
        save_json(place.live_record(inode), {a: [r.size, r.mtime_ns, r.inode] for a, r in files.items()})
    except OSError:
        return


def _sweep(place: Scratch) -> None:
    """Clean up after a build that was killed while it worked in the scratch folder."""
    with contextlib.suppress(FileNotFoundError):
        names = os.listdir(place.path)
        half_made = [name for name in names if name.endswith(".tmp")]
        if "next" in names and "next.json" not in names:
            half_made.append("next")
        for name in half_made:
            discard(os.path.join(place.path, name))
