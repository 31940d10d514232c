"""Front matter: every field and alias, and every mistake at its place."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xaisite.core.source import Source
from xaisite.model.config import Affiliation, Author
from xaisite.model.front import FrontMatter, TocEntry
from xaisite.parse.front import find_front_matter, read_file_name, read_front_matter
from xaisite.parse.front_fields import FRONT_FIELDS


def read(yaml, path="content/posts/a.md", zone="UTC"):
    source = Source(path, f"---\n{yaml}\n---\nBody.\n")
    return source, read_front_matter(source, timezone=zone)


def one(yaml):
    """Return the only diagnostic, with the text it points at."""
    source, checked = read(yaml)
    assert len(checked.diagnostics) == 1, checked.diagnostics
    d = checked.diagnostics[0]
    return d, source.text[d.span.start : d.span.end]


def field(yaml, name, **kw):
    _, checked = read(yaml, **kw)
    assert checked.diagnostics == ()
    return getattr(checked.value, name)


def test_a_post_without_front_matter_has_all_defaults():
    front = read_front_matter(Source("a.md", "# Title\n\n---\n\ntext\n")).value
    assert (front.title, front.date, front.body_start, front.toc, front.math) == ("", None, 0, True, True)


def test_the_body_starts_after_the_closing_line():
    source, checked = read("title: A")
    assert source.text[checked.value.body_start :] == "Body.\n"


@pytest.mark.parametrize("text", ["---\ntitle: A\n---", "---\ntitle: A\n...\n", "---  \ntitle: A\n---\t\nx"])
def test_other_forms_of_the_fences(text):
    assert read_front_matter(Source("a.md", text)).value.title == "A"


def test_an_empty_block_is_allowed():
    checked = read_front_matter(Source("a.md", "---\n---\nBody"))
    assert checked.diagnostics == ()
    assert checked.value.body_start == 8


@pytest.mark.parametrize(
    "text", ["---\n\nA rule above prose.\n", "---\nJust prose, no colon here\n", "----\ntitle: x\n", " ---\na: b"]
)
def test_a_thematic_break_is_not_front_matter(text):
    checked = read_front_matter(Source("a.md", text))
    assert checked.diagnostics == ()
    assert checked.value.body_start == 0


def test_front_matter_that_is_never_closed():
    d = read_front_matter(Source("a.md", "---\ntitle: A\n\nText\n")).diagnostics[0]
    assert (d.code, d.span.start, d.span.end) == ("front-unclosed", 0, 3)


@pytest.mark.parametrize(
    ("yaml", "name", "value"),
    [
        ("title: no", "title", "no"),
        ("title: 2024", "title", "2024"),
        ("title: 1e5", "title", "1e5"),
        ("title: 2024-02-04", "title", "2024-02-04"),
        ("title: true", "title", "true"),
        ("title: 'It''s'", "title", "It's"),
        (r'title: "Values $\phi_i$ and $\theta$"', "title", r"Values $\phi_i$ and $\theta$"),
        ("title: >-\n  two\n  lines", "title", "two lines"),
        ("abstract: x", "description", "x"),
        ("description: |\n  a\n  b", "description", "a\nb\n"),
        ("author: jane", "authors", ("jane",)),
        ("authors: [jane, Joe Doe]", "authors", ("jane", "Joe Doe")),
        ("updated: 2024-01-02", "date_modified", datetime(2024, 1, 2, tzinfo=UTC)),
        ("last_modified_at: 2024-01-02", "date_modified", datetime(2024, 1, 2, tzinfo=UTC)),
        ("categories: [a, b]", "tags", ("a", "b")),
        ("keywords: a", "tags", ("a",)),
        ("tags: a, b", "tags", ("a", "b")),
        ("tags: 'a, b'", "tags", ("a, b",)),
        ("tags: [2024, no]", "tags", ("2024", "no")),
        ("tags: [a, b]\ncategories: [b, c]", "tags", ("a", "b", "c")),
        ("thumbnail: a.png", "image", "a.png"),
        ("og_image: a.png", "image", "a.png"),
        ("cover: a.png", "image", "a.png"),
        ("image_alt: x", "image_alt", "x"),
        ("hidden: true", "draft", True),
        ("published: false", "draft", True),
        ("draft: yes", "draft", True),
        ("draft: False", "draft", False),
        ("bibliography: a.bib", "bibliography", ("a.bib",)),
        ("bibliography: [a.bib, b.bib]", "bibliography", ("a.bib", "b.bib")),
        ("nocite: ['@a', b]", "nocite", ("a", "b")),
        ("nocite: '@*'", "nocite", ("*",)),
        ("toc: false", "toc", False),
        ("toc:\n  sidebar: left", "toc", True),
        ("toc-depth: 2", "toc_depth", 2),
        ("toc_depth: 2", "toc_depth", 2),
        ("number-sections: true", "number_sections", True),
        ("redirect_from: /old/", "aliases", ("/old/",)),
        ("permalink: /x/y/", "permalink", "/x/y/"),
        ("slug: shap", "slug", "shap"),
        ("layout: post.njk", "layout", "post"),
        ("layout: layouts/post.njk", "layout", "post"),
        ("layout: distill", "layout", "distill"),
        ("order: 1.5", "order", 1.5),
        ("prerequisites: [a, b]", "prerequisites", ("a", "b")),
        ("lang: de-AT", "lang", "de-AT"),
        ("doi: https://doi.org/10.1000/182", "doi", "10.1000/182"),
        ("execute: false", "execute", {"enabled": False}),
        ("execute: {echo: false, fig_width: 3}", "execute", {"echo": False, "fig-width": 3.0}),
        ("code-fold: show", "execute", {"code-fold": "show"}),
        ("code-fold: true\nexecute: {code-fold: false}", "execute", {"code-fold": False}),
        (
            "params: {alpha: 0.1, n: 3, name: no, flag: true}",
            "params",
            {"alpha": 0.1, "n": 3, "name": "no", "flag": True},
        ),
        ("mathjax: false", "math", False),
        ("katex: true", "math", True),
        (r"macros: {RR: '\mathbb{R}', '\EE': 'E'}", "macros", {"\\RR": "\\mathbb{R}", "\\EE": "E"}),
        ("extra: {mine: 1}", "extra", {"mine": 1}),
        ("citation: true", "citation", {}),
        ("citation: {volume: 3}", "citation", {"volume": 3}),
        ("subtitle:", "subtitle", ""),
    ],
)
def test_fields(yaml, name, value):
    assert field(yaml, name) == value


def test_authors_in_full():
    yaml = (
        "authors:\n- name: Ada B\n  url: https://a.org\n  orcid: https://orcid.org/0000-0002-1825-0097\n  email: a@b.org\n"
        "  corresponding: true\n  affiliations:\n    name: EPFL\n    url: https://epfl.ch\n"
        "- name: {given: Joe, family: Doe}\n  affiliation: MIT\n- id: jane\n"
    )
    assert field(yaml, "authors") == (
        Author(
            "Ada B",
            url="https://a.org",
            orcid="0000-0002-1825-0097",
            email="a@b.org",
            corresponding=True,
            affiliations=(Affiliation("EPFL", "https://epfl.ch"),),
        ),
        Author("Joe Doe", affiliations=(Affiliation("MIT"),)),
        "jane",
    )


def test_a_table_of_contents_as_iclr_writes_it():
    yaml = "toc:\n  - name: Equations\n  - name: Images and Figures\n    subsections:\n    - name: Interactive\n"
    _, checked = read(yaml)
    assert checked.value.toc is True
    assert checked.value.toc_entries == (
        TocEntry("Equations"),
        TocEntry("Images and Figures", (TocEntry("Interactive"),)),
    )


@pytest.mark.parametrize(
    "yaml",
    [
        "glossary: {SHAP: values, LIME: local}",
        "glossary:\n- {term: SHAP, definition: values}\n- {name: LIME, def: local}",
    ],
)
def test_glossaries(yaml):
    source, checked = read(yaml)
    assert checked.diagnostics == ()
    terms = checked.value.glossary
    assert [(t.term, t.definition) for t in terms] == [("SHAP", "values"), ("LIME", "local")]
    assert [source.text[t.span.start : t.span.end] for t in terms] == ["SHAP", "LIME"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-02-04", (2024, 2, 4)),
        ("2024-02-04 10:30", (2024, 2, 4, 10, 30)),
        ("2024-02-04T10:30:05", (2024, 2, 4, 10, 30, 5)),
        ("2024-02-04T10:30:05.25", (2024, 2, 4, 10, 30, 5, 250000)),
        ("February 4, 2024", (2024, 2, 4)),
        ("4 Feb 2024", (2024, 2, 4)),
        ("Sept 4, 2024", (2024, 9, 4)),
        ("'2024-02-04'", (2024, 2, 4)),
    ],
)
def test_dates_without_a_zone_are_in_the_sites(text, expected):
    assert field(f"date: {text}", "date", zone="Europe/Berlin") == datetime(*expected, tzinfo=ZoneInfo("Europe/Berlin"))


@pytest.mark.parametrize(
    ("text", "offset_h"),
    [
        ("2024-02-04T10:00:00Z", 0),
        ("2024-02-04 10:00:00 +0100", 1),
        ("2024-02-04T10:00:00-05:00", -5),
        ("2024-02-04 10:00 UTC", 0),
    ],
)
def test_dates_with_a_zone(text, offset_h):
    zone = timezone(timedelta(hours=offset_h))
    assert field(f"date: {text}", "date", zone="Europe/Berlin") == datetime(2024, 2, 4, 10, tzinfo=zone)


@pytest.mark.parametrize(
    "text",
    [
        "2020-13-45",
        "2021-02-29",
        "today",
        "last-modified",
        "4/2/2024",
        "13/13/2024",
        "2/30/2024",
        "soon",
        "2024-02-04 25:00",
        "31 June 2024",
        "0000-01-01",
        "2024-02-04T10:00:00+99:00",
        "2024-02-04T10:00:00+2",
    ],
)
def test_bad_dates(text):
    d, shown = one(f"date: {text}")
    assert (d.code, shown) == ("front-bad-date", text)


def test_a_date_that_moves_is_left_out_with_a_warning():
    for text, severity in (("today", "warning"), ("last-modified", "warning"), ("4/2/2024", "error")):
        d, _ = one(f"date: {text}")
        assert d.severity.value == severity
    assert field("date: 2/17/2022", "date") == datetime(2022, 2, 17, tzinfo=UTC)
    assert "4 February or 2 April" in one("date: 2/4/2024")[0].message


def test_the_name_of_the_file_gives_the_date():
    assert read_file_name("content/posts/2024-02-04-a-b.md", "UTC") == (datetime(2024, 2, 4, tzinfo=UTC), "a-b")
    assert read_file_name("posts/shap.md", "UTC") == (None, "shap")
    assert field("title: A", "date", path="p/2024-02-04-x.md") == datetime(2024, 2, 4, tzinfo=UTC)
    assert field("date: 2020-01-01", "date", path="p/2024-02-04-x.md").year == 2020
    _, checked = read("title: A", path="p/2020-13-45-x.md")
    assert [d.code for d in checked.diagnostics] == ["front-bad-date"]
    unfenced = read_front_matter(Source("p/2024-02-04-x.md", "Text"))
    assert unfenced.value.date == datetime(2024, 2, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("yaml", "code", "shown", "words"),
    [
        ("toc-depth: three", "front-wrong-type", "three", "whole number from 1 to 6"),
        ("toc-depth: 9", "front-bad-value", "9", "from 1 to 6"),
        ("toc-depth: 2.5", "front-wrong-type", "2.5", "whole number"),
        ("draft: maybe", "front-wrong-type", "maybe", "true or false"),
        ("draft: 'true'", "front-wrong-type", "'true'", "true or false"),
        ("draft: [true]", "front-wrong-type", "[true]", "a list"),
        ("title: [a]", "front-wrong-type", "[a]", "a list"),
        ("title: {a: b}", "front-wrong-type", "{a: b}", "a mapping"),
        ("tags: [a, {b: c}]", "front-wrong-type", "{b: c}", "a mapping"),
        ("tags: {b: c}", "front-wrong-type", "{b: c}", "a mapping"),
        ("order: first", "front-wrong-type", "first", "a number"),
        ("lang: english language", "front-bad-value", "english language", "language code"),
        ("permalink: shap", "front-bad-value", "shap", "address"),
        ("permalink: //evil.org/", "front-bad-value", "//evil.org/", "address"),
        ("slug: a/b", "front-bad-value", "a/b", "one part"),
        ("layout: ../../etc/passwd", "front-bad-value", "../../etc/passwd", "template"),
        ("authors: [{url: 'https://x.org'}]", "front-bad-value", "{url: 'https://x.org'}", "no `name`"),
        ("authors: [{name: A, url: 'javascript:x'}]", "front-bad-value", "'javascript:x'", "web address"),
        ("authors: [{name: A, nmae: B}]", "front-unknown", "nmae", "author.nmae"),
        ("execute: {ecoh: false}", "front-unknown", "ecoh", "execute.ecoh"),
        ("execute: {echo: maybe}", "front-wrong-type", "maybe", "list of line numbers"),
        ("params: {a-b: 1}", "front-bad-value", "a-b", "Python name"),
        ("toc: [{title: x}]", "front-bad-value", "{title: x}", "no `name`"),
        ("glossary: [{term: x}]", "front-bad-value", "{term: x}", "both"),
        ("glossary: x", "front-wrong-type", "x", "mapping of terms"),
        ("doi: 12", "front-bad-value", "12", "a DOI"),
        ("citation-style: apa", "front-bad-value", "apa", "author-year"),
        ("draft: true\nhidden: false", "front-duplicate", "hidden", "same field"),
        ("title: a\ntitle: b", "front-duplicate", "title", "twice"),
        ("params: {a: 1, a: 2}", "front-duplicate", "a", "twice"),
        ("titel: A", "front-unknown", "titel", "titel"),
        ("future: true", "front-ignored", "future", "no effect"),
    ],
)
def test_mistakes_are_found_where_they_are(yaml, code, shown, words):
    d, text = one(yaml)
    assert (d.code, text) == (code, shown)
    assert words in d.message


def test_an_unknown_field_is_kept_and_names_the_nearest():
    _, checked = read("titel: A\nzzzz: [1, two]\necho: false")
    assert checked.value.extra == {"titel": "A", "zzzz": [1, "two"], "echo": False}
    assert [d.help for d in checked.diagnostics] == [
        "did you mean “title”?",
        "it is kept for templates as `page.extra`",
        "write it under `execute:`, as `echo`",
    ]
    assert not checked.has_errors


def test_fields_of_iclr_posts_are_no_warnings():
    yaml = "layout: distill\ntitle: T\nfuture: true\nhtmlwidgets: true\nhidden: false\n_styles: |\n  a { b: c }\nmermaid: {enabled: true}"
    _, checked = read(yaml)
    assert {str(d.severity) for d in checked.diagnostics} == {"notice"}
    assert checked.value.extra["htmlwidgets"] is True


def test_spans_are_those_of_values_under_attribute_names():
    source, checked = read('title: "Ünïcode 😀: x"\ncategories: [a]\ntoc-depth: 2\nmine: 1')
    shown = {name: source.text[s.start : s.end] for name, s in checked.value.spans.items()}
    assert shown == {"title": '"Ünïcode 😀: x"', "tags": "[a]", "toc_depth": "2", "mine": "1"}


def test_a_bad_field_does_not_hide_the_others():
    _, checked = read("title: A\ndraft: maybe\ntags: [x]\ndate: never")
    assert (checked.value.title, checked.value.tags, checked.value.draft) == ("A", ("x",), False)
    assert len(checked.diagnostics) == 2


def test_find_front_matter():
    block = find_front_matter("---\na: b\n---\nx")
    assert block is not None
    assert (block.start, block.end, block.body_start) == (4, 9, 13)


ANY = [
    "1",
    "-1",
    "1.5",
    "true",
    "x",
    "''",
    "[]",
    "[x]",
    "[[1]]",
    "{}",
    "{a: 1}",
    "[{a: {}}]",
    "{name: [x]}",
    "[{name: x, subsections: [[y], z]}]",
    "2024-01-01",
    ".nan",
    "1e999",
    "/a",
    "9" * 400,
    "~",
    "1_000",
    "'3'",
    "[null]",
    "{sidebar: left}",
    "/",
    "..",
    ".njk",
    "a\\b",
]


def test_any_value_of_any_field_is_read_or_reported():
    for f in FRONT_FIELDS.fields:
        for name in (f.name, *f.aliases):
            for text in ANY:
                source, checked = read(f"{name}: {text}")
                for d in checked.diagnostics:
                    assert d.code.startswith("front-")
                    assert source.position(d.span.start).line == 2


def test_every_field_is_one_attribute():
    attributes = {f.name for f in dataclasses.fields(FrontMatter)}
    assert {f.attribute for f in FRONT_FIELDS.fields} - {"published"} == attributes - {
        "toc_entries",
        "spans",
        "body_start",
    }


FRONTISH = st.lists(
    st.sampled_from(
        [
            *":-[]{}'\"\n #&*|>é😀\\$ab1",
            "title: ",
            "date: ",
            "- ",
            "toc:",
            "\n",
            "2024-02-04",
            "---\n",
            "authors: ",
            "execute: ",
        ]
    ),
    max_size=50,
).map("".join)


@given(FRONTISH)
def test_never_raises_and_every_place_lies_inside(yaml):
    source, checked = read(yaml)
    front = checked.value
    spans = (
        [d.span for d in checked.diagnostics] + list(front.spans.values()) + [t.span for t in front.glossary if t.span]
    )
    for span in spans:
        assert 0 <= span.start <= span.end <= len(source.text)
    assert 0 <= front.body_start <= len(source.text)


@pytest.mark.parametrize(
    ("line", "tags", "told"),
    [
        ("tags: shap tutorial", ("shap tutorial",), "shap tutorial"),
        ("categories: machine learning", ("machine learning",), "machine learning"),
        ("tags: [machine learning]", ("machine learning",), ""),
        ("tags: 'machine learning'", ("machine learning",), ""),
        ("tags: a b, c", ("a b", "c"), ""),
        ("tags: shap", ("shap",), ""),
    ],
)
def test_blanks_do_not_part_tags_and_that_is_told(line, tags, told):
    text = f"---\n{line}\n---\n"
    read = read_front_matter(Source("content/posts/a.md", text))
    assert read.value.tags == tags
    assert [(d.code, text[d.span.start : d.span.end]) for d in read.diagnostics] == [("front-one-tag", told)] * bool(
        told
    )


@pytest.mark.parametrize("text", ['+++\ntitle = "A"\n+++\nText.', "+++\n# c\n\n[author]\nname = 1\n+++\n"])
def test_front_matter_in_toml_is_told(text):
    (d,) = read_front_matter(Source("content/posts/a.md", text)).diagnostics
    assert (d.code, text[d.span.start : d.span.end]) == ("front-toml", "+++")


@pytest.mark.parametrize("text", ["+++\n\nText.", "+++\nWords, and more.\n", '+++ {"a": 1}\n\nText = x\n'])
def test_plus_signs_that_are_no_front_matter(text):
    assert read_front_matter(Source("content/posts/a.md", text)).diagnostics == ()
