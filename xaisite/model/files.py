"""The files that a site is made of: apart from `site`, for a build that finds nothing changed needs no more."""

from __future__ import annotations

from xaisite.core.record import record


@record
class SiteFiles:
    """Paths relative to the root, sorted, POSIX."""

    posts: tuple[str, ...] = ()
    """Markdown (and notebooks) below the posts folder."""
    pages: tuple[str, ...] = ()
    static: tuple[str, ...] = ()
    """Files published as they are: everything in the static folders."""
    content_files: tuple[str, ...] = ()
    """Other files below `content/`: published when something refers to them."""
    bibliographies: tuple[str, ...] = ()
    templates: tuple[str, ...] = ()
