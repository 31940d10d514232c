"""Which pages a site has.

Pure. A job is named by kind and argument; the pipeline makes the page. Generated pages give way to a
page of the author's own at the same address.
"""

from __future__ import annotations

from xaisite.core.paths import normal_name, tag_url
from xaisite.core.record import record
from xaisite.model.site import Site

POSTS_PER_PAGE = 50


@record
class PageJob:
    """One page to make."""

    kind: str
    """`post`, `page`, or a generated kind: `home posts tags tag bibliography glossary search 404 series`."""
    url: str
    arg: str = ""
    """Path of the source, number of the list page, tag or series."""

    @property
    def name(self) -> str:
        """Name under which its trace is kept."""
        return f"{self.kind}:{self.arg or self.url}"


def plan_pages(site: Site) -> tuple[PageJob, ...]:
    """Return every page of the site, each address once, in order of address."""
    authored = [PageJob(site.outlines[path].kind, url, path) for path, url in site.urls.items()]
    taken = {job.url for job in authored}
    generated = [job for job in generated_pages(site) if job.url not in taken]
    return tuple(sorted({job.url: job for job in [*generated, *reversed(authored)]}.values(), key=lambda j: j.url))


def generated_pages(site: Site) -> tuple[PageJob, ...]:
    """Return the pages that no source file makes."""
    jobs = [PageJob("home", "/"), PageJob("404", "/404.html"), PageJob("search", "/search/")]
    if site.posts:
        pages = max(1, -(-len(site.posts) // POSTS_PER_PAGE))
        base = posts_url(site)
        jobs += [PageJob("posts", base if n == 1 else f"{base}page/{n}/", str(n)) for n in range(1, pages + 1)]
    if site.tags:
        jobs.append(PageJob("tags", "/tags/"))
        jobs += [PageJob("tag", tag_url(tag), tag) for tag in site.tags]
    jobs += [PageJob("series", f"/series/{normal_name(name)}/", name) for name in site.series]
    if any(outline.cites for outline in site.outlines.values()):
        jobs.append(PageJob("bibliography", "/bibliography/"))
    if site.glossary:
        jobs.append(PageJob("glossary", "/glossary/"))
    return tuple(jobs)


def posts_url(site: Site) -> str:
    """Return the address of the list of all posts."""
    return f"/{site.config.content.posts.strip('/')}/"
