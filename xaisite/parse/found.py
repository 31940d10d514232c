"""What one parse has found so far: the only mutable thing while a post is parsed, made for it and dropped after it.

Rules reach it as ``state.env["found"]``. Does not parse. Invariant: nodes are appended in the order of the text (notes
in the order of their numbers), so that an ordinal is a node's place in its tuple.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from markdown_it.token import Token

from xaisite.core.diagnostic import Diagnostic, Note, Severity
from xaisite.core.record import record
from xaisite.core.source import Source, Span
from xaisite.model.cell import Cell, InlineExpr, InlineRole
from xaisite.model.front import FrontMatter, GlossaryTerm
from xaisite.model.nodes import (
    CiteGroup,
    CiteItem,
    CrossRef,
    CrossRefItem,
    FormulaNode,
    Heading,
    Label,
    LabelKind,
    LinkUse,
    MediaUse,
    TermUse,
)
from xaisite.model.result import Media, PostResults
from xaisite.parse.config import ParseConfig
from xaisite.parse.place import AnyPlace, FixedPlace, line_place

LABELLED = {
    "fig": "a figure", "tbl": "a table", "sec": "a heading", "eq": "an equation", "lst": "a listing",
    "thm": "a theorem",
}  # fmt: skip
"""What names of labels begin with, and what they name."""
_NOWHERE = FixedPlace(Span("", 0, 0))


@record
class StoredCell:
    """What a notebook knows of a code cell besides its source."""

    tags: tuple[str, ...] = ()
    outputs: tuple[Mapping[str, object], ...] = ()


@dataclass(eq=False, repr=False)
class NoteText:
    """A note as defined: its tokens (block notes) or its text (inline notes)."""

    label: str
    span: Span
    tokens: list[Token] = field(default_factory=list)
    number: int = 0
    first_use: Span | None = None
    occurrences: int = 0


@dataclass(eq=False, repr=False)
class Found:
    """The nodes and diagnostics of one parse."""

    source: Source
    config: ParseConfig
    front: FrontMatter
    base: int
    """Offset in the file at which the Markdown begins."""
    text: str
    """The Markdown."""
    starts: tuple[int, ...]
    """Index in `text` of each line."""
    results: PostResults | None = None
    media_text: Callable[[Media], str] | None = None
    has_title: bool = False
    """Whether a title stands above the text, as it does on every page."""
    place: AnyPlace = _NOWHERE
    """Of the inline text being parsed."""
    fixed: FixedPlace | None = None
    """Set while a cell's output is parsed."""
    diagnostics: list[Diagnostic] = field(default_factory=list)
    headings: list[Heading] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)
    cites: list[CiteGroup] = field(default_factory=list)
    cross_refs: list[CrossRef] = field(default_factory=list)
    formulas: list[FormulaNode] = field(default_factory=list)
    links: list[LinkUse] = field(default_factory=list)
    media: list[MediaUse] = field(default_factory=list)
    terms: list[TermUse] = field(default_factory=list)
    cells: list[Cell] = field(default_factory=list)
    inlines: list[InlineExpr] = field(default_factory=list)
    ignored: list[tuple[str, Span]] = field(default_factory=list)
    ids: dict[str, Span] = field(default_factory=dict)
    notes: dict[str, NoteText] = field(default_factory=dict)
    used_notes: list[NoteText] = field(default_factory=list)
    cell_starts: list[int] = field(default_factory=list)
    """Offset of each cell, known before any inline text is parsed."""
    has_bibliography_tag: bool = False
    nocite: list[str] = field(default_factory=list)
    nocite_spans: list[Span] = field(default_factory=list)
    abbreviations: dict[str, str] = field(default_factory=dict)
    """Words that are marked wherever they stand → what they mean."""
    defined: list[GlossaryTerm] = field(default_factory=list)
    """Terms that a glossary in the text defines."""
    caption_inlines: dict[tuple[InlineRole, str], list[int]] = field(default_factory=dict)
    """Indices of the inline expressions in the captions of the cell at hand."""
    div_matches: dict[int, dict[int, int]] = field(default_factory=dict)
    """Lines that open divs → lines that close them, of the text at hand (by its length)."""
    numbers: dict[str, int] = field(default_factory=dict)
    pending_ignores: list[str] = field(default_factory=list)
    """Codes that a comment silences in the next block."""
    slug_counts: dict[str, int] = field(default_factory=dict)
    seen_kinds: set[str] = field(default_factory=set)
    """What was already reported once (migrants' syntax)."""
    target: tuple[str, Span] | None = None
    """Name and place of a target (`(name)=`) that the next heading takes."""
    is_raw: bool = False
    """Whether the blocks at hand stand between `{% raw %}` and `{% endraw %}`."""
    markdown_depth: int = 0
    """How many elements of HTML are open in which Markdown is read (`markdown="1"`)."""
    html_pairs: dict[int, dict[int, tuple[int, bool]]] = field(default_factory=dict)
    """Lines that begin elements of HTML → lines that end them, of the text at hand (by its length)."""
    parents: list[str] = field(default_factory=list)
    """Labels of the figure blocks that are open."""

    ends: dict[str, int] = field(default_factory=dict)
    """Last place of each closing mark in `text`, remembered."""

    stored: Mapping[int, StoredCell] = field(default_factory=dict)
    """Of a notebook's code cells, by index."""

    # Places ---------------------------------------------------------------------------------------------------------

    def line(self, number: int) -> str:
        """Return line ``number`` (from 0) of the Markdown."""
        if number >= len(self.starts):
            return ""
        end = self.starts[number + 1] - 1 if number + 1 < len(self.starts) else len(self.text)
        return self.text[self.starts[number] : end]

    def line_offset(self, number: int) -> int:
        """Return the offset in the file of line ``number`` (from 0) of the Markdown."""
        return self.base + (self.starts[number] if number < len(self.starts) else len(self.text))

    def block_place(self, token: Token, content: str) -> AnyPlace:
        """Return the place of ``content``, the text of a block's token."""
        if self.fixed is not None or token.map is None:
            return self.fixed or FixedPlace(self.whole)
        first, last = token.map
        numbers = range(first, max(last, first + 1))
        lines = [self.line(n) for n in numbers]
        offsets = [self.line_offset(n) for n in numbers]
        return line_place(self.source.path, lines, offsets, content)

    def lines_span(self, first: int, last: int) -> Span:
        """Return the span of lines ``first`` to ``last`` (exclusive), without indentation and the final line end."""
        if self.fixed is not None:
            return self.fixed.at
        last = max(first + 1, last)
        while last > first + 1 and not self.line(last - 1).strip():
            last -= 1
        line = self.line(first)
        start = self.line_offset(first) + len(line) - len(line.lstrip())
        end = self.line_offset(last - 1) + len(self.line(last - 1).rstrip())
        return self.source.span(start, max(start, end))

    def index_span(self, start: int, end: int) -> Span:
        """Return the span of ``text[start:end]`` (indices of a block rule)."""
        return self.fixed.at if self.fixed is not None else self.source.span(self.base + start, self.base + end)

    def next_number(self, kind: str) -> int:
        """Return 1, 2, 3… for things of a kind that need an id of their own."""
        self.numbers[kind] = self.numbers.get(kind, 0) + 1
        return self.numbers[kind]

    def own_id(self, kind: str) -> str:
        """Return an id of our own for a thing of a kind, one that nothing else on the page has."""
        name = f"{kind}-{self.next_number(kind)}"
        while name in self.ids:
            name = f"{kind}-{self.next_number(kind)}"
        self.ids[name] = self.whole
        return name

    def seen_end(self, mark: str) -> int:
        """Return the index of the last ``mark`` in the text, or -1 (remembered: keeps failing rules linear)."""
        if mark not in self.ends:
            self.ends[mark] = self.text.rfind(mark)
        return self.ends[mark]

    def seen_pattern(self, pattern: re.Pattern[str]) -> int:
        """Return the index of the last match of ``pattern`` in the text, or -1 (remembered)."""
        key = pattern.pattern
        if key not in self.ends:
            self.ends[key] = max((match.start() for match in pattern.finditer(self.text)), default=-1)
        return self.ends[key]

    @property
    def whole(self) -> Span:
        """The span of the Markdown."""
        return self.source.span(self.base, self.base + len(self.text))

    def cell_before(self, offset: int) -> int:
        """Return the index of the last cell that begins before ``offset`` (-1: none)."""
        return bisect_right(self.cell_starts, offset) - 1

    # Nodes ----------------------------------------------------------------------------------------------------------

    def add_cite(self, items: Iterable[CiteItem], span: Span, **fields: Any) -> int:
        """Add a citation and return its ordinal."""
        self.cites.append(CiteGroup(len(self.cites), tuple(items), span, **fields))
        return len(self.cites) - 1

    def merge_cite(self, ordinal: int, items: Iterable[CiteItem], end: int) -> None:
        """Add ``items`` to a citation they stand beside."""
        group = self.cites[ordinal]
        span = Span(group.span.path, group.span.start, max(group.span.end, end))
        self.cites[ordinal] = replace(group, items=(*group.items, *items), span=span)

    def add_cross_ref(self, items: Iterable[CrossRefItem], span: Span, form: str = "full") -> int:
        """Add a cross reference and return its ordinal."""
        kind: Literal["full", "number", "eqref"] = (
            "eqref" if form == "eqref" else "number" if form == "number" else "full"
        )
        self.cross_refs.append(CrossRef(len(self.cross_refs), tuple(items), span, kind))
        return len(self.cross_refs) - 1

    def add_formula(
        self, tex: str, span: Span, *, display: bool, label: str = "", offsets: tuple[int, ...] = ()
    ) -> int:
        """Add a formula and return its ordinal."""
        self.formulas.append(FormulaNode(len(self.formulas), tex, display, span, label, offsets or (span.start,)))
        return len(self.formulas) - 1

    def add_link(self, href: str, span: Span, *, is_raw: bool = False, is_titled: bool = False) -> int:
        """Add a link and return its ordinal."""
        self.links.append(LinkUse(len(self.links), href, span, is_raw, is_titled))
        return len(self.links) - 1

    def add_media(
        self,
        src: str,
        span: Span,
        kind: str = "image",
        alt: str | None = None,
        *,
        is_raw: bool = False,
        label: str = "",
        is_included: bool = False,
    ) -> int:
        """Add a reference to a file and return its ordinal."""
        use = MediaUse(len(self.media), src, span, kind, alt, is_raw, label, is_included)  # type: ignore[arg-type]
        self.media.append(use)
        return len(self.media) - 1

    def add_term(self, term: str, span: Span) -> int:
        """Add a glossary term and return its ordinal."""
        self.terms.append(TermUse(len(self.terms), term, span))
        return len(self.terms) - 1

    def add_inline(self, code: str, span: Span, role: InlineRole, after_cell: int) -> int:
        """Add an inline expression and return its index."""
        self.inlines.append(InlineExpr(len(self.inlines), code, span, role, after_cell))
        return len(self.inlines) - 1

    def add_id(self, name: str, span: Span) -> bool:
        """Add an anchor; report when it is already there."""
        first = self.ids.setdefault(name, span)
        if first is not span and first != span:
            self.error(
                "xref-duplicate-id", f"“{name}” names two places of this page", span, label="second place",
                notes=(Note("first used here", first),), help="give one of them another name",
            )  # fmt: skip
            return False
        return True

    def add_named(self, name: str, span: Span) -> bool:
        """Add an anchor that the author named; warn when its name promises a label that this is not."""
        kind = name.partition("-")[0]
        if kind in LABELLED and "-" in name:
            self.warn(
                "xref-wrong-kind", f"“{name}” is named like {LABELLED[kind]}, but is none: @{name} finds nothing", span,
                help=f"name it without “{kind}-”, or move the name to {LABELLED[kind]}",
            )  # fmt: skip
        return self.add_id(name, span)

    def add_label(
        self, name: str, kind: LabelKind, span: Span, *, title: str = "", preview: str = "", anchor: str = "",
        parent: str = "", number: str = "", same_as: str = "",
    ) -> None:  # fmt: skip
        """Add something that can be referred to."""
        if not self.add_id(anchor or name, span):
            return
        if not parent and self.parents and self.parents[-1][:4] == name[:4]:
            parent = self.parents[-1]
        is_typed = self.fixed is None
        self.labels.append(
            Label(name, kind, span, anchor or name, title.strip(), parent, is_typed, preview, number, same_as)
        )

    # Diagnostics ----------------------------------------------------------------------------------------------------

    def report(
        self, severity: Severity, code: str, message: str, span: Span, *, label: str = "", help: str = "",
        notes: tuple[Note, ...] = (),
    ) -> None:  # fmt: skip
        """Add a diagnostic."""
        self.diagnostics.append(Diagnostic(code, severity, message, span, label, notes, help))

    def error(
        self, code: str, message: str, span: Span, *, label: str = "", help: str = "", notes: tuple[Note, ...] = ()
    ) -> None:
        """Add an error."""
        self.report(Severity.ERROR, code, message, span, label=label, help=help, notes=notes)

    def warn(self, code: str, message: str, span: Span, *, label: str = "", help: str = "") -> None:
        """Add a warning."""
        self.report(Severity.WARNING, code, message, span, label=label, help=help)

    def tell_once(self, code: str, kind: str, message: str, span: Span, *, help: str = "") -> None:
        """Add a notice the first time this ``kind`` of thing is met."""
        if kind not in self.seen_kinds:
            self.seen_kinds.add(kind)
            self.report(Severity.NOTICE, code, message, span, help=help)

    def report_nesting(self, line: int, end: int) -> None:
        """Say that blocks are nested too deeply to be shown."""
        self.error(
            "md-nesting", "blocks are nested over 100 deep; what is inside is left out", self.lines_span(line, end),
            help="take quotes or lists out of one another",
        )  # fmt: skip


def found(env: Any) -> Found:
    """Return the collector of the parse that ``env`` belongs to."""
    value: Found = env["found"]
    return value
