"""The walls around a session: namespaces, Landlock, limits; each only where the kernel offers it.

Does not watch over time or memory (the build does, from outside). Invariants: what could not be put up is reported, and
nothing is half up: a wall either holds for the whole session or is named as missing; with or without namespaces, all
that a session starts stays below its first process.
"""

from __future__ import annotations

import contextlib
import ctypes
import glob
import os
import re
import resource
import signal
import socket
import struct
import sys
from collections.abc import Callable, Iterator
from typing import Any

from xaisite.session.processes import end_all_below_this

_NEWNS, _NEWIPC, _NEWUSER, _NEWPID, _NEWNET = 0x20000, 0x8000000, 0x10000000, 0x20000000, 0x40000000
_MS_BIND, _MS_REC, _MS_PRIVATE, _MS_NOSUID, _MS_NODEV = 0x1000, 0x4000, 0x40000, 2, 4
_CLONE = {"x86_64": 56, "aarch64": 220}
"""The number of the system call that forks into new namespaces."""
_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS, _PR_SET_CHILD_SUBREAPER = 1, 38, 36
_MOUNT_POINTS = ("/mnt", "/media", "/srv")
_MOST_PROCESSES = 400
_RESERVE_BYTES = 64 << 20
_OWN_PID_LIMITS = (6, 14)
"""From this kernel on, the highest process number is a namespace's own; before, it is the whole machine's."""


def libc() -> Any:
    """Return the C library."""
    return ctypes.CDLL(None, use_errno=True)


def die_with_parent() -> None:
    """Have the kernel end this process when the one that forked it ends."""
    libc().prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def collect_orphans() -> None:
    """Have processes below this one whose parent has ended become its children, not the machine's."""
    libc().prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def offers_namespaces() -> bool:
    """Try whether this user may make namespaces, in a process that ends at once."""
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            status = 0 if _unshare(_NEWUSER | _NEWNS | _NEWPID | _NEWIPC) else 1
        finally:
            os._exit(status)
    return os.waitpid(pid, 0)[1] == 0


def fork_session(setup: dict[str, Any], *, namespaces: bool) -> int:
    """Fork a session, as the first process of new namespaces if that can be; in the child (0) the setup says so."""
    setup["first"] = False
    if namespaces and setup["isolate"]:
        uid, gid = os.getuid(), os.getgid()
        pid = _fork_with(_NEWUSER | _NEWNS | _NEWPID | _NEWIPC | (0 if setup["network"] else _NEWNET))
        if pid == 0:
            _map_user(uid, gid)
            setup["first"] = True
        if pid >= 0:
            return pid
    return os.fork()


def _fork_with(flags: int) -> int:
    """Do what `os.fork` does, into new namespaces at once: leaving old ones first takes a second fork. -1: refused."""
    number = _CLONE.get(os.uname().machine)
    if number is None:
        return -1
    call = ctypes.PyDLL(None).syscall
    call.restype = ctypes.c_long
    ctypes.pythonapi.PyOS_BeforeFork()
    pid = int(call(*map(ctypes.c_long, (number, flags | signal.SIGCHLD, 0, 0, 0, 0))))
    if pid == 0:
        ctypes.pythonapi.PyOS_AfterFork_Child()
    else:
        ctypes.pythonapi.PyOS_AfterFork_Parent()
    return pid


def enter_jail(setup: dict[str, Any], then: Callable[[dict[str, Any]], None]) -> None:
    """Put up the walls and call ``then`` inside them, with the setup as seen from there. This process ends here."""
    walls: list[str] = []
    os.setsid()
    die_with_parent()
    if setup["first"]:
        walls += ["processes"] + ([] if setup["network"] else ["network"])
        _become_first(setup, walls, then)
    _stand_guard()
    _finish_walls(setup, walls)
    then({**setup, "walls": walls})


def _unshare(flags: int) -> bool:
    """Leave the shared namespaces; say whether that was allowed (half of it is of no use to anybody)."""
    uid, gid = os.getuid(), os.getgid()
    if libc().unshare(flags) != 0:
        return False
    _map_user(uid, gid)
    return True


def _map_user(uid: int, gid: int) -> None:
    try:
        _write("/proc/self/setgroups", "deny")
        _write("/proc/self/uid_map", f"{uid} {uid} 1")
        _write("/proc/self/gid_map", f"{gid} {gid} 1")
    except OSError:
        os._exit(71)


def _stand_guard() -> None:
    """Without namespaces: be the process that collects what the session starts, and let it go on in a child."""
    collect_orphans()
    child = os.fork()
    if child:
        _reap_until(child, sweeps=True)
    die_with_parent()
    os.setsid()


def _become_first(setup: dict[str, Any], walls: list[str], then: Callable[[dict[str, Any]], None]) -> None:
    """Be the first process of new namespaces, and let the session go on in a child; it ends with either."""
    seen = _mount(setup, walls)
    child = os.fork()
    if child:
        _reap_until(child)
    os.setsid()
    _finish_walls(seen, walls)
    then({**seen, "walls": walls})


def _close_all_but_standard() -> None:
    os.closerange(3, 4096)


def _reap_until(child: int, *, sweeps: bool = False) -> None:
    """Collect orphans; end when the session ends, and everything with it (``sweeps``: the kernel does not)."""
    _close_all_but_standard()
    while True:
        try:
            pid, status = os.wait()
        except InterruptedError:
            continue
        except ChildProcessError:
            os._exit(0)
        if pid == child:
            if sweeps:
                end_all_below_this()
            os._exit(os.waitstatus_to_exitcode(status) & 0xFF)


def _mount(setup: dict[str, Any], walls: list[str]) -> dict[str, Any]:
    """Give the session its own view: scratch at a fixed place, private shared memory and processes."""
    c = libc()
    if c.mount(b"none", b"/", None, _MS_REC | _MS_PRIVATE, None) != 0:
        return setup
    walls.append("mounts")
    mounted = c.mount(b"proc", b"/proc", b"proc", _MS_NOSUID | _MS_NODEV, None) == 0
    if mounted and _kernel_version() >= _OWN_PID_LIMITS:
        with contextlib.suppress(OSError):
            _write("/proc/sys/kernel/pid_max", str(_MOST_PROCESSES))
            walls.append("process count")
    size = f"size={setup['memory_bytes']}".encode()
    if c.mount(b"tmpfs", b"/dev/shm", b"tmpfs", _MS_NOSUID | _MS_NODEV, size) == 0:
        walls.append("shared memory")
    for folder in setup["hidden"]:
        if not any(f"{path}/".startswith(f"{folder}/") for path in (setup["base"], setup["sources"])):
            c.mount(b"tmpfs", folder.encode(), b"tmpfs", _MS_NOSUID | _MS_NODEV, b"size=1m")
    if not setup["network"]:
        _raise_loopback()
    base = setup["base"]
    for place in _MOUNT_POINTS:
        if _is_free(place, setup) and c.mount(base.encode(), place.encode(), None, _MS_BIND, None) == 0:
            walls.append("fixed folder")
            return dict(_moved(setup, base, place))
    return setup


def _is_free(place: str, setup: dict[str, Any]) -> bool:
    try:
        return not os.listdir(place) and not setup["sources"].startswith(place + "/")
    except OSError:
        return False


def _moved(value: Any, old: str, new: str) -> Any:
    """Return the setup with the scratch folder under its new name (its real one stays in `outer`)."""
    if isinstance(value, dict):
        return {k: v if k in ("outer", "sources") else _moved(v, old, new) for k, v in value.items()}
    if isinstance(value, list):
        return [_moved(item, old, new) for item in value]
    if isinstance(value, str) and (value == old or value.startswith(old + "/")):
        return new + value[len(old) :]
    return value


def _raise_loopback() -> None:
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        import fcntl

        fcntl.ioctl(sock, 0x8914, struct.pack("16sh22x", b"lo", 0x1 | 0x40))


def _kernel_version() -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", os.uname().release)[:2])


def _finish_walls(setup: dict[str, Any], walls: list[str]) -> None:
    libc().prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    os.nice(5)  # whoever watches must get a turn, whatever the cell does
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _limit(resource.RLIMIT_FSIZE, setup["file_bytes"])
    _limit(resource.RLIMIT_DATA, setup["memory_bytes"], _RESERVE_BYTES)
    walls.append("memory")
    if "process count" not in walls and os.getuid() != 0:  # the kernel does not hold root to it
        _limit(resource.RLIMIT_NPROC, _count_own_tasks() + _MOST_PROCESSES)
        walls.append("process count")
    if setup["isolate"]:
        alone, offline = "processes" in walls, setup["network"] or "network" in walls
        walls += _landlock([setup["base"], *setup["writable"]], signals=not alone, tcp=not offline)
    sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115


def _limit(kind: int, value: int, reserve: int = 0) -> None:
    hard = resource.getrlimit(kind)[1]
    room = value + reserve if hard == resource.RLIM_INFINITY else min(hard, value + reserve)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(kind, (min(value, room), room))


@contextlib.contextmanager
def memory_reserve() -> Iterator[None]:
    """Let this process have a little more memory, for describing a cell that used all it may."""
    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (hard, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))


def _count_own_tasks() -> int:
    """Return how many processes and threads of this user there are: the limit counts them all."""
    found = 0
    for name in os.listdir("/proc"):
        with contextlib.suppress(OSError):
            if name.isdigit() and os.stat(f"/proc/{name}").st_uid == os.getuid():
                found += len(os.listdir(f"/proc/{name}/task"))
    return found


def _landlock(writable: list[str], *, signals: bool, tcp: bool) -> list[str]:
    """Allow writing only below these folders (and to harmless devices); reading stays as it is.

    ``signals``: allow none to processes outside the session; ``tcp``: allow no TCP. Return the walls that stand.
    """
    c = libc()
    abi = c.syscall(444, None, 0, 1)
    if abi < 1:
        return []
    walls = ["writes"] + (["signals"] if signals and abi >= 6 else []) + (["TCP"] if tcp and abi >= 4 else [])
    # write_file, remove_dir, remove_file, make_char, make_dir, make_reg, make_sock, make_fifo, make_block, make_sym
    handled = sum(1 << bit for bit in (1, 4, 5, 6, 7, 8, 9, 10, 11, 12))
    handled |= (1 << 13 if abi >= 2 else 0) | (1 << 14 if abi >= 3 else 0)
    asked = [handled, 3 * ("TCP" in walls), 3 * ("signals" in walls)][: 1 + (abi >= 4) + (abi >= 6)]
    ruleset = c.syscall(444, struct.pack(f"{len(asked)}Q", *asked), 8 * len(asked), 0)
    if ruleset < 0:
        return []
    gpus = [path for pattern in ("/dev/nvidia*", "/dev/kfd", "/dev/dri/*") for path in glob.glob(pattern)]
    devices = [*gpus, "/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/tty", "/dev/ptmx"]
    for path in [*writable, "/dev/shm", "/proc/self", *devices]:  # noqa: S108
        _allow(c, ruleset, path, handled)
    done = c.syscall(446, ruleset, 0) == 0
    os.close(ruleset)
    return walls if done else []


def _allow(c: Any, ruleset: int, path: str, handled: int) -> None:
    try:
        fd = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    rights = handled if os.path.isdir(path) else handled & (1 << 1 | 1 << 14)
    c.syscall(445, ruleset, 1, struct.pack("=Qi", rights, fd), 0)
    os.close(fd)


def _write(path: str, text: str) -> None:
    fd = os.open(path, os.O_WRONLY)
    try:
        os.write(fd, text.encode())
    finally:
        os.close(fd)
