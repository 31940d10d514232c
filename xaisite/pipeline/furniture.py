"""What a page says about itself: metadata, how to cite it, its entry in the feed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal

from xaisite.core.digest import digest_bytes, digest_json
from xaisite.core.record import record
from xaisite.export.feed_content import feed_content
from xaisite.export.metadata import make_json_ld, meta_tags
from xaisite.export.self_citation import make_self_bibtex, make_self_citation
from xaisite.link.addresses import date_text
from xaisite.link.front_files import find_named_file
from xaisite.link.site import resolve_authors
from xaisite.model.bib import Reference
from xaisite.model.export import CitedWork, Publication
from xaisite.model.output import Blob
from xaisite.model.result import Media
from xaisite.model.site import Card
from xaisite.pipeline.context import BuildContext
from xaisite.pipeline.shell import Shell
from xaisite.plan.facts import Recorder
from xaisite.render.variables import license_of

if TYPE_CHECKING:
    from xaisite.pipeline.body_page import BodyPage


@record
class PageMetadata:
    """Metadata of one page, ready for its template."""

    publication: Publication
    meta: tuple[Mapping[str, str], ...]
    json_ld: str
    cite_text: str
    cite_bibtex: str
    image: str
    """Address of the picture that stands for the page, or empty."""
    outputs: tuple[tuple[str, Blob], ...]
    """Files made for it: the share image, the author's picture."""


def page_metadata(page: BodyPage, card: Card, build: BuildContext, recorder: Recorder, shell: Shell) -> PageMetadata:
    """Return what search engines, reference managers and previews read."""
    picture = _own_picture(page, build, recorder)
    share = _share_image(page, card, build, shell, picture)
    publication = _publication(page, card, build, share[0] if share else "")
    outputs = [*([picture] if picture else []), *([share] if share else [])]
    is_post = page.job.kind == "post"
    return PageMetadata(
        publication=publication,
        meta=meta_tags(publication) if publication.url else (),
        json_ld=make_json_ld(publication) if publication.url else "",
        cite_text=make_self_citation(publication) if is_post else "",
        cite_bibtex=make_self_bibtex(publication) if is_post else "",
        image=card.image,
        outputs=tuple(outputs),
    )


def feed_body(page: BodyPage, build: BuildContext, recorder: Recorder) -> str:
    """Return the body as the feed shows it; empty for posts that are too old for the feed."""
    base = build.config.site.base_url
    if page.job.kind != "post" or not base or not recorder.ask("in_feed", page.job.arg):
        return ""
    html = page.body.html + page.body.notes_html + page.body.references_html
    return feed_content(html, absolute_url(page.job.url, build))


def absolute_url(url: str, build: BuildContext) -> str:
    """Return the full address of a page; empty without `base_url`."""
    base = build.config.site.base_url
    return base.rstrip("/") + url if base else ""


def _publication(page: BodyPage, card: Card, build: BuildContext, share: str) -> Publication:
    outline, site = page.post.outline, build.config.site
    licence = license_of(outline.front.license or site.license)
    kind: Literal["home", "post", "page"] = (
        "home" if page.job.url == "/" else "post" if page.job.kind == "post" else "page"
    )
    return Publication(
        url=absolute_url(page.job.url, build),
        title=card.title,
        site_title=site.title,
        kind=kind,
        subtitle=card.subtitle,
        description=card.description,
        authors=resolve_authors(outline, build.config),
        date=card.date,
        date_modified=card.date_modified,
        tags=card.tags,
        lang=card.lang or site.language,
        license_name=licence["name"] if licence else "",
        license_url=licence["url"] if licence else "",
        doi=outline.front.doi,
        image_url=absolute_url("/" + share, build) if share else "",
        image_alt=card.image_alt or card.title,
        words=outline.words,
        cites=tuple(_cited_work(reference) for reference in page.resolved.context.references),
        overrides=outline.front.citation,
    )


def _cited_work(reference: Reference) -> CitedWork:
    fields = reference.entry.fields
    return CitedWork(
        title=_plain(fields.get("title", "")),
        authors=tuple(
            p.literal or f"{p.given} {p.prefix + ' ' if p.prefix else ''}{p.family}".strip()
            for p in reference.entry.persons.get("author", ())
        ),
        year=fields.get("year", ""),
        venue=_plain(fields.get("journal", "") or fields.get("booktitle", "")),
        doi=fields.get("doi", ""),
        url=fields.get("url", ""),
    )


def _plain(latex: str) -> str:
    from xaisite.cite.inlines import render_text
    from xaisite.cite.latex import decode_latex

    return render_text(decode_latex(latex).value)


def _own_picture(page: BodyPage, build: BuildContext, recorder: Recorder) -> tuple[str, Blob] | None:
    """Return the picture that front matter's `image` names: a file beside the post or of the site."""
    name = page.post.outline.front.image
    if not name:
        return None
    found = find_named_file(page.job.arg, name, recorder.file, recorder.file_at)
    if found is None:
        return None
    return found.address.lstrip("/"), Blob(found.digest, str(build.root / found.path))


def _share_image(
    page: BodyPage, card: Card, build: BuildContext, shell: Shell, picture: tuple[str, Blob] | None
) -> tuple[str, Blob] | None:
    """Return a share image of the page's own when it has a picture to show; other pages share the site's."""
    if not build.config.site.base_url or page.job.kind != "post":
        return None
    media = _first_figure(page)
    if media is None and picture is None:
        return None
    from xaisite.export.share_image import make_share_image
    from xaisite.model.export import ShareImage

    content = _read(picture, media, shell)
    line = " · ".join(part for part in (", ".join(card.authors[:3]), date_text(card.date)) if part)
    key = digest_json([card.title, build.config.site.title, line, digest_bytes(content or b"")])
    data = shell.remember(
        "share", key, lambda: make_share_image(ShareImage(card.title, build.config.site.title, line, content))
    )
    return f"_x/share.{digest_bytes(data)[:16]}.png", Blob(digest_bytes(data), data)


def _first_figure(page: BodyPage) -> Media | None:
    results = page.resolved.context.results
    for cell in results.cells if results else ():
        for figure in cell.figures:
            for media in figure.light:
                if media.mime == "image/png":
                    return media
    return None


def _read(picture: tuple[str, Blob] | None, media: Media | None, shell: Shell) -> bytes | None:
    path = str(picture[1].content) if picture else str(shell.media_path(media)) if media else ""
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return None
