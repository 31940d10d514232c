"""Codes that a whole site raises: the examples of their pages, built, and sites for those whose example is no post.

With `test_diagnostics` this holds that what `xaisite help CODE` shows raises CODE. Nothing runs here: codes of running
cells are raised by the tests of running.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

import xaisite
from tests.diagnostics.test_diagnostics import parse_codes
from tests.site_files import SITE_TOML
from xaisite.core.diagnostic import Diagnostic
from xaisite.core.errors import MachineError
from xaisite.pipeline.options import BuildOptions
from xaisite.report.codes import find_code_page, list_codes

Make = Callable[..., Path]
CHECK = BuildOptions(execute="check", write=False)
REFERENCES = (Path(__file__).parents[2] / "references.bib").read_text(encoding="utf-8")
FENCE = re.compile(r"(?P<marks>`{3,})(?P<kind>[\w.]+)[^\n]*\n(?P<text>.*?)\n(?P=marks)", re.DOTALL)
HEAD = "---\ntitle: A\ndate: 2024-01-01\n---\n\n"
CITES_ALL = "---\ntitle: A\nnocite: '@*'\n---\n\nText.\n"
RUNNING = frozenset({
    "alt-drafted", "artifact-cycle", "assert-failed", "cell-died", "cell-disk", "cell-error", "cell-memory",
    "cell-must-raise", "cell-output-limit", "cell-processes", "cell-secret", "cell-timeout", "cell-wrong-exception",
    "inline-error", "seeds-without-effect", "link-external-gone", "link-external-moved", "link-external-private",
    "link-external-unreachable", "link-external-unsure",
})  # fmt: skip
"""Their examples raise them when cells run, or when the web is asked."""


def example_of(code: str) -> tuple[str, str]:
    """Return what the example of a code is (`markdown`, `site.toml`, `.bib`…) and its text."""
    page = find_code_page(code)
    assert page is not None
    match = FENCE.match(page.example)
    assert match is not None, code
    return match["kind"], match["text"] + "\n"


SITES: Mapping[str, Mapping[str, str | bytes]] = {
    "address-taken": {"content/posts/a.md": HEAD, "content/posts/2024-02-04-a.md": HEAD},
    "bib-encoding": {"references.bib": b"@book{k, author = {M\xfcller}, title = {T}, year = 2000}\n"},
    "bib-uncited": {"references.bib": "@book{k, author = {A}, title = {T}, publisher = {P}, year = 2000}\n"},
    "bib-commented-entry": {"content/posts/a.md": CITES_ALL, "references.bib": example_of("bib-commented-entry")[1]},
    "cite-broken-entry": {
        "content/posts/a.md": HEAD + "[@broken]\n", "references.bib": "@book{broken, title = {A} year = 2000}\n",
    },
    "config-too-large": {"site.toml": SITE_TOML + "# " + "x" * 2_000_000 + "\n"},
    "link-to-draft": {
        "content/posts/a.md": HEAD + "[next](b.md)\n", "content/posts/b.md": HEAD.replace("date", "draft: true\ndate"),
    },
    "load-bad-name": {"content/posts/a.md": HEAD, "content/posts/back\\slash.md": HEAD},
    "load-name-collision": {"content/posts/a.md": HEAD, "content/posts/A.md": HEAD},
    "load-no-content": {"site.toml": SITE_TOML + '[content]\nfolder = "texts"\n'},
    "load-not-utf8": {"content/posts/a.md": HEAD.encode() + b"caf\xe9\n"},
    "load-too-large": {"content/posts/a.md": HEAD + "word " * 1_000_000},
    "math-too-long": {"content/posts/a.md": HEAD + "$" + "x + " * 4000 + "x$\n"},
    "prerequisite-circle": {
        "content/posts/a.md": HEAD.replace("date", "prerequisites: [b]\ndate"),
        "content/posts/b.md": HEAD.replace("date", "prerequisites: [a]\ndate"),
    },
    "template-error": {"content/posts/a.md": HEAD, "templates/post.html": example_of("template-error")[1]},
    "template-missing": {"content/posts/a.md": HEAD, "templates/post.html": example_of("template-missing")[1]},
    "xref-ambiguous": {
        "content/posts/a.md": HEAD + "See @sec-x.\n", "content/posts/b.md": HEAD + "## B {#sec-x}\n",
        "content/posts/c.md": HEAD + "## C {#sec-x}\n",
    },
}  # fmt: skip
"""Sites for codes whose example is not enough by itself."""
ELSEWHERE = frozenset({"publish-not-ours", "publish-option", "publish-refused"})
"""Raised by `xaisite publish`, and by its tests."""


def built_codes() -> list[str]:
    """Return the codes that a site raises without running anything."""
    others = frozenset(list_codes()) - frozenset(parse_codes()) - RUNNING - ELSEWHERE
    return sorted(code for code in others if code in SITES or example_of(code)[0] in ("markdown", "site.toml", ".bib"))


def files_of(code: str) -> dict[str, str | bytes]:
    kind, text = example_of(code)
    if code in SITES:
        return dict(SITES[code])
    if kind == "markdown":
        return {"content/posts/a.md": text, "references.bib": REFERENCES}
    if kind == ".bib":
        return {"content/posts/a.md": CITES_ALL, "references.bib": text}
    return {"site.toml": text}


def raise_all(root: Path) -> tuple[Diagnostic, ...]:
    checked = xaisite.build_site(root, CHECK).diagnostics
    return checked or xaisite.build_site(root).diagnostics


@pytest.mark.parametrize("code", built_codes())
def test_the_example_of_a_code_raises_it(make_site: Make, code: str) -> None:
    found = raise_all(make_site(files_of(code)))
    assert code in {d.code for d in found}, [(d.code, d.message) for d in found]


@pytest.mark.parametrize("code", built_codes())
def test_what_is_raised_has_a_place_in_its_file(make_site: Make, code: str) -> None:
    root = make_site(files_of(code))
    for d in raise_all(root):
        if d.span is not None:
            text = (root / d.span.path).read_bytes().decode("utf-8", "replace")
            assert 0 <= d.span.start <= d.span.end <= len(text)


def test_a_state_folder_that_is_a_file_is_the_machines_fault(make_site: Make) -> None:
    root = make_site({".xaisite": "not a folder"})
    with pytest.raises(MachineError, match="cannot keep state"):
        xaisite.build_site(root)
