"""Everything that checking and rendering pages share within one build: values only, inherited by forked workers."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from xaisite.cite.references import FormatCache
from xaisite.core.record import field, record
from xaisite.link.resolve import LinkStyle
from xaisite.model.bib import Bibliography
from xaisite.model.config import SiteConfig
from xaisite.model.result import PostResults
from xaisite.model.site import Site
from xaisite.pipeline.parsing import ParsedPost, Parser, ParseRequest
from xaisite.plan.facts import FactTable
from xaisite.render.templates import TemplateText

NOT_FOUND_URL = "/404.html"


@record
class BuildContext:
    """One build, once its posts are parsed and linked."""

    root: Path
    state_folder: Path
    config: SiteConfig
    site: Site
    table: FactTable
    parser: Parser
    requests: Mapping[str, ParseRequest]
    parsed: Mapping[str, ParsedPost]
    results: Mapping[str, PostResults]
    bibliographies: Mapping[str, Bibliography]
    """By path of the `.bib` file."""
    templates: Mapping[str, TemplateText]
    assets: Mapping[str, str]
    """Theme file → address (`guide.css` → `/_x/guide.1234.css`)."""
    links_as_files: bool = False
    jobs: int = 1
    formatted: FormatCache = field(default_factory=dict)
    """References formatted for other pages, in this process."""

    def link_style(self, page_url: str) -> LinkStyle:
        """Return how the page at ``page_url`` writes its links."""
        if page_url == NOT_FOUND_URL:
            return LinkStyle(page_url, prefix=urlsplit(self.config.site.base_url).path or "/")
        return LinkStyle(page_url, self.links_as_files)
