"""Experiments as written: cells, their two option records, and the read-only mini-cells of prose."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Literal

from xaisite.core.record import field, record
from xaisite.core.source import Span


def text_size_pt(width_in: float) -> float:
    """Return the size of text, in points, that a figure of ``width_in`` inches needs.

    A phone shows a figure about 328 CSS px wide: two points per inch of width are then 9.1 px, the least that is
    read without effort. Wide figures scroll on phones, so the size ends at 14 pt; matplotlib's own 10 pt is the least.
    """
    return min(max(10.0, 2 * width_in), 14.0)


@record
class ExecOptions:
    """Options that change what a cell computes: part of its key."""

    eval: bool = True
    error: bool | str = False
    """False: an exception stops the post; True: shown; a name: that exception must be raised."""
    fig_width_in: float = 5.5
    fig_height_in: float = 3.5
    fig_dpi: int = 144
    fig_formats: tuple[Literal["svg", "png", "retina", "webp"], ...] = ("svg", "png")
    env: Mapping[str, str] = field(default_factory=dict)
    execute_dir: Literal["file", "project"] = "file"
    seeds: int = 0
    """How many seeds to repeat the cell under (stability); 0: once, with the session's seed."""

    @property
    def fig_text_pt(self) -> float:
        """Size of a figure's text."""
        return text_size_pt(self.fig_width_in)


@record
class ObservedOptions:
    """Options that name what a cell depends on, or how it is run: not in the key themselves."""

    seed: int | None = None
    depends: tuple[str, ...] = ()
    timeout_s: float | None = None
    memory_bytes: int | None = None
    cache: bool = True
    freeze: bool = False
    requires: tuple[str, ...] = ()
    produces: str = ""
    files: tuple[str, ...] = ()
    """Addresses at which the cell's figures are also published (`#| file:`), one per figure."""
    parameters: bool = False
    """Tagged `parameters`: front matter's `params` are injected after it."""


@record
class ShowOptions:
    """Options of presentation: never in a key."""

    echo: bool | Literal["fenced"] | tuple[int, ...] = True
    output: bool | Literal["asis"] = True
    include: bool = True
    warning: bool = True
    code_fold: bool | Literal["show"] | None = None
    code_summary: str = ""
    code_line_numbers: bool = False
    code_annotations: bool = True
    fig_caps: tuple[str, ...] = ()
    fig_subcaps: tuple[str, ...] = ()
    fig_alts: tuple[str, ...] = ()
    fig_dark: str = ""
    fig_align: Literal["default", "left", "center", "right"] = "default"
    fig_link: str = ""
    out_width: str = ""
    column: str = "body"
    lightbox: bool | None = None
    layout_ncol: int = 0
    layout_nrow: int = 0
    layout: tuple[tuple[float, ...], ...] = ()
    renderings: tuple[str, ...] = ("light", "dark")
    tbl_caps: tuple[str, ...] = ()
    tbl_subcaps: tuple[str, ...] = ()
    lst_label: str = ""
    lst_cap: str = ""
    classes: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


@record
class Cell:
    """One ```` ```{python} ```` block, or a code cell of a notebook."""

    index: int
    """From 0, in order of the post."""
    label: str
    """Empty when the author gave none; then it is addressed as `POST:index+1`."""
    code: str
    """Source without the option lines, dedented as the fence was."""
    code_start: int
    """Offset of the first line of `code` in the post."""
    code_offsets: tuple[int, ...]
    """Offset in the post of the first character of each line of `code`."""
    span: Span
    """The whole fenced block."""
    exec: ExecOptions
    observed: ObservedOptions
    show: ShowOptions
    option_spans: Mapping[str, Span] = field(default_factory=dict)
    asserts: tuple[str, ...] = ()
    """`#| assert:` expressions; they see the state right after this cell."""
    language: str = "python"
    stored_outputs: tuple[Mapping[str, object], ...] = ()
    """Outputs that a notebook carried (nbformat output dicts); shown as they are with `execute: false`."""

    @property
    def name(self) -> str:
        """What it is called by: its label, or its number from 1."""
        return self.label or str(self.index + 1)

    def place(self, line: int, first: int, end: int) -> Span:
        """Return columns of a line of the code (lines from 1, columns from 0) in the post; else the whole block."""
        if not 1 <= line <= len(self.code_offsets):
            return self.span
        start, width = self.code_offsets[line - 1], len(self.code.split("\n")[line - 1])
        return Span(self.span.path, start + min(first, width), start + min(max(end, first + 1), max(width, 1)))


class InlineRole(StrEnum):
    """Where an inline expression stands, which decides the state it sees."""

    PROSE = "prose"
    CAPTION = "caption"
    ALT = "alt"
    ASSERT = "assert"
    FRONT = "front"


@record
class InlineExpr:
    """`` `{python} expr` ``: a read-only mini-cell."""

    index: int
    """From 0, in order of appearance in the post, front matter first."""
    code: str
    span: Span
    """Of the expression itself."""
    role: InlineRole
    after_cell: int
    """Sees the state after this cell: -1 before the first; for FRONT the last cell of the post."""


@record
class SessionPlan:
    """All there is to run for one post."""

    path: str
    """Path of the post, relative to the root."""
    url: str
    cells: tuple[Cell, ...]
    inlines: tuple[InlineExpr, ...]
    seed: int
    params: Mapping[str, object]
    env: Mapping[str, str]
    pass_env: tuple[str, ...]
    execute_dir: Literal["file", "project"] = "file"
    enabled: bool = True


@record
class OptionInline:
    """A `` `{python} expr` `` inside a caption or an alternative text of a cell, or an `assert`."""

    role: InlineRole
    code: str
    span: Span
    """Of the expression itself, in the post."""
    after_label: str = ""
    """`fig-train` of `` `{python @fig-train} expr` ``; empty: sees the state right after its own cell."""


@record
class CellOptions:
    """What the header and the leading option lines of a cell say."""

    label: str
    exec: ExecOptions
    observed: ObservedOptions
    show: ShowOptions
    asserts: tuple[str, ...] = ()
    option_spans: Mapping[str, Span] = field(default_factory=dict)
    """Place of each option's value, by canonical name."""
    inlines: tuple[OptionInline, ...] = ()
    """Captions first, then alternative texts, then asserts; each in the order written."""
    lines: int = 0
    """How many leading lines of the block hold options: the code begins after them."""
