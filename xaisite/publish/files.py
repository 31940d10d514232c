"""The files of a built site that are to be published.

Invariant: only regular files; no link is followed, so that nothing outside the output folder leaves the machine.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

from xaisite.core.checked import Checked
from xaisite.core.diagnostic import Diagnostic, error, warning
from xaisite.model.output import MARKER, STAGING


def find_files(output_dir: str) -> Checked[tuple[str, ...]]:
    """Return the paths of all files to publish, sorted; an error when there is no built site."""
    if not os.path.isfile(os.path.join(output_dir, MARKER)) or os.path.islink(output_dir):
        return Checked(
            (),
            (error("publish-no-output", f"there is no built site in {output_dir}", help="run `xaisite build` first"),),
        )
    files: list[str] = []
    found: list[Diagnostic] = []
    for path, is_file in _walk(output_dir, ""):
        if is_file:
            files.append(path)
        else:
            found.append(
                warning(
                    "publish-link-skipped",
                    f"{path} is a link or special file, and was not published",
                    help="put the file itself there",
                )
            )
    return Checked(tuple(sorted(files)), tuple(found))


def _walk(root: str, prefix: str) -> Iterator[tuple[str, bool]]:
    with os.scandir(os.path.join(root, prefix)) as listing:
        for entry in sorted(listing, key=lambda item: item.name):
            path = prefix + entry.name
            if path in (MARKER, STAGING):
                continue
            if entry.is_dir(follow_symlinks=False):
                yield from _walk(root, path + "/")
            else:
                yield path, entry.is_file(follow_symlinks=False)


def load_file(root: str, path: str) -> bytes:
    """Return the content of a file that `find_files` found (an error if it has become a link since)."""
    with open(os.open(os.path.join(root, path), os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC), "rb") as file:
        return file.read()
