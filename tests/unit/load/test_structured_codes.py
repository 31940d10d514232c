"""Every code of front matter, cell options, site.toml and loading: its page's example raises it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from xaisite.core.source import Source
from xaisite.load.config import read_config
from xaisite.load.scan import scan_site
from xaisite.parse.front import read_front_matter
from xaisite.parse.options import read_cell_options
from xaisite.report.codes import find_code_page, list_codes

ROOT = Path(__file__).parents[3] / "xaisite"
CODES = [c for c in list_codes() if c.startswith(("front-", "cell-option-", "config-"))]
KINDS = ("syntax", "unsupported-yaml", "duplicate", "too-large", "wrong-type", "bad-value", "unknown", "ignored")


def emitted():
    """Return the codes that the sources name; those made of a prefix and a kind are listed by both."""
    text = "".join(p.read_text() for folder in ("load", "parse") for p in (ROOT / folder).rglob("*.py"))
    whole = set(re.findall(r'"((?:front|cell-option|config|load)-[a-z0-9-]+)"', text))
    front, option = ({f"{prefix}-{kind}" for kind in KINDS} for prefix in ("front", "cell-option"))
    config = {f"config-{kind}" for kind in KINDS if kind != "unsupported-yaml"}
    return whole | front | option | config | {"front-bad-date"}


def test_every_code_has_a_page_and_every_page_a_code():
    pages = {c for c in list_codes() if c.startswith(("front-", "cell-option-", "config-", "load-"))}
    assert pages == emitted()


def fence(example):
    match = re.match(r"(`{3,})(\S+)\n(.*)\n\1\Z", example, re.DOTALL)
    assert match
    return match[2], match[3]


@pytest.mark.parametrize("code", CODES)
def test_the_example_raises_the_code(code, tmp_path):
    page = find_code_page(code)
    assert page is not None
    info, text = fence(page.example)
    if info == "site.toml":
        found = read_config(Source("site.toml", text)).diagnostics
    elif code.startswith("front-"):
        found = read_front_matter(Source("a.md", text)).diagnostics
    else:
        lines = [m.span() for m in re.finditer(r"(?m)^.*$", text)]
        header = (len("```{python"), text.index("}"))
        found = read_cell_options(
            Source("a.md", text), [s for s in lines if s[0] > header[1]], header=header
        ).diagnostics
    assert {d.code: d.severity for d in found} == {code: page.severity}


def test_no_content_is_raised_by_its_example(tmp_path):
    page = find_code_page("load-no-content")
    assert page is not None
    source = Source("site.toml", fence(page.example)[1])
    (d,) = scan_site(tmp_path, read_config(source).value).diagnostics
    assert d.code == "load-no-content"
    assert source.text[d.span.start : d.span.end] == '"contnet"'
