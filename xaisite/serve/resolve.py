"""From a request's target to a file of the output folder, or to nothing.

Invariants: decoded once, part by part opened without following a link, so that no encoding of a path and no link leads
out; what begins with a dot is not served (`.well-known` is).
"""

from __future__ import annotations

import os
import stat
from urllib.parse import quote, unquote_to_bytes

from xaisite.core.record import record
from xaisite.serve.request import BadRequestError

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


@record
class Found:
    """An open file (the receiver closes it), or a place to go to instead, or neither."""

    address: str
    fd: int = -1
    size: int = 0
    redirect: str = ""


def read_target(target: str) -> str:
    """Return the path that ``target`` names: decoded, without query, beginning with a slash."""
    raw = target.split("?", 1)[0].split("#", 1)[0]
    if "%" in raw and not all(_is_escape(part) for part in raw.split("%")[1:]):
        raise BadRequestError(400, "a percent sign is not followed by two digits")
    try:
        path = unquote_to_bytes(raw).decode("utf-8")
    except UnicodeDecodeError:
        raise BadRequestError(400, "the path is not UTF-8") from None
    if any(c < " " or c in "\\\x7f" for c in path):
        raise BadRequestError(400, "the path holds a character that no path has")
    parts = path.split("/")[1:]
    if any(part in (".", "..") for part in parts) or "" in parts[:-1]:
        raise BadRequestError(400, "the path has empty or dot parts")
    return path


def open_target(output_dir: str, path: str) -> Found:
    """Find the file for a path as `read_target` returns it."""
    address = path[1:] + "index.html" if path.endswith("/") else path[1:]
    *folders, name = address.split("/")
    if any(part.startswith(".") and part != ".well-known" for part in (*folders, name)):
        return Found(address)
    try:
        folder = os.open(output_dir, _FOLDER)
    except OSError:
        return Found(address)
    try:
        for part in folders:
            deeper = os.open(part, _FOLDER, dir_fd=folder)
            os.close(folder)
            folder = deeper
        return _open_file(folder, name, address, path)
    except OSError:  # missing, a link, not readable, a name too long: all the same to a browser
        return Found(address)
    finally:
        os.close(folder)


def _open_file(folder: int, name: str, address: str, path: str) -> Found:
    fd = os.open(name, _FILE, dir_fd=folder)
    found = os.fstat(fd)
    if stat.S_ISREG(found.st_mode):
        return Found(address, fd, found.st_size)
    os.close(fd)
    return Found(address, redirect=quote(path) + "/" if stat.S_ISDIR(found.st_mode) else "")


def _is_escape(text: str) -> bool:
    return len(text) >= 2 and all(c in "0123456789abcdefABCDEF" for c in text[:2])
