"""Publishing to a folder of this machine (or one mounted here): releases side by side, a link to the current one.

    /srv/www                       → .www.releases/000007
    /srv/.www.releases/000006, …   earlier releases; unchanged files are hard links between them

Invariants: the link is replaced by a rename, so that a reader sees one release or the other, also if the machine stops
at any point (files are on disk before the link is); only a link of ours, or nothing, is ever replaced.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

from xaisite.core.checked import Checked
from xaisite.core.diagnostic import Diagnostic, error
from xaisite.core.errors import MachineError
from xaisite.core.record import record
from xaisite.model.config import PublishTarget
from xaisite.publish.files import find_files, load_file
from xaisite.publish.options import DirectoryOptions, read_directory_options
from xaisite.publish.published import Published

_RELEASE = re.compile(r"[0-9]{6}\Z")
_SYNC_EACH = 100
"""Up to so many new files are synced one by one; more, with the whole file system."""


@record
class _Place:
    """Where a target is: the link that readers use, and the folder of releases beside it."""

    link: str
    releases: str

    @property
    def current(self) -> str:
        """Number of the current release; empty when there is none (or the place is not ours)."""
        if not os.path.islink(self.link):
            return ""
        folder, _, number = os.readlink(self.link).rpartition("/")
        return number if folder == os.path.basename(self.releases) and _RELEASE.match(number) else ""


def publish_directory(output_dir: str, target: PublishTarget, root: str) -> Checked[Published | None]:
    """Make the built site in ``output_dir`` the current release of ``target`` (paths relative to ``root``)."""
    options, files = read_directory_options(target), find_files(output_dir)
    found = (*options.diagnostics, *files.diagnostics)
    if options.has_errors or files.has_errors:
        return Checked(None, found)
    place = _place(options.value, root)
    foreign = _check_ours(place, target)
    if foreign:
        return Checked(None, (*found, *foreign))
    try:
        return Checked(_publish(output_dir, files.value, target.name, place, options.value.keep), found)
    except OSError as problem:
        raise MachineError(f"cannot publish to {place.link}: {problem}") from problem


def rollback_directory(target: PublishTarget, root: str) -> Checked[Published | None]:
    """Make the release before the current one current again."""
    options = read_directory_options(target)
    if options.has_errors:
        return Checked(None, options.diagnostics)
    place = _place(options.value, root)
    try:
        if not os.path.isdir(place.releases):
            return Checked(None, (_no_release(target),))
        with _locked(place):
            earlier = [number for number in _numbers(place) if number < place.current]
            if not earlier:
                return Checked(None, (_no_release(target),))
            _point(place, earlier[-1])
            count = _count(os.path.join(place.releases, earlier[-1]))
            return Checked(Published(target.name, "rolled back", earlier[-1], count, place.link))
    except OSError as problem:
        raise MachineError(f"cannot roll back {place.link}: {problem}") from problem


def _place(options: DirectoryOptions, root: str) -> _Place:
    link = os.path.abspath(os.path.join(root, os.path.expanduser(options.path)))
    return _Place(link, os.path.join(os.path.dirname(link), f".{os.path.basename(link)}.releases"))


def _check_ours(place: _Place, target: PublishTarget) -> tuple[Diagnostic, ...]:
    empty = os.path.isdir(place.link) and not os.path.islink(place.link) and not os.listdir(place.link)
    if place.current or empty or not os.path.lexists(place.link):
        return ()
    return (
        error(
            "publish-not-ours",
            f"{place.link} was not made by xaisite, and would be replaced",
            target.span,
            help="name a folder that does not exist yet",
        ),
    )


def _no_release(target: PublishTarget) -> Diagnostic:
    return error("publish-no-release", f"“{target.name}” has no earlier release to go back to", target.span)


def _publish(output_dir: str, files: Sequence[str], name: str, place: _Place, keep: int) -> Published:
    os.makedirs(place.releases, exist_ok=True)
    with _locked(place):
        for left in os.listdir(place.releases):
            if left.endswith(".tmp"):  # of a publisher that was killed
                shutil.rmtree(os.path.join(place.releases, left))
        numbers = _numbers(place)
        number = f"{int(numbers[-1]) + 1 if numbers else 1:06}"
        staged = os.path.join(place.releases, f"{number}.tmp")
        current = os.path.join(place.releases, place.current) if place.current else ""
        written = _stage(output_dir, files, staged, current)
        if current and not written and _count(current) == len(files):
            shutil.rmtree(staged)
            _prune(place, keep)
            return Published(name, "unchanged", place.current, len(files), place.link)
        _sync(staged, written)
        os.rename(staged, os.path.join(place.releases, number))
        _sync_path(place.releases)
        _point(place, number)
        _prune(place, keep)
        return Published(name, "published", number, len(files), place.link)


def _stage(output_dir: str, files: Sequence[str], staged: str, current: str) -> list[str]:
    """Fill ``staged``: links to what the current release has already, copies of the rest. Return what was copied."""
    os.mkdir(staged)
    written = []
    for path in files:
        content, goal = load_file(output_dir, path), os.path.join(staged, path)
        os.makedirs(os.path.dirname(goal), exist_ok=True)
        if not (current and _same(os.path.join(current, path), content) and _linked(os.path.join(current, path), goal)):
            with open(goal, "xb") as file:
                file.write(content)
            written.append(goal)
    return written


def _same(path: str, content: bytes) -> bool:
    try:
        if os.path.islink(path) or os.path.getsize(path) != len(content):
            return False
        with open(path, "rb") as file:
            return file.read() == content
    except OSError:
        return False


def _linked(source: str, goal: str) -> bool:
    try:
        os.link(source, goal, follow_symlinks=False)
    except OSError:  # no hard links here: copy
        return False
    return True


def _count(release: str) -> int:
    return sum(len(names) for _, _, names in os.walk(release))


def _sync(staged: str, written: Sequence[str]) -> None:
    """Let all of the release reach the disk before anybody is pointed to it."""
    if len(written) > _SYNC_EACH:
        os.sync()
        return
    for path in written:
        _sync_path(path)
    for folder, _, _ in os.walk(staged):
        _sync_path(folder)


def _sync_path(path: str) -> None:
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def _point(place: _Place, number: str) -> None:
    """Let the link name another release, in one step."""
    fresh = os.path.join(place.releases, "current.new")
    with suppress(FileNotFoundError):
        os.unlink(fresh)
    os.symlink(f"{os.path.basename(place.releases)}/{number}", fresh)
    if os.path.isdir(place.link) and not os.path.islink(place.link):
        os.rmdir(place.link)  # empty, or this fails
    os.rename(fresh, place.link)
    _sync_path(os.path.dirname(place.link))


def _prune(place: _Place, keep: int) -> None:
    numbers = _numbers(place)
    for number in numbers[: max(0, len(numbers) - keep)]:
        if number != place.current:
            old = os.path.join(place.releases, number)
            os.rename(old, f"{old}.tmp")  # half a release must not look like one
            shutil.rmtree(f"{old}.tmp")


def _numbers(place: _Place) -> list[str]:
    return sorted(name for name in os.listdir(place.releases) if _RELEASE.match(name))


@contextmanager
def _locked(place: _Place) -> Iterator[None]:
    with open(os.path.join(place.releases, ".lock"), "a", encoding="ascii") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as problem:
            raise MachineError(f"another process is publishing to {place.link}") from problem
        yield
