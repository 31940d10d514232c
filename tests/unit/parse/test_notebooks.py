"""Notebooks: the same posts, their spans in the `.ipynb`."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xaisite.core.source import Source
from xaisite.parse.config import ParseConfig
from xaisite.parse.json_places import JsonError, read_json, string_pieces
from xaisite.parse.notebook import parse_notebook

NOTEBOOK = {
    "cells": [
        {"cell_type": "raw", "metadata": {}, "source": ["---\n", "title: From a notebook\n", "---\n"]},
        {
            "cell_type": "markdown",
            "metadata": {},
            "source": ["# Title\n", "\n", 'Say "hi" [@k1] and $\\alpha$ é 😀 [@k2][^gone].'],
        },
        {
            "cell_type": "code",
            "execution_count": 1,
            "metadata": {"tags": ["remove-input"]},
            "source": ["#| label: fig-a\n", 'x = "a\\n```"\n', "x"],
            "outputs": [{"output_type": "stream", "name": "stdout", "text": ["1"]}],
        },
        {"cell_type": "code", "execution_count": None, "metadata": {}, "source": "", "outputs": []},
    ],
    "metadata": {"kernelspec": {"language": "python", "name": "python3"}},
    "nbformat": 4,
    "nbformat_minor": 5,
}


@pytest.mark.parametrize("layout", [{}, {"indent": 1}, {"ensure_ascii": False}, {"indent": 2, "sort_keys": True}])
def test_a_notebook_is_a_post(layout):
    text = json.dumps(NOTEBOOK, **layout)
    parsed = parse_notebook(Source("a.ipynb", text), ParseConfig(), kind="post")
    outline = parsed.value.outline
    assert outline.front.title == "From a notebook"
    assert [h.text for h in outline.headings] == ["Title"]
    assert [text[c.items[0].span.start : c.items[0].span.end] for c in outline.cites] == ["k1", "k2"]
    assert [text[f.span.start : f.span.end] for f in outline.formulas] == ["\\\\alpha"]
    first, second = outline.cells
    assert first.code == 'x = "a\\n```"\nx\n'
    assert first.label == "fig-a"
    assert first.show.echo is False
    assert [text[o : o + 2] for o in first.code_offsets] == ["x ", 'x"']
    assert first.stored_outputs == ({"output_type": "stream", "name": "stdout", "text": "1"},)
    assert type(first.stored_outputs[0]) is dict
    assert second.code == ""
    (problem,) = parsed.diagnostics
    assert problem.code == "note-undefined"
    assert text[problem.span.start : problem.span.end] == "[^gone]"


def test_other_languages_are_shown():
    notebook = {**NOTEBOOK, "metadata": {"kernelspec": {"language": "R"}}}
    parsed = parse_notebook(Source("a.ipynb", json.dumps(notebook)), ParseConfig(), kind="post")
    assert parsed.value.outline.cells == ()
    assert "cell-foreign" in {d.code for d in parsed.diagnostics}


@pytest.mark.parametrize(
    "text", ["", "{", "[1]", '{"cells": 3}', '{"cells": [}', "not JSON", "[" * 500, '{"a": "\\x"}', '{"cells": {}}']
)
def test_what_is_no_notebook_is_reported(text):
    (problem,) = parse_notebook(Source("a.ipynb", text), ParseConfig(), kind="post").diagnostics
    assert problem.code == "md-notebook"
    assert 0 <= problem.span.start <= problem.span.end <= len(text)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda x: st.lists(x) | st.dictionaries(st.text(), x),
    max_leaves=20,
)


@settings(max_examples=150, deadline=None, database=None)
@given(JSON, st.booleans(), st.sampled_from([None, 1]))
def test_json_with_places_is_json(value, ascii_only, indent):
    text = json.dumps(value, ensure_ascii=ascii_only, indent=indent)
    assert read_json(text).plain() == value


@settings(max_examples=150, deadline=None, database=None)
@given(st.text(), st.booleans())
def test_characters_of_strings_have_places(text, ascii_only):
    written = json.dumps(text, ensure_ascii=ascii_only)
    starts, offsets = string_pieces(written, read_json(written))
    for index, char in enumerate(text):
        piece = max(k for k, start in enumerate(starts) if start <= index)
        at = offsets[piece] + index - starts[piece]
        assert written[at] in (char, "\\")


@settings(max_examples=200, deadline=None, database=None)
@given(st.text(alphabet='{}[]",:\\ 0a\n', max_size=30))
def test_json_faults_are_located(text):
    fault = -1
    try:
        value = read_json(text)
        assert json.loads(text) == value.plain()
    except JsonError as refused:
        fault = refused.at
    assert fault <= len(text)


def test_magics_that_only_concern_the_notebook_are_left_out():
    source = ["%matplotlib inline\n", "%load_ext autoreload\n", "x = 1\n", "y = [5\n", "%x]\n", "!ls"]
    cell = {"cell_type": "code", "metadata": {}, "execution_count": None, "source": source, "outputs": []}
    text = json.dumps(NOTEBOOK | {"cells": [cell]})
    parsed = parse_notebook(Source("a.ipynb", text), ParseConfig(), kind="post")
    (code,) = parsed.value.outline.cells
    assert code.code == "x = 1\ny = [5\n%x]\n!ls\n"
    assert [text[at : at + 1] for at in code.code_offsets] == ["x", "y", "%", "!"]
    assert [(d.code, text[d.span.start : d.span.end]) for d in parsed.diagnostics] == [
        ("cell-magic", "%matplotlib inline")
    ]
