"""The process that stays between builds: it serves its user in its environment, and nobody and nothing else."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.running_posts import Site, shown
from tests.waiting import wait_for
from xaisite.run import place, resident
from xaisite.session.processes import find_descendants, is_gone

SHOWS_PARENT = "import os, json\nprint(open('/proc/1/comm').read().strip() != '')"


@pytest.fixture
def runtime(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A private folder for sockets, with a short name; what was started there is stopped."""
    folder = Path(tempfile.mkdtemp(prefix="xr-"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(folder))
    monkeypatch.delenv("CI", raising=False)
    yield folder
    resident.stop_resident()
    wait_for(lambda: server_pid() is None)
    shutil.rmtree(folder, ignore_errors=True)


def server_pid() -> int | None:
    path = place.socket_path()
    control = resident.connect(path) if path else None
    if control is None:
        return None
    with control:
        return place._peer(control)[0]


def started(tmp_path: Path, idle_s: float = 60.0) -> int:
    assert resident.find_resident(str(tmp_path), start=True, idle_s=idle_s) is not None
    pid = server_pid()
    assert pid is not None
    return pid


def test_builds_share_it_and_leave_it_behind(tmp_path: Path, runtime: Path) -> None:
    before = {*find_descendants(os.getpid())}
    pid = started(tmp_path)
    for n in range(2):
        site = Site(tmp_path / f"site{n}")
        site.put("a.md", ["import json", f"print({n})"])
        done = site.execute()
        assert shown(done.value["content/a.md"])[1] == [f"stdout: {n}\n"]
        assert not list((site.root / ".xaisite/scratch").glob("*"))
    assert server_pid() == pid
    assert wait_for(lambda: len(find_descendants(pid)) <= 3), "only the server and the processes to fork from are left"
    assert wait_for(lambda: not any(is_gone(p) for p in find_descendants(pid))), "no zombies"
    below = find_descendants(pid)
    assert {*find_descendants(os.getpid())} <= {*before, *below}, "nothing else is left"


def test_the_folder_is_private_and_the_socket_is_in_it(tmp_path: Path, runtime: Path) -> None:
    started(tmp_path)
    path = place.socket_path()
    assert path is not None
    assert os.stat(os.path.dirname(path)).st_mode & 0o777 == 0o700
    os.chmod(os.path.dirname(path), 0o755)
    assert place.socket_path() is None
    assert resident.find_resident(str(tmp_path), start=True) is None
    os.chmod(os.path.dirname(path), 0o700)


def test_a_folder_of_somebody_else_is_not_used(tmp_path: Path, runtime: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started(tmp_path)
    monkeypatch.setattr(place.os, "getuid", lambda: 12345)
    path = runtime / "xaisite"
    assert place.runtime_folder() is None
    assert resident.connect(str(next(path.glob("?" * 12)))) is None, "the server's user is not the build's"
    monkeypatch.undo()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))


def test_not_in_ci(tmp_path: Path, runtime: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    assert resident.find_resident(str(tmp_path), start=True) is None
    assert server_pid() is None


def test_it_ends_when_idle(tmp_path: Path, runtime: Path) -> None:
    pid = started(tmp_path, idle_s=0.3)
    assert wait_for(lambda: is_gone(pid))


def test_it_refuses_and_ends_when_the_environment_changed(
    tmp_path: Path, runtime: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pid = started(tmp_path)
    monkeypatch.setattr(resident, "environment_stamp", lambda: "another")
    site = Site(tmp_path / "site")
    site.put("a.md", ["print('from a process of its own')"])
    assert shown(site.execute().value["content/a.md"]) == [["stdout: from a process of its own\n"]]
    assert wait_for(lambda: is_gone(pid))


def test_a_cell_cannot_use_it_to_leave_its_walls(tmp_path: Path, runtime: Path) -> None:
    started(tmp_path)
    path = place.socket_path()
    site = Site(tmp_path / "site")
    ask = (
        f"import socket\ns = socket.socket(socket.AF_UNIX)\ntry:\n    s.connect({path!r})\n"
        "    s.sendall(b'\\0\\0\\0\\x0d{\"stop\":true}'); print(s.recv(99))\nexcept OSError as e: print('refused')"
    )
    site.put("a.md", [ask])
    said = shown(site.execute().value["content/a.md"])[0]
    assert said in (["stdout: refused\n"], ["stdout: b''\n"])
    assert server_pid() is not None


def test_a_process_that_can_gain_no_privileges_is_refused(tmp_path: Path, runtime: Path) -> None:
    """Without namespaces that is what tells a session from a build."""
    started(tmp_path)
    code = (
        "import ctypes, socket, sys; ctypes.CDLL(None).prctl(38, 1, 0, 0, 0); s = socket.socket(socket.AF_UNIX);"
        "s.connect(sys.argv[1]); s.sendall(b'\\0\\0\\0\\x0d{\"stop\":true}'); print(s.recv(99))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(place.socket_path())], capture_output=True, text=True, check=False, timeout=30
    )
    assert "stopping" not in done.stdout
    assert server_pid() is not None


def test_a_build_that_is_killed_leaves_no_session(tmp_path: Path, runtime: Path) -> None:
    pid = started(tmp_path)
    root = tmp_path / "site"
    (root / "content/posts").mkdir(parents=True)
    (root / "site.toml").write_text('[site]\ntitle = "T"\nbase_url = "https://example.org/"\n')
    (root / "content/posts/a.md").write_text("---\ntitle: A\n---\n\n```{python}\nwhile True: pass\n```\n")
    build = subprocess.Popen([sys.executable, "-m", "xaisite", "build", str(root)], stderr=subprocess.DEVNULL)
    assert wait_for(lambda: len(find_descendants(pid)) > 3, 30.0)
    build.send_signal(signal.SIGKILL)
    build.wait()
    assert wait_for(lambda: len(find_descendants(pid)) <= 3)
    assert server_pid() == pid


def test_nonsense_does_not_end_it(tmp_path: Path, runtime: Path) -> None:
    pid = started(tmp_path)
    for raw in (b"", b"\xff" * 64, b"\0\0\0\x02{}", b'\0\0\0\x0e{"stamp":"no"}'):
        with socket.socket(socket.AF_UNIX) as sock:
            sock.connect(str(place.socket_path()))
            sock.sendall(raw)
    assert server_pid() == pid
