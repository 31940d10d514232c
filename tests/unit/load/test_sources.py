"""Bytes to sources: encodings, line ends, what cannot be read."""

from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xaisite.load import sources
from xaisite.load.sources import load_source, read_source


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"", ""),
        (b"a\r\nb\rc\n", "a\nb\nc\n"),
        (b"\xef\xbb\xbfa", "a"),
        ("é😀".encode(), "é😀"),
        (b"\xef\xbb\xbf\r\n", "\n"),
        ("a\ufeffb".encode(), "a\ufeffb"),
        (b"\0", "\0"),
    ],
)
def test_text(raw, text):
    checked = read_source("a.md", raw)
    assert checked.diagnostics == ()
    assert checked.value is not None
    assert checked.value.text == text


def test_not_utf8_is_located_by_byte_line_and_column():
    raw = "é\r\nGr".encode() + b"\xfc\xdfe\nmore \xff"
    checked = read_source("a.md", raw)
    (d,) = checked.diagnostics
    assert d.code == "load-not-utf8"
    assert "byte 6 (0xfc)" in d.message
    assert "line 2, column 3" in d.message
    assert "Windows-1252" in d.help
    assert checked.value is not None
    where = checked.value.position(d.span.start)
    assert (where.line, where.column) == (2, 3)
    assert checked.value.text.endswith("more �")


@pytest.mark.parametrize("raw", ["text".encode("utf-16"), "text".encode("utf-16-be").join([b"\xfe\xff", b""])])
def test_utf16(raw):
    checked = read_source("a.md", raw)
    assert checked.value is None
    assert "UTF-16" in checked.diagnostics[0].message


@given(st.binary(max_size=60))
def test_never_raises_and_the_place_lies_inside(raw):
    checked = read_source("a.md", raw)
    if checked.value is not None:
        assert "\r" not in checked.value.text
        for d in checked.diagnostics:
            assert 0 <= d.span.start <= d.span.end <= len(checked.value.text)


def test_load_source(tmp_path):
    (tmp_path / "a b.md").write_bytes(b"x")
    assert load_source(tmp_path, "a b.md").value.text == "x"
    assert load_source(tmp_path, "a b.md").value.path == "a b.md"


@pytest.mark.parametrize("path", ["missing.md", "folder", "a\0b.md", "loop.md"])
def test_what_cannot_be_read(tmp_path, path):
    (tmp_path / "folder").mkdir()
    os.symlink("loop.md", tmp_path / "loop.md")
    checked = load_source(tmp_path, path)
    assert checked.value is None
    assert [d.code for d in checked.diagnostics] == ["load-unreadable"]


def test_too_large(tmp_path, monkeypatch):
    monkeypatch.setattr(sources, "_MAX_TEXT_BYTES", 10)
    (tmp_path / "a.md").write_bytes(b"x" * 11)
    (tmp_path / "b.md").write_bytes(b"x" * 10)
    (tmp_path / "c.ipynb").write_bytes(b"x" * 11)
    assert [d.code for d in load_source(tmp_path, "a.md").diagnostics] == ["load-too-large"]
    assert load_source(tmp_path, "b.md").value is not None
    assert load_source(tmp_path, "c.ipynb").value is not None
