"""The passes of a build in which something has changed, in order. Each step reads as one line of `run_passes`."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from xaisite.check.code import check_code
from xaisite.core.checked import Checked, has_errors
from xaisite.core.diagnostic import Diagnostic, promote_warnings
from xaisite.core.record import replace
from xaisite.engine.lock import hold_lock
from xaisite.engine.page_state import StateStore
from xaisite.link.drafts import dates_around
from xaisite.load.clock import read_now
from xaisite.model.made import MadePage
from xaisite.model.output import Blob, Manifest
from xaisite.model.post import Outline
from xaisite.model.result import Media, PostResults
from xaisite.pipeline.assets import asset_addresses, asset_blobs
from xaisite.pipeline.build import BuildResult, BuildRun, Clock, LastBuild
from xaisite.pipeline.checking import check_posts
from xaisite.pipeline.citing import load_bibliographies
from xaisite.pipeline.context import BuildContext
from xaisite.pipeline.inputs import load_inputs
from xaisite.pipeline.judging import judge_diagnostics
from xaisite.pipeline.linking import link_outlines
from xaisite.pipeline.options import BuildOptions
from xaisite.pipeline.parsing import ParsedPost, Parser, ParseRequest, load_outlines, make_parse_config
from xaisite.pipeline.running import (
    RunOutcome,
    SiteExecution,
    make_request,
    make_sessions,
    read_stored_text,
    results_by_digest,
    save_sessions,
    stored_path,
)
from xaisite.pipeline.site_files import make_site_files, static_blobs
from xaisite.plan.pages import plan_pages
from xaisite.render.templates import TemplateText
from xaisite.report.progress import Progress
from xaisite.write.check import check_addresses

if TYPE_CHECKING:
    from xaisite.pipeline.execute import ExecuteRequest
    from xaisite.run.forktree import LocalForks


def run_passes(
    run: BuildRun, state: StateStore, before: tuple[Diagnostic, ...], forks: LocalForks | None
) -> BuildResult:
    """Build what has changed; ``forks``: processes that have begun to import what its cells need."""
    passes = _Passes(run, state)
    typed = passes.link(passes.parse({}), {})
    with SiteExecution(run, typed.value, forks) as cells:
        if not typed.has_errors:
            passes.begin_cells(cells)  # libraries are imported while the rest is checked
        told = (*before, *typed.diagnostics, *passes.check(typed.value))
        static = passes.judge(typed.value, told)
        if passes.must_stop(static) or run.options.execute == "check":
            static = passes.judge(typed.value, (*told, *passes.check_code(typed.value)))
        if passes.must_stop(static):
            return run.result(static, parsed=passes.parsed)
        outcome = passes.run_cells(cells)
    if outcome.results:
        final = passes.link(passes.parse(outcome.results), outcome.results)
        found = (*before, *outcome.diagnostics, *final.diagnostics, *passes.check(final.value))
    else:
        final = typed
        found = (*static, *outcome.diagnostics)
    found = passes.judge(final.value, found)
    if passes.must_stop(found):
        return run.result(found, parsed=passes.parsed, **outcome.report)
    return passes.finish(final.value, found, outcome)


def run_checks(run: BuildRun, state: StateStore, before: tuple[Diagnostic, ...]) -> BuildResult:
    """Tell what is wrong with the posts as well as what was wrong before them; run and write nothing."""
    passes = _Passes(run, state)
    typed = passes.link(passes.parse({}), {})
    found = (*before, *typed.diagnostics, *passes.check(typed.value), *passes.check_code(typed.value))
    return run.result(passes.judge(typed.value, found), parsed=passes.parsed)


def load_request(root: Path, options: BuildOptions, progress: Progress) -> Checked[ExecuteRequest | None]:
    """Return what the executor would be asked for the whole site; None when the site has static errors."""
    root = root.resolve()
    folder = root / ".xaisite"
    with hold_lock(folder), StateStore(folder / "pages.sqlite3") as state:
        loaded = load_inputs(root, folder)
        now = options.now or read_now()
        run = BuildRun(root, folder, root / "build", options, progress, Clock(), loaded.value, Manifest(), now)
        passes = _Passes(run, state)
        typed = passes.link(passes.parse({}), {})
        found = (*loaded.diagnostics, *typed.diagnostics)
        if has_errors(found):
            return Checked(None, found)
        sessions = make_sessions(typed.value, options)
        return Checked(make_request(run, sessions, "check", run.inputs.config), found)


class _Passes:
    """The steps of one build; keeps what was parsed, for the report."""

    def __init__(self, run: BuildRun, state: StateStore) -> None:
        self.run = run
        self.state = state
        self.parsed: tuple[str, ...] = ()
        config = run.inputs.config
        self.parser = Parser(
            run.root, make_parse_config(config), run.inputs.tool, lambda media: read_stored_text(run, media),
            run.inputs.digests,
        )  # fmt: skip
        self.assets = asset_addresses(run.inputs)
        self.templates = _load_templates(run)
        loaded = load_bibliographies(
            run.root, run.inputs.digests, run.inputs.files.bibliographies, state, run.inputs.tool
        )
        self.bibliographies = loaded.value
        self.bib_diagnostics = loaded.diagnostics
        self.requests: dict[str, ParseRequest] = {}

    def must_stop(self, diagnostics: tuple[Diagnostic, ...]) -> bool:
        """Return whether a pass must not follow: an error, or a warning under `--strict`."""
        if self.run.options.keep_going:
            return False
        shown = promote_warnings(diagnostics) if self.run.options.strict else diagnostics
        return has_errors(shown)

    def parse(self, results: Mapping[str, PostResults]) -> dict[str, ParsedPost]:
        """Parse every source; with results, fold them in."""
        files = self.run.inputs.files
        kinds = {**dict.fromkeys(files.pages, "page"), **dict.fromkeys(files.posts, "post")}
        self.requests = {
            path: ParseRequest(path, kind, self.run.inputs.digests.get(path, ""), results.get(path))
            for path, kind in kinds.items()
        }
        with self.run.clock.phase("parse"):
            self.run.progress.phase("parsing")
            posts = load_outlines(list(self.requests.values()), self.parser, self.state, self.run.jobs)
        fresh = (path for path, post in posts.items() if post.tokens is not None)
        self.parsed = tuple(dict.fromkeys((*self.parsed, *fresh)))
        return posts

    def link(self, posts: Mapping[str, ParsedPost], results: Mapping[str, PostResults]) -> Checked[BuildContext]:
        """Link the posts into a site."""
        run = self.run
        outlines: dict[str, Outline] = {path: post.outline for path, post in posts.items()}
        with run.clock.phase("link"):
            linked = link_outlines(
                outlines,
                run.inputs,
                self.state,
                bibliographies=self.bibliographies,
                results=results,
                assets=self.assets,
                drafts=run.options.drafts,
                now=run.now,
            )
        site, table = linked.value
        build = BuildContext(
            root=run.root,
            state_folder=run.state_folder,
            config=run.inputs.config,
            site=site,
            table=table,
            parser=self.parser,
            requests=self.requests,
            parsed=posts,
            results=results,
            bibliographies=self.bibliographies,
            templates=self.templates,
            assets=self.assets,
            links_as_files=(run.options.links or run.inputs.config.site.links) == "file",
            jobs=run.jobs,
        )
        shown = [d for path in site.outlines for d in posts[path].diagnostics]
        broken = [
            d for path, post in posts.items() if path not in site.outlines for d in post.diagnostics if _unreadable(d)
        ]
        return Checked(build, (*shown, *broken, *linked.diagnostics, *self.bib_diagnostics))

    def check(self, build: BuildContext) -> tuple[Diagnostic, ...]:
        """Find what is wrong with each post's references to the rest."""
        with self.run.clock.phase("check"):
            self.run.progress.phase("checking")
            return check_posts(build, self.state)

    def check_code(self, build: BuildContext) -> tuple[Diagnostic, ...]:
        """Find what is no Python, where no cell is run to tell it."""
        return tuple(d for outline in build.site.outlines.values() for d in check_code(outline))

    def judge(self, build: BuildContext, found: tuple[Diagnostic, ...]) -> tuple[Diagnostic, ...]:
        """Return what is told of it."""
        is_check = not self.run.options.write
        return judge_diagnostics(found, build.site.outlines, build.config.ignored_codes, is_check=is_check)

    def begin_cells(self, cells: SiteExecution) -> None:
        """Find out what must run."""
        with self.run.clock.phase("run"):
            cells.begin()

    def run_cells(self, cells: SiteExecution) -> RunOutcome:
        """Run it."""
        with self.run.clock.phase("run"):
            self.run.progress.phase("running")
            return cells.complete()

    def finish(self, build: BuildContext, found: tuple[Diagnostic, ...], outcome: RunOutcome) -> BuildResult:
        """Render, write, remember."""
        from xaisite.pipeline.make_shell import make_shell  # what renders is imported while cells run
        from xaisite.pipeline.rendering import make_pages
        from xaisite.pipeline.shell import TemplateFailureError

        run = self.run
        if not run.options.write:
            if run.options.external:
                from xaisite.pipeline.external import check_external_links  # imports what talks to networks

                found = (*found, *self.judge(build, check_external_links(build)))
            return run.result(
                found,
                parsed=self.parsed,
                **outcome.report,
                pages=len(build.site.urls),
            )
        try:
            with run.clock.phase("render"):
                run.progress.phase("rendering")
                made = make_pages(plan_pages(build.site), build, self.state, run.manifest, make_shell)
        except TemplateFailureError as failure:
            return run.result((*found, failure.diagnostic), parsed=self.parsed, **outcome.report)
        with run.clock.phase("write"):
            run.progress.phase("writing")
            outputs = {
                **asset_blobs(run.inputs, self.assets),
                **static_blobs(run.inputs),
                **cell_file_blobs(build),
                **make_site_files(build, made.pages, self.state, run.manifest),
                **_page_blobs(made.pages),
            }
            clashes = check_addresses(outputs.keys(), run.manifest)
            if has_errors(clashes):
                return run.result((*found, *clashes), parsed=self.parsed, **outcome.report)
            changed = _write(run, outputs)
        diagnostics = self.judge(build, (*found, *(d for page in made.pages for d in page.diagnostics)))
        result = run.result(
            diagnostics,
            written=True,
            pages=len(made.pages),
            rendered=made.rendered,
            parsed=self.parsed,
            changed=changed,
            **outcome.report,
        )
        self._remember(build, result, outputs, outcome)
        return result

    def _remember(
        self, build: BuildContext, result: BuildResult, outputs: Mapping[str, Blob], outcome: RunOutcome
    ) -> None:
        if self.must_stop(result.diagnostics) or has_errors(result.diagnostics):
            return
        lasting = replace(result, diagnostics=_lasting(result.diagnostics))
        last = LastBuild(
            fingerprint=self.run.inputs.fingerprint,
            result=replace(lasting, rendered=(), parsed=(), changed=(), cells=()),
            sessions=save_sessions(make_sessions(build, self.run.options)),
            results=results_by_digest(outcome.results),
            outputs={address: blob.digest for address, blob in outputs.items()},
            dates=dates_around((post.outline for post in build.parsed.values()), self.run.now),
        )
        self.state.put("last", self.run.slot, last)


def cell_file_blobs(build: BuildContext) -> dict[str, Blob]:
    """Return the figures that cells publish at chosen addresses."""
    made = build.table.inputs.cell_files
    return {
        address.lstrip("/"): Blob(file.media.digest, str(stored_path(build.state_folder, build.config, file.media)))
        for address, file in made.items()
        if isinstance(file.media, Media)
    }


def _page_blobs(pages: tuple[MadePage, ...]) -> dict[str, Blob]:
    blobs: dict[str, Blob] = {}
    for page in pages:
        for address, blob in page.outputs:
            known = blobs.get(address)
            if known is None or known.content is None:
                blobs[address] = blob
    return blobs


def _write(run: BuildRun, outputs: Mapping[str, Blob]) -> tuple[str, ...]:
    from xaisite.write.generation import stands, write_generation

    if stands(run.manifest, outputs):
        return ()
    before = run.manifest.files
    write_generation(os.fspath(run.output), outputs, run.manifest, scratch=os.fspath(run.state_folder))
    written = [a for a, blob in outputs.items() if a not in before or before[a].digest != blob.digest]
    return tuple(sorted([*written, *(a for a in before if a not in outputs)]))


def _load_templates(run: BuildRun) -> dict[str, TemplateText]:
    templates: dict[str, TemplateText] = {}
    for name, (path, digest) in run.inputs.templates.items():
        is_own = path.is_relative_to(run.root)
        shown = path.relative_to(run.root).as_posix() if is_own else f"theme:{name}"
        templates[name] = TemplateText(name, path.read_text(encoding="utf-8", errors="replace"), shown, digest)
    return templates


def _lasting(diagnostics: tuple[Diagnostic, ...]) -> tuple[Diagnostic, ...]:
    """Return what is still true when nothing has changed: drift is told once, when a cell runs."""
    return tuple(d for d in diagnostics if d.code != "drift")


def _unreadable(diagnostic: Diagnostic) -> bool:
    return diagnostic.code.startswith("load-")
