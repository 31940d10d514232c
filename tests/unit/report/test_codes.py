"""`xaisite help CODE`, and the format of every page of codes."""

from __future__ import annotations

import pytest

from xaisite.cli.help_code import show_code
from xaisite.core.errors import InternalError
from xaisite.report.codes import find_code_page, list_codes, read_code_page, render_code_page

PAGE = """\
# cite-unknown-key
severity: error

A citation names a key that no bibliography of this page has.

## Why
A reader could not find the source.

## Fix
Correct the key.

    Or add it.

## Example
```markdown
As shown before [@molnr2020].
```
"""


def test_read_and_render():
    page = read_code_page(PAGE)
    assert (page.code, str(page.severity)) == ("cite-unknown-key", "error")
    assert (
        render_code_page(page)
        == """\
error[cite-unknown-key]

A citation names a key that no bibliography of this page has.

Why
  A reader could not find the source.

Fix
  Correct the key.

      Or add it.

Example
      As shown before [@molnr2020].
"""
    )


def test_a_heading_in_the_example_is_part_of_it():
    page = read_code_page(PAGE.replace("As shown", "## Method\n\nAs shown"))
    assert page.example == "```markdown\n## Method\n\nAs shown before [@molnr2020].\n```"
    assert "\n      ## Method\n\n      As shown" in render_code_page(page)


@pytest.mark.parametrize(
    "broken",
    [
        "",
        PAGE.replace("severity: error", "severity: fatal"),
        PAGE.replace("## Why\nA reader could not find the source.\n\n", ""),
        PAGE.replace("Correct the key.\n\n    Or add it.", ""),
    ],
)
def test_a_page_that_breaks_the_format_is_our_bug(broken):
    with pytest.raises(InternalError):
        read_code_page(broken)


@pytest.mark.parametrize("code", ["../summary", "README", "a/b", "", "A", "..", "x\0y"])
def test_a_code_is_never_a_path(code):
    assert find_code_page(code) is None


def test_every_documented_code_has_a_readable_page_under_its_own_name():
    codes = list_codes()
    assert {"write-output-foreign", "publish-option", "serve-host-public"} <= set(codes)
    for code in codes:
        page = find_code_page(code)
        assert page is not None
        assert page.code == code


def test_show_code_finds_lists_and_suggests():
    out, err = [], []
    assert show_code("write-output-foreign", out=out.append, err=err.append) == 0
    assert out[0].startswith("error[write-output-foreign]\n")
    assert show_code("write-outptu-foreign", out=out.append, err=err.append) == 2
    assert "did you mean “write-output-foreign”?" in "".join(err)
    out.clear()
    assert show_code("", out=out.append, err=err.append) == 0
    assert out[0].splitlines() == list(list_codes())


def test_the_command_line(capsys):
    from xaisite.cli.main import main

    assert main(["help", "write-output-foreign"]) == 0
    assert capsys.readouterr().out.startswith("error[write-output-foreign]\n")
    assert main(["help"]) == 0
    assert "write-output-foreign\n" in capsys.readouterr().out
    assert main(["help", "nonsense-code-zzz"]) == 2
    assert capsys.readouterr().out == ""
