"""The preview from beginning to end: real files, real sockets, a build that fails in every way."""

from __future__ import annotations

import http.client
import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from xaisite.core.diagnostic import error, warning
from xaisite.core.errors import MachineError
from xaisite.core.source import Source
from xaisite.model.output import MARKER
from xaisite.serve.inotify import Waker
from xaisite.serve.outcome import BuildOutcome
from xaisite.serve.session import Voice, serve_site
from xaisite.serve.watch import Watcher, is_ignored, take_snapshot


class Preview:
    """`serve_site` in a thread, with a build that copies `text.md` into a page."""

    def __init__(self, root: Path) -> None:
        self.root, self.output = root, root / "build"
        self.builds: list[float] = []
        self.said: list[str] = []
        self.act: Callable[[], BuildOutcome | None] = lambda: None
        self.url = ""
        self.stop = threading.Event()
        ready = threading.Event()

        def on_ready(url: str) -> None:
            self.url = url
            ready.set()

        self.thread = threading.Thread(
            target=lambda: serve_site(
                str(root),
                self.build,
                output_dir=str(self.output),
                port=0,
                voice=Voice(self.said.append),
                on_ready=on_ready,
                stop=self.stop,
            )
        )
        self.thread.start()
        assert ready.wait(5)
        self.wait_for(1)

    def build(self) -> BuildOutcome:
        try:
            acted = self.act()
            self.output.mkdir(exist_ok=True)
            (self.output / MARKER).write_text("{}")
            (self.output / "index.html").write_text("<body>" + (self.root / "text.md").read_text())
            return acted or BuildOutcome(changed=frozenset({"index.html"}))
        finally:
            self.builds.append(time.monotonic())

    def wait_for(self, number: int) -> None:
        until = time.monotonic() + 5
        while len(self.builds) < number:
            assert time.monotonic() < until, f"build {number} did not come"
            time.sleep(0.005)

    def get(self, path: str = "/") -> str:
        connection = http.client.HTTPConnection(self.url.split("/")[2], timeout=5)
        connection.request("GET", path)
        body = connection.getresponse().read().decode()
        connection.close()
        return body

    def event(self) -> dict[str, object]:
        """Return the state as a page that has just been loaded hears it."""
        time.sleep(0.05)  # told after the build returned
        connection = http.client.HTTPConnection(self.url.split("/")[2], timeout=5)
        connection.request("GET", "/_xaisite/events")
        answer = connection.getresponse()
        while not (line := answer.readline()).startswith(b"data: "):
            assert line
        connection.close()
        return json.loads(line[6:])

    def close(self) -> None:
        self.stop.set()
        self.thread.join(5)
        assert not self.thread.is_alive()


@pytest.fixture
def preview(tmp_path: Path) -> Iterator[Preview]:
    (tmp_path / "text.md").write_text("one")
    preview = Preview(tmp_path)
    yield preview
    preview.close()


def test_an_edit_is_built_and_told_within_half_a_second(preview):
    assert preview.get().startswith("<body>one")
    began = time.monotonic()
    (preview.root / "text.md").write_text("two")
    preview.wait_for(2)
    assert time.monotonic() - began < 0.5
    assert preview.event()["build"] == 2
    assert preview.get().startswith("<body>two")


def test_what_a_build_writes_does_not_build_again(preview):
    (preview.root / ".xaisite").mkdir()
    (preview.root / ".xaisite" / "state").write_text("x")
    (preview.root / "text.md~").write_text("x")
    (preview.root / "build" / "more.html").write_text("x")
    (preview.root / "build-docs").mkdir()
    (preview.root / "build-docs" / MARKER).write_text("{}")
    (preview.root / "build-docs" / "index.html").write_text("x")
    time.sleep(0.6)
    count = len(preview.builds)
    assert count <= 2  # the new folder may have been seen before its marker
    (preview.root / "build-docs" / "index.html").write_text("longer")
    time.sleep(0.3)
    assert len(preview.builds) == count


def test_a_change_during_a_build_is_built_next(preview):
    def edit_once() -> None:
        preview.act = lambda: None
        (preview.root / "other.md").write_text("during")

    preview.act = edit_once
    (preview.root / "text.md").write_text("two")
    preview.wait_for(3)


def test_diagnostics_are_shown_with_their_excerpt(preview):
    source = Source("text.md", "bad [@x] <b>\n")
    found = (error("cite-unknown-key", "no “x”", source.span(5, 7)), warning("w", "only at the terminal"))
    preview.act = lambda: BuildOutcome(found, None, lambda _: source)
    (preview.root / "text.md").write_text("two")
    preview.wait_for(2)
    state = preview.event()
    assert state["summary"] == "1 error"
    assert "text.md:1:6" in str(state["errors"])
    assert "bad [@x] <b>" in str(state["errors"])
    assert "only at the terminal" not in str(state["errors"])
    assert "only at the terminal" in "".join(preview.said)
    preview.act = lambda: None
    (preview.root / "text.md").write_text("three")
    preview.wait_for(3)
    assert preview.event()["errors"] == ""


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        (KeyError("surprise"), "bug of xaisite"),
        (SystemExit(3), "bug of xaisite"),
        (RecursionError(), "bug of xaisite"),
        (MemoryError(), "bug of xaisite"),
        (MachineError("the disk is full"), "the disk is full"),
    ],
)
def test_no_exception_of_a_build_ends_it(preview, problem, words):
    def fail() -> None:
        raise problem

    preview.act = fail
    (preview.root / "text.md").write_text("two")
    preview.wait_for(2)
    state = preview.event()
    assert words in str(state["errors"])
    assert words in "".join(preview.said)
    assert preview.get().startswith("<body>one")
    preview.act = lambda: None
    (preview.root / "text.md").write_text("three")
    preview.wait_for(3)
    assert preview.event()["errors"] == ""
    assert preview.get().startswith("<body>three")


@pytest.mark.parametrize("state", ["folder gone", "file for folder", "unreadable name", "loop", "fifo", "deep"])
def test_any_state_of_the_folder_is_survived(preview, state):
    root = preview.root
    if state == "folder gone":
        (root / "content").mkdir()
        time.sleep(0.15)
        (root / "content").rmdir()
    elif state == "file for folder":
        (root / "content").write_text("x")
    elif state == "unreadable name":
        Path(os.fsdecode(os.fsencode(root) + b"/\xff\xfe.md")).write_text("x")
    elif state == "loop":
        (root / "loop").symlink_to(root / "loop")
        (root / "up").symlink_to(root)
    elif state == "fifo":
        os.mkfifo(root / "pipe")
    else:
        (root / "/".join("d" * 100)).mkdir(parents=True)
    time.sleep(0.2)
    count = len(preview.builds)
    (root / "text.md").write_text("two")
    preview.wait_for(count + 1)
    time.sleep(0.1)
    assert preview.get().startswith("<body>two")


def test_a_file_elsewhere_that_the_build_read_is_watched(preview, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("bib") / "refs.bib"
    elsewhere.write_text("@a")
    preview.act = lambda: BuildOutcome(watch=frozenset({str(elsewhere)}))
    (preview.root / "text.md").write_text("two")
    preview.wait_for(2)
    time.sleep(0.3)
    assert len(preview.builds) == 2
    elsewhere.write_text("@bb")
    preview.wait_for(3)


def test_it_ends_when_interrupted_and_frees_the_port(tmp_path):
    def build() -> BuildOutcome:
        raise KeyboardInterrupt

    urls: list[str] = []
    assert serve_site(str(tmp_path), build, output_dir=str(tmp_path / "b"), on_ready=urls.append) == ()
    port = int(urls[0].rstrip("/").rsplit(":", 1)[1])
    assert serve_site(str(tmp_path), build, output_dir=str(tmp_path / "b"), port=port) == ()


def test_a_public_host_is_refused_before_anything_is_built(tmp_path):
    def build() -> BuildOutcome:
        raise AssertionError

    found = serve_site(str(tmp_path), build, output_dir=str(tmp_path / "b"), host="0.0.0.0")
    assert [d.code for d in found] == ["serve-host-public"]


# --- looking and being woken ---


def test_what_counts_as_a_file_of_the_site(tmp_path):
    for path in (
        "content/a.md",
        "content/.hidden",
        "content/a.md~",
        "content/.a.md.swp",
        "node_modules/x.js",
        "venv/pyvenv.cfg",
        "venv/lib/x.py",
        "data/x.csv",
        "content/__pycache__/x.pyc",
        ".git/HEAD",
        "out/x",
    ):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("x")
    files = take_snapshot(str(tmp_path), [str(tmp_path / "out")]).files
    assert {os.path.relpath(path, tmp_path) for path in files} == {"content/a.md", "data/x.csv"}
    assert is_ignored("4913")
    assert is_ignored("#a.md#")
    assert not is_ignored("a.md")


def test_every_kind_of_change_is_seen(tmp_path):
    page = tmp_path / "a.md"
    page.write_text("x")
    for change in (
        lambda: page.write_text("y"),
        lambda: os.utime(page, ns=(1, 1)),
        lambda: page.rename(tmp_path / "b.md"),
        (tmp_path / "b.md").unlink,
        lambda: (tmp_path / "new.md").write_text(""),
    ):
        before = take_snapshot(str(tmp_path))
        time.sleep(0.011)
        change()
        assert take_snapshot(str(tmp_path)).differs(before)


def test_a_look_is_not_needed_where_nothing_happens(tmp_path):
    with Waker() as waker:
        if not waker.watch([str(tmp_path)]):
            pytest.skip("no inotify here")
        assert not waker.wait(0.05)
        (tmp_path / "x").write_text("x")
        assert waker.wait(1)
        assert not waker.wait(0.05)
        assert not waker.watch([str(tmp_path / "none")])


def test_without_inotify_it_looks_by_itself(tmp_path):
    waker = Waker()
    waker.close()
    watcher = Watcher(str(tmp_path), waker=waker)
    before = watcher.look()
    threading.Timer(0.1, (tmp_path / "x").write_text, ["x"]).start()
    began = time.monotonic()
    fresh = watcher.wait(before, lambda: time.monotonic() - began > 5)
    assert fresh is not None
    assert time.monotonic() - began < 0.5


def test_waiting_costs_next_to_nothing(tmp_path):
    for number in range(300):
        (tmp_path / f"p{number}").mkdir()
        (tmp_path / f"p{number}" / "index.md").write_text("x")
    watcher = Watcher(str(tmp_path))
    before, end = watcher.look(), time.monotonic() + 1.0
    used = time.process_time()
    assert watcher.wait(before, lambda: time.monotonic() > end) is None
    watcher.close()
    assert time.process_time() - used < 0.15
