"""Options of cells: every option and spelling, and every mistake at its place in the Markdown."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xaisite.core.source import Source
from xaisite.model.cell import ExecOptions, InlineRole, ObservedOptions, ShowOptions
from xaisite.model.cell_fields import CELL_OPTIONS, EXEC_NAMES, OBSERVED_NAMES, SPECIAL
from xaisite.parse.options import read_cell_options


def lines_of(text, start=0):
    out = []
    for line in text.split("\n"):
        out.append((start, start + len(line)))
        start += len(line) + 1
    return out


def read(body, *, before="Prose é😀.\n\n> ```{python}\n", **kw):
    """Read a body that stands somewhere in a post."""
    source = Source("content/posts/a.md", before + body)
    return source, read_cell_options(source, lines_of(body, len(before)), **kw)


def read_header(header, **kw):
    text = f"```{{python{header}}}\n1\n```"
    source = Source("a.md", text)
    return source, read_cell_options(source, lines_of("1", text.index("\n") + 1), header=(10, text.index("}\n")), **kw)


def value(body, **kw):
    _, checked = read(body, **kw)
    assert checked.diagnostics == (), checked.diagnostics
    return checked.value


def one(read_result):
    source, checked = read_result
    assert len(checked.diagnostics) == 1, checked.diagnostics
    d = checked.diagnostics[0]
    return d, source.text[d.span.start : d.span.end]


def test_every_option_is_one_attribute_of_one_record():
    records = {EXEC_NAMES: ExecOptions, OBSERVED_NAMES: ObservedOptions}
    names = {f.name for f in CELL_OPTIONS.fields}
    records[frozenset(names - EXEC_NAMES - OBSERVED_NAMES - SPECIAL)] = ShowOptions
    for group, record in records.items():
        assert group <= names
        attributes = {f.name for f in dataclasses.fields(record)} - {"parameters", "tags"}
        assert {CELL_OPTIONS.by_name[name].attribute for name in group} == attributes


def test_a_cell_without_options_has_the_defaults():
    options = value("x = 1\n#| echo: false\n")
    assert (options.exec, options.observed, options.show) == (ExecOptions(), ObservedOptions(), ShowOptions())
    assert (options.label, options.lines, options.inlines) == ("", 0, ())


@pytest.mark.parametrize(
    ("line", "record", "attribute", "expected"),
    [
        ("eval: false", "exec", "eval", False),
        ("error: true", "exec", "error", True),
        ("error: ValueError", "exec", "error", "ValueError"),
        ("error: sklearn.exceptions.NotFittedError", "exec", "error", "sklearn.exceptions.NotFittedError"),
        ("fig-width: 5", "exec", "fig_width_in", 5.0),
        ("fig_width: 5", "exec", "fig_width_in", 5.0),
        ("fig.width: 5", "exec", "fig_width_in", 5.0),
        ("fig-height: 2.5", "exec", "fig_height_in", 2.5),
        ("fig-asp: 0.5", "exec", "fig_height_in", 2.75),
        ("dpi: 300", "exec", "fig_dpi", 300),
        ("fig-format: png", "exec", "fig_formats", ("png",)),
        ("fig-format: [svg, webp]", "exec", "fig_formats", ("svg", "webp")),
        ("env: {OMP: 1, FLAG: no}", "exec", "env", {"OMP": "1", "FLAG": "no"}),
        ("execute-dir: project", "exec", "execute_dir", "project"),
        ("seeds: 5", "exec", "seeds", 5),
        ("seed: 42", "observed", "seed", 42),
        ("depends: data/*.csv", "observed", "depends", ("data/*.csv",)),
        ("timeout: 30s", "observed", "timeout_s", 30.0),
        ("timeout: 2m", "observed", "timeout_s", 120.0),
        ("timeout: 90", "observed", "timeout_s", 90.0),
        ("memory: 2GB", "observed", "memory_bytes", 2 << 30),
        ("cache: false", "observed", "cache", False),
        ("freeze: true", "observed", "freeze", True),
        ("freeze: auto", "observed", "freeze", False),
        ("requires: gpu", "observed", "requires", ("gpu",)),
        ("produces: cnn", "observed", "produces", "cnn"),
        ("file: /assets/images/blog/a.png", "observed", "files", ("/assets/images/blog/a.png",)),
        ("tags: [parameters]", "observed", "parameters", True),
        ("echo: fenced", "show", "echo", "fenced"),
        ("echo: [1, 3]", "show", "echo", (1, 3)),
        ("echo: FALSE", "show", "echo", False),
        ("output: asis", "show", "output", "asis"),
        ("results: hide", "show", "output", False),
        ("results: asis", "show", "output", "asis"),
        ("include: false", "show", "include", False),
        ("warning: false", "show", "warning", False),
        ("code-fold: show", "show", "code_fold", "show"),
        ("code-summary: Show it", "show", "code_summary", "Show it"),
        ("code-line-numbers: true", "show", "code_line_numbers", True),
        ("code-annotations: false", "show", "code_annotations", False),
        ("code-annotations: hover", "show", "code_annotations", True),
        ("fig-cap: A", "show", "fig_caps", ("A",)),
        ("fig-cap: [A, no]", "show", "fig_caps", ("A", "no")),
        (r'fig-cap: "$\phi_i$ and $\theta$"', "show", "fig_caps", (r"$\phi_i$ and $\theta$",)),
        ("fig-subcap: [a, b]", "show", "fig_subcaps", ("a", "b")),
        ("fig-alt: Bars", "show", "fig_alts", ("Bars",)),
        ("fig-dark: draw_dark", "show", "fig_dark", "draw_dark"),
        ("fig-align: center", "show", "fig_align", "center"),
        ("fig-link: https://x.org", "show", "fig_link", "https://x.org"),
        ("out-width: 60%", "show", "out_width", "60%"),
        ("column: page-right", "show", "column", "page"),
        ("lightbox: false", "show", "lightbox", False),
        ("layout-ncol: 2", "show", "layout_ncol", 2),
        ("layout-nrow: 2", "show", "layout_nrow", 2),
        ("layout: [[1, 1], [1]]", "show", "layout", ((1.0, 1.0), (1.0,))),
        ('layout: "[[40,-20,40], [100]]"', "show", "layout", ((40.0, -20.0, 40.0), (100.0,))),
        ("layout: [70, 30]", "show", "layout", ((70.0, 30.0),)),
        ("renderings: [dark]", "show", "renderings", ("dark",)),
        ("tbl-cap: T", "show", "tbl_caps", ("T",)),
        ("tbl-subcap: [T]", "show", "tbl_subcaps", ("T",)),
        ("lst-label: lst-a", "show", "lst_label", "lst-a"),
        ("lst-cap: L", "show", "lst_cap", "L"),
        ("classes: a b", "show", "classes", ("a", "b")),
        ("tags: [hide-input]", "show", "code_fold", True),
        ("tags: [remove-input]", "show", "echo", False),
        ("tags: [remove-output]", "show", "output", False),
        ("tags: [remove-cell]", "show", "include", False),
        ("tags: [raises-exception]", "exec", "error", True),
        ("tags: [skip-execution]", "exec", "eval", False),
    ],
)
def test_options(line, record, attribute, expected):
    options = value(f"#| {line}\nx = 1")
    assert getattr(getattr(options, record), attribute) == expected
    assert options.lines == 1


def test_only_options_of_the_key_reach_it():
    """I4: what only shows never changes what is computed."""
    for f in CELL_OPTIONS.fields:
        if f.name in EXEC_NAMES or f.name in ("fig-asp", "results"):
            continue
        samples = {
            "label": "a",
            "file": "/a.png",
            "timeout": "3s",
            "memory": "1GB",
            "column": "page",
            "out-width": "60%",
        }
        for sample in (samples.get(f.name, "true"), "1", "light", "gpu", "left"):
            _, checked = read(f"#| {f.name}: {sample}\n")
            assert checked.value.exec == ExecOptions(), f.name


@pytest.mark.parametrize("mark", ["#| ", "# | ", "#|", "  #| "])
def test_marks(mark):
    options = value(f"{mark}label: fig-a\n{mark}echo: false\nx = 1")
    assert (options.label, options.show.echo, options.lines) == ("fig-a", False, 2)


def test_the_first_other_line_ends_the_options():
    options = value("#| echo: false\n# a comment\n#| eval: false\n")
    assert (options.exec.eval, options.lines) == (True, 1)
    assert value("\n#| echo: false\n").lines == 0


def test_values_of_several_lines():
    source, checked = read(
        '#| fig-cap: >-\n#|   One\n#|   two.\n#| fig-alt:\n#|   - "a"\n#|   - b\n#| echo: false\ncode'
    )
    assert checked.diagnostics == ()
    assert checked.value.show.fig_caps == ("One two.",)
    assert checked.value.show.fig_alts == ("a", "b")
    span = checked.value.option_spans["echo"]
    assert source.text[span.start : span.end] == "false"


def test_a_block_quote_between_the_lines_does_not_move_places():
    text = "> #| echo: maybe\n> #| fig-width: x\n"
    source = Source("a.md", text)
    checked = read_cell_options(source, [(2, 16), (19, 34)])
    shown = [source.text[d.span.start : d.span.end] for d in checked.diagnostics]
    assert shown == ["maybe", "x"]


@pytest.mark.parametrize(
    ("line", "code", "shown", "words"),
    [
        ("ecoh: false", "cell-option-unknown", "ecoh", "ecoh"),
        ("figcap: x", "cell-option-unknown", "figcap", "figcap"),
        ("echo: maybe", "cell-option-wrong-type", "maybe", "line numbers"),
        ("eval: 3", "cell-option-wrong-type", "3", "true or false"),
        ("fig-width: wide", "cell-option-wrong-type", "wide", "number"),
        ("fig-width: '7'", "cell-option-wrong-type", "'7'", "number"),
        ("fig-width: -1", "cell-option-bad-value", "-1", "above 0"),
        ("fig-dpi: 1.5", "cell-option-wrong-type", "1.5", "whole"),
        ("seed: -1", "cell-option-bad-value", "-1", "from 0"),
        ("seed: 4294967296", "cell-option-bad-value", "4294967296", "from 0"),
        ("timeout: soon", "cell-option-wrong-type", "soon", "a time"),
        ("timeout: 0", "cell-option-bad-value", "0", "above 0"),
        ("memory: lots", "cell-option-wrong-type", "lots", "a size"),
        ("column: sidebar", "cell-option-bad-value", "sidebar", "body-outset"),
        ("fig-format: tiff", "cell-option-bad-value", "tiff", "svg"),
        ("error: Value Error", "cell-option-bad-value", "Value Error", "name of an exception"),
        ("label: 3d", "cell-option-bad-value", "3d", "a label"),
        ("label: [a]", "cell-option-wrong-type", "[a]", "a label"),
        ("file: a.png", "cell-option-bad-value", "a.png", "address"),
        ("file: /a/../b.png", "cell-option-bad-value", "/a/../b.png", "plain address"),
        ("file: /a.exe", "cell-option-bad-value", "/a.exe", "picture"),
        ("layout: wide", "cell-option-wrong-type", "wide", "rows"),
        ("layout: [[-1]]", "cell-option-wrong-type", "[[-1]]", "rows"),
        ("out-width: url(x)", "cell-option-bad-value", "url(x)", "CSS width"),
        ("requires: tpu", "cell-option-bad-value", "tpu", "gpu"),
        ("produces: a b", "cell-option-bad-value", "a b", "a name"),
        ("fig-cap: {a: b}", "cell-option-wrong-type", "{a: b}", "mapping"),
        ("fig-cap: a: b", "cell-option-syntax", ":", "second `: `"),
        ("fig-cap: *x", "cell-option-unsupported-yaml", "*x", "aliases"),
        ("fig-cap: *x* y", "cell-option-syntax", "*", "cannot begin with `*`"),
        ("echo: !expr x", "cell-option-unsupported-yaml", "!expr", "tags"),
        ("fig-pos: H", "cell-option-ignored", "fig-pos", "no effect"),
    ],
)
def test_mistakes_are_found_where_they_are(line, code, shown, words):
    d, text = one(read(f"#| fig-align: left\n#| {line}\n1"))
    assert (d.code, text) == (code, shown)
    assert words in d.message


def test_unknown_options_name_the_nearest():
    assert one(read("#| ecoh: false"))[0].help == "did you mean “echo”?"


def test_options_given_twice():
    d, text = one(read("#| fig-width: 1\n#| fig.width: 2\n"))
    assert (d.code, text) == ("cell-option-duplicate", "fig.width")
    assert d.notes[0].span is not None


def test_defaults_are_overlaid():
    defaults = {
        "echo": False,
        "fig-width": 10.0,
        "fig-asp": 0.5,
        "seed": 3,
        "enabled": True,
        "env": {"A": "b"},
        "results": "hide",
    }
    options = value("#| label: a\n", defaults=defaults)
    assert options.show.echo is False
    assert options.show.output is False
    assert (options.exec.fig_width_in, options.exec.fig_height_in) == (10.0, 5.0)
    assert (options.observed.seed, options.exec.env) == (None, {})
    assert value("#| fig-height: 2\n", defaults=defaults).exec.fig_height_in == 2.0
    assert value("#| echo: true\n", defaults=defaults).show.echo is True
    assert value("#| output: true\n", defaults=defaults).show.output is True


def test_an_option_of_the_cell_wins_over_its_tags():
    assert value("#| tags: [remove-input]\n#| echo: true\n").show.echo is True
    assert value("x", tags=("parameters", "remove-output")).observed.parameters is True


def test_inline_expressions_of_captions_alts_and_asserts():
    source, checked = read(
        "#| fig-alt: \"AUC `{python} f'{auc:.2f}'` again `{python} f'{auc:.2f}'`\"\n"
        '#| fig-cap: ["A `{python @fig-train} n`", plain]\n#| assert:\n#|   - auc > 0.9\n#|   - "n == \'a\\"b\'"\n'
    )
    assert checked.diagnostics == ()
    shown = [(i.role, i.code, i.after_label, source.text[i.span.start : i.span.end]) for i in checked.value.inlines]
    assert shown == [
        (InlineRole.CAPTION, "n", "fig-train", "n"),
        (InlineRole.ALT, "f'{auc:.2f}'", "", "f'{auc:.2f}'"),
        (InlineRole.ALT, "f'{auc:.2f}'", "", "f'{auc:.2f}'"),
        (InlineRole.ASSERT, "auc > 0.9", "", "auc > 0.9"),
        (InlineRole.ASSERT, "n == 'a\"b'", "", '"n == \'a\\"b\'"'),
    ]
    assert checked.value.inlines[1].span != checked.value.inlines[2].span
    assert checked.value.asserts == ("auc > 0.9", "n == 'a\"b'")


@pytest.mark.parametrize(
    ("header", "check"),
    [
        (" fig-a, echo=FALSE", lambda o: o.label == "fig-a" and o.show.echo is False),
        (" echo = F", lambda o: o.show.echo is False),
        (" #fig-a", lambda o: o.label == "fig-a"),
        (', fig.cap="A, B", fig.width=3', lambda o: o.show.fig_caps == ("A, B",) and o.exec.fig_width_in == 3.0),
        (" fig.cap=c('a', \"b\")", lambda o: o.show.fig_caps == ("a", "b")),
        (r' fig.cap="$\\phi$"', lambda o: o.show.fig_caps == (r"$\phi$",)),
        (r' fig.cap="$\phi$"', lambda o: o.show.fig_caps == (r"$\phi$",)),
        (" results='hide'", lambda o: o.show.output is False),
        (" out.width='60%', fig.align='center'", lambda o: o.show.out_width == "60%" and o.show.fig_align == "center"),
        (" seed=NULL", lambda o: o.observed.seed is None),
    ],
)
def test_knitr_headers(header, check):
    _, checked = read_header(header)
    assert checked.diagnostics == ()
    assert check(checked.value)


@pytest.mark.parametrize(
    ("header", "code", "shown"),
    [
        (" a, b", "cell-option-header", "b"),
        (" .class", "cell-option-header", ".class"),
        (" ecoh=FALSE", "cell-option-unknown", "ecoh"),
        (" fig.width=2*3", "cell-option-wrong-type", "2*3"),
        (" echo=paste('a')", "cell-option-wrong-type", "paste('a')"),
        (" message=FALSE", "cell-option-ignored", "message"),
    ],
)
def test_mistakes_in_headers(header, code, shown):
    d, text = one(read_header(header))
    assert (d.code, text) == (code, shown)


def test_header_and_lines_together():
    text = "```{python a}\n#| echo: false\n#| label: b\n"
    source = Source("a.md", text)
    checked = read_cell_options(source, lines_of(text[14:], 14), header=(10, 12))
    assert (checked.value.label, checked.value.show.echo) == ("a", False)
    assert [d.code for d in checked.diagnostics] == ["cell-option-duplicate"]


@pytest.mark.parametrize(
    "body",
    [
        ":tags: [hide-input, x]\n:label: fig-a\n\nx = 1",
        "---\ntags: [hide-input, x]\nlabel: fig-a\n---\nx = 1",
        "#| tags: [hide-input, x]\n#| label: fig-a\nx = 1",
    ],
)
def test_myst(body):
    options = value(body, is_myst=True)
    assert (options.label, options.show.tags, options.show.code_fold) == ("fig-a", ("hide-input", "x"), True)
    assert options.lines == (4 if body.startswith("---") else 2)


def test_myst_mistakes_have_places():
    d, text = one(read(":label: fig-a\n:ecoh: x\n", is_myst=True))
    assert (d.code, text) == ("cell-option-unknown", "ecoh")
    assert value("---\nnever closed\n", is_myst=True).lines == 0


OPTIONISH = st.lists(
    st.sampled_from(
        [*"#| :-ab[]{},'\"\n\\$`*&é😀.", "#| ", "echo: ", "fig-cap: ", "`{python} x`", "layout: ", "file: "]
    ),
    max_size=60,
).map("".join)


@given(OPTIONISH, st.booleans())
def test_never_raises_and_every_place_lies_inside(body, is_myst):
    source, checked = read(body, is_myst=is_myst)
    spans = (
        [d.span for d in checked.diagnostics]
        + [i.span for i in checked.value.inlines]
        + list(checked.value.option_spans.values())
    )
    for span in spans:
        assert 0 <= span.start <= span.end <= len(source.text)
    assert 0 <= checked.value.lines <= len(lines_of(body))


@given(st.lists(st.sampled_from([*" ,=#.()'\"\\ab1", "echo=", "c(", "fig.cap=", "TRUE"]), max_size=40).map("".join))
def test_headers_never_raise(header):
    text = "```{python" + header + "}"
    source = Source("a.md", text)
    checked = read_cell_options(source, header=(10, len(text) - 1))
    for d in checked.diagnostics:
        assert 10 <= d.span.start <= d.span.end <= len(text)


@given(st.sampled_from([f.name for f in CELL_OPTIONS.fields]), st.text(max_size=20))
def test_any_quoted_text_is_read_or_reported_at_its_value(name, text):
    import json

    source, checked = read(f"#| {name}: {json.dumps(text)}\n")
    for d in checked.diagnostics:
        assert source.text[d.span.start - 1 : d.span.start] in (" ", "|", '"', "[") or d.code.endswith("syntax")


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
    "2024-01-01",
    ".nan",
    ".inf",
    "1e999",
    "/a",
    "5m",
    "9" * 400,
    "0x1F",
    "0o17",
    "~",
    "1_000",
    "'3'",
]


def test_any_value_of_any_option_is_read_or_reported():
    for f in CELL_OPTIONS.fields:
        for text in ANY:
            source, checked = read(f"#| {f.name}: {text}\n")
            for d in checked.diagnostics:
                assert d.code.startswith("cell-option-")
                assert source.position(d.span.start).line == 4
