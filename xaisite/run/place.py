"""Where the resident server is found, who may talk to it, and what makes it stale.

Does not start or ask it. Invariant: the folder belongs to this user and nobody else may enter it; whoever is at the
other end of a socket is this user, outside every session's walls.
"""

from __future__ import annotations

import hashlib
import os
import site
import socket
import stat
import struct
import sys
import tempfile

from xaisite._version import __version__

_LONGEST_ADDRESS = 100


def runtime_folder() -> str | None:
    """Make and return this user's folder for sockets; None where there is none that only this user can enter."""
    folder = _folder()
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        about = os.lstat(folder)
    except OSError:
        return None
    private = stat.S_ISDIR(about.st_mode) and about.st_uid == os.getuid() and not about.st_mode & 0o077
    return folder if private else None


def _folder() -> str:
    base = os.environ.get("XDG_RUNTIME_DIR", "")
    return os.path.join(base, "xaisite") if base else os.path.join(tempfile.gettempdir(), f"xaisite-{os.getuid()}")


def socket_folders() -> list[str]:
    """Return the folders of this user's sockets, which no session needs to see."""
    named = (os.environ.get("XDG_RUNTIME_DIR", ""), f"/run/user/{os.getuid()}", _folder())
    return [folder for folder in dict.fromkeys(named) if folder and os.path.isdir(folder)]


def socket_path() -> str | None:
    """Return the address of the server for this interpreter and installation of xaisite."""
    folder = runtime_folder()
    name = hashlib.blake2b(f"{sys.executable}\0{sys.prefix}\0{_package()}".encode(), digest_size=6).hexdigest()
    path = os.path.join(folder, name) if folder else ""
    return path if path and len(os.fsencode(path)) <= _LONGEST_ADDRESS else None


def environment_stamp() -> str:
    """Return what changes when the interpreter, an installed distribution or xaisite changes."""
    package = _package()
    looked = [os.path.realpath(sys.executable), os.path.join(sys.prefix, "pyvenv.cfg"), *site.getsitepackages()]
    for room in ("session", "run"):
        with os.scandir(os.path.join(package, room)) as entries:
            looked += sorted(entry.path for entry in entries if entry.name.endswith(".py"))
    parts = [sys.version, __version__]
    for path in looked:
        try:
            about = os.stat(path)
        except OSError:
            continue
        size = about.st_size if stat.S_ISREG(about.st_mode) else 0
        parts.append(f"{path} {about.st_mtime_ns} {about.st_ino} {size}")
    return hashlib.blake2b("\0".join(parts).encode(), digest_size=16).hexdigest()


def is_this_user(sock: socket.socket) -> bool:
    """Whether the process at the other end runs as this user."""
    return _peer(sock)[1] == os.getuid()


def is_outside_walls(sock: socket.socket) -> bool:
    """Whether the process at the other end is no session: those can never gain privileges, and live in namespaces."""
    pid = _peer(sock)[0]
    try:
        with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as file:
            confined = any(line.split() == ["NoNewPrivs:", "1"] for line in file)
        same = all(os.readlink(f"/proc/{pid}/ns/{kind}") == os.readlink(f"/proc/self/ns/{kind}") for kind in _SPACES)
    except OSError:
        return False
    return same and not confined


_SPACES = ("user", "pid", "mnt")


def _peer(sock: socket.socket) -> tuple[int, int]:
    raw = sock.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    pid, uid, _ = struct.unpack("3i", raw)
    return pid, uid


def _package() -> str:
    return os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
