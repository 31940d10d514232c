"""Citations of posts against their bibliographies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from xaisite.check.bibliography import check_bibliography
from xaisite.cite.by_doi import find_by_doi
from xaisite.cite.citations import by_key, format_citation
from xaisite.cite.cited import check_keys, check_shown_fields
from xaisite.cite.merge import merge_bibliographies
from xaisite.cite.pack import pack_bibliography, unpack_bibliography
from xaisite.cite.references import Style, make_reference_list
from xaisite.core.checked import Checked
from xaisite.core.diagnostic import Diagnostic
from xaisite.core.record import record
from xaisite.core.source import Source
from xaisite.engine.page_state import StateStore
from xaisite.model.bib import BibFile, Bibliography, Borrowed, Entry, Reference
from xaisite.model.body import CitationPart
from xaisite.model.math import Formula
from xaisite.model.post import Outline
from xaisite.model.result import PostResults
from xaisite.pipeline.cite_groups import find_cites
from xaisite.pipeline.cited_formulas import TypesetAll, check_formulas
from xaisite.pipeline.context import BuildContext
from xaisite.plan.facts import Recorder

_FORMAT = "2"  # of what is stored under "bib"


@record
class CitedPost:
    """A post's citations, resolved."""

    citations: tuple[tuple[CitationPart, ...], ...]
    references: tuple[Reference, ...]
    style: Style


def load_bibliographies(
    root: Path, digests: Mapping[str, str], paths: Sequence[str], state: StateStore, tool: str
) -> Checked[dict[str, Bibliography]]:
    """Return the bibliographies by path; only those that changed are read.

    What one lacks (a string, the parent of an entry) it borrows from the others, in the order of their paths.
    """
    plain = {path: f"{_FORMAT} {tool} {path} {digests[path]}" for path in paths}
    files = _load_files(root, plain, {}, state)
    borrowed: dict[str, Borrowed] = {}
    for path, file in files.items():
        others = [other.value for name, other in files.items() if name != path]
        if file.value.lacks and (found := _borrow(file.value.lacks, others)).digest:
            borrowed[path] = found
    files |= _load_files(root, {p: f"{plain[p]} {b.digest}" for p, b in borrowed.items()}, borrowed, state)
    problems = tuple(d for path in paths for d in files[path].diagnostics)
    return Checked({path: files[path].value.bibliography for path in paths}, problems)


def _borrow(lacks: Sequence[str], others: Sequence[BibFile]) -> Borrowed:
    strings: dict[str, str] = {}
    parents: dict[str, Entry] = {}
    for other in others:
        for name in lacks:
            if name in other.strings:
                strings.setdefault(name, other.strings[name])
            if name in other.bibliography.entries:
                parents.setdefault(name, other.bibliography.entries[name])
    return Borrowed(strings, parents)


def _load_files(
    root: Path, keys: Mapping[str, str], borrowed: Mapping[str, Borrowed], state: StateStore
) -> dict[str, Checked[BibFile]]:
    stored: Mapping[str, tuple[bytes, Mapping[str, str], tuple[str, ...], tuple[Diagnostic, ...]]]
    stored = state.get_many("bib", keys.values())
    loaded: dict[str, Checked[BibFile]] = {}
    for path, key in keys.items():
        if key in stored:
            packed, strings, lacks, found = stored[key]
            loaded[path] = Checked(BibFile(unpack_bibliography(packed), strings, lacks), found)
        else:
            read = loaded[path] = _read(root, path, borrowed.get(path, Borrowed()))
            kept = (pack_bibliography(read.value.bibliography), read.value.strings, read.value.lacks, read.diagnostics)
            state.put("bib", key, kept)
    return loaded


def _read(root: Path, path: str, borrowed: Borrowed) -> Checked[BibFile]:
    from xaisite.cite.decode import decode_bibliography
    from xaisite.cite.read import read_bib_file

    source = decode_bibliography(path, (root / path).read_bytes())
    read = read_bib_file(source.value, borrowed)
    return Checked(read.value, (*source.diagnostics, *read.diagnostics))


def cite_outline(
    outline: Outline,
    paths: tuple[str, ...],
    build: BuildContext,
    recorder: Recorder,
    typeset: TypesetAll,
    *,
    is_check: bool = False,
) -> Checked[CitedPost]:
    """Resolve the citations of one post; a check finds the problems only."""
    style: Style = outline.front.citation_style or build.config.citations.style  # type: ignore[assignment]
    results = build.results.get(outline.path)
    if not outline.cites and not outline.front.nocite and not _own_cites(results):
        return Checked(CitedPost((), (), style))
    merged = merge_bibliographies([build.bibliographies[path] for path in paths])
    known = merged.value
    found = find_cites(outline, paths, known, build)
    spans = outline.front.spans
    listed_keys = [key for key in outline.front.nocite if key != "*"]
    more = [
        (key, spans.get(f"nocite:@{key}") or spans.get(f"nocite:{key}") or spans.get("nocite")) for key in listed_keys
    ]
    problems = [*merged.diagnostics, *found.diagnostics, *check_keys(more, known)]
    for name in (*found.asked, *("\n".join((*paths, key)) for key, _ in more)):
        recorder.ask("entry", name)
    if "*" in outline.front.nocite:
        recorder.needs("bibliographies:")
    listed = _nocite(outline, known)
    if is_check:
        own = Bibliography({entry.key: entry for entry in (*found.entries, *listed)})
        entries = tuple(own.entries.values())
        problems += check_shown_fields(entries)
        problems += check_formulas(entries, style, typeset)
        problems += check_bibliography(own, own.entries, nocite_all=True)
        return Checked(CitedPost((), (), style), tuple(problems))
    references = make_reference_list(
        found.entries,
        nocite=[*listed, *_self_cited(results, known)],
        style=style,
        sort=build.config.citations.sort,
        math=lambda tex: typeset([Formula(tex)])[0].html,
        formatted=build.formatted,
    )
    shown = by_key(references)
    citations = tuple(format_citation(group, shown, style) for group in found.groups)
    return Checked(CitedPost(citations, references, style), tuple(problems))


def find_entry(build_bibliographies: Mapping[str, Bibliography], paths: str, key: str) -> Entry | None:
    """Return the entry that ``key`` means under these bibliographies (paths joined by newlines)."""
    for path in paths.split("\n"):
        if path in build_bibliographies:
            entry = _find(build_bibliographies[path], key)
            if entry is not None:
                return entry
    return None


def _find(known: Bibliography, key: str) -> Entry | None:
    return known.entries.get(key)


def _nocite(outline: Outline, known: Bibliography) -> list[Entry]:
    if "*" in outline.front.nocite:
        return [known.entries[key] for key in known.entries]
    return [entry for key in outline.front.nocite if (entry := _find(known, key))]


def _own_cites(results: PostResults | None) -> list[tuple[str, str, str]]:
    """Return (key, DOI, BibTeX) of the methods that figures cite by themselves."""
    found: dict[str, tuple[str, str, str]] = {}
    for cell in results.cells if results else ():
        for figure in cell.figures:
            for cite in figure.cites:
                found.setdefault(cite[0], cite)
    return list(found.values())


def _self_cited(results: PostResults | None, known: Bibliography) -> Iterator[Entry]:
    """Yield the entry of each method that figures cite: the site's own of the same DOI or key, else the method's."""
    for key, doi, bibtex in _own_cites(results):
        own = find_by_doi(known.entries, doi) or _find(known, key)
        if own is not None:
            yield own
            continue
        from xaisite.cite.read import read_bibliography

        entries = read_bibliography(Source("methods.bib", bibtex)).value.entries
        yield from entries.values()
