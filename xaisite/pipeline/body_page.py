"""One authored page: resolve, render the body, fill the template.

Invariant: everything the page shows was asked through its recorder.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from xaisite.core.digest import digest_bytes, digest_json
from xaisite.core.record import record
from xaisite.export.search import make_postings
from xaisite.link.addresses import output_address
from xaisite.link.numbers import number_headings
from xaisite.link.site import resolve_authors
from xaisite.math.typeset import Typesetter
from xaisite.model.facts import FileFact
from xaisite.model.made import MadePage
from xaisite.model.output import Blob
from xaisite.model.page import SearchRecord
from xaisite.model.result import Media
from xaisite.pipeline.context import BuildContext
from xaisite.pipeline.downloads import Download, make_downloads
from xaisite.pipeline.furniture import PageMetadata, feed_body, page_metadata
from xaisite.pipeline.list_page import list_variables
from xaisite.pipeline.parsing import load_post
from xaisite.pipeline.resolving import ResolvedPost, resolve_post
from xaisite.pipeline.shell import Shell
from xaisite.plan.facts import Recorder
from xaisite.plan.pages import PageJob
from xaisite.render.body import RenderedBody, render_body
from xaisite.render.templates import find_layout
from xaisite.render.variables import PageParts

if TYPE_CHECKING:
    from xaisite.model.post import Post
    from xaisite.model.site import Card


@record
class BodyPage:
    """The values from which one authored page is put together."""

    job: PageJob
    post: Post
    resolved: ResolvedPost
    body: RenderedBody


def make_body_page(job: PageJob, build: BuildContext, shell: Shell, typesetter: Typesetter) -> MadePage:
    """Make the page of one source file."""
    recorder = Recorder(build.table)
    recorder.needs(f"source:{job.arg}", f"results:{job.arg}", "config:")
    post = load_post(build.requests[job.arg], build.parsed[job.arg], build.parser)
    resolved = resolve_post(post.outline, build, recorder, typesetter)
    body = render_body(post, resolved.value.context, shell.highlight)
    page = BodyPage(job, post, resolved.value, body)
    card = recorder.card(job.arg)
    assert card is not None
    metadata = page_metadata(page, card, build, recorder, shell)
    downloads = make_downloads(page, metadata.publication, build, shell)
    parts = _parts(page, card, metadata, build, recorder, downloads=downloads)
    layout = find_layout(post.outline.front.layout, job.kind, build.templates, None).value
    is_home = job.url == "/" or layout == "home.html"
    html = shell.fill(
        layout,
        parts,
        recorder,
        **(list_variables(build, recorder, job.url) if is_home else {}),
        content=Markup(body.html),  # noqa: S704 - rendered by us
        notes=Markup(body.notes_html),  # noqa: S704
        references=Markup(body.references_html),  # noqa: S704
    )
    files = [(address, blob) for address, blob, _label, _type in downloads]
    outputs_all = (_page_output(job.url, html), *files, *metadata.outputs, *_published(page, build, shell))
    return MadePage(
        name=job.name,
        outputs=tuple(dict(reversed(outputs_all)).items())[::-1],
        inputs=recorder.used,
        search=_search_record(page, card, shell) if post.outline.front.search else None,
        feed_html=feed_body(page, build, recorder),
    )


def _page_output(url: str, html: str) -> tuple[str, Blob]:
    data = html.encode("utf-8")
    return output_address(url), Blob(digest_bytes(data), data)


def _parts(
    page: BodyPage,
    card: Card,
    metadata: PageMetadata,
    build: BuildContext,
    recorder: Recorder,
    *,
    downloads: list[Download],
) -> PageParts:
    outline = page.post.outline
    path = page.job.arg
    before, after = _neighbours(recorder, path) if page.job.kind == "post" or card.series else (None, None)
    return PageParts(
        kind=page.job.kind,
        layout=outline.front.layout or page.job.kind,
        url=page.job.url,
        title=card.title,
        title_html=page.body.title_html,
        outline=outline,
        card=card,
        authors=resolve_authors(outline, build.config),
        previous=before,
        next=after,
        related=recorder.cards("related", path) if page.job.kind == "post" else (),
        prerequisites=recorder.cards("prerequisites", path),
        series=recorder.cards("series", card.series) if card.series else (),
        heading_numbers=number_headings(outline),
        downloads=tuple((label, "/" + address, kind) for address, _blob, label, kind in downloads),
        cite_text=metadata.cite_text,
        cite_bibtex=metadata.cite_bibtex,
        meta=metadata.meta,
        json_ld=metadata.json_ld,
        image=metadata.image,
        image_alt=card.image_alt,
        styles=page.resolved.styles,
        scripts=page.resolved.scripts,
        has_math=has_math(page),
        description=card.description,
    )


def has_math(page: BodyPage) -> bool:
    """Return whether the page shows a typeset formula anywhere."""
    body = page.body
    parts = (body.html, body.notes_html, body.references_html, body.title_html)
    return any('class="katex' in html for html in parts)


def _neighbours(recorder: Recorder, path: str) -> tuple[Card | None, Card | None]:
    pair: tuple[Card | None, Card | None] = recorder.ask("neighbours", path)  # type: ignore[assignment]
    return pair


def _published(page: BodyPage, build: BuildContext, shell: Shell) -> list[tuple[str, Blob]]:
    files = [(fact.address.lstrip("/"), _file_blob(fact, build)) for fact in page.resolved.files]
    texts = (page.body.html, page.body.notes_html)
    shown = [(a.lstrip("/"), m) for a, m in page.resolved.media if any(a.rpartition("/")[2] in t for t in texts)]
    return [*files, *((address, _media_blob(media, shell)) for address, media in shown)]


def _file_blob(fact: FileFact, build: BuildContext) -> Blob:
    return Blob(fact.digest, str(build.root / fact.path))


def _media_blob(media: Media, shell: Shell) -> Blob:
    return Blob(media.digest, str(shell.media_path(media)))


def _search_record(page: BodyPage, card: Card, shell: Shell) -> SearchRecord:
    headings = [heading.text for heading in page.post.outline.headings]
    postings = make_postings(card.title, headings, page.body.plain_text)
    digest = digest_json(postings)
    shell.keep_postings(digest, postings)
    return SearchRecord(page.job.url, card.title, card.description, digest)
