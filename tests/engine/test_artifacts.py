"""Values that one post makes and others use."""

from __future__ import annotations

from pathlib import Path

from tests.engine.running_posts import Site, shown

USE = ["import xaisite; v = xaisite.artifact('maker/v')", "print(v['a'])", "print('apart')"]


def make(site: Site, code: str) -> None:
    site.put("maker.md", [(code, {"observed": {"produces": "v"}})])


def test_consumers_follow_the_bytes_of_what_is_produced(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.put("a-user.md", USE)
    make(site, "v = {'a': 1}")
    done = site.execute()
    assert not done.diagnostics, done.diagnostics
    assert shown(done.value["content/a-user.md"])[1] == ["stdout: 1\n"]
    make(site, "v = {'a': 3 - 2}")
    assert site.ran() == ["maker:cell-1"]
    make(site, "v = {'a': 2}")
    assert sorted(site.ran()) == ["a-user:cell-1", "a-user:cell-2", "maker:cell-1"]
    assert shown(site.execute().value["content/a-user.md"])[1] == ["stdout: 2\n"]


def test_what_needs_pickle_is_refused(tmp_path: Path) -> None:
    site = Site(tmp_path)
    make(site, "v = object()")
    assert [d.code for d in site.execute().diagnostics] == ["cell-error"]


def test_a_cycle_is_an_error(tmp_path: Path) -> None:
    site = Site(tmp_path)
    make(site, "import xaisite; v = xaisite.artifact('other/w')")
    site.put("other.md", [("import xaisite; w = xaisite.artifact('maker/v')", {"observed": {"produces": "w"}})])
    assert {d.code for d in site.execute().diagnostics} == {"artifact-cycle"}
