"""Bytes, several files, the packed form, and what is wrong with citations."""

from __future__ import annotations

import pickle
import subprocess
import sys
import time

import pytest

from xaisite.cite.by_doi import find_by_doi
from xaisite.cite.cited import check_keys, check_shown_fields
from xaisite.cite.decode import decode_bibliography
from xaisite.cite.merge import merge_bibliographies
from xaisite.cite.pack import pack_bibliography, unpack_bibliography
from xaisite.cite.read import read_bibliography
from xaisite.core.source import Source, Span
from xaisite.model.bib import Bibliography

USE = Span("p.md", 4, 9)


def bib(text: str, path: str = "a.bib") -> Bibliography:
    return read_bibliography(Source(path, text)).value


# Bytes


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_unicode_files_are_told_by_their_marks(encoding: str) -> None:
    found = decode_bibliography("a.bib", "@misc{ä,\r\n title={Ő}}".encode(encoding))
    assert found.value.text == "@misc{ä,\n title={Ő}}"
    assert found.diagnostics == ()


def test_a_declared_encoding_is_used() -> None:
    text = "% Encoding: ISO8859_2\n@misc{a, title={Erdős Ł}}"
    found = decode_bibliography("a.bib", text.encode("iso8859-2"))
    assert found.value.text == text
    assert found.diagnostics == ()


def test_other_bytes_are_windows_1252_with_a_located_warning() -> None:
    text = "@misc{a,\r\n title={\x81 “Gödel”}}"
    data = b"@misc{a,\r\n title={\x81 \x93G\xf6del\x94}}"
    found = decode_bibliography("a.bib", data)
    assert found.value.text == text.replace("\r\n", "\n")
    (d,) = found.diagnostics
    assert d.code == "bib-encoding"
    assert d.span
    assert found.value.text[d.span.start] == "\x81"
    assert decode_bibliography("a.bib", bytes(range(256))).value.text


# Several files


def test_the_first_file_wins_and_a_different_copy_is_reported() -> None:
    one = bib("@misc{a, title={1}} @misc{same, title={S}}", "one.bib")
    two = bib("@misc{b, title={B}} @misc{a, title={2}} @misc{same, title={S}}", "two.bib")
    merged = merge_bibliographies([one, two])
    assert merged.value.entries["a"].fields["title"] == "1"
    assert list(merged.value.entries) == ["a", "same", "b"]
    assert len(merged.value.entries) == 3
    assert merged.value.paths == ("one.bib", "two.bib")
    (d,) = merged.diagnostics
    assert d.code == "bib-duplicate-key"
    assert d.span
    assert d.span.path == "two.bib"
    assert d.notes[0].span
    assert d.notes[0].span.path == "one.bib"
    assert merge_bibliographies([one]).value is one
    assert dict(merge_bibliographies([]).value.entries) == {}


# Packed

TEXT = """@article{a, author={G{\\"o}del, Kurt and {WHO} and others}, title={T <x>}, year=1931, ids={x, y}, journaltitle={J}}
@misc{broken, title={A} year=1}"""


def test_packing_loses_nothing() -> None:
    before = bib(TEXT)
    after = unpack_bibliography(pack_bibliography(before))
    assert dict(after.entries) == dict(before.entries)
    assert (after.paths, after.digest) == (before.paths, before.digest)
    assert list(after.entries) == list(before.entries)
    assert len(after.entries) == 4
    assert "nope" not in after.entries
    assert after.entries.get("nope") is None
    merged = merge_bibliographies([after, bib("@misc{z, title={Z}}", "z.bib")]).value
    assert dict(unpack_bibliography(pack_bibliography(merged)).entries) == dict(merged.entries)


def test_entries_are_found_by_doi_packed_or_not() -> None:
    plain = bib(
        "@misc{a, doi={10.1000/Ab\\_c}} @misc{b, doi={https://doi.org/10.1000/x%y}} @misc{c, title={10.1000/zz}} @misc{d, doi={10.1000/a}}"
    )
    packed = unpack_bibliography(pack_bibliography(plain))
    merged = merge_bibliographies([bib("@misc{z, title={Z}}"), packed]).value
    for entries in (plain.entries, packed.entries, merged.entries):
        for doi, key in [
            ("10.1000/ab_c", "a"),
            ("10.1000/X%Y", "b"),
            ("10.1000/A", "d"),
            ("10.1000/zz", None),
            ("", None),
        ]:
            found = find_by_doi(entries, doi)
            assert (found.key if found else None) == key


def test_entries_are_picklable() -> None:
    before = bib(TEXT)
    assert pickle.loads(pickle.dumps(before)) == before


@pytest.mark.parametrize("damage", [b"", b"xaisite-bib-1\n", b"xaisite-bib-1\n{}\n", b"other\n{}"])
def test_damage_is_a_value_error(damage: bytes) -> None:
    with pytest.raises((ValueError, KeyError)):
        unpack_bibliography(damage)
    packed = pack_bibliography(bib(TEXT))
    with pytest.raises(ValueError, match="cut short"):
        unpack_bibliography(packed[:-10])


@pytest.mark.slow
def test_fifty_thousand_entries_cost_their_parse_once() -> None:
    one = """@article{{key{0}, author = {{Doe{1}, Jane and M{{\\"u}}ller, Max and Li, {0}}}, title = {{A {{T}}itle about $x_{0}$ and much more, number {0}}},
  journal = {{Journal of Things}}, year = {{2020}}, volume = {1}, pages = {{1--20}}, doi = {{10.1000/{0}}}, url = {{https://example.org/{0}}}}}\n"""
    text = "".join(one.format(i, i % 300) for i in range(50_000))
    start = time.perf_counter()
    read = read_bibliography(Source("big.bib", text))
    parse_s = time.perf_counter() - start
    packed = pack_bibliography(read.value)
    start = time.perf_counter()
    again = unpack_bibliography(packed)
    assert again.entries["key49999"].fields["doi"] == "10.1000/49999"
    load_s = time.perf_counter() - start
    print(
        f"\n{len(text) / 1e6:.1f} MB: parsed in {parse_s:.1f} s, opened in {load_s * 1000:.0f} ms, {len(packed) / 1e6:.1f} MB packed"
    )
    assert len(again.entries) == 50_000
    assert load_s < parse_s / 10  # seconds are measured by `make bench`


# Citing


def test_an_unknown_key_is_an_error_with_the_nearest() -> None:
    (d,) = check_keys([("molnr2020", USE), ("molnar2020", USE)], bib("@misc{molnar2020, title={T}}"))
    assert (d.code, d.is_error, d.span) == ("cite-unknown-key", True, USE)
    assert d.help == "did you mean “molnar2020”?"


def test_no_bibliography_at_all_is_said() -> None:
    (d,) = check_keys([("a", USE)], Bibliography({}))
    assert "no bibliography" in d.help


def test_citing_a_broken_entry_is_an_error_at_both_places() -> None:
    library = bib("@misc{a, title={A} year=2020} @misc{b, title={B}}")
    (d,) = check_keys([("a", USE), ("b", USE)], library)
    assert (d.code, d.is_error, d.span) == ("cite-broken-entry", True, USE)
    assert d.notes[0].span == library.entries["a"].span


def test_unknown_commands_are_reported_in_cited_entries_at_their_field() -> None:
    text = "@misc{a, title={\\foo{T}}, abstract={\\bar}}"
    library = bib(text)
    (d,) = check_shown_fields([library.entries["a"]])
    assert d.code == "bib-unknown-command"
    assert d.span
    assert text[d.span.start : d.span.end] == "{\\foo{T}}"


def test_nearest_keys_are_found_fast_in_large_libraries() -> None:
    library = bib("".join(f"@misc{{key{i}, title={{T}}}}\n" for i in range(20_000)))
    start = time.process_time()
    check_keys([(f"kye{i}", USE) for i in range(20)], library)
    assert time.process_time() - start < 3


def test_only_reading_a_file_imports_pybtex() -> None:
    code = (
        "import sys; import xaisite.cite.references, xaisite.cite.citations, xaisite.cite.pack, xaisite.cite.merge;"
        "import xaisite.pipeline.citing;"
        "assert not [m for m in sys.modules if m.startswith(('pybtex', 'markdown_it', 'jinja2', 'numpy'))], sorted(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
