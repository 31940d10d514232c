"""The front matter of a post, typed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from xaisite.core.record import field, record
from xaisite.core.source import Span
from xaisite.model.config import Author


@record
class TocEntry:
    """One line of a table of contents that the author wrote by hand (ICLR's `toc:` list)."""

    name: str
    subsections: tuple[TocEntry, ...] = ()
    span: Span | None = field(default=None, compare=False)


@record
class GlossaryTerm:
    """A term this page defines."""

    term: str
    definition: str
    span: Span | None = None


@record
class FrontMatter:
    """Fields under their canonical names; `spans` says where each was written, items of lists as `field:text`."""

    title: str = ""
    subtitle: str = ""
    description: str = ""
    authors: tuple[str | Author, ...] = ()
    """A `str` is an id of `[site.authors]` or, if there is none of that id, a plain name."""
    date: datetime | None = None
    """Aware; a date without a zone is in `[site] timezone`."""
    date_modified: datetime | None = None
    tags: tuple[str, ...] = ()
    image: str = ""
    image_alt: str = ""
    draft: bool = False
    bibliography: tuple[str, ...] | None = None
    """None: the site's own `references.bib`."""
    nocite: tuple[str, ...] = ()
    """Keys without their `@`; `*`: all."""
    toc: bool = True
    toc_entries: tuple[TocEntry, ...] = ()
    toc_depth: int = 3
    number_sections: bool = False
    aliases: tuple[str, ...] = ()
    permalink: str = ""
    slug: str = ""
    layout: str = ""
    series: str = ""
    order: float | None = None
    part: str = ""
    level: str = ""
    prerequisites: tuple[str, ...] = ()
    glossary: tuple[GlossaryTerm, ...] = ()
    lang: str = ""
    license: str = ""
    doi: str = ""
    citation: Mapping[str, object] = field(default_factory=dict)
    """Fields of an entry, as they were written; empty: made from the other fields."""
    execute: Mapping[str, object] = field(default_factory=dict)
    """Page defaults of cell options under canonical names; also `enabled`, `seed`, `execute-dir`."""
    params: Mapping[str, object] = field(default_factory=dict)
    math: bool = True
    macros: Mapping[str, str] = field(default_factory=dict)
    """By name with its backslash."""
    comments: bool = False
    lightbox: bool = True
    code_fold: bool | Literal["show"] | None = None
    """Also in `execute`, unless that says otherwise."""
    code_tools: bool = False
    citation_style: str = ""
    scripts: tuple[str, ...] = ()
    styles: tuple[str, ...] = ()
    search: bool = True
    extra: Mapping[str, object] = field(default_factory=dict)
    """Unknown fields, kept for templates as `page.extra`."""
    spans: Mapping[str, Span] = field(default_factory=dict)
    body_start: int = 0
    """Offset at which the Markdown begins."""
