"""The walk over TOML agrees with tomllib, and every place holds what it says."""

from __future__ import annotations

import json
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xaisite.core.tree import Branch, Leaf, Listing
from xaisite.load.toml_spans import read_toml_tree


def plain(node):
    if isinstance(node, Leaf):
        return node.value
    if isinstance(node, Listing):
        return [plain(item) for item in node.items]
    return {pair.key: plain(pair.value) for pair in node.pairs}


def check(text):
    tree = read_toml_tree(text)
    assert tree.problem is None, tree.problem
    assert plain(tree.branch) == tomllib.loads(text)
    check_places(tree.branch, text)


def check_places(node, text):
    assert 0 <= node.start <= node.end <= len(text)
    if isinstance(node, Leaf):
        assert tomllib.loads("x = " + text[node.start : node.end])["x"] == node.value
    elif isinstance(node, Listing):
        for item in node.items:
            check_places(item, text)
    else:
        assert isinstance(node, Branch)
        for pair in node.pairs:
            raw = text[pair.start : pair.end]
            assert tomllib.loads(raw + " = 1") == {pair.key: 1}, raw
            check_places(pair.value, text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n# c\n",
        "a = 1",
        "a=1#c",
        "a.b.c = 1\na.b.d = 2",
        "'a.b' = 1\n\"c\\u00e9\" . d = 2",
        "[a]\nb = 1\n[a.c]\nd = 2\n[e]",
        "[[a]]\nb = 1\n[[a]]\nb = 2\n[a.c]\nd = 3\n[[a.e]]\nf = 4\n[[a.e]]",
        "a = [1, 2, # c\n 3,\n]",
        "a = []",
        "a = [ [ ], [[1]] ]",
        "a = {}",
        "a = { b = 1, c.d = [2, { e = 'x' }] }",
        'a = """\nx "" y\\\n  z"""',
        "a = '''\nit''s'''",
        'a = """x"""""',
        "a = '''x'''''",
        'a = "\\"]# \\\\"',
        "a = 'C:\\x' # 'c'",
        "a = 1979-05-27 07:32:00\nb = 1979-05-27T07:32:00Z # c\nc = 07:32:00",
        "a = +1_000\nb = 0xFF\nc = 1e3\nd = inf\ne = true",
        "[ a . 'b' ]\nc = 1",
        "é = 1" if False else '"é😀" = "ü"\nb = 1',
        "[a]\n[a.b.c]\nx = 1\n[a.b]\ny = 2",
        "a = [{ b = 1 }, { b = 2 }]",
        "a = '#'\nb = \"\"",
        'a = """"x"""',
        "a = ''''x'''",
        'a = """"""',
        "a = ''''''",
        'a = ["""]""", \']\']',
    ],
)
def test_documents(text):
    check(text)


TEXTS = st.text(max_size=8)
KEYS = st.one_of(
    st.from_regex(r"[A-Za-z0-9_-]{1,5}", fullmatch=True), TEXTS.map(lambda t: json.dumps(t, ensure_ascii=True))
)
STRINGS = st.one_of(
    TEXTS.map(lambda t: json.dumps(t.encode("ascii", "ignore").decode())),
    st.text(alphabet='ab #]}=,"é😀', max_size=6).map(lambda t: f"'{t}'"),
    st.text(alphabet="ab #]}=,'\n\\t", max_size=8).map(lambda t: f'"""{t}"""'),
    st.text(alphabet='ab #]}=,"\n', max_size=8).map(lambda t: f"'''{t}'''"),
)
LEAVES = st.one_of(
    STRINGS,
    st.integers(-(2**40), 2**40).map(str),
    st.sampled_from(["true", "false", "1.5", "2024-02-04", "1979-05-27 07:32:00", "inf"]),
)
VALUES = st.recursive(
    LEAVES,
    lambda v: st.one_of(
        st.lists(v, max_size=3).map(lambda vs: "[" + " ,\n# c\n".join(vs) + "]"),
        st.dictionaries(KEYS, v, max_size=3).map(lambda d: "{ " + ", ".join(f"{k} = {x}" for k, x in d.items()) + " }"),
    ),
    max_leaves=6,
)
LINES = st.one_of(
    st.tuples(KEYS, VALUES).map(lambda kv: f"{kv[0]} = {kv[1]}  # end"),
    st.tuples(KEYS, KEYS, VALUES).map(lambda kv: f"{kv[0]} . {kv[1]} = {kv[2]}"),
    KEYS.map(lambda k: f"[{k}]"),
    st.tuples(KEYS, KEYS).map(lambda k: f"[ {k[0]}.{k[1]} ]"),
    KEYS.map(lambda k: f"[[{k}]]"),
    st.just("# comment"),
)


@given(st.lists(LINES, max_size=6).map("\n".join))
def test_generated_documents(text):
    try:
        tomllib.loads(text)
    except ValueError:
        tree = read_toml_tree(text)
        assert tree.problem is not None
        assert 0 <= tree.problem.start <= tree.problem.end <= len(text)
        return
    check(text)
