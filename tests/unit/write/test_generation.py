"""Generations on a real file system: whole, kept, incremental, never through a link."""

from __future__ import annotations

import os
import shutil
import threading
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xaisite.core.digest import digest_bytes
from xaisite.core.errors import InternalError, MachineError
from xaisite.model.output import MARKER, STAGING, Blob, Manifest
from xaisite.write import generation
from xaisite.write.check import check_addresses, check_place
from xaisite.write.generation import remove_output, write_generation
from xaisite.write.in_place import apply_in_place, finish_journal
from xaisite.write.observe import observe_output, read_marker, render_marker
from xaisite.write.scratch import find_scratch, save_json


def blobs(site: dict[str, bytes]) -> dict[str, Blob]:
    return {address: Blob(digest_bytes(data), data) for address, data in site.items()}


def build(output: Path, site: dict[str, bytes]) -> Manifest:
    """Build as the pipeline does: bytes only for what does not stand."""
    seen = observe_output(str(output))
    outputs = {
        a: Blob(b.digest) if a in seen.files and seen.files[a].digest == b.digest else b for a, b in blobs(site).items()
    }
    made = write_generation(str(output), outputs, seen)
    assert made == observe_output(str(output))
    return made


def content(output: Path) -> dict[str, bytes]:
    """Return the files below ``output`` by path, read by nothing of the code under test."""
    return {str(p.relative_to(output)): p.read_bytes() for p in output.rglob("*") if p.is_file() and p.name != MARKER}


def snapshot(folder: Path) -> dict[str, tuple[int, int, int]]:
    return {str(p): (p.lstat().st_ino, p.lstat().st_mtime_ns, p.lstat().st_ctime_ns) for p in folder.rglob("*")}


SITE = {"index.html": b"home", "a/index.html": b"a1", "a/b/index.html": b"b", "_x/style.css": b"css"}


@pytest.fixture
def output(tmp_path: Path) -> Path:
    return tmp_path / "site" / "build"


def test_a_site_appears_changes_and_shrinks(output):
    build(output, SITE)
    assert content(output) == SITE
    changed = SITE | {"a/index.html": b"a2", "new/x.txt": b""}
    del changed["a/b/index.html"]
    build(output, changed)
    assert content(output) == changed
    assert not (output / "a/b").exists()
    build(output, {})
    assert content(output) == {}


def test_what_did_not_change_is_the_same_file(output):
    build(output, SITE)
    before = (output / "index.html").stat()
    build(output, SITE | {"a/index.html": b"a2"})
    after = (output / "index.html").stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_if_nothing_changed_nothing_is_written(output):
    build(output, SITE)
    build(output, SITE | {"a/index.html": b"a2"})
    before = snapshot(output.parent)
    build(output, SITE | {"a/index.html": b"a2"})
    assert snapshot(output.parent) == before


def test_the_bytes_of_a_folder_depend_on_the_outputs_only(output, tmp_path):
    build(output, SITE)
    build(output, SITE | {"a/index.html": b"a2"})
    build(output, SITE)
    other = tmp_path / "other"
    build(other, dict(reversed(SITE.items())))
    assert content(output) == content(other)
    assert (output / MARKER).read_bytes() == (other / MARKER).read_bytes()


@pytest.mark.parametrize("how", ["in place", "same size", "replaced", "deleted", "linked"])
def test_a_file_changed_by_hand_is_noticed_and_rewritten(output, tmp_path, how):
    build(output, SITE)
    page = output / "a/index.html"
    if how == "in place":
        page.write_bytes(b"changed")
    elif how == "same size":
        page.write_bytes(b"zz")
    elif how == "replaced":
        page.unlink()
        page.write_bytes(b"zz")
    elif how == "deleted":
        page.unlink()
    else:
        (tmp_path / "elsewhere").write_bytes(b"a1")
        page.unlink()
        page.symlink_to(tmp_path / "elsewhere")
    assert "a/index.html" not in observe_output(str(output)).files
    build(output, SITE)
    assert content(output) == SITE
    assert not page.is_symlink()
    if how == "linked":
        assert (tmp_path / "elsewhere").read_bytes() == b"a1"


def test_a_change_within_one_tick_of_the_clock_is_noticed(output):
    build(output, SITE)
    page = output / "a/index.html"
    found = page.stat()
    page.write_bytes(b"zz")  # the same size, and with a coarse clock the same time
    os.utime(page, ns=(found.st_atime_ns, found.st_mtime_ns))
    record = find_scratch(str(output), None).live_record(output.stat().st_ino)
    os.utime(record, ns=(found.st_mtime_ns, found.st_mtime_ns))  # as on a machine that is never slow
    assert "a/index.html" not in observe_output(str(output)).files


def test_a_page_changed_by_hand_and_then_removed_from_the_site_goes(output):
    build(output, SITE)
    (output / "a/b/index.html").write_bytes(b"by hand")
    smaller = {k: v for k, v in SITE.items() if k != "a/b/index.html"}
    build(output, smaller)
    assert content(output) == smaller


def test_what_others_put_there_is_kept(output):
    build(output, SITE)
    (output / "CNAME").write_text("example.org")
    (output / "a/notes.txt").write_text("mine")
    (output / "empty/deeper").mkdir(parents=True)
    (output / "link").symlink_to("/nowhere")
    os.chmod(output, 0o750)
    for text in (b"a2", b"a3", b"a4"):
        build(output, SITE | {"a/index.html": text})
        assert (output / "CNAME").read_text() == "example.org"
        assert (output / "a/notes.txt").read_text() == "mine"
        assert (output / "empty/deeper").is_dir()
        assert os.readlink(output / "link") == "/nowhere"
        assert output.stat().st_mode & 0o777 == 0o750
    (output / "CNAME").write_text("example.com")
    build(output, {"index.html": b"home"})
    assert content(output) == {"CNAME": b"example.com", "a/notes.txt": b"mine", "index.html": b"home"}
    (output / "CNAME").unlink()
    (output / "a/notes.txt").unlink()
    build(output, {"index.html": b"home2"})
    assert content(output) == {"index.html": b"home2"}


def test_no_file_of_ours_shares_its_content_with_a_source_or_the_mirror_after_an_edit(output, tmp_path):
    source = tmp_path / "photo.png"
    source.write_bytes(b"png")
    outputs = {"photo.png": Blob(digest_bytes(b"png"), str(source))}
    write_generation(str(output), outputs, observe_output(str(output)))
    (output / "photo.png").write_bytes(b"scribbled")
    assert source.read_bytes() == b"png"
    write_generation(str(output), outputs, observe_output(str(output)))
    assert content(output) == {"photo.png": b"png"}


def test_a_source_that_changes_while_it_is_copied_stops_the_write(output, tmp_path):
    build(output, SITE)
    source = tmp_path / "photo.png"
    source.write_bytes(b"other")
    with pytest.raises(MachineError, match="changed while the site was built"):
        write_generation(
            str(output), {"photo.png": Blob(digest_bytes(b"png"), str(source))}, observe_output(str(output))
        )
    assert content(output) == SITE


def test_what_was_said_to_stand_must_stand(output):
    seen = build(output, SITE)
    (output / "index.html").write_bytes(b"edited meanwhile")
    outputs = {a: Blob(digest_bytes(d)) for a, d in SITE.items()} | {"n.txt": Blob(digest_bytes(b""), b"")}
    with pytest.raises(MachineError, match="build again"):
        write_generation(str(output), outputs, seen)
    with pytest.raises(InternalError):
        write_generation(str(output), {"never.html": Blob("0")}, seen)


@pytest.mark.parametrize(
    "address", ["/etc/x", "../x", "a/../../x", "", "a//b", "./a", "a/", MARKER, f"{STAGING}/x", "a\0b"]
)
def test_an_address_never_leaves_the_folder(output, address):
    with pytest.raises(InternalError):
        write_generation(str(output), {address: Blob(digest_bytes(b""), b"")}, Manifest())


def test_a_folder_of_others_is_refused(tmp_path):
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "thesis.tex").write_text("years of work")
    (tmp_path / "home" / "x" / "y").mkdir(parents=True)
    seen = observe_output(str(tmp_path / "home"))
    (found,) = check_place(str(tmp_path / "home"), seen)
    assert (found.code, "thesis.tex" in found.message) == ("write-output-foreign", True)
    assert seen.folders == {"x"}  # what may be huge is not walked
    with pytest.raises(MachineError, match="did not make"):
        write_generation(str(tmp_path / "home"), blobs(SITE), seen)
    assert content(tmp_path / "home") == {"thesis.tex": b"years of work"}


def test_an_empty_folder_is_taken_and_a_damaged_marker_is_not_ours(output):
    output.mkdir(parents=True)
    build(output, SITE)
    assert content(output) == SITE
    for damage in (b"", b"{", b"[]", b'{"format":"xaisite output 1","files":{"a":1}}'):
        (output / MARKER).write_bytes(damage)
        seen = observe_output(str(output))
        assert [d.code for d in check_place(str(output), seen)] == ["write-output-foreign"]


@pytest.mark.parametrize("kind", ["link", "file"])
def test_an_output_that_is_no_folder_is_refused(tmp_path, kind):
    target = tmp_path / "target"
    target.mkdir()
    if kind == "link":
        (tmp_path / "build").symlink_to(target)
    else:
        (tmp_path / "build").write_text("x")
    for name in ("build", "build/"):
        path = f"{tmp_path}/{name}"
        seen = observe_output(path)
        assert [d.code for d in check_place(path, seen)] == ["write-output-place"]
        with pytest.raises(MachineError):
            write_generation(path, blobs(SITE), seen)
    assert list(target.iterdir()) == []


def test_a_file_of_others_at_an_address_of_ours_is_an_error(output, tmp_path):
    build(output, SITE)
    (output / "robots.txt").write_text("mine")
    (output / "c").symlink_to(tmp_path)
    (output / "d.html").mkdir()
    seen = observe_output(str(output))
    wanted = SITE | {"robots.txt": b"", "c/index.html": b"", "d.html": b""}
    found = check_addresses(wanted.keys(), seen)
    assert [(d.code, d.message.split()[0]) for d in found] == [
        ("write-foreign-file", "c"),
        ("write-foreign-file", "d.html"),
        ("write-foreign-file", "robots.txt"),
    ]
    with pytest.raises(MachineError):
        build(output, wanted)
    assert content(output) == SITE | {"robots.txt": b"mine"}
    assert set(tmp_path.iterdir()) == {output.parent}


def test_an_address_cannot_be_file_and_folder(output):
    found = check_addresses(["a", "a/b/index.html", "a/b"], Manifest())
    assert [(d.code, d.message.split()[0]) for d in found] == [
        ("write-address-clash", "a"),
        ("write-address-clash", "a/b"),
    ]


def test_a_file_becomes_a_folder_and_back(output):
    for site in ({"a": b"1"}, {"a/b/c": b"2"}, {"a/b": b"3"}, {"a": b"4"}):
        build(output, site)
        assert content(output) == site


def test_the_mirror_is_used_and_a_damaged_one_is_not(output):
    build(output, SITE)
    place = find_scratch(str(output), None)
    for number, damage in enumerate(
        (
            lambda: os.unlink(f"{place.next}/index.html"),
            lambda: Path(place.next, "evil.html").write_text("x"),
            lambda: Path(place.next, "a", "evil.html").write_text("x"),
            lambda: Path(place.next_record).write_text("{}"),
            lambda: Path(place.next_record).write_text('{"root": 1'),
            lambda: shutil.rmtree(place.next),
            lambda: shutil.rmtree(place.path),
            lambda: None,
        )
    ):
        time.sleep(0.012)  # a folder's time moves with the kernel's tick
        damage()
        build(output, SITE | {"a/index.html": b"%d" % number})
        assert content(output) == SITE | {"a/index.html": b"%d" % number}
        assert content(Path(place.next)) == content(output)


def test_a_site_moved_elsewhere_with_its_output_still_builds(output, tmp_path):
    build(output, SITE)
    shutil.copytree(output.parent, tmp_path / "copy", symlinks=True)
    moved = tmp_path / "copy" / "build"
    seen = observe_output(str(moved))
    assert seen.files.keys() == SITE.keys()  # told by digest, since inodes and times differ
    build(moved, SITE | {"index.html": b"2"})
    assert content(moved) == SITE | {"index.html": b"2"}
    assert content(output) == SITE


def test_a_scratch_folder_of_the_site_is_used_when_it_can_be(tmp_path):
    output, scratch = str(tmp_path / "build"), str(tmp_path / ".xaisite" / "output")
    write_generation(output, blobs(SITE), observe_output(output, scratch), scratch=scratch)
    write_generation(output, blobs({"x": b""}), observe_output(output, scratch), scratch=scratch)
    assert sorted(p.name for p in tmp_path.iterdir()) == [".xaisite", "build"]
    assert find_scratch(output, scratch) != find_scratch(str(tmp_path / "build2"), scratch)
    if os.stat("/dev/shm").st_dev != os.stat(tmp_path).st_dev:
        assert find_scratch(output, "/dev/shm/xaisite-none").path == str(tmp_path / ".build.xaisite")
    assert remove_output(output, scratch=scratch)
    assert [p.name for p in tmp_path.iterdir()] == [".xaisite"]
    assert list((tmp_path / ".xaisite" / "output").iterdir()) == []


def test_removing_takes_only_what_is_ours(output):
    build(output, SITE)
    (output / "a/mine.txt").write_text("mine")
    assert remove_output(str(output))
    assert content(output) == {"a/mine.txt": b"mine"}
    assert not remove_output(str(output))
    assert content(output) == {"a/mine.txt": b"mine"}


def test_a_reader_never_sees_two_generations_at_once(output):
    names = [f"p{n}/index.html" for n in range(12)]
    build(output, dict.fromkeys(names, b"0"))
    mixed: list[set[bytes]] = []
    reads, stop = [0], threading.Event()

    def read() -> None:
        while not stop.is_set():
            before = (output / MARKER).read_bytes()
            seen = {(output / name).read_bytes() for name in names}
            if (output / MARKER).read_bytes() == before:  # no swap while it read
                reads[0] += 1
                if len(seen) != 1:
                    mixed.append(seen)

    reader = threading.Thread(target=read)
    reader.start()
    try:
        for number in range(60):
            build(output, dict.fromkeys(names, b"%d" % number))
    finally:
        stop.set()
        reader.join()
    assert mixed == []
    assert reads[0] > 20


# --- where two folders cannot be exchanged ---


@pytest.fixture
def refused(monkeypatch):
    """The kernel's answer on file systems without the exchange, at the one call that asks for it."""

    def refuse(a: str, b: str) -> None:
        raise OSError(22, "Invalid argument")

    monkeypatch.setattr(generation, "exchange", refuse)


@pytest.mark.usefixtures("refused")
def test_in_place_a_site_changes_and_keeps_what_others_put_there(output):
    build(output, SITE)
    (output / "CNAME").write_text("x")
    for site in (SITE | {"a/index.html": b"a2"}, {"a": b"1"}, {"a/b/c": b"2"}, {"a/b": b"3"}, SITE):
        build(output, site)
        assert content(output) == site | {"CNAME": b"x"}
        assert not (output / STAGING).exists()


def test_in_place_a_link_in_the_way_is_never_followed(output, tmp_path):
    build(output, SITE)
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "index.html").write_bytes(b"theirs")
    shutil.rmtree(output / "a")
    (output / "a").symlink_to(outside)
    with pytest.raises(OSError, match="a"):
        apply_in_place(str(output), [("a/index.html", Blob("", b"evil"))], [])
    finish = output / STAGING / "journal.json"
    finish.unlink()
    apply_in_place(str(output), [], ["a/index.html"])
    assert (outside / "index.html").read_bytes() == b"theirs"


def test_a_journal_is_finished_by_the_next_build(output):
    build(output, SITE)
    staging = output / STAGING
    staging.mkdir()
    (staging / "1").write_bytes(b"late")  # file 0 was put before the kill
    (output / "_x/style.css").write_bytes(b"put")
    marker = render_marker({"_x/style.css": digest_bytes(b"put"), "late.html": digest_bytes(b"late")})
    (staging / "2").write_bytes(marker)
    save_json(
        str(staging / "journal.json"),
        {"puts": ["_x/style.css", "late.html", MARKER], "deletions": ["a/b/index.html", "a/index.html", "index.html"]},
    )
    seen = observe_output(str(output))
    assert content(output) == {"_x/style.css": b"put", "late.html": b"late"}
    assert seen.files.keys() == {"_x/style.css", "late.html"}
    assert not staging.exists()


@pytest.mark.parametrize("journal", [None, b"", b"[1]", b'{"puts": 1}'])
def test_a_staging_folder_without_a_journal_is_rubbish(output, journal):
    build(output, SITE)
    (output / STAGING).mkdir()
    (output / STAGING / "0").write_bytes(b"half")
    if journal is not None:
        (output / STAGING / "journal.json").write_bytes(journal)
    assert observe_output(str(output)).files.keys() == SITE.keys()
    assert not (output / STAGING).exists()


def test_a_journal_cannot_leave_the_folder(output, tmp_path):
    build(output, SITE)
    (output / STAGING).mkdir()
    (output / STAGING / "0").write_bytes(b"evil")
    save_json(str(output / STAGING / "journal.json"), {"puts": ["../../evil"], "deletions": []})
    with pytest.raises(MachineError):
        finish_journal(str(output))
    assert not (tmp_path / "evil").exists()


def test_marker_round_trip():
    assert read_marker(render_marker({"b": "2", "a": "1"})) == {"a": "1", "b": "2"}
    assert render_marker({"b": "2", "a": "1"}) == render_marker({"a": "1", "b": "2"})


# --- any sequence of builds and meddling ---

NAMES = st.sampled_from(["i.html", "a", "a/i", "a/b", "a/b/c", "d/e"])


def _consistent(site: dict[str, bytes]) -> dict[str, bytes]:
    return {k: v for k, v in site.items() if not any(other.startswith(f"{k}/") for other in site)}


SITES = st.dictionaries(NAMES, st.sampled_from([b"1", b"2"])).map(_consistent)
STEPS = st.lists(st.tuples(SITES, st.sampled_from(["", "delete", "edit", "foreign", "forget"])), min_size=1, max_size=6)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS, swap=st.booleans())
def test_after_any_history_the_folder_holds_the_last_site_and_what_others_put_there(tmp_path, monkeypatch, steps, swap):
    if not swap:
        monkeypatch.setattr(generation, "exchange", lambda a, b: (_ for _ in ()).throw(OSError(22, "refused")))
    output = tmp_path / "out"
    shutil.rmtree(output, ignore_errors=True)
    shutil.rmtree(tmp_path / ".out.xaisite", ignore_errors=True)
    foreign: dict[str, bytes] = {}
    for site, meddling in steps:
        build(output, site)
        assert content(output) == site | foreign
        victim = next(iter(site), None)
        if meddling == "delete" and victim:
            (output / victim).unlink()
        elif meddling == "edit" and victim:
            (output / victim).write_bytes(b"?")
        elif meddling == "foreign":
            (output / "theirs.txt").write_bytes(b"t")
            foreign["theirs.txt"] = b"t"
        elif meddling == "forget":
            shutil.rmtree(tmp_path / ".out.xaisite", ignore_errors=True)
    monkeypatch.undo()
