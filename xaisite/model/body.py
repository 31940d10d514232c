"""All that the renderer of a body may know: the nodes of the post, resolved. Made by `link`, read by `render`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape

from xaisite.core.record import field, record
from xaisite.model.bib import Reference
from xaisite.model.result import Media, PostResults


@record
class CitationPart:
    """A piece of a citation's text; with `key` it links to that reference."""

    html: str
    key: str = ""
    covers: tuple[str, ...] = ()
    """Keys inside a range (`4` in `3–5`), for which this is the place of citing."""


@record
class ResolvedLabel:
    """Where a cross reference points: `Figure 2` at `#fig-x` or `../other/#fig-x`."""

    name: str
    kind_name: str
    """`Figure`, in the page's language."""
    number: str
    href: str
    title: str = ""
    is_local: bool = True
    page_title: str = ""
    """Of the other post that has the label."""


@record
class ResolvedMedia:
    """A picture or file: its link from this page, and its size where it has one."""

    href: str
    width_px: int = 0
    height_px: int = 0
    dark_href: str = ""
    alt: str = ""
    """Of another post's figure: what that post says it shows."""
    caption: str = ""
    """The same: its caption, as plain text."""
    credit: tuple[str, str, str] = ("", "", "")
    """The same: (link to it, `Figure 2`, title of the post)."""


@record
class BodyContext:
    """Resolved nodes by ordinal, and the page's own numbers. Unresolvable nodes (reported before) are empty."""

    page_url: str
    language: str = "en"
    citations: tuple[tuple[CitationPart, ...], ...] = ()
    references: tuple[Reference, ...] = ()
    citation_style: str = "numeric"
    formulas: tuple[str, ...] = ()
    """HTML of each formula."""
    cross_refs: tuple[tuple[ResolvedLabel | None, ...], ...] = ()
    labels: Mapping[str, ResolvedLabel] = field(default_factory=dict)
    """The page's own labels: numbers for captions, equations, headings."""
    links: tuple[str, ...] = ()
    link_titles: Mapping[int, str] = field(default_factory=dict)
    """By ordinal, for links whose text is the title of the page they lead to."""
    media: tuple[ResolvedMedia, ...] = ()
    terms: tuple[tuple[str, str], ...] = ()
    """(definition, href) of each glossary term used."""
    results: PostResults | None = None
    media_href: Callable[[Media], str] = lambda media: media.digest
    """Link from this page to a stored picture or file."""
    typeset: Callable[[str, bool], str] = lambda tex, _display: escape(tex)
    """Typeset a formula that is not in the outline (captions, references)."""
    heading_numbers: Mapping[str, str] = field(default_factory=dict)
    """Heading id → `2.1`, with `number-sections`."""
    code_fold: bool = False
    lightbox: bool = True


@record
class RenderedBody:
    """A body as HTML, in the parts that templates place, and what else the page needs to know of it."""

    html: str
    notes_html: str = ""
    references_html: str = ""
    plain_text: str = ""
    """For search: prose, headings, captions and notes, without code."""
    toc: tuple[tuple[str, str], ...] = ()
    """(heading id, its inline HTML without links, formulas typeset)."""
    title_html: str = ""
    """The front matter's title with its formulas typeset; empty when it has none."""
