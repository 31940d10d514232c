"""Pages: those whose inputs are as they were stand, the others are made again, on all cores."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from xaisite.core.record import record
from xaisite.engine.page_state import StateStore
from xaisite.math.typeset import Typesetter
from xaisite.model.made import MadePage
from xaisite.model.output import Manifest
from xaisite.pipeline.body_page import make_body_page
from xaisite.pipeline.checking import stands
from xaisite.pipeline.context import BuildContext
from xaisite.pipeline.formulas import StateCache
from xaisite.pipeline.list_page import make_list_page
from xaisite.pipeline.pool import map_forked
from xaisite.pipeline.shell import Shell, TemplateFailureError
from xaisite.plan.pages import PageJob

_WORTH_A_PROCESS = 4  # pages: one with figures and a share image takes 50 ms


@record
class MadePages:
    """All pages of the site, and how many of them were made just now."""

    pages: tuple[MadePage, ...]
    rendered: tuple[str, ...]


def make_pages(
    jobs: Sequence[PageJob],
    build: BuildContext,
    state: StateStore,
    manifest: Manifest,
    make_shell: Callable[[BuildContext, StateStore], Shell],
) -> MadePages:
    """Return every page; raises `TemplateFailureError` at the first template that cannot be filled."""
    kind = f"page {build.parser.tool[:12]} {'file' if build.links_as_files else ''}"
    stored: Mapping[str, MadePage] = state.get_many(kind, [job.name for job in jobs])
    same = state.get("surface", kind) == build.table.surface
    stale = [job for job in jobs if not _page_stands(stored.get(job.name), build, manifest, same_surface=same)]
    fresh = {page.name: page for page in _make_all(stale, build, state, make_shell)}
    state.put_many(kind, {name: page.standing for name, page in fresh.items()})
    state.put("surface", kind, build.table.surface)
    pages = tuple(fresh.get(job.name) or stored[job.name] for job in jobs)
    return MadePages(pages, tuple(job.url for job in jobs if job.name in fresh))


def _page_stands(page: MadePage | None, build: BuildContext, manifest: Manifest, *, same_surface: bool) -> bool:
    if page is None or not stands(page.inputs, build.table, same_surface=same_surface):
        return False
    there = manifest.files
    return all(address in there and there[address].digest == blob.digest for address, blob in page.outputs)


def _make_all(
    jobs: Sequence[PageJob],
    build: BuildContext,
    state: StateStore,
    make_shell: Callable[[BuildContext, StateStore], Shell],
) -> list[MadePage]:
    def work(share: Sequence[PageJob]) -> list[MadePage | TemplateFailureError]:
        with StateStore(state.path) as own, Typesetter(StateCache(own)) as typesetter:
            shell = make_shell(build, own)
            done = [_make_one(job, build, shell, typesetter) for job in share]
            shell.close()
            return done

    made = map_forked(work, jobs, build.jobs, least=_WORTH_A_PROCESS)
    for outcome in made:
        if isinstance(outcome, TemplateFailureError):
            raise outcome
    return [page for page in made if isinstance(page, MadePage)]


def _make_one(
    job: PageJob, build: BuildContext, shell: Shell, typesetter: Typesetter
) -> MadePage | TemplateFailureError:
    try:
        if job.kind in ("post", "page"):
            return make_body_page(job, build, shell, typesetter)
        return make_list_page(job, build, shell, typesetter)
    except TemplateFailureError as failure:
        return failure
