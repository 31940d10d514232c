"""What a build leaves: addresses, the bytes for each, and the record of what stands in the output folder.

Does not touch the disk. Invariant: an address is a relative POSIX path without empty, `.` or `..` parts.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from xaisite.core.record import field, record

MARKER = ".xaisite-output"
"""File in the output folder that says which of its files are ours (address → digest). Never published or served."""
STAGING = ".xaisite-next"
"""Folder in the output folder, there only while a build without an atomic swap is at work. Never published."""


@record
class Blob:
    """The content of one address."""

    digest: str
    """`core.digest.digest_bytes` of the content."""
    content: bytes | str | None = None
    """Bytes; or the absolute path of a file to copy; or None: as it stands in the last generation."""


@record
class FileRecord:
    """A file of ours in the output folder, with what tells cheaply whether somebody changed it."""

    digest: str
    size: int
    mtime_ns: int
    inode: int


@record
class Manifest:
    """The output folder as it is: what stands as written, what was written, what others put there."""

    files: Mapping[str, FileRecord] = field(default_factory=dict)
    """Address → record, of those files that stand exactly as the last build wrote them."""
    written: Mapping[str, str] = field(default_factory=dict)
    """Address → digest, of all files of the last build, changed or deleted by hand since or not."""
    entries: Mapping[str, int] = field(default_factory=dict)
    """Path → inode, of everything in the folder that is not a folder."""
    folders: frozenset[str] = frozenset()
    is_ours: bool = False
    """The folder was made by a build."""
    exists: bool = False
    """There is a folder, empty or not."""

    @cached_property
    def foreign(self) -> Mapping[str, int]:
        """Path → inode, of files and links that no build wrote. They are kept."""
        return {path: inode for path, inode in self.entries.items() if path not in self.written and path != MARKER}

    @cached_property
    def foreign_folders(self) -> frozenset[str]:
        """Folders in which nothing of ours lies."""
        ours: set[str] = set()
        for address in self.written:
            folder = address.rpartition("/")[0]
            while folder and folder not in ours:
                ours.add(folder)
                folder = folder.rpartition("/")[0]
        return frozenset(self.folders - ours)
