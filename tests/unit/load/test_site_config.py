"""site.toml: every table and key, and every mistake at its place."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xaisite.core.source import Source
from xaisite.load.config import load_config, read_config
from xaisite.load.config_fields import CONFIG, EXECUTION_OWN, TABLES
from xaisite.load.site_root import find_site_root
from xaisite.model import config as model
from xaisite.model.config import Author, NavItem, SiteConfig

RECORDS = {
    "site": model.SiteTable,
    "content": model.ContentTable,
    "citations": model.CitationsTable,
    "math": model.MathTable,
    "theme": model.ThemeTable,
}


def read(toml):
    source = Source("site.toml", toml)
    return source, read_config(source)


def value(toml):
    _, checked = read(toml)
    assert checked.diagnostics == (), checked.diagnostics
    return checked.value


def one(toml):
    source, checked = read(toml)
    assert len(checked.diagnostics) == 1, checked.diagnostics
    d = checked.diagnostics[0]
    return d, source.text[d.span.start : d.span.end]


def test_every_key_is_one_attribute_of_its_record():
    for name, record in RECORDS.items():
        assert {f.attribute for f in TABLES[name].fields} == {f.name for f in dataclasses.fields(record)}
    own = {f.attribute for f in EXECUTION_OWN}
    assert own == {f.name for f in dataclasses.fields(model.ExecutionTable)} - {"defaults"}
    assert {f.name for f in CONFIG.fields} == {*TABLES, "publish"}


def test_defaults_stated_in_the_table_are_those_of_the_records():
    """The documentation must not lie about defaults."""
    empty = SiteConfig()
    for name in RECORDS | {"execution": 0}:
        record = getattr(empty, name)
        for f in TABLES[name].fields:
            if not f.default or " " in f.default.strip('"') or not hasattr(record, f.attribute):
                continue
            text = (
                f.default
                if f.default[0] in '"[' or f.default in ("true", "false") or f.default[0].isdigit()
                else f'"{f.default}"'
            )
            read_back = getattr(getattr(value(f"[{name}]\n{f.name} = {text}"), name), f.attribute)
            assert read_back == getattr(record, f.attribute), f.name


def test_an_empty_file_is_all_defaults():
    assert value("") == SiteConfig()


FULL = r"""
[site]
title = "Visual guide"
description = "d"
base_url = "https://example.org/guide"
language = "de-AT"
timezone = "Europe/Berlin"
links = "file"
license = "CC BY 4.0"
repository = "https://github.com/a/b"
image = "/assets/x.png"
nav = [{ title = "About", url = "/about/" }]
[site.authors.jane]
name = "Jane Doe"
orcid = "0000-0002-1825-0097"
affiliations = [{ name = "EPFL", url = "https://epfl.ch" }, "MIT"]
[content]
posts = "blog"
static = "static"
raw_html = false
[execution]
jobs = 2
timeout = "2m"
memory = "512MB"
pass_env = ["HF_HOME"]
secrets = ["API_KEY"]
network = true
code_fold = "show"
seed = 7
store = "results"
echo = false
fig-width = 6
fig_format = ["png"]
env = { A = "b" }
[citations]
style = "author-year"
folders = ["refs"]
sort = "year"
[math]
double_dollar = "display"
macros = { '\RR' = '\mathbb{R}', EE = 'E' }
[theme]
tokens = { accent = "#0b6e4f" }
comments = { name = "giscus" }
videos = ["https://www.youtube-nocookie.com"]
[publish.pages]
kind = "git"
branch = "gh-pages"
[publish.copy]
kind = "directory"
path = "../public"
[diagnostics]
ignore = ["front-unknown"]
"""


def test_everything_at_once():
    config = value(FULL)
    assert config.site.base_url == "https://example.org/guide/"
    assert config.site.nav == (NavItem("About", "/about/"),)
    jane = config.site.authors["jane"]
    assert isinstance(jane, Author)
    assert (jane.id, jane.name, jane.affiliations[1].name) == ("jane", "Jane Doe", "MIT")
    assert (config.content.posts, config.content.static, config.content.raw_html) == ("blog", ("static",), False)
    run = config.execution
    assert (run.jobs, run.timeout_s, run.memory_bytes, run.seed, run.code_fold) == (2, 120.0, 512 << 20, 7, "show")
    assert (run.pass_env, run.secrets, run.env, run.store) == (("HF_HOME",), ("API_KEY",), {"A": "b"}, "results")
    assert run.defaults == {"code-fold": "show", "echo": False, "fig-width": 6.0, "fig-format": ("png",)}
    assert (config.citations.style, config.citations.folders, config.citations.sort) == (
        "author-year",
        ("refs",),
        "year",
    )
    assert config.math.macros == {"\\RR": "\\mathbb{R}", "\\EE": "E"}
    assert config.theme.tokens == {"accent": "#0b6e4f"}
    assert [(t.name, t.kind, t.options) for t in config.publish] == [
        ("pages", "git", {"branch": "gh-pages"}),
        ("copy", "directory", {"path": "../public"}),
    ]
    assert config.ignored_codes == ("front-unknown",)


def test_spans_are_those_of_values_under_canonical_names():
    config = value(FULL)
    shown = {name: FULL[s.start : s.end] for name, s in config.spans.items()}
    assert shown["site.title"] == '"Visual guide"'
    assert shown["execution.code-fold"] == '"show"'
    assert shown["publish.pages.branch"] == '"gh-pages"'
    assert shown["site"] == "site"
    assert FULL[config.publish[0].span.start : config.publish[0].span.end] == "pages"


@pytest.mark.parametrize(
    ("toml", "code", "shown", "words"),
    [
        ("[sitee]\n", "config-unknown", "sitee", "sitee"),
        ("[site]\ntitel = 'x'", "config-unknown", "titel", "site.titel"),
        ("site.titel = 'x'", "config-unknown", "titel", "site.titel"),
        ("site = 3", "config-wrong-type", "3", "a table"),
        ("[[site]]\ntitle = 'x'", "config-wrong-type", "[[site]]", "a list"),
        ("[site]\ntitle = 3", "config-wrong-type", "3", "a text"),
        ("[site]\ntitle = 2024-01-01", "config-wrong-type", "2024-01-01", "a text"),
        ("[site]\nbase_url = 'example.org'", "config-bad-value", "'example.org'", "full address"),
        ("[site]\nbase_url = 'https://[x'", "config-bad-value", "'https://[x'", "full address"),
        ("[site]\nbase_url = 'https://a.org/?q=1'", "config-bad-value", "'https://a.org/?q=1'", "full address"),
        ("[site]\ntimezone = 'Europe/Berln'", "config-bad-value", "'Europe/Berln'", "time zone"),
        ("[site]\ntimezone = '../../etc/passwd'", "config-bad-value", "'../../etc/passwd'", "time zone"),
        ("[site]\ntimezone = 'Europe'", "config-bad-value", "'Europe'", "time zone"),
        ("[site]\nlinks = 'pretty'", "config-bad-value", "'pretty'", "clean"),
        ("[site]\nnav = ['/a/']", "config-wrong-type", "'/a/'", "menu entry"),
        ("[site]\nnav = [{ title = 'a' }]", "config-bad-value", "{ title = 'a' }", "needs"),
        ("[site.authors]\njane = 'Jane'", "config-wrong-type", "'Jane'", "author"),
        ("[site.authors.jane]\nurl = 'https://x.org'", "config-bad-value", "jane", "no `name`"),
        ("[site.authors.jane]\nname = 'J'\norcid = '1'", "config-bad-value", "'1'", "ORCID"),
        ("[content]\nposts = '../x'", "config-bad-value", "'../x'", "inside the site"),
        ("[content]\nposts = '/x'", "config-bad-value", "'/x'", "inside the site"),
        ("[content]\nraw_html = 'no'", "config-wrong-type", "'no'", "true or false"),
        ("[execution]\njobs = -1", "config-bad-value", "-1", "from 0"),
        ("[execution]\njobs = 1.5", "config-wrong-type", "1.5", "whole"),
        ("[execution]\ntimeout = 'soon'", "config-wrong-type", "'soon'", "a time"),
        ("[execution]\nmemory = '4 XB'", "config-wrong-type", "'4 XB'", "a size"),
        ("[execution]\nsecrets = ['a b']", "config-bad-value", "'a b'", "variable's name"),
        ("[execution.env]\n'A B' = 'x'", "config-bad-value", "'A B'", "variable's name"),
        ("[execution]\necho = 'no'", "config-wrong-type", "'no'", "true, false"),
        ("[execution]\nfig-cap = 'x'", "config-unknown", "fig-cap", "fig-cap"),
        ("[execution]\ncode-fold = true\ncode_fold = false", "config-duplicate", "code_fold", "twice"),
        ("[execution]\nfig-pos = 'H'", "config-ignored", "fig-pos", "no effect"),
        ("[citations]\nstyle = 'apa'", "config-bad-value", "'apa'", "author-year"),
        ("[math]\nmacros = { 'a b' = 'x' }", "config-bad-value", "'a b'", "TeX command"),
        ("[theme]\ntokens = { accent = 'red;} body {' }", "config-bad-value", "'red;} body {'", "CSS value"),
        ("[theme]\nvideos = ['http://x.org']", "config-bad-value", "'http://x.org'", "origin"),
        ("[publish.a]\npath = 'x'", "config-bad-value", "a", "`kind` is missing"),
        ("[publish.a]\nkind = 'ftp'", "config-bad-value", "'ftp'", "directory"),
        ("[publish.a]\nkind = 'directory'", "config-bad-value", "a", "`path` is missing"),
        ("[publish.a]\nkind = 'git'\nbranch = 'x'\npath = 'y'", "config-unknown", "path", "path"),
        ("[publish.a]\nkind = 'git'\nbranch = '--force'", "config-bad-value", "'--force'", "plain name"),
        ("[diagnostics]\nignore = ['Front Unknown']", "config-bad-value", "'Front Unknown'", "code"),
        ("[site]\ntitle = My site", "config-syntax", "M", "not TOML"),
        ("[site]\ntitle = 'a'\ntitle = 'b'", "config-duplicate", "title", "twice"),
        ("[site]\ntitle = 'a'\n[ site ]\n", "config-duplicate", "site", "twice"),
        ("[site\n", "config-syntax", "\n", "table"),
        ("[site]\ntitle = ", "config-syntax", "", "value"),
        ("x = '" + "y" * 300_000 + "'", "config-too-large", "x", "65,536"),
        ("x = " + "[" * 5000, "config-too-large", "x", "levels"),
        ("a" + ".a" * 30_000 + " = 1", "config-too-large", "a." * 20, "levels"),
        ("[a" + ".a" * 30_000 + "]", "config-too-large", "[" + "a." * 20, "levels"),
        ("x = " + "[" * 30 + "]" * 30, "config-too-large", "x", "levels"),
        ("x = " + "9" * 5000, "config-syntax", "x", "not TOML"),
    ],
)
def test_mistakes_are_found_where_they_are(toml, code, shown, words):
    d, text = one(toml)
    if code != "config-syntax":
        assert text == shown
    assert d.code == code
    assert words in d.message


def test_a_syntax_error_is_at_its_column():
    source, checked = read("[site]\ntitle = 'é😀' x\n")
    where = source.position(checked.diagnostics[0].span.start)
    assert (where.line, where.column) == (2, 14)


def test_all_mistakes_in_one_run():
    _, checked = read("[site]\ntitel = 1\nlinks = 2\n[contents]\n[math]\ndouble_dollar = true\n")
    assert len(checked.diagnostics) == 4
    assert checked.value == dataclasses.replace(SiteConfig(), spans=checked.value.spans)


def test_load_config(tmp_path):
    assert [d.code for d in load_config(tmp_path).diagnostics] == ["load-unreadable"]
    (tmp_path / "site.toml").write_bytes(b"\xef\xbb\xbf[site]\r\ntitle = 'x'\r\n")
    checked = load_config(tmp_path)
    assert (checked.value.site.title, checked.diagnostics) == ("x", ())
    (tmp_path / "site.toml").write_bytes(b"[site]\ntitle = '\xe9'\n")
    assert [d.code for d in load_config(tmp_path).diagnostics] == ["load-not-utf8"]


def test_find_site_root(tmp_path):
    below = tmp_path / "content" / "posts"
    below.mkdir(parents=True)
    assert find_site_root(below) in (None, *tmp_path.parents)
    (tmp_path / "site.toml").touch()
    assert find_site_root(below) == tmp_path.resolve()
    assert find_site_root(tmp_path) == tmp_path.resolve()


TOMLISH = st.lists(
    st.sampled_from(
        [*"[]{}=.,'\"#\n -1aé😀\\", "[site]\n", "title = ", '"""', "'''", "[[a]]\n", "true", "execution.", "2024-01-01"]
    ),
    max_size=40,
).map("".join)


@given(TOMLISH)
def test_never_raises_and_every_place_lies_inside(text):
    source, checked = read(text)
    for span in [d.span for d in checked.diagnostics] + list(checked.value.spans.values()):
        assert 0 <= span.start <= span.end <= len(source.text)


ANY = [
    "1",
    "-1",
    "1.5",
    "true",
    "'x'",
    "''",
    "[]",
    "['x']",
    "[[1]]",
    "{}",
    "{ a = 1 }",
    "{ a = 'b' }",
    "[{ a = {} }]",
    "1979-05-27",
    "nan",
    "inf",
    "-inf",
    "'/a'",
    "'5m'",
    "9" * 400,
    "'" + "9" * 400 + "'",
]


@pytest.mark.parametrize("table", TABLES)
def test_any_value_of_any_key_is_read_or_reported(table):
    for f in TABLES[table].fields:
        for text in ANY:
            source, checked = read(f"[{table}]\n{f.name} = {text}\n")
            for d in checked.diagnostics:
                assert d.code.startswith("config-")
                assert source.position(d.span.start).line == 2
