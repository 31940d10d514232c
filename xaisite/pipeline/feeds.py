"""Feed, sitemap, robots.txt and llms.txt."""

from __future__ import annotations

from collections.abc import Sequence

from xaisite.export.feed import make_feed
from xaisite.export.sitemap import make_robots, make_sitemap
from xaisite.export.twin import make_llms_txt
from xaisite.link.site import resolve_authors
from xaisite.model.export import FeedEntry, FeedFacts
from xaisite.model.made import MadePage
from xaisite.model.output import Blob
from xaisite.pipeline.blobs import text_blob
from xaisite.pipeline.context import BuildContext
from xaisite.pipeline.furniture import absolute_url
from xaisite.plan.facts import FEED_POSTS
from xaisite.plan.pages import plan_pages


def make_feeds(build: BuildContext, pages: Sequence[MadePage]) -> dict[str, Blob]:
    """Return the files that other programs read; without `base_url` only robots.txt."""
    base = build.config.site.base_url
    texts = {"robots.txt": make_robots(base)}
    if base:
        texts |= {"feed.xml": _feed(build, pages), "llms.txt": _llms(build), **_sitemap(build)}
    return {address: text_blob(text) for address, text in texts.items()}


def _feed(build: BuildContext, pages: Sequence[MadePage]) -> str:
    bodies = {page.name: page.feed_html for page in pages}
    site = build.config.site
    facts = FeedFacts(
        title=site.title,
        home_url=absolute_url("/", build),
        feed_url=absolute_url("/feed.xml", build),
        subtitle=site.description,
        language=site.language,
        rights=site.license,
        authors=tuple(site.authors.values()),
    )
    return make_feed(facts, [_entry(path, bodies, build) for path in build.site.posts[:FEED_POSTS]])


def _entry(path: str, bodies: dict[str, str], build: BuildContext) -> FeedEntry:
    card = build.site.cards[path]
    return FeedEntry(
        url=absolute_url(card.url, build),
        title=card.title,
        date=card.date,
        date_modified=card.date_modified,
        authors=resolve_authors(build.site.outlines[path], build.config),
        tags=card.tags,
        summary=card.description,
        content_html=bodies.get(f"post:{path}", ""),
        lang=card.lang,
    )


def _sitemap(build: BuildContext) -> dict[str, str]:
    dates = {card.url: card.date_modified or card.date for card in build.site.cards.values()}
    shown = [job for job in plan_pages(build.site) if job.kind not in ("404", "search")]
    return make_sitemap(
        [(absolute_url(job.url, build), dates.get(job.url, "")) for job in shown], build.config.site.base_url
    )


def _llms(build: BuildContext) -> str:
    site = build.site
    listed = [(site.cards[p].title, _twin_url(site.cards[p].url, build), site.cards[p].description) for p in site.posts]
    return make_llms_txt(build.config.site.title, build.config.site.description, {"Posts": listed} if listed else {})


def _twin_url(url: str, build: BuildContext) -> str:
    name = url.rstrip("/").rpartition("/")[2]
    return absolute_url(f"{url}{name}.md" if url.endswith("/") else url, build)
