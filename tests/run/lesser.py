"""Starts a program as it would be where there is less: as an ordinary user, or on a kernel that refuses system calls.

python lesser.py [user] [unshare] [landlock] -- PROGRAM …     `user` needs root; the others are refused from then on
"""

import ctypes
import os
import struct
import sys
import tempfile

NUMBERS = {"unshare": (272,), "landlock": (444, 445, 446)}
NOBODY = 65534
_LIBC = ctypes.CDLL(None, use_errno=True)


def refuse(numbers: list[int]) -> None:
    """Have the kernel answer these system calls with EPERM, here and in all processes below (x86-64)."""
    program = [(0x20, 0, 0, 0)]  # load the call's number
    for number in numbers:
        program += [(0x15, 0, 1, number), (0x06, 0, 0, 0x00050000 | 1)]
    program.append((0x06, 0, 0, 0x7FFF0000))
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in program))
    filter_ = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(program), ctypes.addressof(code)))
    _check(_LIBC.prctl(38, 1, 0, 0, 0))
    _check(_LIBC.prctl(22, 2, ctypes.byref(filter_), 0, 0))


def become_ordinary(needed: list[str]) -> None:
    """Give up root; folders that only root may enter are opened as far as ``needed``, for this process alone."""
    _check(_LIBC.unshare(0x20000))
    _check(_LIBC.mount(b"none", b"/", None, 0x4000 | 0x40000, None))
    for path in needed:
        closed = _closed_above(path)
        if closed is None:
            continue
        aside = tempfile.mkdtemp()
        _check(_LIBC.mount(path.encode(), aside.encode(), None, 0x1000, None))
        _check(_LIBC.mount(b"tmpfs", closed.encode(), b"tmpfs", 0, b"mode=755"))
        os.makedirs(path)
        _check(_LIBC.mount(aside.encode(), path.encode(), None, 0x1000, None))
        _check(_LIBC.umount2(aside.encode(), 0))
        os.rmdir(aside)
    os.setgroups([])
    os.setgid(NOBODY)
    os.setuid(NOBODY)


def _closed_above(path: str) -> str | None:
    parts = path.strip("/").split("/")
    for count in range(1, len(parts)):
        folder = "/" + "/".join(parts[:count])
        if not os.stat(folder).st_mode & 0o001:
            return folder
    return None


def _check(answer: int) -> None:
    if answer != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


if __name__ == "__main__":
    at = sys.argv.index("--")
    less, command = sys.argv[1:at], sys.argv[at + 1 :]
    if "user" in less:
        become_ordinary([os.path.realpath(sys.base_prefix)])
    refused = [number for name in less for number in NUMBERS.get(name, ())]
    if refused:
        refuse(refused)
    os.execv(command[0], command)
