"""Publishing to real folders: whole releases, kept ones, the way back."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from xaisite.cli.main import main
from xaisite.core.errors import MachineError
from xaisite.model.config import PublishTarget
from xaisite.publish.target import find_target, publish_site

REPO = Path(__file__).parents[2]


def target(**options: object) -> PublishTarget:
    return PublishTarget("server", "directory", {"path": "../www", **options})


def content(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder.resolve())): p.read_bytes() for p in folder.resolve().rglob("*") if p.is_file()}


def publish(output: str, root: Path, **options: object):
    done = publish_site(output, target(**options), str(root))
    assert not done.has_errors, done.diagnostics
    assert done.value is not None
    return done.value


@pytest.fixture
def www(tmp_path: Path) -> Path:
    return tmp_path / "www"


def test_a_release_holds_the_site_and_nothing_of_ours(build, root, www):
    done = publish(build(), root)
    assert (done.status, done.release, done.files) == ("published", "000001", 5)
    published = content(www)
    assert published["a/index.html"] == b"a\r\n"
    assert len(published) == 5
    assert not any(name.startswith(".xaisite") for name in published)


def test_the_same_site_is_not_published_again(build, root, www):
    publish(build(), root)
    before = www.resolve()
    assert publish(build(), root).status == "unchanged"
    assert www.resolve() == before
    assert sorted(os.listdir(www.parent / ".www.releases")) == [".lock", "000001"]


def test_what_did_not_change_takes_no_room(build, root, www):
    publish(build(), root)
    first = (www / "_x/style.css").stat().st_ino
    publish(build(index__html=b"2", a__index=None), root)
    assert (www / "_x/style.css").stat().st_ino == first
    assert (www / "_x/style.css").stat().st_nlink == 2


def test_a_deleted_page_alone_makes_a_release(build, root, www):
    publish(build(extra=b"x"), root)
    assert publish(build(), root).status == "published"
    assert "extra" not in content(www)


def test_editing_the_output_by_hand_does_not_edit_a_release(build, root, www):
    output = build()
    publish(output, root)
    Path(output, "index.html").write_bytes(b"scribbled")
    assert content(www)["index.html"] == b"<p>home"


def test_back_and_forth(build, root, www):
    for text in (b"1", b"2", b"3"):
        publish(build(index=text), root)
    for expected in (b"2", b"1"):
        done = publish_site("", target(), str(root), rollback=True)
        assert done.value is not None
        assert done.value.status == "rolled back"
        assert content(www)["index"] == expected
    done = publish_site("", target(), str(root), rollback=True)
    assert [d.code for d in done.diagnostics] == ["publish-no-release"]
    assert content(www)["index"] == b"1"
    assert publish(build(index=b"4"), root).release == "000004"
    assert content(www)["index"] == b"4"


def test_only_so_many_releases_are_kept_and_the_current_always(build, root, www):
    for number in range(5):
        publish(build(index=b"%d" % number), root, keep=2)
    assert sorted(os.listdir(www.parent / ".www.releases")) == [".lock", "000004", "000005"]
    publish_site("", target(), str(root), rollback=True)
    publish(build(index=b"new"), root, keep=1)
    assert content(www)["index"] == b"new"


def unread(path: Path) -> tuple[int, ...]:
    """Return what the system knows of a file, but for the time it was last read."""
    about = os.lstat(path)
    return about.st_ino, about.st_mode, about.st_nlink, about.st_size, about.st_mtime_ns, about.st_ctime_ns


@pytest.mark.parametrize("what", ["files", "link", "file"])
def test_what_is_not_ours_is_never_replaced(build, root, www, what):
    other = www.parent / "other"
    other.mkdir()
    if what == "files":
        www.mkdir()
        (www / "thesis.tex").write_text("x")
    elif what == "link":
        www.symlink_to(other)
    else:
        www.write_text("x")
    before = unread(www)
    done = publish_site(build(), target(), str(root))
    assert [d.code for d in done.diagnostics] == ["publish-not-ours"]
    assert unread(www) == before
    assert list(other.iterdir()) == []


def test_an_empty_folder_is_taken(build, root, www):
    www.mkdir()
    assert publish(build(), root).status == "published"
    assert www.is_symlink()


def test_links_are_not_followed_out(build, root, www, tmp_path):
    output = build()
    (tmp_path / "secret").write_text("secret")
    Path(output, "key").symlink_to(tmp_path / "secret")
    Path(output, "dir").symlink_to(tmp_path)
    os.mkfifo(Path(output, "pipe"))
    done = publish_site(output, target(), str(root))
    assert sorted(d.code for d in done.diagnostics) == ["publish-link-skipped"] * 3
    assert len(content(www)) == 5


def test_without_a_built_site_there_is_nothing_to_publish(root, www):
    for place in (root / "build", root):
        assert [d.code for d in publish_site(str(place), target(), str(root)).diagnostics] == ["publish-no-output"]
    assert not www.exists()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"path": ""}, "`path` is missing"),
        ({"path": 3}, "must be text"),
        ({"keep": "3"}, "whole number"),
        ({"keep": 0}, "at least 1"),
        ({"keep": True}, "whole number"),
        ({"kepe": 1}, "not known"),
    ],
)
def test_options_are_checked(build, root, options, words):
    done = publish_site(build(), target(**options), str(root))
    assert [d.code for d in done.diagnostics] == ["publish-option"]
    assert words in done.diagnostics[0].message


def test_targets_by_name():
    one, two = target(), PublishTarget("pages", "git", {"branch": "x"})
    assert find_target([one]).value is one
    assert find_target([one, two], "pages").value is two
    for targets, name in (([], ""), ([one, two], ""), ([one, two], "pagse")):
        assert [d.code for d in find_target(targets, name).diagnostics] == ["publish-unknown-target"]
    assert "pages" in find_target([one, two], "pagse").diagnostics[0].help


def test_two_publishers_do_not_meet(build, root, www):
    output = build()
    publish(output, root)
    with open(www.parent / ".www.releases" / ".lock", "a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(MachineError, match="another process"):
            publish(output, root)


def test_readers_see_whole_releases_only(build, root, www):
    names = [f"p{n}" for n in range(10)]
    outputs = []
    for number in range(2):
        shutil.copytree(build(**dict.fromkeys(names, b"%d" % number)), root / f"v{number}")
        outputs.append(str(root / f"v{number}"))
    publish(outputs[0], root, keep=50)
    mixed, reads, stop = [], [0], threading.Event()

    def read() -> None:
        while not stop.is_set():
            release = os.path.realpath(www)
            seen = {Path(release, name).read_bytes() for name in names}
            if len(seen) != 1:
                mixed.append(seen)
            reads[0] += 1

    reader = threading.Thread(target=read)
    reader.start()
    for turn in range(1, 30):
        publish(outputs[turn % 2], root, keep=50)
    stop.set()
    reader.join()
    assert mixed == []
    assert reads[0] > 10


PUBLISHER = """
import sys
sys.path.insert(0, sys.argv[1])
from xaisite.model.config import PublishTarget
from xaisite.publish.target import publish_site
from xaisite.core.errors import MachineError
try:
    publish_site(sys.argv[2], PublishTarget("s", "directory", {"path": sys.argv[3], "keep": 1}), "/")
except MachineError:
    sys.exit(40)
"""


@pytest.mark.parametrize("fault", ["signal=SIGKILL", "error=ENOSPC"])
@pytest.mark.parametrize(
    ("call", "numbers"),
    [
        ("mkdir", (1, 2)),
        ("linkat", (1, 2)),
        ("fsync", (1, 3)),
        ("rename", (1, 2)),
        ("symlink", (1,)),
        ("rmdir", (1,)),
    ],
)
def test_killed_or_full_at_any_point_one_whole_release_stands(build, root, www, fault, call, numbers):
    strace = shutil.which("strace")
    if strace is None:
        print("skipped: strace is not installed, so the publisher cannot be killed half-way")
        pytest.skip("strace is not installed")
    publish(build(index=b"0"), root, keep=1)
    for number in numbers:
        output = build(index=b"new %d" % number)
        before = content(www)
        command = [
            strace,
            "-f",
            "--quiet=all",
            "-o",
            "/dev/null",
            "-e",
            f"trace={call}",
            "-e",
            f"inject={call}:{fault}:when={number}",
            sys.executable,
            "-c",
            PUBLISHER,
            str(REPO),
            output,
            str(www),
        ]
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=30, check=False, env={"PYTHONDONTWRITEBYTECODE": "1"}
        )
        assert "Traceback" not in done.stderr
        after = content(www)
        assert after in (before, before | {"index": b"new %d" % number})
        publish(output, root, keep=1)
        assert content(www) == before | {"index": b"new %d" % number}
        left = os.listdir(www.parent / ".www.releases")
        assert len(left) == 2, left


def test_everything_is_on_disk_before_readers_are_sent_to_it(build, root, www, tmp_path):
    strace = shutil.which("strace")
    if strace is None:
        print("skipped: strace is not installed, so the order of system calls is not seen")
        pytest.skip("strace is not installed")
    log = tmp_path / "log"
    command = [
        strace,
        "-f",
        "-y",
        "-o",
        str(log),
        "-e",
        "trace=fsync,sync,rename",
        sys.executable,
        "-c",
        PUBLISHER,
        str(REPO),
        build(),
        str(www),
    ]
    subprocess.run(command, check=True, timeout=30, env={"PYTHONDONTWRITEBYTECODE": "1"})
    calls = log.read_text().splitlines()
    pointed = next(i for i, line in enumerate(calls) if "rename" in line and "current.new" in line)
    synced = {line.split("<")[1].split(">")[0].rsplit(".tmp", 1)[-1] for line in calls[:pointed] if " fsync(" in line}
    assert {"/index.html", "/a/index.html", "/_x/style.css", "/empty.txt", "/a", "/_x", ""} <= synced
    assert any(f"<{www.parent}>" in line for line in calls[pointed:])


def test_json_is_one_object_also_when_publishing(
    make_site: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    """The build's warnings and the publisher's are printed together."""
    toml = '[site]\ntitle = "T"\nbase_url = "https://example.org/"\n[publish.www]\nkind = "directory"\npath = "www"\n'
    head = "---\ntitle: A\ndate: 2024-01-01\n---\n\n## One\n\n#### Jump\n\nText.\n"
    root = make_site({"site.toml": toml, "content/posts/a.md": head})
    assert main(["publish", str(root), "--format", "json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert [d["code"] for d in said["diagnostics"]] == ["heading-jump"]
    assert (root / "www/index.html").exists()
