"""The JSON Schemas accept what the readers accept, and refuse what they refuse."""

from __future__ import annotations

import tomllib

import jsonschema
import pytest

from xaisite.core.source import Source
from xaisite.core.tree import plain_value
from xaisite.load.config import make_config_schema, read_config
from xaisite.load.config_fields import TABLES
from xaisite.parse.front import make_front_schema, read_front_matter
from xaisite.parse.front_fields import FRONT_FIELDS
from xaisite.parse.yaml_spans import read_yaml_branch

FRONT = jsonschema.Draft202012Validator(make_front_schema())
CONFIG = jsonschema.Draft202012Validator(make_config_schema())


def test_the_schemas_are_schemas():
    jsonschema.Draft202012Validator.check_schema(FRONT.schema)
    jsonschema.Draft202012Validator.check_schema(CONFIG.schema)


def front_agrees(yaml):
    checked = read_front_matter(Source("a.md", f"---\n{yaml}\n---\n"))
    data = plain_value(read_yaml_branch(yaml, 0).branch)
    return not checked.has_errors, FRONT.is_valid(data)


def config_agrees(toml):
    data = tomllib.loads(toml)
    return not read_config(Source("site.toml", toml)).has_errors, CONFIG.is_valid(data)


GOOD_FRONT = [
    "title: no",
    "title: 2024",
    "authors: [jane, {name: A, url: 'https://a.org', affiliations: {name: E}}]",
    "date: 2024-02-04",
    "date: 4 Feb 2024",
    "tags: a, b",
    "tags: [a, 1]",
    "draft: yes",
    "toc:\n- name: A\n  subsections:\n  - name: B",
    "toc: {sidebar: left}",
    "execute: false",
    "execute: {echo: false, fig-width: 3, timeout: 30s}",
    "params: {a: [1]}",
    "macros: {'\\RR': x}",
    "glossary: {a: b}",
    "glossary: [{name: a, def: b}]",
    "mine: 3",
    "order: 1.5",
    "subtitle:",
    "code-fold: show",
    "permalink: /x/",
    "lang: en",
    "doi: 10.1000/182",
    "image-alt: x",
    "citation: {volume: 3}",
    "math: {a: b}",
]
BAD_FRONT = [
    "title: [a]",
    "date: [2024]",
    "date: soon",
    "draft: maybe",
    "toc-depth: nine",
    "toc-depth: 9",
    "order: first",
    "permalink: x",
    "slug: a/b",
    "tags: {a: b}",
    "execute: {ecoh: false}",
    "execute: {echo: maybe}",
    "authors: [{name: A, nmae: B}]",
    "params: {a-b: 1}",
    "glossary: [{term: x}]",
    "lang: x y",
    "citation-style: apa",
    "toc: [{title: x}]",
    "execute: 3",
]


@pytest.mark.parametrize("yaml", GOOD_FRONT)
def test_good_front_matter(yaml):
    assert front_agrees(yaml) == (True, True)


@pytest.mark.parametrize("yaml", BAD_FRONT)
def test_bad_front_matter(yaml):
    assert front_agrees(yaml) == (False, False)


VALUES = [
    "1",
    "-1",
    "1.5",
    "true",
    "x",
    "'x'",
    "[x]",
    "[]",
    "{a: 1}",
    "{a: b}",
    "[{a: b}]",
    "2024-01-01",
    "/a",
    "/a.png",
    "9",
    "5m",
    "en",
    "~",
    "[[1]]",
]


def test_no_value_that_is_read_is_refused_by_the_schema():
    """An editor must not underline what builds."""
    for f in FRONT_FIELDS.fields:
        for value in VALUES:
            is_read, is_valid = front_agrees(f"{f.name}: {value}")
            assert is_valid or not is_read, f"{f.name}: {value}"


GOOD_CONFIG = [
    "",
    "[site]\ntitle = 'x'",
    "[site.authors.j]\nname = 'J'",
    "[execution]\necho = false\ncode_fold = true",
    "[execution]\ntimeout = '5m'\nmemory = 1000",
    "[publish.a]\nkind = 'git'\nbranch = 'b'",
    "[math]\nmacros = { RR = 'x' }",
    "[theme]\ntokens = { a = '1px' }",
    "[site]\nnav = [{ title = 'a', url = '/' }]",
]
BAD_CONFIG = [
    "[sites]",
    "[site]\ntitel = 'x'",
    "[site]\ntitle = [1]",
    "[site]\nbase_url = 'x'",
    "[execution]\njobs = -1",
    "[publish.a]\nkind = 'ftp'",
    "[publish.a]\npath = 'x'",
    "[citations]\nstyle = 'apa'",
    "[theme]\ntokens = { a = '}' }",
    "[site]\nnav = ['x']",
    "site = 3",
    "[content]\nposts = '/x'",
]


@pytest.mark.parametrize("toml", GOOD_CONFIG)
def test_good_config(toml):
    assert config_agrees(toml) == (True, True)


@pytest.mark.parametrize("toml", BAD_CONFIG)
def test_bad_config(toml):
    assert config_agrees(toml) == (False, False)


TOML_VALUES = [
    "1",
    "-1",
    "1.5",
    "true",
    "'x'",
    "['x']",
    "[]",
    "{ a = 1 }",
    "{ a = 'b' }",
    "[{ a = 'b' }]",
    "'/a'",
    "9",
    "'5m'",
    "'en'",
    "'https://a.org'",
]


def test_no_key_that_is_read_is_refused_by_the_schema():
    for name, table in TABLES.items():
        for f in table.fields:
            for value in TOML_VALUES:
                is_read, is_valid = config_agrees(f"[{name}]\n{f.name} = {value}")
                assert is_valid or not is_read, f"{name}.{f.name} = {value}"
