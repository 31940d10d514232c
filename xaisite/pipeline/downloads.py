"""What a reader may take away from a page: notebook, script, bibliography, Markdown."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from xaisite.export.pieces import make_pieces
from xaisite.export.script import make_script
from xaisite.export.twin import make_twin
from xaisite.model.export import Piece, Publication, SetUp
from xaisite.model.output import Blob
from xaisite.model.result import Media
from xaisite.parse.post import parse_post
from xaisite.pipeline.blobs import text_blob
from xaisite.pipeline.context import BuildContext
from xaisite.pipeline.shell import Shell

if TYPE_CHECKING:
    from xaisite.pipeline.body_page import BodyPage

Download = tuple[str, Blob, str, str]
"""(address in the output, content, label, MIME type)."""


def make_downloads(page: BodyPage, publication: Publication, build: BuildContext, shell: Shell) -> list[Download]:
    """Return what can be downloaded from the page."""
    if not page.job.url.endswith("/"):
        return []
    folder = page.job.url.lstrip("/")
    name = folder.rstrip("/").rpartition("/")[2] or "index"
    return [
        (f"{folder}{name}{ending}", text_blob(text), label, mime)
        for ending, text, label, mime in _texts(page, publication, build, shell)
    ]


def _texts(
    page: BodyPage, publication: Publication, build: BuildContext, shell: Shell
) -> Iterator[tuple[str, str, str, str]]:
    outline, context = page.post.outline, page.resolved.context
    if page.job.kind != "post":
        return
    pieces = _pieces(page, build)
    if outline.cells and not page.job.arg.endswith(".ipynb"):
        from xaisite.export.notebook import make_notebook  # posts with cells only

        set_up = _set_up(page, build)
        notebook = make_notebook(
            publication.title,
            pieces,
            set_up,
            results=context.results,
            read_media=lambda media: _read(media, shell),
            page_url=publication.url,
        )
        yield ".ipynb", notebook, "Notebook", "application/x-ipynb+json"
        yield ".py", make_script(publication.title, pieces, set_up, page_url=publication.url), "Script", "text/x-python"
    if context.references:
        bibtex = "\n\n".join(reference.bibtex.strip() for reference in context.references) + "\n"
        yield ".bib", bibtex, "BibTeX", "application/x-bibtex"
    if publication.url:
        references = [reference.text for reference in context.references]
        twin = make_twin(publication, pieces, results=context.results, references=references)
        yield ".md", twin, "Markdown", "text/markdown"


def _pieces(page: BodyPage, build: BuildContext) -> tuple[Piece, ...]:
    outline = page.post.outline
    source = build.parser.lay_out(page.job.arg)
    if source is not None and outline.includes:  # places in one text, not in the files it is made of
        outline = parse_post(source, build.parser.parse_config, kind=outline.kind).value.outline
    return make_pieces(source.text if source else "", outline, page.resolved.context.results)


def _set_up(page: BodyPage, build: BuildContext) -> SetUp:
    front = page.post.outline.front
    seed = front.execute.get("seed", build.config.execution.seed)
    return SetUp(
        seed=seed if isinstance(seed, int) else build.config.execution.seed,
        env=dict(build.config.execution.env),
        is_native=build.config.execution.processor == "native",
        params=dict(front.params),
    )


def _read(media: Media, shell: Shell) -> bytes | None:
    try:
        return shell.media_path(media).read_bytes()
    except OSError:
        return None
