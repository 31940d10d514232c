"""What the Markdown parser finds in a post, beyond what markdown-it's own tokens say.

Each node is referred to from its token by `token.meta["node"]`; nodes that must be resolved against the site carry an
`ordinal`, their place in the tuple of that kind in `Outline`, under which the resolved form is found in `BodyContext`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from xaisite.core.paths import POST_SUFFIXES
from xaisite.core.record import field, record
from xaisite.core.source import Span

LabelKind = Literal[
    "fig", "tbl", "sec", "eq", "lst", "cell",
    "thm", "lem", "cor", "prp", "cnj", "def", "exm", "exr", "rem", "alg", "axm", "asm",
]  # fmt: skip


@record
class CiteItem:
    """One key in a citation. `prefix` and `suffix` are inline HTML, rendered and escaped; `locator` is plain text."""

    key: str
    span: Span
    prefix: str = ""
    suffix: str = ""
    locator_term: str = ""
    """Canonical singular of CONVENTIONS' list: `page`, `chapter`, `sub verbo`…"""
    locator: str = ""
    suppress_author: bool = False


@record
class CiteGroup:
    """A citation: one or several keys in one pair of brackets, or a narrative `@key says`."""

    ordinal: int
    items: tuple[CiteItem, ...]
    span: Span
    narrative: bool = False
    glued: bool = False
    """Written against a word: gets one no-break space in bracketed styles."""
    bibliography: str = ""
    """jekyll-scholar's `--file`: look the keys up in this `.bib` only."""


@record
class CrossRefItem:
    """One label in a cross reference."""

    label: str
    span: Span
    prefix: str = ""
    """Inline HTML, rendered and escaped; replaces the kind's name (`[Fig @fig-x]`)."""
    suppress_kind: bool = False
    capital: bool = True
    suffix: str = ""
    """Inline HTML, rendered and escaped, put after the reference as it is (`[@fig-x, left]`)."""
    text: str = ""
    """Words of the author in place of “Figure 1”; `%s` and `{number}` are its number, `{name}` its title."""


@record
class CrossRef:
    """`@fig-x`, `[@fig-a; @fig-b]`, or TeX's `ref` to an equation."""

    ordinal: int
    items: tuple[CrossRefItem, ...]
    span: Span
    form: Literal["full", "number", "eqref"] = "full"


@record
class FormulaNode:
    """One formula as written."""

    ordinal: int
    tex: str
    display: bool
    span: Span
    """Of the TeX text between the delimiters (for one-line formulas `span.start` is column-exact)."""
    label: str = ""
    offsets: tuple[int, ...] = ()
    """Offset in the file of the first character of each line of `tex` (lists and quotes indent)."""


@record
class Heading:
    """A heading; `html` is its inline content, rendered without links."""

    level: int
    id: str
    text: str
    html: str
    span: Span
    label: str = ""
    is_numbered: bool = True
    is_listed: bool = True
    """Whether the table of contents has it (Pandoc's `.unlisted`, kramdown's `.no_toc`)."""


@record
class Label:
    """Something that can be referred to: `{#fig-x}`."""

    name: str
    kind: LabelKind
    span: Span
    anchor: str
    """The id in the page (usually the name itself)."""
    title: str = ""
    """Plain text of its caption or heading, for previews."""
    parent: str = ""
    """Label of the figure it is a sub-figure of."""
    is_typed: bool = True
    """Written in the source (False: found in a result)."""
    preview: str = ""
    """Theorem or listing name shown in a preview."""
    number: str = ""
    """Given by the author (TeX's `tag`); else the page counts."""
    same_as: str = ""
    """Another label of the same thing, whose number it has."""


@record
class LinkUse:
    """A link the author wrote, in Markdown or in raw HTML."""

    ordinal: int
    href: str
    span: Span
    is_raw: bool = False
    is_titled: bool = False
    """Its text is the title of the page it leads to."""


@record
class MediaUse:
    """A picture, video, script or other file that the post refers to by address."""

    ordinal: int
    src: str
    span: Span
    kind: Literal["image", "video", "audio", "poster", "track", "script", "data", "other"] = "image"
    alt: str | None = None
    """None: no alt text given (`alt=""` is a choice)."""
    is_raw: bool = False
    label: str = ""
    """Of the figure that it is (`![…](a.png){#fig-a}`)."""
    is_included: bool = False
    """Written as `{% include figure.html path=… %}`, whose template makes an empty alt text of none."""

    @property
    def other_figure(self) -> tuple[str, str]:
        """(file, label) when it is the figure of another post, `![](other.md#fig-x)`; else empty."""
        path, _, label = self.src.partition("#")
        is_post = path.endswith(POST_SUFFIXES) and label.startswith("fig-") and not self.is_raw
        return (path, label) if is_post else ("", "")


@record
class NoteUse:
    """A footnote as referred to: number by first reference."""

    label: str
    number: int
    span: Span
    occurrences: int = 1


@record
class TermUse:
    """A glossary term marked in the text."""

    ordinal: int
    term: str
    span: Span


@record
class Attributes:
    """`{#id .class key=value}`."""

    id: str = ""
    classes: tuple[str, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)
    span: Span | None = None
