"""The LaTeX that bibliographies hold."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xaisite.cite.inlines import render_html, render_text
from xaisite.cite.latex import decode_latex, decode_text, read_verbatim
from xaisite.core.source import Span

HTML = [
    (r"G{\"o}del, Erd\H{o}s, \'{\i}, \'\i, \v{S}, {\aa}, \c{c}, \k a, \u{g}, \d{h}, \~n, \={o}, \.z", "Gödel, Erdős, í, í, Š, å, ç, ą, ğ, ḥ, ñ, ō, ż"),
    (r"\ss{}\o\L{}\AE x \oe{}uvre", "ßøŁÆx œuvre"),
    (r"{\o}re \O re", "øre Øre"),
    (r"\emph{a \textbf{b}} {\em c} {\bf d \it e} f", "<em>a <strong>b</strong></em> <em>c</em> <strong>d <em>e</em></strong> f"),
    (r"\texttt{x} \textsc{Abc} 2\textsuperscript{nd} H\textsubscript{2}O", '<code>x</code> <span class="small-caps">Abc</span> 2<sup>nd</sup> H<sub>2</sub>O'),
    (r"``double'' `single' it's 1--2 --- x-y", "“double” ‘single’ it’s 1–2 — x-y"),
    (r"50% \& \% \# \_ \$ \{ \}", "50% &amp; % # _ $ { }"),
    (r"A~B\,C\ D\\E", "A\u00a0B\u202fC D E"),
    (r"\url{http://a.b/c%20d_e~f\_g}", '<a href="http://a.b/c%20d_e~f_g">http://a.b/c%20d_e~f_g</a>'),
    (r"\href{https://a.b/?x=1&y=2}{the \emph{page}}", '<a href="https://a.b/?x=1&amp;y=2">the <em>page</em></a>'),
    (r"\href{javascript:alert(1)}{x}", "x"),
    (r"$o(n^2)$ and \(x<y\) and $$z$$", '<span class="math">o(n^2)</span> and <span class="math">x&lt;y</span> and <span class="math">z</span>'),
    (r"a $ b costs \$5", "a $ b costs $5"),
    ("<b onclick=\"x\">&amp;", "&lt;b onclick=\"x\"&gt;&amp;amp;"),
    (r"{GPT}-4 {\LaTeX} {N}eur{IPS}", "GPT-4 LaTeX NeurIPS"),
    (r"\textquotesingle\textbackslash{}n \textasciitilde \~{} \^{}", "'\\n ~~ ^"),
    (r"\noopsort{1973}1993 \mbox{ab} \textrm{c} \enquote{d}", "1993 ab c “d”"),
    (r"?`Qu\'e? !`S\'i!", "¿Qué? ¡Sí!"),
    (r"{\relax Ch}ristoph \'{}x \"{} \t{oo}", "Christoph ’x ¨ o͡o"),
]  # fmt: skip


@pytest.mark.parametrize(("latex", "html"), HTML)
def test_latex_is_decoded(latex: str, html: str) -> None:
    found = decode_latex(latex)
    assert found.diagnostics == ()
    assert render_html(found.value) == html


def test_an_unknown_command_keeps_its_argument_and_is_located() -> None:
    place = Span("a.bib", 3, 9)
    found = decode_latex(r"\foo{a \emph{b}} \bar c", place)
    assert render_html(found.value) == "a <em>b</em> c"
    assert [(d.code, d.span) for d in found.diagnostics] == [("bib-unknown-command", place)] * 2
    assert "\\foo" in found.diagnostics[0].message


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (r"\url{http://a.b/c\_d}", "http://a.b/c_d"),
        (r"https://x.org/{\textasciitilde}me", "https://x.org/~me"),
        (r"https://x.org/\~{}me/a\%20b", "https://x.org/~me/a%20b"),
        ("http://a.b/\n  c", "http://a.b/c"),
        (r"10.1000/x\_y{\_}z", "10.1000/x_y_z"),
    ],
)
def test_addresses_are_taken_as_typed(raw: str, expected: str) -> None:
    assert read_verbatim(raw) == expected


PIECES = st.sampled_from(
    [
        *list("\\{}$~`'-%&<>\"ae \n"),
        "\\'",
        "\\emph{",
        "\\url{",
        "\\href{",
        "\\em ",
        '\\"o',
        "\\(",
        "é",
        "\\unknown",
        "\\c",
        "\\i",
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.lists(PIECES, max_size=40).map("".join), st.text(max_size=60)))
def test_any_text_is_decoded_to_nfc_without_control_characters(text: str) -> None:
    nodes = decode_latex(text).value
    plain = render_text(nodes)
    assert unicodedata.is_normalized("NFC", plain) or len(nodes) > 1
    assert not any(unicodedata.category(c) == "Cc" and c not in "\n\t" for c in plain)
    assert "<script" not in render_html(nodes)


@settings(deadline=None)
@given(st.text(alphabet=st.characters(categories=["L", "N", "Zs"]), max_size=40))
def test_plain_text_stays_as_it_is(text: str) -> None:
    assert decode_text(text) == unicodedata.normalize("NFC", text)


@pytest.mark.parametrize(
    "piece", ["{", "}", "\\emph{", "\\'", "$", "\\url{", "{\\em ", "\\(", "`", "\\textbf", "\\href{a}{", "\\c\\c"]
)
def test_hostile_text_takes_linear_time_and_no_stack(piece: str) -> None:
    start = time.process_time()
    decode_latex(piece * (100_000 // len(piece)))
    assert time.process_time() - start < 5
