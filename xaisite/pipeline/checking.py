"""The check of every post against the site, before anything runs; unchanged posts replay theirs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from xaisite.check.bibliography import check_unused
from xaisite.check.page import check_page
from xaisite.core.diagnostic import Diagnostic, warning
from xaisite.core.nearest import did_you_mean
from xaisite.core.record import record
from xaisite.core.source import Source, Span
from xaisite.engine.page_state import StateStore
from xaisite.link.bibliographies import find_bibliographies, find_bibliography
from xaisite.math.typeset import Typesetter
from xaisite.model.post import Outline
from xaisite.pipeline.context import BuildContext
from xaisite.pipeline.formulas import StateCache
from xaisite.pipeline.pool import map_forked
from xaisite.pipeline.resolving import resolve_post
from xaisite.plan.facts import PER_POST, FactTable, Recorder, cited_keys
from xaisite.render.templates import find_layout
from xaisite.report.codes import list_codes


@record
class CheckTrace:
    """What checking one post found, and what it asked."""

    key: str
    inputs: Mapping[str, str]
    diagnostics: tuple[Diagnostic, ...]


def check_posts(build: BuildContext, state: StateStore) -> tuple[Diagnostic, ...]:
    """Return the problems of all posts of the site."""
    paths = list(build.site.outlines)
    stored: Mapping[str, CheckTrace] = state.get_many("check", paths)
    same = state.get("surface", "check") == build.table.surface
    stale = [path for path in paths if not _stands(path, stored.get(path), build, same_surface=same)]
    fresh = dict(zip(stale, _check_all(stale, build, state), strict=True))
    state.put_many("check", fresh)
    state.put("surface", "check", build.table.surface)
    found = tuple(d for path in paths for d in (fresh.get(path) or stored[path]).diagnostics)
    if any(d.code == "cite-unknown-key" for d in found):  # a misspelled key leaves its entry uncited
        return found
    return (*found, *check_uncited(build))


def stands(inputs: Mapping[str, str], table: FactTable, *, same_surface: bool) -> bool:
    """Return whether every question still has the answer it had; with the same surface, few need asking."""
    if same_surface:
        return all(table.digest(name) == d for name, d in inputs.items() if name.startswith(PER_POST))
    return all(table.digest(name) == digest for name, digest in inputs.items())


def _stands(path: str, trace: CheckTrace | None, build: BuildContext, *, same_surface: bool) -> bool:
    if trace is None or trace.key != _key(path, build):
        return False
    return stands(trace.inputs, build.table, same_surface=same_surface)


def _key(path: str, build: BuildContext) -> str:
    results = build.results.get(path)
    return f"{build.parsed[path].key} {results.digest if results else ''}"


def _check_all(paths: Sequence[str], build: BuildContext, state: StateStore) -> list[CheckTrace]:
    def work(share: Sequence[str]) -> list[CheckTrace]:
        with StateStore(state.path) as own, Typesetter(StateCache(own)) as typesetter:
            return [_check_one(path, build, typesetter) for path in share]

    return map_forked(work, paths, build.jobs)


def _check_one(path: str, build: BuildContext, typesetter: Typesetter) -> CheckTrace:
    outline = build.parsed[path].outline
    recorder = Recorder(build.table)
    recorder.needs("config:", "bibliographies:", "templates:")
    resolved = resolve_post(outline, build, recorder, typesetter, is_check=True)
    layout = find_layout(outline.front.layout, outline.kind, build.templates, outline.front.spans.get("layout"))
    page = check_page(_text(path, build), outline, build.results.get(path))
    found = (*resolved.diagnostics, *layout.diagnostics, *page, *_check_ignored(outline))
    return CheckTrace(_key(path, build), recorder.used, found)


def _check_ignored(outline: Outline) -> Iterator[Diagnostic]:
    """Yield a warning for each comment that silences a code that there is not."""
    codes = list_codes() if outline.ignored else ()
    first = dict(reversed(outline.ignored))  # the comment stands before its block
    for code, span in sorted(first.items(), key=lambda item: item[1].start):
        if code not in codes:
            yield warning("ignore-unknown", f"there is no diagnostic “{code}” to ignore", span,
                          help=did_you_mean(code, codes) or "`xaisite help` lists them")  # fmt: skip


def _text(path: str, build: BuildContext) -> Source:
    """Return the text of a post; that of a notebook is JSON, in which nothing is typed as it reads."""
    source = None if path.endswith(".ipynb") else build.parser.load(path).value
    return source or Source(path, "")


def check_uncited(build: BuildContext) -> tuple[Diagnostic, ...]:
    """Return a notice for each bibliography that holds entries nobody cites."""
    cited: dict[str, set[str]] = {}
    whole: set[str] = set()
    for outline in build.site.outlines.values():
        paths = find_bibliographies(outline, build.bibliographies, build.config).value
        keys = {key for key, _ in cited_keys(outline)}
        whole |= set(paths) if "*" in keys else set()
        for path in paths:
            cited.setdefault(path, set()).update(keys)
        for name in {group.bibliography for group in outline.cites if group.bibliography}:
            own = find_bibliography(name, outline, build.bibliographies, build.config, Span("", 0, 0)).value
            if own is not None:
                cited.setdefault(own, set()).update(key for key, file in cited_keys(outline) if file == name)
    return tuple(
        d for path in sorted(cited.keys() - whole) for d in check_unused(build.bibliographies[path], cited[path])
    )
