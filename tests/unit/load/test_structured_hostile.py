"""Hostile and random text: bounded time, no exception, every place inside; a sample here, a campaign under `slow`."""

from __future__ import annotations

import random
import time

import pytest

from xaisite.core.source import Source
from xaisite.load.config import read_config
from xaisite.parse.front import read_front_matter
from xaisite.parse.options import read_cell_options

HOSTILE_YAML = {
    "unknown": "\n".join(f"k{i}x: 1" for i in range(7000)),
    "long name": "k" * 30_000 + ": 1",
    "duplicates": "title: 1\n" * 7000,
    "inline": 'fig-cap: "`{python} ' + " " * 60_000 + '"',
    "inlines": 'fig-cap: "' + "`{python} a " * 5000 + '"',
    "flow": "{" + ",".join(f"k{i}: 1" for i in range(6000)) + "}",
    "brackets": "x: " + "[{a: " * 9 + "1" + "}]" * 9,
    "backslashes": 'title: "' + "\\$" * 30_000 + '"',
    "dashes": "- " * 30_000,
    "questions": "? " * 30_000,
    "quotes": '"' * 60_000,
    "control": "\x07" * 60_000,
    "digits": "date: " + "1" * 60_000,
    "language": "lang: en" + "-ab" * 20_000,
    "layout": 'layout: "' + "[" * 1900 + '"',
    "anchors": "a: &a 1\n" * 7000,
    "authors": "authors: [" + "{nmae: a}," * 6000 + "]",
}
HOSTILE_TOML = {
    "unknown": "[site]\n" + "\n".join(f"k{i}x = 1" for i in range(7000)),
    "dots": "a" + ".a" * 30_000 + " = 1",
    "header": "[a" + ".a" * 30_000 + "]",
    "blank": " " * 60_000,
    "items": "[site]\nnav = [" + "1," * 30_000 + "]",
    "tables": "[[x]]\n" * 10_000,
    "braces": "x = " + "{ a = " * 2000,
    "quotes": '[site]\ntitle = """' + '""a' * 20_000 + '"""',
    "zone": "[site]\ntimezone = '" + "x" * 60_000 + "'",
}


def read_front(text):
    source = Source("a.md", f"---\n{text}\n---\n")
    checked = read_front_matter(source)
    return source, [d.span for d in checked.diagnostics] + list(checked.value.spans.values())


def read_options(text):
    body = "\n".join("#| " + line for line in text.split("\n"))
    source, lines, at = Source("a.md", body), [], 0
    for line in body.split("\n"):
        lines.append((at, at + len(line)))
        at += len(line) + 1
    checked = read_cell_options(source, lines)
    return source, [d.span for d in checked.diagnostics] + [i.span for i in checked.value.inlines]


def read_site(text):
    source = Source("site.toml", text)
    checked = read_config(source)
    return source, [d.span for d in checked.diagnostics] + list(checked.value.spans.values())


def hold(read, text):
    source, spans = read(text)
    for span in spans:
        assert 0 <= span.start <= span.end <= len(source.text)


@pytest.mark.parametrize("read", [read_front, read_options])
@pytest.mark.parametrize("name", HOSTILE_YAML)
def test_hostile_yaml_ends(read, name):
    began = time.process_time()
    hold(read, HOSTILE_YAML[name])
    assert time.process_time() - began < 3


@pytest.mark.parametrize("name", HOSTILE_TOML)
def test_hostile_toml_ends(name):
    began = time.process_time()
    hold(read_site, HOSTILE_TOML[name])
    assert time.process_time() - began < 3


SEEDS = {
    read_front: [
        'title: "A $\\phi$: b"\ndate: 2024-02-04\ntags: [a, b]\nauthors:\n- name: X\n  affiliations: {name: E}\ntoc:\n- name: a\n  subsections:\n  - name: b\n',
        "execute: {echo: false, fig-width: 3}\nglossary: {a: b}\nparams: {x: [1, 2]}\nmacros: {'\\\\RR': x}\ndescription: |\n  a\n  b\n",
    ],
    read_options: [
        'label: fig-a\nfig-cap: "A `{python} f(x)` and $\\theta$"\nfig-alt:\n  - a\n  - b\nassert: "x == \'y\'"\nlayout: [[1, 1], [1]]\n',
        "tags: [hide-input]\nfile: /a/b.png\ntimeout: 30s\nenv: {A: b}\nerror: ValueError\necho: [1, 2]\n",
    ],
    read_site: [
        '[site]\ntitle = "x"\nnav = [{ title = "a", url = "/" }]\n[site.authors.j]\nname = "J"\n[execution]\ntimeout = "5m"\necho = false\n',
        "[publish.a]\nkind = 'git'\nbranch = 'b'\n[[x]]\na.b = 1\n[math]\nmacros = { '\\\\RR' = '''x''' }\n[theme]\ntokens = { a = \"\"\"1px\"\"\" }\n",
    ],
}
PIECES = [
    *"[]{}:,-#'\"\\\n \t&*!|>%@`$=.~é😀\x07\u2028\ufeff",
    ": ",
    "- ",
    "---\n",
    "'''",
    '"""',
    "[[",
    "2024-02-04",
    "nan",
    "{python} ",
    "#| ",
]


def mutate(rng, text):
    for _ in range(rng.randint(1, 6)):
        at = rng.randrange(len(text) + 1)
        to = min(len(text), at + rng.choice([0, 0, 1, 1, 5]))
        text = text[:at] + rng.choice([rng.choice(PIECES), "", text[at : at + 9]]) + text[to:]
    return text


def campaign(read, rounds):
    rng = random.Random(20240204)
    for _ in range(rounds):
        hold(read, mutate(rng, rng.choice(SEEDS[read])))


@pytest.mark.parametrize("read", SEEDS)
def test_mutated_text(read):
    campaign(read, 400)


@pytest.mark.slow
@pytest.mark.parametrize("read", SEEDS)
def test_mutated_text_at_length(read):
    campaign(read, 60_000)
