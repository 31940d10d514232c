"""The page of each diagnostic code, as ``xaisite help CODE`` shows it.

Does not know who raises a code. Invariant: a code names a file of this package only, never a path.
"""

from __future__ import annotations

import re
from pathlib import Path

from xaisite.core.diagnostic import Severity
from xaisite.core.errors import InternalError
from xaisite.core.record import record
from xaisite.report.style import BOLD, DIM, SEVERITY_COLOR, paint

_CODE = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*\Z")
_PAGE = re.compile(r"# (?P<code>[a-z0-9-]+)\nseverity: (?P<severity>error|warning|notice)\n\n(?P<rest>.+)\Z", re.DOTALL)
_PAGES = Path(__file__).with_name("codes")
_SECTIONS = ("Why", "Fix", "Example")


@record
class CodePage:
    """What, why and how to mend: the documentation of one code (Markdown)."""

    code: str
    severity: Severity
    summary: str
    why: str
    fix: str
    example: str


def list_codes() -> tuple[str, ...]:
    """Return every documented code, sorted."""
    names = (entry.name for entry in _PAGES.iterdir())
    stems = (name.removesuffix(".md") for name in names if name.endswith(".md"))
    return tuple(sorted(stem for stem in stems if _CODE.match(stem)))


def find_code_page(code: str) -> CodePage | None:
    """Return the page of ``code``, None when there is no such code."""
    if not _CODE.match(code):
        return None
    entry = _PAGES / f"{code}.md"
    return read_code_page(entry.read_text(encoding="utf-8")) if entry.is_file() else None


def read_code_page(text: str) -> CodePage:
    """Read a page; one that does not follow the format is our own mistake."""
    found = _PAGE.match(text)
    if not found:
        raise InternalError("a page of codes begins with “# code” and “severity: …”")
    sections = _split(found["rest"])
    if tuple(sections) != ("", *_SECTIONS) or not all(sections.values()):
        raise InternalError(f"the page of {found['code']} has the sections {', '.join(sections)}")
    return CodePage(
        found["code"], Severity(found["severity"]), sections[""], sections["Why"], sections["Fix"], sections["Example"]
    )


def _split(text: str) -> dict[str, str]:
    """Return the sections by title, the text before the first under ``""``. A heading in a fence is text."""
    sections: dict[str, list[str]] = {"": []}
    title, fence = "", ""
    for line in text.splitlines():
        fence = _fence_after(line, fence)
        if line.startswith("## ") and not fence:
            title = line[3:].strip()
        sections.setdefault(title, []).extend([] if line == f"## {title}" and not fence else [line])
    return {name: "\n".join(lines).strip() for name, lines in sections.items()}


def _fence_after(line: str, fence: str) -> str:
    """Return the fence that is open after ``line``, given the one before it."""
    if fence:
        return "" if line.strip() == fence else fence
    mark = re.match(r"`{3,}|~{3,}", line)
    return mark[0] if mark else ""


def render_code_page(page: CodePage, *, color: bool = False) -> str:
    """Return the page for a terminal."""
    lines = [paint(f"{page.severity}[{page.code}]", SEVERITY_COLOR[page.severity], color=color), "", page.summary]
    for title, body in zip(_SECTIONS, (page.why, page.fix, page.example), strict=True):
        lines += ["", paint(title, BOLD, color=color), *_indent(body, color=color)]
    return "\n".join(lines) + "\n"


def _indent(body: str, *, color: bool) -> list[str]:
    """Indent a section; fences are shown by indentation and, in colour, dimmed."""
    lines: list[str] = []
    fence = ""
    for line in body.splitlines():
        before, fence = fence, _fence_after(line, fence)
        if before == fence:
            lines.append(f"      {paint(line, DIM, color=color)}".rstrip() if fence else f"  {line}".rstrip())
    return lines
