"""Quarto's `{{< include file >}}` on a line of its own, MyST's `{include}`: the file's text stands in its place.

Files are named from the one that includes them, or from the site's root with a `/`. Inside fences nothing is included.
Invariants: what cannot be included is an error at its line; the text laid out stays below `MAX_CHARS`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from xaisite.core.checked import Checked
from xaisite.core.diagnostic import Diagnostic, error, notice
from xaisite.core.nearest import did_you_mean
from xaisite.core.paths import join_path
from xaisite.core.record import record
from xaisite.core.source import Source, Span
from xaisite.parse.front import read_front_matter
from xaisite.parse.layout import Layout

MAX_CHARS = 4 << 20
"""Of a post with all that it includes: a post is a text that somebody reads."""
_LINE = re.compile(r"^(?P<indent>[ \t]*)\{\{<\s*include\s+(?P<name>[^>\n]*?)\s*>\}\}[ \t]*(?:\n|\Z)", re.MULTILINE)
_DIRECTIVE = re.compile(
    r"^(?P<indent>[ \t]*)(?P<mark>`{3,}|:{3,})\{include\}[ \t]*(?P<name>[^\s`]+)[ \t]*\n"
    r"(?P=indent)(?P=mark)[ \t]*(?:\n|\Z)",
    re.MULTILINE,
)
"""MyST's, without options."""
_FENCE = re.compile(r"^[ \t>]*(?:[-*+]|\d+[.)])?[ \t]*(`{3,}|~{3,})([^\n]*)$", re.MULTILINE)


@record
class Includable:
    """The files of a site that a post may include."""

    names: Iterable[str] = ()
    """Paths relative to the site's root."""
    load: Callable[[str], Checked[Source | None]] = lambda _path: Checked(None)


@dataclass
class Included:
    """A post laid out with what it includes."""

    layout: Layout
    paths: dict[str, None] = field(default_factory=dict)
    """What was included, or should have been, in the order of the text."""
    diagnostics: list[Diagnostic] = field(default_factory=list)

    def refuse(self, message: str, span: Span, help: str = "") -> None:
        """Say why something is not included."""
        self.diagnostics.append(error("migrant-include", message, span, help=help))


def include_files(source: Source, files: Includable) -> Included | None:
    """Return ``source`` with what it includes; None when it includes nothing."""
    is_quarto = "{{<" in source.text and _LINE.search(source.text)
    if not is_quarto and not ("{include}" in source.text and _DIRECTIVE.search(source.text)):
        return None
    done = Included(Layout(source))
    _lay_out(done, source, 0, files, within=(source.path,), indent="")
    return done


def _lay_out(
    done: Included, source: Source, start: int, files: Includable, *, within: tuple[str, ...], indent: str
) -> None:
    at = start
    for match in _includes(source, start):
        _copy(done.layout, source, at, match.start(), indent)
        at = match.end()
        first = match.start() + len(match["indent"])
        span = source.span(first, first + len(match[0].strip()))
        loaded = _load(done, match["name"], span, files, within)
        if loaded is None:
            done.layout.piece(source, match.start(), made=True)
            done.layout.add("\n")
            continue
        begin = read_front_matter(loaded, timezone="UTC").value.body_start
        if begin:
            done.diagnostics.append(
                notice("migrant-include", f"the front matter of “{loaded.path}” is not read", span,
                       help="only that of the post itself is")
            )  # fmt: skip
        _lay_out(done, loaded, begin, files, within=(*within, loaded.path), indent=indent + match["indent"])
        if not loaded.text.endswith("\n"):
            done.layout.piece(source, match.end() - 1, made=True)
            done.layout.add("\n")
    _copy(done.layout, source, at, len(source.text), indent)


def _includes(source: Source, start: int) -> Iterable[re.Match[str]]:
    """Yield the lines that include something, those in fenced blocks left out."""
    begin = start or read_front_matter(source, timezone="UTC").value.body_start
    hidden: list[tuple[int, int]] = []
    fence, since = "", 0
    for match in _FENCE.finditer(source.text, begin):
        if not fence:
            fence, since = match[1], match.start()
        elif match[1].startswith(fence) and not match[2].strip():
            hidden.append((since, match.end()))
            fence = ""
    if fence:
        hidden.append((since, len(source.text)))
    found = [*_LINE.finditer(source.text, begin), *_DIRECTIVE.finditer(source.text, begin)]
    for match in sorted(found, key=re.Match.start):
        while hidden and hidden[0][1] <= match.start():
            hidden.pop(0)
        if not hidden or match.start() <= hidden[0][0]:
            yield match


def _copy(layout: Layout, source: Source, start: int, end: int, indent: str) -> None:
    if start >= end:
        return
    if not indent:
        layout.copy(source, start, end)
        return
    at = start
    for line in source.text[start:end].splitlines(keepends=True):
        if line.strip():
            layout.piece(source, at, made=True)
            layout.add(indent)
        layout.copy(source, at, at + len(line))
        at += len(line)


def _load(done: Included, name: str, span: Span, files: Includable, within: tuple[str, ...]) -> Source | None:
    """Return the file that an include names; None after saying why not."""
    name = name.strip("\"'")
    path = join_path(span.path.rpartition("/")[0], name)
    if not path:
        done.refuse(f"“{name}” is outside of the site", span, "copy it into the site")
        return None
    done.paths[path] = None
    if path in within:
        done.refuse(f"“{name}” includes itself", span, "take one of the includes out")
        return None
    if path not in files.names:
        names = {p.rpartition("/")[2]: p for p in files.names}
        help = did_you_mean(name.rpartition("/")[2], names) or "files are named from the one that includes them"
        done.refuse(f"there is no file “{name}” to include", span, help)
        return None
    loaded = files.load(path)
    done.diagnostics.extend(loaded.diagnostics)
    if loaded.value is not None and done.layout.size + len(loaded.value.text) > MAX_CHARS:
        done.refuse("with this file the post has more than four million characters", span, "split the post")
        return None
    return loaded.value
