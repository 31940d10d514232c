"""One source → one post. The only way in to this room, besides `notebook`.

Called twice for a post with cells: on what is typed, and with the results of its cells folded in. Never raises on what
an author writes. Invariant: every span lies in the source, and the same source, config and results give the same post.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal

from markdown_it.token import Token

from xaisite.core.checked import Checked
from xaisite.core.diagnostic import sort_diagnostics
from xaisite.core.record import replace
from xaisite.core.source import Source, line_starts
from xaisite.model.cell import InlineRole
from xaisite.model.front import FrontMatter
from xaisite.model.nodes import NoteUse
from xaisite.model.post import Outline, Post
from xaisite.model.result import Media, PostResults
from xaisite.parse.config import ParseConfig
from xaisite.parse.found import Found, StoredCell
from xaisite.parse.front import read_front_matter
from xaisite.parse.grammar import machine
from xaisite.parse.ignore import drop_ignored
from xaisite.parse.includes import Includable, include_files
from xaisite.parse.measure import count_words, find_excerpt
from xaisite.parse.values import add_front_values
from xaisite.parse.walk import Walk

__all__ = ["ParseConfig", "parse_fragment", "parse_post"]

Kind = Literal["post", "page"]


def parse_post(
    source: Source,
    config: ParseConfig,
    *,
    kind: Kind,
    results: PostResults | None = None,
    media_text: Callable[[Media], str] | None = None,
    files: Includable | None = None,
) -> Checked[Post]:
    """Return the post that ``source`` holds; with ``results``, what its cells gave stands in its place.

    ``files`` are those that it may include.
    """
    included = include_files(source, files or Includable())
    if included is None:
        return parse_source(source, config, kind=kind, results=results, media_text=media_text, stored={})
    layout = included.layout
    parsed = parse_source(layout.laid, config, kind=kind, results=results, media_text=media_text, stored={})
    outline = replace(layout.moved(parsed.value.outline), includes=tuple(included.paths))
    diagnostics = (*included.diagnostics, *(layout.moved(d) for d in parsed.diagnostics))
    return Checked(Post(outline, layout.moved(parsed.value.tokens)), sort_diagnostics(diagnostics))


def parse_source(
    source: Source,
    config: ParseConfig,
    *,
    kind: Kind,
    results: PostResults | None,
    media_text: Callable[[Media], str] | None,
    stored: Mapping[int, StoredCell],
) -> Checked[Post]:
    """Return the post that ``source`` holds; ``stored`` is what a notebook knows of its code cells, by index."""
    front = read_front_matter(source, timezone=config.timezone)
    here = make_found(source, config, front.value, results, media_text)
    here.stored = stored
    here.has_title = True
    here.diagnostics.extend(front.diagnostics)
    tokens = Walk(machine(), {"found": here}).post(here.text)
    return finish(here, kind, tokens)


def parse_fragment(text: str, config: ParseConfig) -> Checked[Post]:
    """Return Markdown without front matter as a post of no file."""
    here = make_found(Source("<text>", text), config, FrontMatter(), None, None)
    return finish(here, "page", Walk(machine(), {"found": here}).post(here.text))


def make_found(
    source: Source,
    config: ParseConfig,
    front: FrontMatter,
    results: PostResults | None,
    media_text: Callable[[Media], str] | None,
) -> Found:
    """Return an empty collector for ``source``."""
    # Replacements keep the length, so that offsets hold.
    body = source.text[front.body_start :].replace("\r\n", " \n").replace("\r", "\n").replace("\0", "\ufffd")
    here = Found(source, config, front, front.body_start, body, line_starts(body), results, media_text)
    add_front_values(here)
    return here


def finish(here: Found, kind: Kind, tokens: list[Token]) -> Checked[Post]:
    """Return the post that has been found."""
    last = len(here.cell_starts) - 1
    inlines = tuple(replace(i, after_cell=last) if i.role is InlineRole.FRONT else i for i in here.inlines)
    front = here.front
    if here.nocite:
        front = replace(front, nocite=(*front.nocite, *here.nocite))
    if here.defined:
        front = replace(front, glossary=(*front.glossary, *here.defined))
    outline = Outline(
        path=here.source.path, kind=kind, front=front, headings=tuple(here.headings), labels=tuple(here.labels),
        ids=frozenset(here.ids), cites=tuple(here.cites), cross_refs=tuple(here.cross_refs),
        formulas=tuple(here.formulas), links=tuple(here.links), media=tuple(here.media), notes=_notes(here),
        terms=tuple(here.terms), cells=tuple(here.cells), inlines=inlines, words=count_words(tokens),
        excerpt=find_excerpt(tokens), has_bibliography_tag=here.has_bibliography_tag, ignored=tuple(here.ignored),
    )  # fmt: skip
    diagnostics: tuple[Any, ...] = drop_ignored(sort_diagnostics(here.diagnostics), outline.ignored)
    return Checked(Post(outline, tuple(tokens)), diagnostics)


def _notes(here: Found) -> tuple[NoteUse, ...]:
    return tuple(NoteUse(n.label, n.number, n.first_use or n.span, n.occurrences) for n in here.used_notes)
