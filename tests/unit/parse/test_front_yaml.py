"""YAML with places: what is refused, what syntax errors say, TeX in quotes; and that both of PyYAML's parsers agree."""

from __future__ import annotations

import time

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from xaisite.core.tree import Branch, Leaf, Listing, plain_value
from xaisite.parse import yaml_spans
from xaisite.parse.yaml_spans import read_yaml_branch
from xaisite.parse.yaml_tex import restore_backslashes, shield_backslashes


def problem(text):
    tree = read_yaml_branch(text, 0)
    assert len(tree.problems) == 1, tree.problems
    p = tree.problems[0]
    return p.kind, text[p.start : p.end], p.message


@pytest.mark.parametrize(
    ("text", "shown", "words"),
    [
        ("a: x: y", ":", "second `: `"),
        ("a: [1\nb: 2", "[", "never closed"),
        ("a: [1\n  b\n  c: 2\n ]", ":", "expected `,` or `]`"),
        ("a: {b: 1", "", "expected `,` or `}`"),
        ('a: "x', '"', "never closed"),
        ("a: 'x\nb: c", "'", "never closed"),
        ("a: @x", "@", "cannot begin with `@`"),
        ("a: `x`", "`", "cannot begin with ```"),
        ("a: %x", "%", "cannot begin with `%`"),
        ("\ta: b", "\t", "tab"),
        ("a:\n  - b\n c: d", "c", "indentation"),
        ("a b", "a b", "key: value"),
        ("- a", "- a", "key: value"),
        ("a: b\nc", "c", "expected `key: value`"),
        ("a: b\n---\nc: d", "---", "second YAML document"),
        ("a: \x07b", "\x07", "U+0007"),
        ("a: \ufeffb", "\ufeff", "U+FEFF"),
        ("a: \ud800", "\ud800", "U+D800"),
    ],
)
def test_syntax_errors_are_located_and_in_plain_words(text, shown, words):
    kind, where, message = problem(text)
    assert (kind, where) == ("syntax", shown)
    assert words in message


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a: *b", "*b"),
        ("a: &b c", "&b"),
        ("a: &b [c]", "&b"),
        ("a: !x c", "!x"),
        ("a: !!str 3", "!!str"),
        ("a: {<<: {b: c}}", "<<"),
        ("*a : b", "*a"),
        ("? [a]\n: b", "[a"),
        ("a: [b, *c, d]", "*c"),
    ],
)
def test_parts_of_yaml_that_are_refused(text, shown):
    assert problem(text)[:2] == ("unsupported-yaml", shown)


def test_bombs_cost_nothing():
    began = time.perf_counter()
    bomb = "a: &a [x]\n" + "".join(f"b{i}: &b{i} [*a, *a]\n" for i in range(2000))
    told = read_yaml_branch(bomb, 0).problems
    assert {p.kind for p in told} == {"unsupported-yaml"}
    assert len(told) == yaml_spans.MAX_TOLD
    assert problem("a: " + "[" * 3000)[0] == "too-large"
    assert problem("a: " + "{b: " * 3000)[0] == "too-large"
    assert problem("a: " + "- " * 3000)[0] == "syntax"
    assert problem("a:\n" + "- " * 3000)[0] == "too-large"
    assert problem("a: " + "x" * 70_000)[0] == "too-large"
    assert time.perf_counter() - began < 1


def test_what_was_read_before_an_error_is_kept():
    tree = read_yaml_branch("a: 1\nb: [x]\nc: d: e\n", 0)
    assert plain_value(tree.branch) == {"a": 1, "b": ["x"]}


def test_offsets_count_code_points_from_the_base():
    tree = read_yaml_branch("é😀: 'ü'\nb: |\n  x\n  y\n\nc: [d, e]  # f\n", 100)
    places = {p.key: (p.start - 100, p.value.start - 100, p.value.end - 100) for p in tree.branch.pairs}
    assert places == {"é😀": (0, 4, 7), "b": (8, 11, 20), "c": (22, 25, 31)}


def test_values_over_pieces_keep_their_places():
    #        0123456 789
    text = "a: b\n  c\nd: e\n"
    tree = read_yaml_branch(text, ((0, 3), (5, 20), (9, 40)))
    a, d = tree.branch.pairs
    assert (a.start, a.value.start, a.value.end) == (3, 6, 23)
    assert (d.start, d.value.start, d.value.end) == (40, 43, 44)


@pytest.mark.parametrize(
    ("quoted", "value"),
    [
        (r'"$\phi$"', r"$\phi$"),
        (r'"\alpha"', r"\alpha"),
        (r'"$\theta \to \nabla$"', r"$\theta \to \nabla$"),
        (r'"a\nb"', "a\nb"),
        (r'"a\tb"', "a\tb"),
        (r'"say \"x\""', 'say "x"'),
        (r'"\\phi"', r"\phi"),
        (r'"$\\phi$"', r"$\phi$"),
        (r'"\u00e9"', "é"),
        (r'"\xe9"', "é"),
        (r'"\xi"', r"\xi"),
        (r'"\upsilon"', r"\upsilon"),
        (r'"5\%"', r"5\%"),
        (r'"a\_b"', r"a\_b"),
        (r'"\(x\)"', r"\(x\)"),
        (r'"\{x\}"', r"\{x\}"),
        (r'"\mathbb{R}"', r"\mathbb{R}"),
        (r'"\nabla f"', r"\nabla f"),
        (r'"one\nthe"', "one\nthe"),
        (r'"$a$\n$b$"', "$a$\n$b$"),
        (r'"costs \$5\n"', "costs \\$5\n"),
        (r"'$\phi$'", r"$\phi$"),
        (r"\phi", r"\phi"),
        (r"|" + "\n  \\phi", "\\phi\n"),
        (r'"$\rho, \beta, \frac12$"', r"$\rho, \beta, \frac12$"),
        ('"a \\\n  b"', "a b"),
        (r'"\LaTeX \Phi"', r"\LaTeX \Phi"),
    ],
)
def test_tex_in_double_quotes_means_what_it_says(quoted, value):
    tree = read_yaml_branch(f'k: {quoted}\nother: "x"', 0)
    assert tree.problems == ()
    assert plain_value(tree.branch)["k"] == value


@given(st.text(alphabet='\\$"\n anxu0phi\ue000', max_size=40))
def test_shielding_keeps_the_length_and_can_be_undone(text):
    shielded, mark = shield_backslashes(text)
    assert len(shielded) == len(text)
    assert (restore_backslashes(shielded, mark) if mark else shielded) == text


def spans_of(node):
    yield node.start, node.end
    if isinstance(node, Listing):
        for item in node.items:
            yield from spans_of(item)
    if isinstance(node, Branch):
        for pair in node.pairs:
            yield pair.start, pair.end
            yield from spans_of(pair.value)


YAMLISH = st.text(
    alphabet=st.sampled_from(list("ab:: --[]{},'\"\n\n  #&*!|>?%@`\\$\t~<0.é😀\ufeff\x07\u2028\x85")), max_size=80
)


@given(YAMLISH, st.integers(0, 5))
@example("a: \x85", 0)
@example("a: '\u2028", 0)
def test_never_raises_and_every_place_lies_inside(text, base):
    tree = read_yaml_branch(text, base)
    for start, end in [*spans_of(tree.branch), *((p.start, p.end) for p in tree.problems)]:
        assert base <= start <= end <= base + len(text)


@given(st.lists(YAMLISH.map(lambda t: t.replace("\n", " ")), min_size=1, max_size=6))
def test_never_raises_over_pieces(lines):
    pieces, at, offset = [], 0, 7
    for line in lines:
        pieces.append((at, offset))
        at += len(line) + 1
        offset += len(line) + 4
    tree = read_yaml_branch("\n".join(lines) + "\n", tuple(pieces))
    for start, end in [*spans_of(tree.branch), *((p.start, p.end) for p in tree.problems)]:
        assert 7 <= start <= end <= offset


SCALARS = st.one_of(
    st.text(max_size=12), st.integers(), st.booleans(), st.none(), st.floats(allow_nan=False, allow_infinity=False)
)
VALUES = st.recursive(
    SCALARS,
    lambda v: st.lists(v, max_size=4) | st.dictionaries(st.text(min_size=1, max_size=6), v, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.text(min_size=1, max_size=6), VALUES, max_size=5))
def test_reads_what_pyyaml_writes(data):
    import json

    text = json.dumps(data)  # JSON is YAML, and has one reading only
    tree = read_yaml_branch(text, 0)
    if not tree.problems:
        assert plain_value(tree.branch) == json.loads(text) or "\\" in text


@given(YAMLISH)
def test_both_parsers_agree(text):
    fast = read_yaml_branch(text, 0)
    kept = yaml_spans.CParser
    yaml_spans.CParser = yaml.SafeLoader
    try:
        slow = read_yaml_branch(text, 0)
    finally:
        yaml_spans.CParser = kept
    if not fast.problems and not slow.problems:
        assert plain_value(fast.branch) == plain_value(slow.branch)


def test_places_of_scalars_hold_their_text():
    text = "a: plain words  # c\nb: [x, 'y', \"z\"]\nc:\n  d: 1\n"
    tree = read_yaml_branch(text, 0)
    shown = {}

    def walk(node, name):
        if isinstance(node, Leaf):
            shown[name] = text[node.start : node.end]
        elif isinstance(node, Listing):
            for i, item in enumerate(node.items):
                walk(item, f"{name}{i}")
        else:
            for pair in node.pairs:
                assert text[pair.start : pair.end] == pair.key
                walk(pair.value, pair.key)

    walk(tree.branch, "")
    assert shown == {"a": "plain words", "b0": "x", "b1": "'y'", "b2": '"z"', "d": "1"}


def test_every_mistake_is_told_in_one_run_each_at_its_place():
    text = (
        "base: &one 1\ntitle: *one\nb: [x, *two, &three y]\n<<: *one\nc: {<<: {d: 1}, e: !x f}\n*one : g\n"
        "h: i: j\nk: 'l\nm: &four !y n\nm: o\np: [q\nr: \ts: t\nlast: 1\n"
    )
    tree = read_yaml_branch(text, 0)
    told = [(p.kind, text.count("\n", 0, p.start) + 1, text[p.start : p.end]) for p in tree.problems]
    assert told == [
        ("unsupported-yaml", 1, "&one"),
        ("unsupported-yaml", 2, "*one"),
        ("unsupported-yaml", 3, "*two"),
        ("unsupported-yaml", 3, "&three"),
        ("unsupported-yaml", 4, "<<"),
        ("unsupported-yaml", 5, "<<"),
        ("unsupported-yaml", 5, "!x"),
        ("unsupported-yaml", 6, "*one"),
        ("syntax", 7, ":"),
        ("syntax", 8, "'"),
        ("unsupported-yaml", 9, "&four"),
        ("unsupported-yaml", 9, "!y"),
        ("duplicate", 10, "m"),
        ("syntax", 11, "["),
        ("syntax", 12, ":"),
    ]
    assert plain_value(tree.branch)["last"] == 1
