"""The stat cache is only a speed-up: whatever happens to files or to the cache, digests are those of the contents."""

from __future__ import annotations

import os
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xaisite.core.digest import digest_bytes
from xaisite.load import stat_cache
from xaisite.load.stat_cache import StatCache, load_stat_cache

OLD_NS = 1_000_000_000 * 10**9


def age(cache):
    """Pretend that the session began an hour later than it did, so that files written just now count as old."""
    cache._began_ns += 3600 * 10**9
    return cache


def put(path, data, ns=None):
    path.write_bytes(data)
    if ns is not None:
        os.utime(path, ns=(ns, ns))


def test_an_untouched_file_is_read_once(tmp_path):
    put(tmp_path / "a.md", b"x")
    store = tmp_path / ".xaisite" / "stat"
    cache = age(load_stat_cache(tmp_path, store))
    assert cache.digest("a.md") == digest_bytes(b"x")
    cache.save(store)
    again = load_stat_cache(tmp_path, store)
    assert again.digest("a.md") == digest_bytes(b"x")
    assert again.digested == 0


def test_a_fresh_file_is_not_trusted_next_time(tmp_path):
    """Git's rule: written in the same tick as it was digested, it could change once more without a trace."""
    put(tmp_path / "a.md", b"x")
    store = tmp_path / "stat"
    cache = load_stat_cache(tmp_path, store)
    cache.digest("a.md")
    cache.save(store)
    later = load_stat_cache(tmp_path, store)
    later.digest("a.md")
    assert later.digested == 1
    before = os.stat(tmp_path / "a.md")
    put(tmp_path / "a.md", b"y", before.st_mtime_ns)
    again = load_stat_cache(tmp_path, store)
    assert again.digest("a.md") == digest_bytes(b"y")


def test_a_change_that_keeps_size_and_mtime_is_seen(tmp_path):
    put(tmp_path / "a.md", b"x", OLD_NS)
    store = tmp_path / "stat"
    cache = age(load_stat_cache(tmp_path, store))
    cache.digest("a.md")
    cache.save(store)
    time.sleep(0.02)
    put(tmp_path / "a.md", b"y", OLD_NS)
    assert load_stat_cache(tmp_path, store).digest("a.md") == digest_bytes(b"y")
    put(tmp_path / "new", b"z", OLD_NS)
    os.replace(tmp_path / "new", tmp_path / "a.md")
    assert load_stat_cache(tmp_path, store).digest("a.md") == digest_bytes(b"z")


def test_a_future_time_is_never_trusted(tmp_path):
    put(tmp_path / "a.md", b"x", time.time_ns() + 10**15)
    store = tmp_path / "stat"
    cache = load_stat_cache(tmp_path, store)
    cache.digest("a.md")
    cache.save(store)
    again = load_stat_cache(tmp_path, store)
    again.digest("a.md")
    assert again.digested == 1


def test_what_cannot_be_read(tmp_path):
    assert StatCache(tmp_path).digest("missing") is None
    assert StatCache(tmp_path).digest("a\0b") is None
    (tmp_path / "folder").mkdir()
    assert StatCache(tmp_path).digest("folder") is None
    assert StatCache(tmp_path).digest_all({"gone": os.stat(tmp_path)}) == {}


def test_large_files_are_streamed_to_the_same_digest(tmp_path, monkeypatch):
    put(tmp_path / "a", b"abc" * 1000)
    monkeypatch.setattr(stat_cache, "_LARGE_BYTES", 10)
    assert StatCache(tmp_path).digest("a") == digest_bytes(b"abc" * 1000)


def test_files_that_are_gone_are_forgotten_and_kept_ones_kept(tmp_path):
    for name in ("a", "b", "c"):
        put(tmp_path / name, b"x", OLD_NS)
    store = tmp_path / "stat"
    cache = age(load_stat_cache(tmp_path, store))
    cache.digest_all({name: os.stat(tmp_path / name) for name in ("a", "b", "c")})
    cache.save(store)
    second = load_stat_cache(tmp_path, store)
    second.digest("a")
    second.keep(["b", "zzz"])
    second.save(store)
    assert set(load_stat_cache(tmp_path, store)._known) == {"a", "b"}


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    root = tmp_path_factory.mktemp("site")
    for i in range(20):
        put(root / f"{i}.md", b"x" * i)
    store = root / "stat"
    cache = age(load_stat_cache(root, store))
    for i in range(20):
        cache.digest(f"{i}.md")
    cache.save(store)
    assert len(load_stat_cache(root, store)._known) == 20
    return root, store.read_bytes()


@settings(deadline=None)
@given(st.data())
def test_damage_is_a_miss(saved, data):
    root, raw = saved
    kind = data.draw(st.sampled_from(["cut", "flip", "random", "add"]))
    at = data.draw(st.integers(0, len(raw) - 1))
    damaged = {
        "cut": raw[:at],
        "flip": raw[:at] + bytes([raw[at] ^ data.draw(st.integers(1, 255))]) + raw[at + 1 :],
        "random": data.draw(st.binary(max_size=100)),
        "add": raw + b"x",
    }[kind]
    store = root / "damaged"
    store.write_bytes(damaged)
    cache = load_stat_cache(root, store)
    assert cache._known == {}
    assert cache.digest("3.md") == digest_bytes(b"xxx")


def test_a_place_that_cannot_be_written_is_no_error(tmp_path):
    put(tmp_path / "a", b"x", OLD_NS)
    (tmp_path / "file").touch()
    cache = age(StatCache(tmp_path))
    cache.digest("a")
    cache.save(tmp_path / "file" / "stat")
    assert sorted(os.listdir(tmp_path)) == ["a", "file"]


def test_the_cache_names_no_absolute_path(saved):
    root, raw = saved
    assert os.fsencode(root) not in raw


@settings(deadline=None, max_examples=40)
@given(
    st.lists(
        st.tuples(
            st.sampled_from("abc"),
            st.sampled_from([b"1", b"2", b"33"]),
            st.sampled_from(["write", "replace", "touch back", "remove", "build"]),
        ),
        max_size=12,
    )
)
def test_incremental_equals_clean(tmp_path_factory, steps):
    root = tmp_path_factory.mktemp("site")
    store = root / "stat"
    for name, data, step in steps:
        path = root / name
        if step == "build":
            cache = load_stat_cache(root, store)
            for each in "abc":
                expected = digest_bytes((root / each).read_bytes()) if (root / each).exists() else None
                assert cache.digest(each) == expected
            cache.save(store)
        elif step == "remove":
            path.unlink(missing_ok=True)
        elif step == "replace":
            put(root / "tmp", data)
            os.replace(root / "tmp", path)
        else:
            put(path, data, OLD_NS if step == "touch back" else None)
