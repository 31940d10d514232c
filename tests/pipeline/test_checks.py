"""What `build` and `check` find beyond broken references, what silences it, and the links to other sites."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

import xaisite
from tests.site_files import SITE_TOML
from xaisite.cli.main import main
from xaisite.core.diagnostic import Diagnostic, Severity
from xaisite.pipeline.build import BuildResult
from xaisite.pipeline.options import BuildOptions
from xaisite.probe.result import ProbeOptions

Make = Callable[..., Path]
HEAD = "---\ntitle: A\ndate: 2024-01-01\n---\n\n"
CHECK = BuildOptions(execute="check", write=False)
CHART = """```{python}
#| label: fig-bars
#| fig-cap: Two bars.
import matplotlib.pyplot as plt
plt.bar([0, 1], [1, 2]);
```
"""
BIB = """@article{good, author = {A, B}, title = {T}, journal = {J}, year = {2000}}
@article{bare, author = {A, B}, title = {Other}, year = {2001}, doi = {nonsense}}
@article{idle, title = {Nobody cites me, so nobody minds what I lack}}
"""


def codes(found: tuple[Diagnostic, ...], severity: Severity | None = None) -> list[str]:
    return sorted(d.code for d in found if severity in (None, d.severity))


def test_a_page_is_linted_in_build_and_check_alike(make_site: Make) -> None:
    body = "## One\n\n#### Jump\n\nSee Figure 3.\n\n![A caption](a.svg){#fig-a}\n\n![A caption](a.svg){#fig-b}\n"
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"></svg>'
    root = make_site({"content/posts/a.md": HEAD + body, "content/posts/a.svg": svg})
    wanted = ["caption-duplicate", "heading-jump", "number-typed"]
    built = xaisite.build_site(root)
    assert codes(built.diagnostics, Severity.WARNING) == wanted
    checked = xaisite.build_site(root, CHECK)
    assert checked.diagnostics == built.diagnostics
    (root / "content/posts/b.md").write_text(HEAD, encoding="utf-8")
    again = xaisite.build_site(root)
    assert "content/posts/a.md" not in again.parsed
    assert again.diagnostics == built.diagnostics


def test_check_awaits_the_file_of_a_cell_that_has_not_run(make_site: Make) -> None:
    post = (
        HEAD
        + """```{python}
one = 1
```

```{python}
open("data.json", "w").write(f"[{one}]");
```

::: {.widget src=show.js data=data.json}
Still.
:::
"""
    )
    root = make_site({"content/posts/a.md": post, "content/posts/show.js": "export default () => {};"})
    assert xaisite.build_site(root).ok
    assert xaisite.build_site(root, CHECK).ok
    (root / "content/posts/a.md").write_text(post.replace('f"[{', 'f" [{'), encoding="utf-8")
    assert codes(xaisite.build_site(root, CHECK).diagnostics, Severity.ERROR) == []
    (root / "content/posts/a.md").write_text(post.replace("data=data.json", "data=date.json"), encoding="utf-8")
    assert codes(xaisite.build_site(root, CHECK).diagnostics, Severity.ERROR) == ["media-missing"]


def test_a_picture_without_alt_is_an_error(make_site: Make) -> None:
    root = make_site({"content/posts/a.md": HEAD + '<img src="a.png">\n', "content/posts/a.png": b"x"})
    assert codes(xaisite.build_site(root).diagnostics) == ["alt-missing"]


def test_only_cited_entries_are_judged_and_the_rest_is_one_notice(make_site: Make) -> None:
    files = {
        "references.bib": BIB,
        "content/posts/a.md": HEAD + "As said [@good; @bare].\n",
        "content/posts/b.md": HEAD + "And again [@bare].\n",
    }
    result = xaisite.build_site(make_site(files))
    assert codes(result.diagnostics) == ["bib-doi", "bib-missing-field", "bib-uncited"]
    assert [d.message for d in result.diagnostics if d.code == "bib-uncited"] == [
        "1 entry is never cited in references.bib"
    ]
    assert result.ok


def test_nocite_of_everything_leaves_nothing_uncited(make_site: Make) -> None:
    post = '---\ntitle: A\nnocite: "@*"\n---\n\nText [@good].\n'
    result = xaisite.build_site(make_site({"references.bib": BIB, "content/posts/a.md": post}))
    assert "bib-uncited" not in codes(result.diagnostics)


def test_drafted_alt_is_a_warning_in_build_an_error_in_check_and_strict_and_can_be_silenced(make_site: Make) -> None:
    silenced = HEAD + "<!-- xaisite-ignore alt-drafted -->\n\n" + CHART
    root = make_site({"content/posts/a.md": HEAD + CHART, "content/posts/b.md": silenced})

    def told(result: BuildResult) -> list[tuple[str, Severity, str]]:
        return [(d.code, d.severity, d.span.path if d.span else "") for d in result.diagnostics]

    built = xaisite.build_site(root)
    assert told(built) == [("alt-drafted", Severity.WARNING, "content/posts/a.md")]
    assert built.ok
    wanted = [("alt-drafted", Severity.ERROR, "content/posts/a.md")]
    assert told(xaisite.build_site(root, CHECK)) == wanted
    assert told(xaisite.build_site(root, BuildOptions(strict=True))) == wanted
    assert main(["check", str(root), "--format", "concise"]) == 1


def test_a_comment_reaches_no_further_than_its_block(make_site: Make) -> None:
    body = "## One\n\n<!-- xaisite-ignore heading-jump -->\n\n#### Silenced\n\n## Two\n\n#### Heard\n"
    result = xaisite.build_site(make_site({"content/posts/a.md": HEAD + body}))
    assert codes(result.diagnostics) == ["heading-jump"]
    assert "Heard" in result.diagnostics[0].message


def test_the_site_silences_warnings_and_notices_but_no_errors(make_site: Make) -> None:
    body = "## One\n\n#### Jump\n\n[x](gone.md) <!-- xaisite-ignore link-broken -->\n\n<!-- xaisite-ignore link-broken -->\n\n[y](gone.md) [@good]\n"
    toml = SITE_TOML + '[diagnostics]\nignore = ["heading-jump", "bib-uncited", "link-broken"]\n'
    files = {"site.toml": toml, "references.bib": BIB, "content/posts/a.md": HEAD + body}
    result = xaisite.build_site(make_site(files))
    assert codes(result.diagnostics) == ["link-broken", "link-broken"]


class _Answers(BaseHTTPRequestHandler):
    asked: list[str]

    def do_HEAD(self) -> None:
        self.asked.append(self.path)
        self.send_response(404 if "gone" in self.path else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_HEAD

    def log_message(self, *_args: object) -> None:
        """Be quiet."""


@pytest.fixture
def server() -> Iterator[tuple[str, list[str]]]:
    asked: list[str] = []
    handler = type("Answers", (_Answers,), {"asked": asked})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as httpd:
        thread = threading.Thread(target=httpd.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{httpd.server_address[1]}", asked
        httpd.shutdown()
        thread.join()


def check_external(root: Path, monkeypatch: pytest.MonkeyPatch) -> BuildResult:
    polite = ProbeOptions(delay_s=0.0, allow_private=True)
    monkeypatch.setattr("xaisite.pipeline.external.ProbeOptions", lambda: polite)
    return xaisite.build_site(root, BuildOptions(execute="check", write=False, external=True))


def test_external_links_are_asked_once_and_remembered(
    make_site: Make, server: tuple[str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    address, asked = server
    body = (
        f"[a]({address}/fine) [b]({address}/gone) [c]({address}/gone#part) [own](https://example.org/guide/x/) [@e]\n"
    )
    bib = f"@online{{e, author = {{A, B}}, title = {{T}}, year = {{2000}}, url = {{{address}/gone-too}}}}\n"
    root = make_site({"content/posts/a.md": HEAD + body, "references.bib": bib})
    first = check_external(root, monkeypatch)
    assert codes(first.diagnostics) == ["link-external-gone"] * 3
    assert first.ok
    places = {d.span.path for d in first.diagnostics if d.span}
    assert places == {"content/posts/a.md", "references.bib"}
    assert sorted(set(asked)) == ["/fine", "/gone", "/gone-too"]
    assert (root / ".xaisite/links.json").exists()
    count = len(asked)
    assert check_external(root, monkeypatch).diagnostics == first.diagnostics
    assert len(asked) == count


def test_nothing_is_asked_without_the_option(make_site: Make, server: tuple[str, list[str]]) -> None:
    address, asked = server
    root = make_site({"content/posts/a.md": HEAD + f"[a]({address}/gone)\n"})
    assert xaisite.build_site(root, CHECK).diagnostics == ()
    assert asked == []


def test_the_command_takes_the_option(
    make_site: Make, server: tuple[str, list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    address, asked = server
    root = make_site({"content/posts/a.md": HEAD + f"[a]({address}/gone)\n"})
    assert main(["check", str(root), "--external", "--format", "json"]) == 0
    report = json.loads(capsys.readouterr().out)
    found = report["diagnostics"] if isinstance(report, dict) else report
    assert [d["code"] for d in found] == ["link-external-private"]
    assert asked == []


def test_entries_of_a_written_table_of_contents_must_be_headings(make_site: Make) -> None:
    text = "---\ntitle: A\ndate: 2024-01-01\ntoc:\n  - name: One\n    subsections:\n      - name: Metods\n  - Gone\n---\n\n## One\n\n### Methods\n"
    root = make_site({"content/posts/a.md": text})
    found = xaisite.build_site(root, CHECK).diagnostics
    assert [(d.code, text[d.span.start : d.span.end]) for d in found if d.span] == [
        ("toc-unknown", "Metods"),
        ("toc-unknown", "Gone"),
    ]
    assert "Methods" in found[0].help


def test_formulas_of_an_excerpt_are_plain_text(make_site: Make) -> None:
    root = make_site({"content/posts/a.md": HEAD + "Errors of order $x^2$ matter.\n"})
    xaisite.build_site(root)
    assert "Errors of order x² matter." in (root / "build/posts/index.html").read_text(encoding="utf-8")


def test_a_scheme_that_no_browser_knows_is_told(make_site: Make) -> None:
    text = (
        HEAD
        + "[a](htp://a.b) [b](wiki:LIME) <https://c.d> [d](mailto:e@f.g) [e](tel:1) <a href='foo:bar'>g</a> h@i.org\n"
    )
    root = make_site({"content/posts/a.md": text})
    found = [d for d in xaisite.build_site(root, CHECK).diagnostics if d.code == "link-scheme" and d.span]
    assert [text[d.span.start : d.span.end] for d in found if d.span] == ["htp://a.b", "wiki:LIME", "foo:bar"]
    assert ["“http:”" in found[0].help, "https://en.wikipedia.org/wiki/LIME" in found[1].help] == [True, True]


def test_captions_of_cells_without_a_label_are_compared_too(make_site: Make) -> None:
    plain = CHART.replace("#| label: fig-bars\n", "")
    other = plain.replace("Two bars.", "Two  BARS.")
    root = make_site({"content/posts/a.md": f"{HEAD}{CHART}\n{plain}\n{other}"})
    found = [d for d in xaisite.build_site(root, CHECK).diagnostics if d.code == "caption-duplicate"]
    text = (root / "content/posts/a.md").read_text(encoding="utf-8")
    assert [d.message for d in found] == [
        "“cell 2” has the same caption as “fig-bars”",
        "“cell 3” has the same caption as “fig-bars”",
    ]
    assert [text[d.span.start : d.span.end] for d in found] == ["Two bars.", "Two  BARS."]
