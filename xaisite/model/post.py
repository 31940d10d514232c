"""A parsed post: its outline, which the whole site may ask about, and its tokens, which only its own page needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from xaisite.core.record import field, record
from xaisite.core.source import Span
from xaisite.model.cell import Cell, InlineExpr
from xaisite.model.front import FrontMatter
from xaisite.model.nodes import CiteGroup, CrossRef, FormulaNode, Heading, Label, LinkUse, MediaUse, NoteUse, TermUse

if TYPE_CHECKING:
    from markdown_it.token import Token


@record
class Outline:
    """Everything about a post but its text. Kept between builds; picklable; no tokens, no third-party types."""

    path: str
    kind: Literal["post", "page"]
    front: FrontMatter
    headings: tuple[Heading, ...] = ()
    labels: tuple[Label, ...] = ()
    ids: frozenset[str] = frozenset()
    """Every anchor of the body (headings, labels, raw ids)."""
    cites: tuple[CiteGroup, ...] = ()
    cross_refs: tuple[CrossRef, ...] = ()
    formulas: tuple[FormulaNode, ...] = ()
    links: tuple[LinkUse, ...] = ()
    media: tuple[MediaUse, ...] = ()
    notes: tuple[NoteUse, ...] = ()
    terms: tuple[TermUse, ...] = ()
    cells: tuple[Cell, ...] = ()
    inlines: tuple[InlineExpr, ...] = ()
    words: int = 0
    excerpt: str = ""
    """First paragraph as plain text, for lists when there is no description."""
    has_bibliography_tag: bool = False
    ignored: tuple[tuple[str, Span], ...] = ()
    """(code, block) of `<!-- xaisite-ignore CODE -->`."""
    includes: tuple[str, ...] = ()
    """Paths of the files whose text stands in this post (`{{< include file >}}`), also of those that are not there."""

    @property
    def first_title(self) -> str:
        """The first heading, if it is one of the whole page: its title when the front matter gives none."""
        return self.headings[0].text if self.headings and self.headings[0].level == 1 else ""


@record
class Post:
    """One parsed source file. `outline` is final only when parsed with the results of its cells."""

    outline: Outline
    tokens: tuple[Token, ...] = field(default=(), compare=False)
