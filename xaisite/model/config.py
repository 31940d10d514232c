"""What site.toml says, typed once at the edge. Reading and checking it is the business of `load`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from xaisite.core.record import field, record
from xaisite.core.source import Span


@record
class Author:
    """A person as written in `[site.authors.ID]` or in front matter."""

    name: str
    id: str = ""
    url: str = ""
    email: str = ""
    orcid: str = ""
    affiliations: tuple[Affiliation, ...] = ()
    corresponding: bool = False


@record
class Affiliation:
    """Where an author works."""

    name: str
    url: str = ""


@record
class SiteTable:
    """`[site]`."""

    title: str = "Untitled site"
    description: str = ""
    base_url: str = ""
    """Full public URL with a trailing slash; empty: no feed, sitemap or canonical links."""
    language: str = "en"
    timezone: str = "UTC"
    authors: Mapping[str, Author] = field(default_factory=dict)
    links: Literal["clean", "file"] = "clean"
    """`file` writes `…/index.html` into links, for reading from disk."""
    license: str = ""
    repository: str = ""
    """URL of the source repository, for "report an error" links."""
    nav: tuple[NavItem, ...] = ()
    image: str = ""


@record
class NavItem:
    """One entry of the site's menu."""

    title: str
    url: str


@record
class ContentTable:
    """`[content]`: where things are, relative to the site's root."""

    folder: str = "content"
    posts: str = "posts"
    """Folder below `folder` whose Markdown files are posts; other Markdown files are pages."""
    static: tuple[str, ...] = ("static", "assets")
    raw_html: bool = True


@record
class ExecutionTable:
    """`[execution]`."""

    enabled: bool = True
    jobs: int = 0
    """0: one per core."""
    timeout_s: float = 600.0
    memory_bytes: int = 4 << 30
    env: Mapping[str, str] = field(default_factory=dict)
    """Variables of the session, by value."""
    pass_env: tuple[str, ...] = ()
    """Names of variables that sessions may read from the outer environment (keyed by value)."""
    secrets: tuple[str, ...] = ()
    network: bool = False
    code_fold: bool | Literal["show"] = False
    """Also in `defaults`."""
    seed: int = 0
    resident: bool = False
    """Whether builds leave a process behind that keeps libraries imported."""
    processor: Literal["common", "native"] = "common"
    """Whether numerical libraries use only what other processors have too."""
    store: str = ""
    """Folder of the shared results store, relative to the root; empty: only `.xaisite/`."""
    defaults: Mapping[str, object] = field(default_factory=dict)
    """Cell options for the whole site, under their canonical names, with values already checked."""


BIBLIOGRAPHY_FOLDERS = ("_bibliography", "assets/bibliography")
"""Where Jekyll's authors keep their `.bib` files: looked into besides those of `[citations] folders`."""


@record
class CitationsTable:
    """`[citations]`."""

    style: Literal["numeric", "author-year", "alphabetic"] = "numeric"
    folders: tuple[str, ...] = ()
    sort: Literal["appearance", "author", "year"] | None = None
    """None: what the style does."""


@record
class MathTable:
    """`[math]`."""

    macros: Mapping[str, str] = field(default_factory=dict)
    double_dollar: Literal["auto", "display"] = "auto"


@record
class ThemeTable:
    """`[theme]`: design tokens (CSS custom properties without their `--`)."""

    tokens: Mapping[str, str] = field(default_factory=dict)
    comments: Mapping[str, str] = field(default_factory=dict)
    videos: tuple[str, ...] = ()
    """Origins from which a video may be loaded after a click."""


@record
class PublishTarget:
    """`[publish.NAME]`."""

    name: str
    kind: Literal["directory", "git"]
    options: Mapping[str, object] = field(default_factory=dict)
    span: Span | None = None


@record
class SiteConfig:
    """All of site.toml."""

    site: SiteTable = SiteTable()
    content: ContentTable = ContentTable()
    execution: ExecutionTable = ExecutionTable()
    citations: CitationsTable = CitationsTable()
    math: MathTable = MathTable()
    theme: ThemeTable = ThemeTable()
    publish: tuple[PublishTarget, ...] = ()
    ignored_codes: tuple[str, ...] = ()
    spans: Mapping[str, Span] = field(default_factory=dict)
    """Place of each value in site.toml, by dotted, canonical name (`site.title`); of a table, its name's place."""
