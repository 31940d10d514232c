"""Files that cells wrote, removed or moved: the scratch tree compared with what it was.

Does not read the site's sources. Invariant: a name is in the layer exactly when what a cell sees there differs from
the site's source (or, for temporary folders, from emptiness).
"""

from __future__ import annotations

import contextlib
import os
from typing import Any

from xaisite.session.media import Spool, digest_of, write_media
from xaisite.session.secrets import SecretFoundError

WITHHELD = "withheld:"
LINK = "link:"
"""Begins what stands for a link that a cell made: where it leads, and the digest of what is read through it."""
_LINK_END = "\n"
_Mark = tuple[int, int, int]


class Layer:
    """What is written in the scratch folders `site`, `tmp` and `home`."""

    def __init__(self, folders: dict[str, str], spool: Spool) -> None:
        self.folders = folders
        self._spool = spool
        self._sources: set[str] = set()
        self._marks: dict[str, _Mark] = {}
        self._digests: dict[str, str | None] = {}
        self.withheld: dict[str, str] = {}
        """Files that hold a secret (its name): they are known, but never stored."""
        found = self._scan()
        self._sources = {name for name, mark in found.items() if mark is None}
        self._marks = {name: mark for name, mark in found.items() if mark is not None}

    def update(self) -> tuple[dict[str, str | None], dict[str, dict[str, Any]]]:
        """Return the layer now (name → digest, `dir`, or None where removed), and the media of what changed."""
        found = self._follow(self._scan())
        media: dict[str, dict[str, Any]] = {}
        for name, mark in found.items():
            if mark is not None and self._marks.get(name) != mark:
                self._marks[name] = mark
                try:
                    described = self._store(name)
                except SecretFoundError as error:
                    self.withheld[name] = error.name
                    self._digests[name] = WITHHELD + self._masked_digest(name)
                    continue
                self.withheld.pop(name, None)
                if described is not None:
                    self._digests[name] = self._link_to(name) + described["digest"]
                    media[name] = described
            elif mark is None and name not in self._sources:
                self._digests[name] = "dir"
        for name in [*self._marks, *self._sources, *self._digests]:
            if name not in found:
                self._forget(name)
        return dict(sorted(self._digests.items())), media

    def _masked_digest(self, name: str) -> str:
        with open(self.path_of(name), "rb") as file:
            return digest_of(self._spool.secrets.name_bytes(file.read()))

    def _forget(self, name: str) -> None:
        self.withheld.pop(name, None)
        self._marks.pop(name, None)
        if name in self._sources:
            self._digests[name] = None
        else:
            self._digests.pop(name, None)

    def _store(self, name: str) -> dict[str, Any] | None:
        import mimetypes

        from xaisite.session.figures import picture_size

        try:
            with open(self.path_of(name), "rb") as file:
                data = file.read()
        except OSError:
            return None
        found = self._spool.secrets.find_in(data)
        if found:
            raise SecretFoundError(found)  # before text would have it struck out: a file is kept as it is, or not
        mime = mimetypes.guess_type(name)[0] or "application/octet-stream"
        size = picture_size(data) if mime.startswith("image/") and mime != "image/svg+xml" else (0, 0)
        return write_media(self._spool, data, mime, *size)

    def has_second_names(self) -> bool:
        """Whether two names stand for one file: what is written through one shows in the other."""
        own = [mark[2] for name, mark in self._marks.items() if not str(self._digests.get(name)).startswith(LINK)]
        return len(set(own)) < len(own)

    def path_of(self, name: str) -> str:
        """Return the absolute path of a layer name."""
        place, _, rest = name.partition("/")
        return os.path.join(self.folders[place], rest)

    def _link_to(self, name: str) -> str:
        """Return where a link leads (empty for a file), from its own folder if both are in the same tree."""
        path = self.path_of(name)
        if not os.path.islink(path):
            return ""
        target = os.readlink(path)
        if os.path.isabs(target) and target.startswith(self.folders[name.partition("/")[0]] + "/"):
            target = os.path.relpath(target, os.path.dirname(path))
        return f"{LINK}{target}{_LINK_END}"

    def _follow(self, found: dict[str, _Mark | None]) -> dict[str, _Mark | None]:
        """Count links to files that cells made as the files that are read through them."""
        for name in [n for n, mark in found.items() if mark is None and n not in self._sources]:
            path = self.path_of(name)
            if os.path.islink(path) and os.path.isfile(path):
                about = os.stat(path)
                found[name] = (about.st_size, about.st_mtime_ns, about.st_ino)
        return found

    def _scan(self) -> dict[str, _Mark | None]:
        """Map every name to its mark; None for links to sources and for folders."""
        found: dict[str, _Mark | None] = {}
        waiting = list(self.folders.items())
        while waiting:
            name, folder = waiting.pop()
            with contextlib.suppress(OSError), os.scandir(folder) as entries:
                waiting += [(f"{name}/{e.name}", e.path) for e in entries if _note_entry(f"{name}/{e.name}", e, found)]
        return found


def _note_entry(name: str, entry: os.DirEntry[str], found: dict[str, _Mark | None]) -> bool:
    """Note a file, a link or a folder; say whether to look into it."""
    if entry.is_symlink():
        found[name] = None
    elif entry.is_dir(follow_symlinks=False):
        if entry.name == "__pycache__":
            return False
        found[name] = None
        return True
    elif entry.is_file(follow_symlinks=False):
        about = entry.stat(follow_symlinks=False)
        found[name] = (about.st_size, about.st_mtime_ns, about.st_ino)
    return False


def remove_from_layer(folders: dict[str, str], names: list[str]) -> None:
    """Remove what is no longer in the layer."""
    import shutil

    for name in sorted(names, reverse=True):
        place, _, rest = name.partition("/")
        path = os.path.join(folders[place], rest)
        if os.path.isdir(path) and not os.path.islink(path):
            shutil.rmtree(path, ignore_errors=True)
        elif os.path.lexists(path):
            os.unlink(path)


def restore_layer(folders: dict[str, str], files: dict[str, str | None], media_folder: str) -> None:
    """Make scratch folders look as they did when the layer was ``files``."""
    import shutil

    for name, digest in sorted(files.items()):
        place, _, rest = name.partition("/")
        path = os.path.join(folders[place], rest)
        if digest is None:
            if os.path.isdir(path) and not os.path.islink(path):
                shutil.rmtree(path, ignore_errors=True)
            elif os.path.lexists(path):
                os.unlink(path)
        elif digest == "dir":
            os.makedirs(path, exist_ok=True)
        else:
            os.makedirs(os.path.dirname(path), exist_ok=True)
            if os.path.lexists(path):
                os.unlink(path)
            if digest.startswith(LINK):
                os.symlink(digest.removeprefix(LINK).rpartition(_LINK_END)[0], path)
                continue
            shutil.copyfile(os.path.join(media_folder, digest[:2], digest), path)
