"""Files that belong to the site as a whole: static files, feed, sitemap, robots, redirects, search."""

from __future__ import annotations

from collections.abc import Sequence

from xaisite.engine.page_state import StateStore
from xaisite.link.addresses import output_address
from xaisite.model.made import MadePage
from xaisite.model.output import Blob, Manifest
from xaisite.pipeline.blobs import text_blob
from xaisite.pipeline.context import BuildContext
from xaisite.pipeline.inputs import SiteInputs
from xaisite.pipeline.linking import file_address


def static_blobs(inputs: SiteInputs) -> dict[str, Blob]:
    """Return the files of the static folders."""
    return {
        file_address(path, inputs).lstrip("/"): Blob(inputs.digests[path], str(inputs.root / path))
        for path in inputs.files.static
        if path in inputs.digests
    }


def make_site_files(
    build: BuildContext, pages: Sequence[MadePage], state: StateStore, manifest: Manifest
) -> dict[str, Blob]:
    """Return feed, sitemap, robots.txt, redirects and the search index."""
    from xaisite.pipeline.feeds import make_feeds
    from xaisite.pipeline.search import make_search

    blobs = {
        output_address(alias): text_blob(_redirect(alias, url, build)) for alias, url in build.site.redirects.items()
    }
    return {**blobs, **make_feeds(build, pages), **make_search(pages, state, manifest)}


def _redirect(alias: str, url: str, build: BuildContext) -> str:
    from xaisite.export.redirects import make_redirect

    return make_redirect(build.link_style(alias).to(url), build.config.site.base_url, url, build.config.site.language)
